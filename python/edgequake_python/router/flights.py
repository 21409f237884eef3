"""Single flight: identical calls at the same time make one request.

Opt-in, because equal questions may be meant to get different answers; streams are never joined. A failure
is not shared: the next caller makes the request anew. A caller who is cancelled takes nobody with him; the
request goes on while anybody waits.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable
    from typing import Any, Callable

    from .request import Request


def key_of(request: Request) -> str | None:
    """What makes two calls identical; None for one that is not to be joined."""
    if request.streamed:
        return None
    try:
        given = {
            name: value
            for name, value in request.arguments.items()
            if name not in ("metadata", "litellm_metadata", "litellm_trace_id", "litellm_call_id")
        }
        return json.dumps(
            [request.operation.blocking, request.group, given, request.options],
            sort_keys=True,
            default=_plain,
        )
    except (TypeError, ValueError):
        return None


def _plain(value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    if dump is None or isinstance(value, type):
        raise TypeError
    return dump(exclude_none=True)


def copied(answer: Any) -> Any:
    """An answer of one's own."""
    from copy import deepcopy

    return deepcopy(answer)


class Flights:
    """The calls under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, Future[Any]] = {}
        self._tasks: dict[tuple[Any, str], _Shared] = {}

    def fly(self, key: str, make: Callable[[], Any]) -> Any:
        """The answer of ``make``, or of an identical call under way in another thread."""
        while True:
            with self._lock:
                flight = self._calls.get(key)
                mine = flight is None
                if flight is None:
                    flight = self._calls[key] = Future()
            if mine:
                try:
                    answer = make()
                except BaseException:
                    with self._lock:
                        del self._calls[key]
                    flight.set_result(None)
                    raise
                with self._lock:
                    del self._calls[key]
                flight.set_result((answer,))
                return answer
            landed = flight.result()
            if landed is not None:
                return copied(landed[0])

    async def fly_async(self, key: str, make: Callable[[], Awaitable[Any]]) -> Any:
        """As `fly`, for calls of one event loop."""
        import asyncio

        place = (asyncio.get_running_loop(), key)
        while True:
            shared = self._tasks.get(place)
            mine = shared is None
            if shared is None:
                shared = self._tasks[place] = _Shared(asyncio.ensure_future(make()))
            shared.waiting += 1
            try:
                answer = await asyncio.shield(shared.task)
            except asyncio.CancelledError:
                if shared.waiting == 1 and not shared.task.done():
                    shared.task.cancel()
                raise
            except Exception:
                if mine:
                    raise
                continue
            finally:
                shared.waiting -= 1
                if (shared.task.done() or not shared.waiting) and self._tasks.get(place) is shared:
                    del self._tasks[place]
            return answer if mine else copied(answer)


class _Shared:
    """A request that several tasks wait for."""

    __slots__ = ("task", "waiting")

    def __init__(self, task: asyncio.Future[Any]) -> None:
        self.task = task
        self.waiting = 0
