"""The README's examples, run in order as a reader would type them, against the simulator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import edgequake_python

README = Path(__file__).resolve().parents[2] / "README.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_every_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    assert len(blocks) >= 6
    namespace: dict[str, Any] = {"__name__": "readme"}
    with edgequake_python.Simulator() as sim:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_BASE_URL", sim.base_url)
        for number, block in enumerate(blocks, start=1):
            exec(compile(block, f"README.md, block {number}", "exec"), namespace)
    printed = capsys.readouterr().out
    assert "get_weather" in printed
    assert "slow down" not in printed
    assert "the network" not in printed


def test_the_simulated_faults_it_names_exist() -> None:
    # An unknown name is an ordinary model, so a misspelt one would go unnoticed.
    text = README.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`sim/.*?) \|", text, re.MULTILINE)
    quoted = [name for row in rows for name in re.findall(r"`(.+?)`", row)]
    named = {name.replace("sim/", "").partition("?")[0] for name in quoted}
    source = (README.parent / "src" / "sim" / "faults.rs").read_text(encoding="utf-8")
    known = set(re.findall(r'\(\s*"(\w+)",\s*"', source.partition("\n];")[0]))
    assert named == known
