"""A key appears in no message, traceback, log or pickle, whatever fails."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, KEY, call

PROOFS = [
    "test_secrets.py",
    "test_logging.py::test_never_a_key_or_a_header",
    "test_remote_files.py::test_secrets_of_an_address_are_not_shown",
]


FAULTS = ["sim/401", "sim/404", "sim/429", "sim/500", "sim/html", "sim/malformed", "sim/cut", "sim/stall"]
STREAMED = ["sim/error_event", "sim/cut_event", "sim/cut_clean", "sim/stall", "sim/malformed"]


def _seen(error: BaseException, log: pytest.LogCaptureFixture) -> str:
    told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    parts = [told, str(error), repr(error), repr(vars(error)), repr(vars(copy.copy(error))), log.text]
    return "".join(parts) + pickle.dumps(error).decode("latin-1")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_plain(simulator: eq.Simulator, content: Any, caplog: Any, dialect: str, fault: str) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(eq.EdgeQuakeError) as caught:
        content(**call(simulator, dialect, fault, timeout=eq.Timeouts(idle=0.2)))
    assert KEY not in _seen(caught.value, caplog)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("fault", STREAMED)
def test_streamed(simulator: eq.Simulator, streamed: Any, caplog: Any, dialect: str, fault: str) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(eq.EdgeQuakeError) as caught:
        streamed(**call(simulator, dialect, fault, timeout=eq.Timeouts(idle=0.2)))
    assert KEY not in _seen(caught.value, caplog)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "https://nobody.invalid", "no address"])
def test_unreachable(simulator: eq.Simulator, complete: Any, caplog: Any, dialect: str, base: str) -> None:
    asked = {**call(simulator, dialect, "m"), "api_base": base}
    with caplog.at_level(logging.DEBUG), pytest.raises(eq.EdgeQuakeError) as caught:
        complete(**asked)
    assert KEY not in _seen(caught.value, caplog)
