"""The page of promises says what the behaviours' files say, and everything they name exists."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "behaviours.py"


def test_the_committed_page_is_current() -> None:
    command = [sys.executable, str(SCRIPT), "--check"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr


def test_forty_nine_rows_whose_proofs_exist() -> None:
    spec = importlib.util.spec_from_file_location("behaviours_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = module.behaviours()
    assert [row.id for row in rows] == [f"B{number:02}" for number in range(1, 50)]
    for row in rows:
        assert row.proofs, row.id
        for proof in row.proofs:
            path, _, name = proof.partition("::")
            text = (ROOT / "tests" / "python" / path).read_text(encoding="utf-8")
            for part in filter(None, name.split("::")):
                assert f"def {part}(" in text or f"class {part}" in text, proof
