"""Installing pulls in nothing but pydantic and what it needs; nothing runs at install."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import edgequake_python

PROOFS = [
    "test_package_frame.py::test_pydantic_is_the_only_required_dependency",
]
ELSEWHERE = "`make test-wheel` (contents of the wheel); the publishing workflow (attestations)"
#: Everything that `pip install edgequake_python` may bring along.
KNOWN = {"pydantic", "pydantic-core", "annotated-types", "typing-extensions", "typing-inspection"}


def test_what_an_installation_brings_along() -> None:
    """Read from what is installed, down to the last requirement."""
    found: set[str] = set()
    waiting = ["pydantic"]
    while waiting:
        name = waiting.pop()
        found.add(name)
        for line in importlib.metadata.requires(name) or []:
            if ";" not in line or "extra" not in line.split(";")[1]:
                required = re.split(r"[^\w-]", line)[0].lower().replace("_", "-")
                if required not in found:
                    waiting.append(required)
    assert found <= KNOWN


def test_nothing_runs_at_install_or_at_start() -> None:
    root = Path(edgequake_python.__file__).parents[1]
    assert not list(root.glob("*.pth"))
    assert not (root.parent / "setup.py").exists()
