"""The example programs, each in a process of its own, on the simulator; they check their own results."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import edgequake_python

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples" / "python").glob("*.py"))
NEEDED = {"streaming_endpoint": ("fastapi", "uvicorn")}


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 9


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example(example: Path, tmp_path: Path) -> None:
    for module in NEEDED.get(example.stem, ()):
        if find_spec(module) is None:
            pytest.skip(f"needs {module}")
    package = str(Path(edgequake_python.__file__).resolve().parents[1])
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, str(example)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": package, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert not done.stderr, done.stderr
