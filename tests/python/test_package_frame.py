"""What the package promises before any call: its metadata, and an import that costs and starts nothing."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = "edgequake-python"


def in_fresh_process(code: str) -> object:
    """Run code in a new interpreter, warnings being errors, and return the JSON it prints."""
    command = [sys.executable, "-I", "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    result: object = json.loads(done.stdout)
    return result


def test_pydantic_is_the_only_required_dependency() -> None:
    required = importlib.metadata.requires(PACKAGE) or []
    names = {re.split(r"[^\w-]", line)[0] for line in required if "extra ==" not in line}
    assert names == {"pydantic"}
    assert not [line for line in required if "<" in line.split(";")[0]], "no upper pins"


def test_version_is_that_of_the_crate() -> None:
    manifest = (Path(__file__).resolve().parents[2] / "Cargo.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "(.+)"', manifest, re.MULTILINE)
    assert found
    assert importlib.metadata.version(PACKAGE) == found[1]


def test_command_is_installed() -> None:
    installed = importlib.metadata.distribution(PACKAGE).entry_points
    (script,) = [entry for entry in installed if entry.group == "console_scripts"]
    assert script.name == "edgequake"
    assert callable(script.load())


def test_import_loads_no_heavy_module() -> None:
    code = "import sys, json, edgequake_python; print(json.dumps(sorted(sys.modules)))"
    modules = in_fresh_process(code)
    assert isinstance(modules, list)
    heavy = {"pydantic", "pydantic_core", "asyncio", "openai", "httpx", "logging.config", "ssl"}
    assert not heavy & set(modules)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_import_starts_no_thread_and_opens_no_socket() -> None:
    code = """
import json, os
import edgequake_python, edgequake_python._eq_core
opened = []
for fd in os.listdir("/proc/self/fd"):
    try:
        opened.append(os.readlink(f"/proc/self/fd/{fd}"))
    except OSError:
        pass
print(json.dumps([len(os.listdir("/proc/self/task")), [name for name in opened if "socket" in name]]))
"""
    assert in_fresh_process(code) == [1, []]


def test_typing_markers_are_shipped() -> None:
    import edgequake_python

    folder = Path(edgequake_python.__file__).parent
    assert (folder / "py.typed").exists()
    assert (folder / "_eq_core.pyi").exists()
