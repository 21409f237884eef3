"""Memory, threads and descriptors stay flat over thousands of calls of every kind."""

from __future__ import annotations

import asyncio
import gc
import os
from pathlib import Path
from typing import Any

import pytest

import edgequake_python as eq
from dialects import call

PROOFS = [
    "test_lifetimes.py::test_descriptors_and_threads_do_not_pile_up",
]


pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")

CALLS = 1500
#: What a call may leave behind, in bytes. An answer that is kept is several thousand.
BOUND = 1000


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _plain(simulator: eq.Simulator) -> None:
    eq.completion(**call(simulator, "openai", "a-model"))


def _streamed(simulator: eq.Simulator) -> None:
    for _ in eq.completion(**call(simulator, "openai", "a-model"), stream=True):
        pass


def _left(simulator: eq.Simulator) -> None:
    stream = eq.completion(**call(simulator, "openai", "a-model"), stream=True)
    next(stream)
    stream.close()


def _failing(simulator: eq.Simulator) -> None:
    with pytest.raises(eq.BadRequestError):
        eq.completion(**call(simulator, "openai", "sim/400"))


async def _cancelled(simulator: eq.Simulator) -> None:
    task = asyncio.ensure_future(eq.acompletion(**call(simulator, "openai", "sim/latency?ms=60000")))
    await asyncio.sleep(0.0005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def _ten_cancelled(simulator: eq.Simulator) -> None:
    async def ten() -> None:
        await asyncio.gather(*(_cancelled(simulator) for _ in range(10)))

    asyncio.run(ten())


@pytest.mark.parametrize(
    ("one", "times"),
    [(_plain, 1), (_streamed, 1), (_left, 1), (_failing, 1), (_ten_cancelled, 10)],
    ids=["plain", "streamed", "left", "failing", "cancelled"],
)
def test_nothing_piles_up(one: Any, times: int) -> None:
    # A simulator of its own, whose bounded record of requests is full after the first round.
    with eq.Simulator() as simulator:
        for _ in range(CALLS // times):
            one(simulator)
        before = _resident()
        threads, files = len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))
        for _ in range(CALLS // times):
            one(simulator)
        assert (_resident() - before) / CALLS < BOUND
        assert len(os.listdir("/proc/self/task")) <= threads + 2
        assert len(os.listdir("/proc/self/fd")) <= files + 20
