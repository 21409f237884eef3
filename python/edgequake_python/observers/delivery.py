"""Bringing events to callbacks: never on the path of a call, in order, each once, and before the program
ends.

Plain functions run on one thread. Coroutines run in the event loop of the call they are about, while it
lives, else in a loop of that thread. What a callback raises is logged and goes no further.
"""

from __future__ import annotations

import atexit
import contextvars
import logging
import os
import threading
import time
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable
    from typing import Any, Callable, Optional

    Task = Callable[[], Optional[Awaitable[Any]]]

_logger = logging.getLogger("edgequake_python.callbacks")
#: More events than this wait for slow callbacks, and the newest are left out, with a warning.
LIMIT = 20_000
#: Seconds that the end of the program waits for callbacks.
AT_EXIT = 10.0


class Delivery:
    """A queue, and the thread that works on it; both come with the first event."""

    def __init__(self) -> None:
        self._own()
        self.left_out = 0
        self.failed = 0

    def _own(self) -> None:
        self._pid = os.getpid()
        self._queue: deque[tuple[contextvars.Context, Task, Any]] = deque()
        self._wake = threading.Condition()
        self._thread: Optional[threading.Thread] = None
        self._busy = 0
        self._running: set[Any] = set()
        self._loop: Optional[asyncio.AbstractEventLoop] = None

    def tell(self, task: Task, loop: Optional[asyncio.AbstractEventLoop] = None) -> None:
        """Have ``task`` run soon, in this context. A coroutine it returns runs in ``loop``, if that still
        can.
        """
        if self._pid != os.getpid():
            # After a fork: the parent's events are the parent's to deliver.
            self._own()
        with self._wake:
            if len(self._queue) >= LIMIT:
                self.left_out += 1
                if self.left_out == 1:
                    _logger.warning("callbacks are too slow: %s events wait, newer ones are left out", LIMIT)
                return
            self._queue.append((contextvars.copy_context(), task, loop))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="edgequake-callbacks", daemon=True)
                self._thread.start()
                _at_exit(self)
            self._wake.notify()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._queue:
                    self._wake.wait()
                context, task, loop = self._queue.popleft()
                self._busy += 1
            try:
                awaitable = context.run(task)
                if awaitable is not None:
                    self._await(context, awaitable, task, loop)
            except BaseException as error:
                self._complain(error)
            finally:
                with self._wake:
                    self._busy -= 1
                    self._wake.notify_all()

    def _await(self, context: contextvars.Context, awaitable: Any, task: Task, loop: Any) -> None:
        """Run a coroutine in the caller's loop, or here when that has ended or ends meanwhile."""
        import asyncio

        if loop is not None and loop.is_running():
            done = threading.Event()
            begun = _Begun(awaitable)

            def start() -> None:
                running = context.run(loop.create_task, begun.run())
                self._running.add(running)
                running.add_done_callback(ended)

            def ended(running: asyncio.Task[Any]) -> None:
                self._running.discard(running)
                if running.cancelled():
                    # The loop ends. What was cut off is run again from its start, by this thread.
                    begun.close()
                    self._again(task)
                elif running.exception() is not None:
                    self._complain(running.exception())
                done.set()
                with self._wake:
                    self._busy -= 1
                    self._wake.notify_all()

            with self._wake:
                self._busy += 1
            try:
                loop.call_soon_threadsafe(start)
                return
            except RuntimeError:  # closed meanwhile
                with self._wake:
                    self._busy -= 1
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(_in(context, self._loop, awaitable))

    def _again(self, task: Task) -> None:
        with self._wake:
            self._queue.append((contextvars.copy_context(), task, None))
            self._wake.notify()

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
        """Wait until all events are delivered; False when that takes more than ``timeout`` seconds."""
        if self._pid != os.getpid() or threading.current_thread() is self._thread:
            return True
        end = None if timeout is None else time.monotonic() + timeout
        with self._wake:
            while self._queue or self._busy:
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    return False
                self._wake.wait(left)
        return True


class _Begun:
    """A coroutine that may be thrown away before it has begun, without a warning."""

    def __init__(self, awaitable: Any) -> None:
        self._awaitable = awaitable

    async def run(self) -> None:
        await self._awaitable

    def close(self) -> None:
        close = getattr(self._awaitable, "close", None)
        if close is not None:
            close()


async def _in(context: contextvars.Context, loop: Any, awaitable: Any) -> None:
    async def run() -> None:
        await awaitable

    await context.run(loop.create_task, run())


_registered: set[int] = set()


def _at_exit(delivery: Delivery) -> None:
    pid = os.getpid()
    if pid not in _registered:
        _registered.add(pid)
        atexit.register(delivery.flush, AT_EXIT)


DELIVERY = Delivery()


def flush(timeout: Optional[float] = None) -> bool:
    """Wait until every callback has been told of the calls that have ended.

    Within a coroutine use `flush_async`: callbacks that run in the loop cannot while it is blocked.

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
