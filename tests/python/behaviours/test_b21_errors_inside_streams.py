"""An error inside a 200 is the error of its status, in every dialect."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call
from raw_server import read

PROOFS = [
    "test_stream_faults.py::TestErrorEvents",
    "test_errors.py::TestInside200",
    "test_anthropic.py::test_an_error_in_the_stream_is_the_error_of_its_status",
    "test_gemini_round_trip.py::test_an_error_inside_a_stream_is_the_error_of_its_status",
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_in_every_dialect(simulator: eq.Simulator, dialect: str, mode: str) -> None:
    reading = read(mode, **call(simulator, dialect, "error_event;after=2;status=429"))
    assert type(reading.error) is eq.RateLimitError
    assert reading.error.status_code == 429
    assert reading.error.partial == reading.text == "1, 2,"
    assert reading.error.body


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_class_as_the_status(simulator: eq.Simulator, complete: Any, dialect: str) -> None:
    inside = read("sync", **call(simulator, dialect, "error_event;after=0;status=429")).error
    with pytest.raises(eq.RateLimitError) as caught:
        complete(**call(simulator, dialect, "sim/429"))
    assert type(inside) is type(caught.value)
