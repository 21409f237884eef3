"""Fixtures for pytest, there as soon as the package is installed.

- ``edgequake_handler``: call it with your handler; it answers until the end of the test, and returns the list
  of requests.
- ``edgequake_cassette``: a cassette next to the test's file, ``cassettes/<file>/<test>.json``; the option
  ``--edgequake-record`` (``once``, ``strict``, ``new``, ``all``) says what happens to it.
- ``edgequake_no_network``: no call of the test leaves this machine. ``--edgequake-no-network``, or
  ``edgequake_no_network = true`` in the ini file, says so for every test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Callable

import pytest

if TYPE_CHECKING:
    from .cassettes import Cassette
    from .wire import Handler, Request


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("edgequake", "calls of models")
    group.addoption(
        "--edgequake-record",
        choices=("once", "strict", "new", "all"),
        default="once",
        help="what edgequake_cassette does: play, and record when there is no file (once), only play "
        "(strict), play and record what is new (new), record anew (all)",
    )
    group.addoption(
        "--edgequake-no-network",
        action="store_true",
        default=False,
        help="no call of a model leaves this machine",
    )
    parser.addini("edgequake_no_network", "no call leaves this machine", type="bool", default=False)


@pytest.fixture
def edgequake_handler() -> Iterator[Callable[[Handler], list[Request]]]:
    """Puts a handler in the network's place until the test ends; returns the list of its requests."""
    from . import handler

    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(handler(answer))


@pytest.fixture
def edgequake_cassette(request: pytest.FixtureRequest) -> Iterator[Cassette]:
    """The test's own cassette."""
    from . import cassette

    name = re.sub(r"[^\w.-]+", "_", request.node.name)
    path = request.path.parent / "cassettes" / request.path.stem / f"{name}.json"
    with cassette(path, mode=request.config.getoption("--edgequake-record")) as held:
        yield held


@pytest.fixture
def edgequake_no_network() -> Iterator[None]:
    """No call of the test leaves this machine."""
    from . import no_network

    with no_network():
        yield


@pytest.fixture(autouse=True)
def _edgequake_guard(request: pytest.FixtureRequest) -> Iterator[None]:
    config = request.config
    if not (config.getoption("--edgequake-no-network") or config.getini("edgequake_no_network")):
        yield
        return
    from . import no_network

    with no_network():
        yield
