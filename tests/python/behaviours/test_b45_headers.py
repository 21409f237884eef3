"""Headers and request id are known before the first chunk, on answers and on errors."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call

PROOFS = [
    "test_streaming.py::TestBesideTheChunks",
    "test_stream_faults.py::TestInTheMiddle::test_the_error_says_whose_it_is",
    "test_completion.py::TestResponse::test_metadata",
]

#: Google names no request in a header.
NAMELESS = ("gemini", "vertex_ai")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_of_errors_in_every_dialect(simulator: eq.Simulator, complete: Any, dialect: str) -> None:
    with pytest.raises(eq.RateLimitError) as caught:
        complete(**call(simulator, dialect, "sim/429;retry_after=1"))
    assert caught.value.status_code == 429
    assert caught.value.request_id or dialect in NAMELESS
    assert caught.value.headers["retry-after"] == "1"
    assert caught.value.body


@pytest.mark.parametrize("dialect", DIALECTS)
def test_of_answers_and_streams(simulator: eq.Simulator, dialect: str) -> None:
    answer = eq.completion(**call(simulator, dialect, "a-model"))
    assert answer._hidden_params["additional_headers"]
    stream = eq.completion(**call(simulator, dialect, "a-model"), stream=True)
    assert stream.request_id or dialect in NAMELESS
    assert stream.headers["content-type"]
    stream.close()
