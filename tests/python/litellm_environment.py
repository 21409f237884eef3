"""LiteLLM in an environment of its own, in the user's cache folder: what the comparing tests ask."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from edgequake_python._version import version

SCRIPTS = Path(__file__).resolve().parents[1] / "compat"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edgequake-python"


#: Marks of the tests that compare: LiteLLM is fetched, and each of the two is asked for minutes.
COMPARED = [
    pytest.mark.skipif(not os.environ.get("LITELLM_COMPAT_TESTS"), reason="LITELLM_COMPAT_TESTS is not set"),
    pytest.mark.timeout(1800),
]
#: Where the two differ on purpose: what is asked, what of it differs (patterns), and why.
Differences = tuple[tuple[str, str, str], ...]


def on_purpose(known: Differences, asked: str, found: str) -> bool:
    return any(re.search(where, asked) and re.search(what, found) for where, what, _ in known)


def litellm_python() -> str:
    """The interpreter that has LiteLLM; made, and LiteLLM installed, the first time."""
    folder = CACHE / f"litellm-{version}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (folder / ".done").exists():
        venv.EnvBuilder(clear=True, with_pip=True).create(folder)
        # litellm imports mcp for every call with tools.
        wanted = [f"litellm=={version}", "mcp"]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True, timeout=900)
        (folder / ".done").touch()
    return str(python)


def ask(script: str, library: str, *arguments: str, timeout: float = 600) -> dict[str, Any]:
    """What a script of ``tests/compat`` prints when it is told the library: ``litellm`` or this package."""
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "LITELLM_"))
    }
    python = sys.executable
    if library == "litellm":
        variables.pop("PYTHONPATH", None)
        python = litellm_python()
    try:
        done = subprocess.run(
            [python, str(SCRIPTS / script), library, *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env=variables,
        )
    except subprocess.TimeoutExpired as late:
        said: Any = late.stderr or b""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        pytest.fail(f"{library}: not done after {timeout} s, in {last_asked(text)}\n{text[-2000:]}")
    if done.returncode:
        pytest.fail(
            f"{library}: status {done.returncode} in {last_asked(done.stderr)}\n{done.stderr[-4000:]}"
        )
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    return found


def last_asked(said: str) -> str:
    """The call that a script was making when it said its last."""
    asked = re.findall("^asking: (.*)$", said, re.MULTILINE)
    return repr(asked[-1]) if asked else "its start"
