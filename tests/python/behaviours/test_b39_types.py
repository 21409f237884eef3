"""A strictly typed program checks without an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROOFS = [
    "test_package_frame.py::test_typing_markers_are_shipped",
]


PROGRAM = """
from __future__ import annotations

import pytest

import edgequake_python as eq


def plain() -> int:
    answer = eq.completion(model="gpt-4o", messages=[{"role": "user", "content": "Hi"}])
    usage = answer.usage
    return usage.total_tokens if usage else 0


def streamed() -> str:
    stream = eq.completion(model="gpt-4o", messages=[{"role": "user", "content": "Hi"}], stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream)


async def asynchronous() -> str:
    try:
        stream = await eq.acompletion(model="gpt-4o", messages=[], stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    except eq.RateLimitError as error:
        return str(error.status_code)
"""


def test_a_strict_program(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", str(program)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=170)
    assert ran.returncode == 0, ran.stdout
