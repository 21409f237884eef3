"""Bringing events to callbacks: never on the path of a call, in order, each once, and before the program
ends.

Plain functions run on one thread. Coroutines run in the event loop of the call they are about, while it
lives, else in a loop of that thread. What a callback raises is logged and goes no further.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import os
import sys
import threading
import time
import weakref
from collections import deque

from .._endings import at_exit

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable
    from typing import Any, Callable, Optional

    Task = Callable[[], Optional[Awaitable[Any]]]

_logger = logging.getLogger("edgequake_python.callbacks")
#: More events than this wait for slow callbacks, and the newest are left out, with a warning.
LIMIT = 20_000
#: Seconds that the thread works before it lets others have the interpreter, and for how long. Without pauses
#: it would make an event loop wait for the interpreter's switch interval (5 ms) again and again.
_SLICE, _PAUSE = 0.001, 0.0002
#: With more waiting than this, slices are longer.
_MANY = LIMIT // 4
#: Seconds between two looks whether loops that run callbacks have ended.
_LOOK = 0.05
#: Seconds that the end of the program waits for callbacks.
AT_EXIT = 10.0


class Delivery:
    """A queue, and the thread that works on it; both come with the first event."""

    def __init__(self) -> None:
        self._own()
        self.left_out: int = 0
        self.failed: int = 0

    def _own(self) -> None:
        self._pid = os.getpid()
        self._queue: deque[tuple[contextvars.Context, Task, Any]] = deque()
        self._wake = threading.Condition()
        self._thread: Optional[threading.Thread] = None
        self._busy = 0
        self._flushing = 0
        self._unsaid = 0
        self._abroad: set[_Visit] = set()
        self._ending = False
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._loop: Optional[asyncio.AbstractEventLoop] = None

    def tell(self, task: Task, loop: Optional[asyncio.AbstractEventLoop] = None) -> None:
        """Have ``task`` run soon, in this context. A coroutine it returns runs in ``loop``, if that still
        can.
        """
        if self._pid != os.getpid():
            # After a fork: the parent's events are the parent's to deliver.
            self._own()
        if sys.is_finalizing():
            return  # no thread runs any more
        with self._wake:
            if len(self._queue) >= LIMIT:
                self.left_out += 1
                self._unsaid += 1
                if self._unsaid == 1:
                    _logger.warning("callbacks are too slow: %s events wait, newer ones are left out", LIMIT)
                return
            self._queue.append((contextvars.copy_context(), task, loop))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="edgequake-callbacks", daemon=True)
                self._thread.start()
                at_exit(self.flush_at_exit)
            self._wake.notify()

    def expect(self, stream: Any) -> None:
        """Tell of a stream, by its ``leave()``, when the program ends before its reader has left it."""
        if self._pid != os.getpid():
            self._own()
        self._open.add(stream)
        at_exit(self.flush_at_exit)

    def _work(self) -> None:
        begun = time.perf_counter()
        while True:
            with self._wake:
                if not self._queue:
                    self._caught_up()
                    while not self._queue:
                        self._wake.wait(_LOOK if self._abroad else None)
                        self._bring_home()
                    begun = time.perf_counter()
                context, task, loop = self._queue.popleft()
                self._busy += 1
                many = len(self._queue) > _MANY
            try:
                awaitable = context.run(task)
                if awaitable is not None:
                    self._await(context, awaitable, task, loop)
            except BaseException as error:
                self._complain(error)
            finally:
                # What an event holds is not kept until the next one comes.
                del context, task, loop
                with self._wake:
                    self._busy -= 1
                    if self._flushing:
                        self._wake.notify_all()
            if time.perf_counter() - begun > (5 * _SLICE if many else _SLICE) and not self._flushing:
                time.sleep(_PAUSE)
                begun = time.perf_counter()

    def _caught_up(self) -> None:
        """Nothing waits any more; what was left out meanwhile is said. With the lock held."""
        if self._unsaid:
            _logger.warning("callbacks were too slow: %s events were left out", self._unsaid)
            self._unsaid = 0

    def _await(self, context: contextvars.Context, awaitable: Any, task: Task, loop: Any) -> None:
        """Run a coroutine in the caller's loop, or here when that has ended."""
        import asyncio

        if loop is not None and loop.is_running():
            visit = _Visit(self, context, awaitable, task, loop)
            with self._wake:
                self._abroad.add(visit)
            try:
                loop.call_soon_threadsafe(visit.begin)
                return
            except RuntimeError:  # closed meanwhile
                with self._wake:
                    self._abroad.discard(visit)
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(_in(context, self._loop, awaitable))

    def _bring_home(self) -> None:
        """Have what was sent to a loop that has ended run here. With the lock held."""
        for visit in list(self._abroad):
            if visit.loop.is_closed() or (self._ending and not visit.loop.is_running()):
                self._abroad.discard(visit)
                if not visit.over:
                    visit.give_up()
                self._queue.append((visit.context, visit.outcome if visit.over else visit.task, None))

    def _returned(self, visit: _Visit, error: Optional[BaseException], cut_off: bool) -> None:
        """A coroutine has ended in its loop."""
        with self._wake:
            if visit not in self._abroad:
                return
            self._abroad.discard(visit)
            if cut_off:
                # The loop ends. What was cut off is run again from its start, by this thread.
                visit.give_up()
                self._queue.append((visit.context, visit.task, None))
            self._wake.notify_all()
        if error is not None:
            self._complain(error)

    def _complain(self, error: Optional[BaseException]) -> None:
        self.failed += 1
        _logger.warning(
            "a callback raised %s: %s",
            type(error).__name__,
            error,
            exc_info=None,
            extra={"failed": self.failed},
        )
        _logger.debug("where it did", exc_info=error)

    def flush(self, timeout: Optional[float] = None) -> bool:
        """Wait until all events are delivered; False when that takes more than ``timeout`` seconds, or when
        what is left waits for the event loop that is blocked by this.
        """
        if self._pid != os.getpid() or threading.current_thread() is self._thread:
            return True
        end = None if timeout is None else time.monotonic() + timeout
        blocked = _loop_of_this_thread()
        with self._wake:
            self._flushing += 1
            try:
                while self._queue or self._busy or self._abroad:
                    if not (self._queue or self._busy) and all(
                        visit.loop is blocked for visit in self._abroad
                    ):
                        _logger.warning(
                            "flush() blocks the event loop that callbacks run in: await flush_async()"
                        )
                        return False
                    left = None if end is None else end - time.monotonic()
                    if left is not None and left <= 0:
                        return False
                    self._wake.wait(_LOOK if left is None else min(left, _LOOK))
            finally:
                self._flushing -= 1
        return True

    def flush_at_exit(self) -> None:
        """Wait for callbacks when the program ends: loops that stand still now run no more."""
        if self._pid == os.getpid():
            for stream in list(self._open):
                stream.leave()
        self._ending = True
        if not self.flush(AT_EXIT):
            with self._wake:
                lost = len(self._queue) + self._busy + len(self._abroad)
            _logger.warning("the program ends with %s events that callbacks were not told of", lost)


class _Visit:
    """A coroutine that runs in a caller's loop."""

    def __init__(
        self, delivery: Delivery, context: contextvars.Context, awaitable: Any, task: Task, loop: Any
    ) -> None:
        self.context = context
        self.task = task
        self.loop = loop
        self._delivery = delivery
        self._awaitable = awaitable
        self._body: Any = None
        self._running: Any = None
        #: Whether it has come to its end, and with what error. A loop may end before it tells of that.
        self.over: bool = False
        self._error: Optional[Exception] = None

    def begin(self) -> None:
        """In the loop's thread."""
        self._body = self._run()
        self._running = self.context.run(self.loop.create_task, self._body)
        self._running.add_done_callback(self._ended)

    async def _run(self) -> None:
        try:
            await self._awaitable
        except Exception as error:
            self._error = error
        self.over = True

    def outcome(self) -> None:
        """Raises what it raised."""
        if self._error is not None:
            raise self._error

    def _ended(self, running: asyncio.Task[Any]) -> None:
        cut_off = running.cancelled()
        error = self._error if cut_off or self.over else running.exception()
        self._delivery._returned(self, error, cut_off and not self.over)

    def give_up(self) -> None:
        """It will not go on; one that has not begun is thrown away without a warning."""
        if self._running is not None:
            # Its loop has ended, and nobody will run it there any more: no reason to complain.
            self._running._log_destroy_pending = False
        for one in (self._body, self._awaitable):
            close = getattr(one, "close", None)
            if close is not None:
                with contextlib.suppress(RuntimeError, ValueError):
                    close()


async def _in(context: contextvars.Context, loop: Any, awaitable: Any) -> None:
    async def run() -> None:
        await awaitable

    await context.run(loop.create_task, run())


def _loop_of_this_thread() -> Any:
    """The event loop that this thread is running; None when there is none."""
    asyncio = sys.modules.get("asyncio")
    return None if asyncio is None else asyncio._get_running_loop()


DELIVERY = Delivery()


def flush(timeout: Optional[float] = None) -> bool:
    """Wait until every callback has been told of the calls that have ended.

    Within a coroutine use `flush_async`: callbacks that run in the loop cannot while it is blocked. There
    this waits for all others, logs a warning and returns False.

    Args:
        timeout: seconds at most; None: as long as it takes.

    Returns:
        Whether all were told.
    """
    return DELIVERY.flush(timeout)


async def flush_async(timeout: Optional[float] = None) -> bool:
    """As `flush`, without blocking the event loop."""
    import asyncio

    return await asyncio.get_running_loop().run_in_executor(None, DELIVERY.flush, timeout)
