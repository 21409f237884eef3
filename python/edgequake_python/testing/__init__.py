"""Tests of programs that call models, without a network: the HTTP client is not Python's, so tools that patch
Python's cannot see it.

- `handler`: a function of yours is the server, for every call of the process, blocking or asynchronous, plain
  or streamed.
- `cassette`: requests go out once and are recorded in a file without secrets; from then on the file answers.
- `no_network`: nothing goes out but to this machine.

They are context managers, and the innermost counts. A `Client` may have a handler of its own instead.
With pytest there are fixtures; see `edgequake_python.testing.pytest_plugin`.
"""

from __future__ import annotations

from .cassettes import Cassette, CassetteError, cassette
from .network import NetworkForbidden, handler, no_network
from .wire import Broken, Pass, Request, Response, sse

__all__ = [
    "Broken",
    "Cassette",
    "CassetteError",
    "NetworkForbidden",
    "Pass",
    "Request",
    "Response",
    "cassette",
    "handler",
    "no_network",
    "sse",
]
