"""The pages that compare this package with LiteLLM say what is so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_pages_are_current() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "compatibility_pages.py"), "--check"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr


def test_what_must_not_be_absent_is_there() -> None:
    rows = (ROOT / "docs" / "compatibility" / "functions.md").read_text(encoding="utf-8").splitlines()
    status = {
        cells[1].strip(" `"): cells[2].strip() for cells in (row.split("|") for row in rows) if len(cells) > 3
    }
    for name in ("completion", "acompletion", "text_completion", "responses", "token_counter"):
        assert status[name] in ("same", "by keyword"), name
