"""The commands, run as a user runs them, against the simulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import edgequake_python as eq

PACKAGE = Path(eq.__file__).resolve().parents[1]
CANARY = "sk-canary-of-the-command-line"


def environment(sim: eq.Simulator) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(PACKAGE),
        "OPENAI_API_KEY": CANARY,
        "OPENAI_BASE_URL": sim.base_url,
        "PYTHONUTF8": "1",
    }


def edgequake(
    sim: eq.Simulator, *arguments: str, said: str | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "edgequake_python", *arguments],
        input=said or "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env=environment(sim),
    )
    assert CANARY not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
