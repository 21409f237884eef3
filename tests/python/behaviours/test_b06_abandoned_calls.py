"""Leaving a call in any way closes its connection, and what it used is told."""

from __future__ import annotations

import time

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call
from raw_server import GUARD

PROOFS = [
    "test_stream_cancel.py",
    "test_stream_close.py",
    "test_callbacks.py::test_a_cut_stream_is_a_failure_and_a_left_one_is_counted",
    "test_callbacks.py::test_a_cancelled_call_is_told_with_what_its_question_cost",
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("way", ["close", "break"])
def test_in_every_dialect(dialect: str, way: str) -> None:
    """The simulator would go on for minutes: that it counts a lost client is what leaving means."""
    with eq.Simulator() as simulator:
        stream = eq.completion(**call(simulator, dialect, "tokens;n=20000;ms=10"), stream=True)
        next(stream)
        if way == "close":
            stream.close()
        else:
            for _ in stream:
                break
            del stream
        end = time.monotonic() + GUARD
        while simulator.stats["aborted"] != 1:
            assert time.monotonic() < end, "the connection is still open"
            time.sleep(0.005)
