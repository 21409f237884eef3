"""The page about providers says what the registry says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from edgequake_python import providers

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_page_is_current() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "providers_page.py"), "--check"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr


def test_it_names_every_provider() -> None:
    page = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    missing = [name for name in providers.providers() if f"| `{name}` |" not in page]
    assert missing == []
