"""Connect, first token, idle and total mean the same for every provider and raise Timeout."""

from __future__ import annotations

import time
from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call
from raw_server import read

PROOFS = [
    "test_timeouts.py",
    "test_stream_faults.py",
]


LIMIT = 0.15
#: Longer than a test takes; a failing one alone waits as long.
LONG = 20_000
CASES = {
    "first_token": (f"latency;ms={LONG}", eq.Timeouts(first_token=LIMIT)),
    "first_token_after_the_head": (f"slow_first;ms={LONG}", eq.Timeouts(first_token=LIMIT)),
    "idle": ("stall;after=2", eq.Timeouts(idle=LIMIT)),
    "total": (f"latency;ms={LONG}", eq.Timeouts(total=LIMIT)),
    "total_of_one_that_talks": ("drip;ms=100", eq.Timeouts(total=LIMIT, idle=10)),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_streams(simulator: eq.Simulator, dialect: str, case: str, mode: str) -> None:
    model, limits = CASES[case]
    begun = time.monotonic()
    error = read(mode, **call(simulator, dialect, model, timeout=limits)).error
    assert type(error) is eq.Timeout
    assert f"`{case.split('_of_', maxsplit=1)[0].split('_after_', maxsplit=1)[0]}`" in str(error)
    assert LIMIT <= time.monotonic() - begun < LONG / 2000


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("case", ["first_token", "idle", "total"])
def test_plain_calls(simulator: eq.Simulator, complete: Any, dialect: str, case: str) -> None:
    model, limits = CASES[case]
    with pytest.raises(eq.Timeout, match=f"`{case}`"):
        complete(**call(simulator, dialect, model, timeout=limits))
