"""Priorities: while deployments cannot take every call, the most important ones get the next that can.

Calls of a group that has room go at once. When it has none, they wait in a queue, lowest number first, and
the first of it tries again.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time

from .._course import sleep
from ..exceptions import Timeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._course import Course
    from .request import Request
    from .router import Router

#: How often the first in the queue tries again, in seconds.
_POLL = 0.03


class Queues:
    """The waiting calls of each group."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._serial = itertools.count()
        self._queues: dict[str, list[tuple[int, int]]] = {}

    def enter(self, group: str, priority: int) -> tuple[int, int]:
        """A place in the queue."""
        place = (priority, next(self._serial))
        with self._lock:
            heapq.heappush(self._queues.setdefault(group, []), place)
        return place

    def first(self, group: str) -> tuple[int, int] | None:
        """Whose turn it is."""
        with self._lock:
            queue = self._queues.get(group)
            return queue[0] if queue else None

    def leave(self, group: str, place: tuple[int, int]) -> None:
        """Give the place up."""
        with self._lock:
            queue = self._queues[group]
            queue.remove(place)
            heapq.heapify(queue)
            if not queue:
                del self._queues[group]


def in_turn(router: Router, request: Request, priority: int) -> Course:
    """The call's journey, begun when it is its turn.

    Raises:
        Timeout: when that is not within the Router's timeout.
    """
    from .journey import is_ours, journey

    request.start(request.options.get("deadline", router.deadline))
    queues, group = router._queues, request.group
    pause = router.polling_interval or _POLL
    timeout = request.options.get("timeout") or router.timeout
    ends = time.monotonic() + (float(timeout) if isinstance(timeout, (int, float)) else 600.0)
    place = queues.enter(group, priority)

    def leave() -> None:
        # Its turn is over once it has a deployment, not when it has the answer.
        request.on_chosen = None
        queues.leave(group, place)

    request.on_chosen = leave
    try:
        while True:
            if queues.first(group) == place:
                try:
                    return (yield from journey(router, request))
                except Exception as error:
                    if request.tried or not is_ours(error):
                        raise
            request.left()
            if time.monotonic() + pause > ends:
                raise Timeout(
                    message="the call waited for its turn longer than its timeout allows",
                    model=group,
                    llm_provider="",
                )
            yield sleep(pause)
    finally:
        if request.on_chosen is not None:
            leave()
