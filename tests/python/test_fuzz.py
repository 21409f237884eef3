"""A short run of the fuzzer; `make fuzz SECONDS=600` is a long one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "fuzz.py"


def test_broken_answers_are_errors_of_ours() -> None:
    command = [sys.executable, "-X", "dev", str(SCRIPT), "--rounds", "200", "--seconds", "120"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=170)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    assert "200 calls from seed 1, 0 findings" in ran.stdout
