"""The event loop goes on while hundreds of calls run, large pictures among them."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call

PROOFS = [
    "test_stream_timing.py",
    "test_aws_credentials.py::test_the_event_loop_goes_on_while_a_role_is_asked_for",
    "test_google_tokens.py::test_a_coroutine_function_gives_tokens_without_stopping_the_loop",
    "test_event_loops.py::test_two_hundred_calls_at_once",
]


#: Generous: the machine may be busy. What stops a loop for good takes seconds; `make soak` measures.
BOUND = 1.0
PICTURE = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(5_000_000)).decode()


async def _beats(until: asyncio.Event) -> float:
    latest = 0.0
    while not until.is_set():
        begun = time.monotonic()
        await asyncio.sleep(0.01)
        latest = max(latest, time.monotonic() - begun - 0.01)
    return latest


async def _beside(*calls: Any) -> float:
    done = asyncio.Event()
    heart = asyncio.ensure_future(_beats(done))
    await asyncio.gather(*calls)
    done.set()
    return await heart


@pytest.mark.parametrize("dialect", DIALECTS)
def test_beside_a_hundred_calls(simulator: eq.Simulator, dialect: str) -> None:
    async def many() -> float:
        asked = call(simulator, dialect, "sim/latency;ms=50")
        return await _beside(*(eq.acompletion(**asked) for _ in range(100)))

    assert asyncio.run(many()) < BOUND


@pytest.mark.parametrize("dialect", DIALECTS)
def test_beside_a_picture_of_five_megabytes(simulator: eq.Simulator, dialect: str) -> None:
    parts = [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": PICTURE}}]

    async def one() -> float:
        asked = call(simulator, dialect, "a-model", messages=[{"role": "user", "content": parts}])
        return await _beside(eq.acompletion(**asked))

    assert asyncio.run(one()) < BOUND
