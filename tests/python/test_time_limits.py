"""Every cell of docs/timeouts.md: limits, repetition and ways to leave, plain and streamed, synchronous and
asynchronous, over every native wire.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Callable

import pytest

import edgequake_python as eq
from full_backlog import FullBacklog
from native import WIRES, Wire

pytest.importorskip("cryptography")
pytest.importorskip("google.auth")

#: Azure speaks OpenAI's dialect at addresses of its own.
EVERY = {**WIRES, "azure": Wire("azure/", "gpt-simulated")}
LIMIT = 0.08
#: Longer than a test takes; a failing one alone waits as long.
LONG = 20


def _plain(**call: Any) -> Any:
    return eq.completion(**call)


def _plain_async(**call: Any) -> Any:
    return asyncio.run(eq.acompletion(**call))


def _stream(**call: Any) -> Any:
    return list(eq.completion(**call, stream=True))


def _stream_async(**call: Any) -> Any:
    async def read() -> Any:
        return [chunk async for chunk in await eq.acompletion(**call, stream=True)]

    return asyncio.run(read())


WAYS: dict[str, Callable[..., Any]] = {
    "completion": _plain,
    "acompletion": _plain_async,
    "stream": _stream,
    "async stream": _stream_async,
}
#: What the simulator does, of plain calls and of streams.
LIMITS: dict[str, tuple[str, str]] = {
    "connect": ("", ""),
    "first_token": (f"latency?ms={LONG * 1000}", f"slow_first?ms={LONG * 1000}"),
    "idle": ("stall?after=2", "stall?after=2"),
    "total": (f"latency?ms={LONG * 1000}", "drip?ms=20"),
}


@pytest.fixture(params=sorted(EVERY))
def wire(request: pytest.FixtureRequest) -> Wire:
    return EVERY[request.param]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.mark.parametrize("limit", LIMITS)
def test_limit(simulator: eq.Simulator, wire: Wire, way: str, limit: str) -> None:
    """The limit that runs out is named, not before its time; what a stream had said is kept."""
    behaviour = LIMITS[limit]["stream" in way]
    call = wire.call(simulator, behaviour, timeout={limit: LIMIT}, num_retries=0)
    if limit != "connect":
        begun = time.monotonic()
        with pytest.raises(eq.Timeout, match=f"`{limit}`") as caught:
            WAYS[way](**call)
    else:
        WAYS[way](**wire.call(simulator))  # whoever gives out tokens is not what is slow
        with FullBacklog(wire.path) as call["api_base"]:
            begun = time.monotonic()
            with pytest.raises(eq.Timeout, match="`connect`") as caught:
                WAYS[way](**call)
    assert LIMIT <= time.monotonic() - begun < LONG / 2
    assert caught.value.status_code == 408
    if "stream" in way and limit == "idle":
        assert caught.value.partial


def test_repetition(simulator: eq.Simulator, wire: Wire, way: str) -> None:
    """Two retries are three requests."""
    WAYS[way](**wire.call(simulator))  # tokens are there then
    before = simulator.stats["requests"]
    with pytest.raises(eq.ServiceUnavailableError) as caught:
        WAYS[way](**wire.call(simulator, "503?retry_after_ms=1"), num_retries=2)
    assert simulator.stats["requests"] - before == 3
    assert caught.value.num_retries == 2


def _leave_stream(call: dict[str, Any], begun: Callable[[], bool]) -> None:
    stream = eq.completion(**call, stream=True)
    next(stream)
    assert begun()
    stream.close()


def _leave_stream_async(call: dict[str, Any], begun: Callable[[], bool]) -> None:
    async def leave() -> None:
        stream = await eq.acompletion(**call, stream=True)
        await stream.__anext__()
        assert begun()
        await stream.aclose()

    asyncio.run(leave())


def _cancel(call: dict[str, Any], begun: Callable[[], bool]) -> None:
    async def cancelled() -> None:
        task = asyncio.ensure_future(eq.acompletion(**call))
        while not begun():
            await asyncio.sleep(0.002)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())


#: A blocking plain call is left by Ctrl-C alone, which `test_interrupts.py` shows.
LEAVING = {"acompletion": _cancel, "stream": _leave_stream, "async stream": _leave_stream_async}


@pytest.mark.parametrize("leaving", LEAVING)
def test_leaving(wire: Wire, leaving: str) -> None:
    """The server sees the connection closed."""
    with eq.Simulator() as simulator:
        eq.completion(**wire.call(simulator))

        def begun() -> bool:
            return bool(simulator.stats["open_streams"])

        LEAVING[leaving](wire.call(simulator, "stall?after=2", num_retries=0), begun)
        end = time.monotonic() + LONG
        while simulator.stats["aborted"] != 1 or simulator.stats["open_streams"]:
            assert time.monotonic() < end, "the connection is still open"
            time.sleep(0.002)
