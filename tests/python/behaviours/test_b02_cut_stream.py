"""A cut stream is an error with what came, in every dialect; never a finished answer, never cached."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call
from raw_server import read

PROOFS = [
    "test_stream_faults.py::TestInTheMiddle",
    "test_cache.py::test_what_failed_is_not_kept",
    "test_callbacks.py::test_a_cut_stream_is_a_failure_and_a_left_one_is_counted",
    "test_fallbacks.py",
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("fault", ["cut", "cut_event", "cut_clean"])
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_in_every_dialect(simulator: eq.Simulator, dialect: str, fault: str, mode: str) -> None:
    reading = read(mode, **call(simulator, dialect, f"{fault};after=2"))
    assert type(reading.error) is eq.IncompleteStreamError
    assert reading.error.partial == reading.text == "1, 2,"
    assert reading.finishes == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_plain_answer_cut_in_half(simulator: eq.Simulator, complete: Any, dialect: str) -> None:
    with pytest.raises(eq.APIConnectionError):
        complete(**call(simulator, dialect, "cut"))
