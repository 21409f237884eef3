"""A stream has the counts of the plain answer; none are made up."""

from __future__ import annotations

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call
from raw_server import read

PROOFS = [
    "test_streaming.py::TestUsage",
]


# Mistral counts in every stream unasked; the simulator, which is OpenAI there, does so on request alone.
@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"mistral"}))
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_counts_of_the_plain_answer(simulator: eq.Simulator, dialect: str, mode: str) -> None:
    asked = call(simulator, dialect, "a-model")
    plain = eq.completion(**asked).usage
    reading = read(mode, **asked, stream_options={"include_usage": True})
    assert reading.error is None
    told = [chunk.usage for chunk in reading.chunks if getattr(chunk, "usage", None)]
    assert len(told) == 1
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert getattr(told[0], name) == getattr(plain, name) > 0
