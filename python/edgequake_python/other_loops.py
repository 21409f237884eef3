"""Calls from event loops that are not asyncio's: trio, and anyio on top of it.

The core answers to asyncio, so under trio a call is made by an asyncio loop in a thread of its own, started
with the first such call, and its result comes back to the task that asked. Each call, and each chunk of a
stream, costs two hops between threads. Under asyncio nothing is bridged::

    from edgequake_python.other_loops import bridged

    answer = await bridged(edgequake_python.acompletion)(model=..., messages=...)
    async for chunk in await bridged(edgequake_python.acompletion)(model=..., messages=..., stream=True):
        ...
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import os
import threading
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine


def bridged(function: Callable[..., Awaitable[Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """``function``, an asynchronous one of this package's, for whatever loop runs.

    Args:
        function: `edgequake_python.acompletion`, `Client.acompletion`, `Router.acompletion`, ...

    Returns:
        A coroutine function with the same arguments. What it returns is what ``function`` returns; a stream
        is a `BridgedStream` where it was bridged. It sees the context variables of its caller. A cancelled
        scope cancels the call, whose connection is closed by the time the scope ends.

    Raises:
        RuntimeError: when called in no event loop, or in one that is neither asyncio's nor trio's.
    """

    @functools.wraps(function)
    async def call(*positional: Any, **named: Any) -> Any:
        if _on_asyncio():
            return await function(*positional, **named)
        answer = await _elsewhere(function, *positional, **named)
        return BridgedStream(answer) if hasattr(answer, "__anext__") else answer

    return call


class BridgedStream:
    """A stream of asyncio's, read from another loop. Other attributes are the stream's own."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __aiter__(self) -> BridgedStream:
        return self

    async def __anext__(self) -> Any:
        return await _elsewhere(self._stream.__anext__)

    async def aclose(self) -> None:
        """Closes the connection."""
        await _elsewhere(self._stream.aclose)

    async def __aenter__(self) -> BridgedStream:
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.aclose()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _on_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class _Home:
    """The asyncio loop that calls of other loops are made in, one for each process."""

    lock = threading.Lock()
    loop: asyncio.AbstractEventLoop | None = None
    process = 0

    @classmethod
    def running(cls) -> asyncio.AbstractEventLoop:
        """The loop, started if need be; a child of a fork starts its own."""
        with cls.lock:
            if cls.loop is None or cls.process != os.getpid():
                loop = asyncio.new_event_loop()
                threading.Thread(target=loop.run_forever, name="edgequake-other-loops", daemon=True).start()
                cls.loop, cls.process = loop, os.getpid()
            return cls.loop


async def _elsewhere(function: Callable[..., Awaitable[Any]], *positional: Any, **named: Any) -> Any:
    """Awaits ``function`` in the home loop from a task of trio's."""
    try:
        import outcome
        import trio
    except ImportError:
        raise RuntimeError("no event loop of asyncio's runs here, and trio is not installed") from None
    task, token = trio.lowlevel.current_task(), trio.lowlevel.current_trio_token()
    loop, context = _Home.running(), contextvars.copy_context()
    work: asyncio.Task[Any] | None = None
    given_up = False
    raise_cancelled: Any = None

    def report(done: asyncio.Task[Any]) -> None:
        if done.cancelled():
            result = outcome.capture(raise_cancelled or _refuse)
        else:
            error = done.exception()
            result = outcome.Value(done.result()) if error is None else outcome.Error(error)
        token.run_sync_soon(trio.lowlevel.reschedule, task, result)

    def start() -> None:
        nonlocal work
        # The reference keeps the task alive.
        work = loop.create_task(_made(function, positional, named))
        work.add_done_callback(report)
        if given_up:
            work.cancel()

    def stop() -> None:
        nonlocal given_up
        given_up = True
        if work is not None:
            work.cancel()

    def abort(raise_cancel: Any) -> Any:
        nonlocal raise_cancelled
        raise_cancelled = raise_cancel
        loop.call_soon_threadsafe(stop)
        # The task goes on when the call has ended, its connection closed (or with what it was faster to get).
        return trio.lowlevel.Abort.FAILED

    loop.call_soon_threadsafe(start, context=context)
    return await trio.lowlevel.wait_task_rescheduled(abort)


async def _made(function: Callable[..., Awaitable[Any]], positional: Any, named: Any) -> Any:
    return await function(*positional, **named)


def _refuse() -> None:
    raise asyncio.CancelledError("the call was cancelled in the loop that made it")
