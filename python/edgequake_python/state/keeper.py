"""The one background thread of a `RedisState`: renews leases, looks for a Redis that went away, settles late.

It starts with the first lease, late settlement or outage, and ends when there is nothing left to do.
"""

from __future__ import annotations

import os
import threading
import time

from .._endings import ENDINGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

#: Seconds between two looks for a Redis that is away.
_LOOK = (0.1, 2.0)
#: How many late tasks an outage may collect.
_LATE = 100_000


class Keeper:
    """Runs what must go on beside the calls.

    Args:
        renew: renews these leases, given as {(slots' key): [lease, ...]}.
        look: whether Redis is there again.
        found: called when it is.
        lifetime: seconds that a lease lives without being renewed.
    """

    def __init__(
        self,
        renew: Callable[[dict[str, list[str]]], None],
        look: Callable[[], bool],
        found: Callable[[], None],
        lifetime: float,
    ) -> None:
        self._renew = renew
        self._look = look
        self._found = found
        self._period = lifetime / 3
        self._reset()

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._change = threading.Condition()
        self._leases: dict[str, dict[str, float]] = {}  # slots' key -> lease -> when it was given
        self._tasks: list[Callable[[], Any]] = []
        self._when_found: list[Callable[[], Any]] = []
        self._away = False
        self._closed = False
        self._busy = False
        self._thread: threading.Thread | None = None

    def _own(self) -> None:
        """In a forked child: the thread and the leases are the parent's."""
        if self._pid != os.getpid():
            self._reset()

    def hold(self, key: str, lease: str) -> None:
        """Renew this lease until `release`."""
        self._own()
        with self._change:
            self._leases.setdefault(key, {})[lease] = time.monotonic()
            self._awake()

    def release(self, key: str, lease: str) -> None:
        """Renew it no more."""
        self._own()
        with self._change:
            held = self._leases.get(key)
            if held is not None:
                held.pop(lease, None)
                if not held:
                    del self._leases[key]

    def soon(self, task: Callable[[], Any]) -> None:
        """Run ``task`` on the thread."""
        self._own()
        with self._change:
            self._tasks.append(task)
            self._awake()
            self._change.notify()

    def when_found(self, task: Callable[[], Any]) -> None:
        """Run ``task`` on the thread once Redis is there again; at once when it is."""
        self._own()
        with self._change:
            if self._away:
                self._when_found.append(task)
                del self._when_found[:-_LATE]
                return
        self.soon(task)

    def search(self) -> None:
        """Look for Redis until it is there again."""
        self._own()
        with self._change:
            self._away = True
            self._awake()
            self._change.notify()

    def close(self) -> None:
        """End the thread, after what it has been given to do."""
        self._own()
        with self._change:
            self._closed = True
            self._leases.clear()
            thread = self._thread
            self._change.notify()
        if thread is not None and thread is not threading.current_thread():
            thread.join(5.0)

    def finish(self, seconds: float) -> None:
        """Wait until the thread has done what it was given to do, for so many seconds at most."""
        end = time.monotonic() + seconds
        if self._pid != os.getpid():
            return
        with self._change:
            while self._tasks or self._busy:
                left = end - time.monotonic()
                if left <= 0 or self._thread is None:
                    return
                self._change.wait(left)

    def _awake(self) -> None:
        # One that was closed, and is used again, starts again.
        if self._thread is None:
            self._closed = False
            thread = threading.Thread(target=self._run, name="edgequake-state", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return  # the interpreter is going down; leases end by themselves
            self._thread = thread
            ENDINGS.wait_for(self)

    def _run(self) -> None:
        pause = _LOOK[0]
        renewed = looked = time.monotonic()
        while True:
            with self._change:
                if not self._tasks:
                    if self._closed or not (self._leases or self._away):
                        # Nothing is lost between this and the end: whoever comes next sees no thread.
                        self._thread = None
                        return
                    now = time.monotonic()
                    due = renewed + self._period
                    if self._away:
                        due = min(due, looked + pause)
                    self._change.wait(max(0.0, due - now))
                tasks, self._tasks = self._tasks, []
                self._busy = bool(tasks)
                away = self._away
                now = time.monotonic()
                leases: dict[str, list[str]] = {}
                if now >= renewed + self._period:
                    renewed = now
                    # A lease given just now has most of its life before it.
                    young = now - self._period / 2
                    for key, held in self._leases.items():
                        old = [lease for lease, given in held.items() if given <= young]
                        if old:
                            leases[key] = old
            for task in tasks:
                task()
            if tasks:
                with self._change:
                    self._busy = False
                    self._change.notify_all()
            if leases and not away:
                self._renew(leases)
            if away and now >= looked + pause:
                if self._look():
                    with self._change:
                        self._away = False
                        self._tasks += self._when_found
                        self._when_found = []
                    pause = _LOOK[0]
                    self._found()
                else:
                    pause = min(pause * 2, _LOOK[1])
                looked = time.monotonic()
