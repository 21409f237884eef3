"""Hedged calls: when an answer is late, a second deployment is asked too, and the first that speaks wins.

The loser is cancelled, which closes its connection; both are charged. Blocking calls race on an event loop
of a thread of their own, because only a task can be cancelled in the middle of its waiting.
"""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING

from .._course import Step, drive_async
from .selection import find
from .streams import RoutedStream

if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from .request import Request
    from .router import Router

#: Fewer measured calls than this say nothing about a percentile.
_SAMPLES = 20


def delay(router: Router, request: Request, wish: Any) -> float | None:
    """Seconds after which a second deployment is asked; None: never.

    Args:
        router: whose calls were measured.
        request: the call.
        wish: seconds, or a percentile of the group's last calls such as ``"p95"``.

    Raises:
        ValueError: when it is neither.
    """
    if isinstance(wish, (int, float)) and not isinstance(wish, bool):
        return float(wish)
    if isinstance(wish, str) and wish[:1] == "p" and wish[1:].isdigit() and 0 < int(wish[1:]) < 100:
        durations = sorted(find(router, request).pool.durations)
        if len(durations) < _SAMPLES:
            return None
        return durations[min(len(durations) - 1, len(durations) * int(wish[1:]) // 100)]
    raise ValueError(f"hedge_after={wish!r} is neither seconds nor a percentile such as 'p95'")


def hedged(router: Router, request: Request, wish: Any) -> Course:
    """One attempt, and another elsewhere when it is late."""
    from .journey import single

    late = delay(router, request, wish)
    found = find(router, request)
    members = found.only if found.only is not None else found.pool.members
    if late is None or len(members) < 2:
        return (yield from single(router, request))

    async def run() -> Any:
        return await _race(router, request, late)

    return (yield Step(lambda: _blocking(run), run))


async def _race(router: Router, request: Request, late: float) -> Any:
    from .journey import single

    before = len(request.tried)
    first = asyncio.ensure_future(drive_async(single(router, request)))
    tasks = {first}
    try:
        done, _ = await asyncio.wait(tasks, timeout=late)
        if not done:
            second = _elsewhere(request, before)
            tasks.add(asyncio.ensure_future(drive_async(single(router, second))))
        failure: BaseException | None = None
        waiting = set(tasks)
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is None:
                    return task.result()
                # The first attempt's error is the one that counts.
                failure = error if task is first or failure is None else failure
        assert failure is not None
        request.failed.update(member.number for member in request.tried)
        raise failure
    finally:
        losers = [task for task in tasks if not task.done()]
        for task in losers:
            task.cancel()
        if losers:
            await asyncio.wait(losers)
        for task in tasks:
            if task.done() and not task.cancelled():
                task.exception()  # seen: nobody else will look


def _elsewhere(request: Request, before: int) -> Request:
    """The same call, for a deployment that is not at work on it: none of those tried since ``before``."""
    second = request.instead(request.group, {})
    second.failed = set(request.failed)
    second.avoided = frozenset(member.number for member in request.tried[before:])
    return second


# One loop for all blocking calls that are hedged.

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_pid = 0


def background_loop() -> asyncio.AbstractEventLoop:
    """The loop of a thread that starts with the first call that needs it, and anew in a forked child."""
    global _loop, _pid
    with _lock:
        if _loop is None or _pid != os.getpid():
            _loop, _pid = asyncio.new_event_loop(), os.getpid()
            threading.Thread(target=_loop.run_forever, name="edgequake-hedge", daemon=True).start()
        return _loop


def _blocking(run: Any) -> Any:
    loop = background_loop()
    future = asyncio.run_coroutine_threadsafe(run(), loop)
    try:
        answer = future.result()
    except BaseException:
        future.cancel()
        raise
    if isinstance(answer, RoutedStream):
        answer._inner = Crossing(answer._inner, loop)
    elif hasattr(answer, "__anext__"):
        return Crossing(answer, loop)
    return answer


class Crossing:
    """An asynchronous stream of another thread's loop, read by blocking code."""

    def __init__(self, stream: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._stream = stream
        self._loop = loop

    def __iter__(self) -> Crossing:
        return self

    def __next__(self) -> Any:
        end: Any = object()

        async def following() -> Any:
            try:
                return await self._stream.__anext__()
            except StopAsyncIteration:
                return end

        future = asyncio.run_coroutine_threadsafe(following(), self._loop)
        try:
            chunk = future.result()
        except BaseException:
            future.cancel()
            raise
        if chunk is end:
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Close the stream, on its own thread."""
        self._loop.call_soon_threadsafe(self._stream.close)

    def __enter__(self) -> Crossing:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
