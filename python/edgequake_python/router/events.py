"""Streams beside chat through the Router: of texts, responses and messages.

They keep their class. As with chat, a failure before the first content is an attempt's; one after it is
raised, whatever ``stream_failure`` says, for another answer's events do not fit behind those of the first.
"""

from __future__ import annotations

import functools
import sys
from collections import deque

from .._course import drive, drive_async
from .._endings import ENDINGS
from ..event_stream import AsyncEvents, SyncEvents
from .settling import abandoned, failed, succeeded
from .streams import Start, says_something

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._course import Course
    from .request import Request
    from .router import Router
    from .selection import Picked

#: Events that come before any content.
_OPENING = frozenset(
    (
        "response.created",
        "response.queued",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.reasoning_summary_part.added",
        "message_start",
        "content_block_start",
        "ping",
    )
)


def are_events(answer: Any) -> bool:
    """Whether it is such a stream."""
    return isinstance(answer, (SyncEvents, AsyncEvents))


class EventsStart(Start):
    """Such a stream, read up to its first content."""

    def says(self, event: Any) -> bool:
        """Whether an event is more than an opening."""
        if isinstance(event, bytes):
            # event: NAME
            return event.partition(b"\n")[0][7:].decode(errors="replace") not in _OPENING
        if getattr(event, "choices", None) is not None:
            return says_something(event)
        name = event.get("type") if isinstance(event, dict) else getattr(event, "type", None)
        return getattr(name, "value", name) not in _OPENING


def routed(router: Router, request: Request, picked: Picked, start: EventsStart, first: float) -> Any:
    """The stream itself, which tells the Router now how it ends."""
    stream = start.stream
    kind: Any = type(stream)
    stream._ready = start.chunks
    stream._leg = Leg(router, request, picked, first)
    stream.__class__ = _class_of(kind)
    if router.state.remote:
        ENDINGS.expect(stream)
    return stream


class Leg:
    """The part of a journey that is a stream being read."""

    def __init__(self, router: Router, request: Request, picked: Picked, first: float) -> None:
        self._router = router
        self._request = request
        self._picked: Picked | None = picked
        self._first = first

    def ended(self, stream: Any) -> Course:
        """It was read to its end."""
        picked, self._picked = self._picked, None
        if picked is not None:
            whole = getattr(stream, "response", None) or stream
            yield from succeeded(self._router, self._request, picked, whole, self._first)

    def broke(self, error: Exception) -> Course:
        """It failed after its first content."""
        picked, self._picked = self._picked, None
        if picked is not None:
            yield from failed(self._router, self._request, picked, error)

    def left(self) -> None:
        """Nobody reads on."""
        picked, self._picked = self._picked, None
        if picked is not None:
            abandoned(self._router, self._request, picked)


class _Routed:
    """What is put before a stream's own class."""

    _ready: deque[Any]
    _leg: Leg

    def close(self) -> None:
        """Close the connection. What was not read is gone."""
        self._ready.clear()
        super().close()  # type: ignore[misc]

    def leave(self) -> None:
        """Nobody reads on, or will before the program ends."""
        super().leave()  # type: ignore[misc]
        self._leg.left()

    def __del__(self, finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        if not finalizing():
            self.leave()


class _RoutedSync(_Routed):
    def __next__(self) -> Any:
        if self._ready:
            return self._ready.popleft()
        try:
            return super().__next__()  # type: ignore[misc]
        except StopIteration:
            drive(self._leg.ended(self))
            raise
        except Exception as error:
            drive(self._leg.broke(error))
            raise


class _RoutedAsync(_Routed):
    async def __anext__(self) -> Any:
        if self._ready:
            return self._ready.popleft()
        try:
            return await super().__anext__()  # type: ignore[misc]
        except StopAsyncIteration:
            await drive_async(self._leg.ended(self))
            raise
        except Exception as error:
            await drive_async(self._leg.broke(error))
            raise
        except BaseException:
            self._leg.left()
            raise


@functools.cache
def _class_of(kind: type) -> type:
    """A stream's class, made the Router's; under its own name."""
    before = _RoutedSync if issubclass(kind, SyncEvents) else _RoutedAsync
    return type(kind.__name__, (before, kind), {"__module__": kind.__module__, "__doc__": kind.__doc__})
