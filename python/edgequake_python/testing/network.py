"""Who stands in the network's place."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Optional
from urllib.parse import urlsplit

from .wire import Handler, Pass, Request, Response

_package = sys.modules[__package__.partition(".")[0]].__dict__
_lock = threading.Lock()
_handlers: list[Any] = []


@contextmanager
def in_place(serve: Handler) -> Iterator[None]:
    """``serve`` answers every call of the process made inside, of clients without one of their own too."""
    entry = [serve]
    with _lock:
        _handlers.append(entry)
        _package["_network"] = serve
    try:
        yield
    finally:
        with _lock:
            # Not always the last: contexts of two threads may overlap.
            _handlers[:] = [other for other in _handlers if other is not entry]
            _package["_network"] = _handlers[-1][0] if _handlers else None


@contextmanager
def handler(answer: Handler) -> Iterator[list[Request]]:
    """``answer`` is the server of every call made inside.

    Args:
        answer: called with a `Request` on a thread of its own, may be a coroutine function. It returns a
            `Response`, or what one is made of (a dict, text, bytes, an iterable of pieces), or `Pass` to let
            the request go to the network, or an exception, which may be raised as well: `ConnectionError`,
            `TimeoutError` and `Broken` are what a network does, everything else is raised at the caller as it
            is.

    Yields:
        The requests so far, in the order they came in.
    """
    seen: list[Request] = []

    def serve(request: Request) -> Any:
        seen.append(request)
        return answer(request)

    with in_place(serve):
        yield seen


class NetworkForbidden(Exception):
    """A call would have gone out to the network where a test forbids it."""


@contextmanager
def no_network(loopback: bool = True) -> Iterator[None]:
    """Calls made inside raise `NetworkForbidden` instead of going out.

    Args:
        loopback: whether servers on this machine may be called.
    """

    def refuse(request: Request) -> Response | Pass:
        if loopback and _is_local(urlsplit(request.url).hostname):
            return Pass()
        raise NetworkForbidden(f"{request!r} would go out to the network, which this test forbids")

    with in_place(refuse):
        yield


def _is_local(host: Optional[str]) -> bool:
    host = (host or "").strip("[]")
    return host in ("localhost", "::1") or host.startswith("127.")
