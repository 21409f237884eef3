"""Memory, threads and descriptors stay flat over thousands of calls of every kind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROOFS = [
    "test_lifetimes.py::test_descriptors_and_threads_do_not_pile_up",
]
ELSEWHERE = "`make soak` (minutes, half a thousand at a time, the resident memory's slope)"

#: What is counted is what the allocator has given out, Python's objects among it: a few thousand calls tell
#: what the resident memory, which grows by pages, tells after many more.
PROGRAM = r"""
import asyncio, ctypes, gc, os, sys
import edgequake_python as eq

class Info(ctypes.Structure):
    NAMES = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in NAMES.split()]

mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Info
def given_out():
    gc.collect()
    info = mallinfo()
    return info.uordblks + info.hblkhd

def counted():
    return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))

kind, rounds = sys.argv[1], int(sys.argv[2])
# A simulator of its own, whose bounded record of requests is full after the first round.
simulator = eq.Simulator()
call = {"api_base": simulator.base_url, "api_key": "k", "num_retries": 0}
call["messages"] = [{"role": "user", "content": "Count 1 to 5"}]

def plain():
    eq.completion("openai/a-model", **call)

def streamed():
    for _ in eq.completion("openai/a-model", stream=True, **call):
        pass

def left():
    stream = eq.completion("openai/a-model", stream=True, **call)
    next(stream)
    stream.close()

def failing():
    try:
        eq.completion("openai/sim/400", **call)
    except eq.BadRequestError:
        return
    raise AssertionError

def cancelled():
    async def one():
        task = asyncio.ensure_future(eq.acompletion("openai/sim/latency?ms=60000", **call))
        await asyncio.sleep(0.0005)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return
        raise AssertionError

    async def ten():
        await asyncio.gather(*(one() for _ in range(10)))

    asyncio.run(ten())

def awaited():
    async def ten():
        await asyncio.gather(*(eq.acompletion("openai/a-model", **call) for _ in range(10)))

    asyncio.run(ten())

told = [0]
def callbacks():
    def tell(*given):
        told[0] += 1
    eq.success_callback = [tell]
    eq.completion("openai/a-model", **call)

run = globals()[kind]
if kind in ("cancelled", "awaited"):
    # Ten at a time, and each ten in a loop of its own, whose closing connections make the counts uneven.
    rounds *= 3
    many = rounds // 10
else:
    many = rounds
def once():
    for _ in range(many):
        run()
    if kind == "callbacks":
        assert eq.flush(30)
    return given_out()

marks = [once()]
threads, files = counted()
marks += [once() for _ in range(3)]
assert told[0] == (4 * rounds if kind == "callbacks" else 0), told
# What is lost with every call is lost in every round; connections that are being closed come and go.
each = min((after - before) / rounds for before, after in zip(marks, marks[1:]))
more_threads, more_files = counted()
print(each, more_threads - threads, more_files - files)
"""
KINDS = ["plain", "awaited", "streamed", "left", "failing", "cancelled", "callbacks"]
#: Calls of a round; four rounds are run.
ROUNDS = int(os.environ.get("EDGEQUAKE_MEMORY_CALLS", "1000"))
#: Bytes that a call may leave behind, on average.
BOUND = 50


def _measurable() -> bool:
    import ctypes

    return Path("/proc/self/fd").exists() and hasattr(ctypes.CDLL(None), "mallinfo2")


@pytest.mark.skipif(not _measurable(), reason="reads /proc and the GNU C library's counts")
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_piles_up(kind: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind, str(ROUNDS)],
        env={**os.environ, "PYTHONMALLOC": "malloc"},
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert ran.returncode == 0, ran.stderr
    each, threads, files = map(float, ran.stdout.split())
    assert each < BOUND
    assert threads <= 2
    assert files <= 20
