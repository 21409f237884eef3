"""What is still open when the program ends: told once, before the interpreter can do nothing more."""

from __future__ import annotations

import atexit
import os
import sys
import time
import weakref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

#: Seconds that the end of the program waits, in all, for what has to be told to others.
AT_EXIT = 3.0
_registered: set[tuple[int, int]] = set()


def at_exit(hook: Callable[[], None]) -> None:
    """Have ``hook``, a function that lives as long as the program, run once when this process ends."""
    registered = (os.getpid(), id(getattr(hook, "__self__", hook)))
    if registered not in _registered:
        _registered.add(registered)
        atexit.register(hook)
        workers = sys.modules.get("multiprocessing.util")
        if workers is not None and sys.modules["multiprocessing.process"].parent_process() is not None:
            # A worker process ends without asking those that `atexit` knows.
            workers.Finalize(None, hook, exitpriority=10)


class Endings:
    """Streams whose end somebody waits for, and threads that still have to tell others of it.

    A process forked meanwhile has none of them: they are its parent's.
    """

    def __init__(self) -> None:
        self._own()

    def _own(self) -> None:
        self._pid = os.getpid()
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._tellers: weakref.WeakSet[Any] = weakref.WeakSet()

    def _ready(self) -> None:
        if self._pid != os.getpid():
            self._own()
        at_exit(self.come)

    def expect(self, stream: Any) -> None:
        """Call ``stream.leave()`` when the program ends before its reader has left it."""
        self._ready()
        self._open.add(stream)

    def wait_for(self, teller: Any) -> None:
        """Call ``teller.finish(seconds)`` after that: it may take so long to tell what it has to."""
        self._ready()
        self._tellers.add(teller)

    def come(self) -> None:
        """The program ends."""
        if self._pid != os.getpid():
            return
        for stream in list(self._open):
            self._open.discard(stream)
            stream.leave()
        end = time.monotonic() + AT_EXIT
        for teller in list(self._tellers):
            teller.finish(max(0.0, end - time.monotonic()))


ENDINGS = Endings()
