"""What a user of the package and all of its extras installs, one requirement a line: for tools that audit it.

Needs Python 3.11, or tomli.
"""

from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
#: Extras that are for tests alone.
TESTS = {"litellm-compat-tests"}


def requirements() -> list[str]:
    """The package's own, and those of its extras."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    found = list(project["dependencies"])
    for extra, wanted in project["optional-dependencies"].items():
        found += [] if extra in TESTS else wanted
    return found


if __name__ == "__main__":
    print("\n".join(requirements()))
