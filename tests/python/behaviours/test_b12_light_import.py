"""Importing is light: few modules, little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROOFS = [
    "test_import.py::test_what_it_loads",
    "test_package_frame.py::test_import_loads_no_heavy_module",
]


PROGRAM = """
import sys
def resident():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
before, modules = resident(), len(sys.modules)
import edgequake_python
print(len(sys.modules) - modules, resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_modules_and_mebibytes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    modules, mebibytes = done.stdout.split()
    assert int(modules) < 150
    assert float(mebibytes) < 20
