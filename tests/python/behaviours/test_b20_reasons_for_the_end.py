"""One reason for the end, the same in a stream, in OpenAI's words."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call
from raw_server import read

PROOFS = [
    "test_types_finish_reason.py",
    "test_gemini_round_trip.py::test_every_end_has_its_word_and_none_is_an_invented_stop",
    "test_streaming.py::TestShape",
]


TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
ENDS: dict[str, dict[str, Any]] = {
    "stop": {},
    "length": {"max_tokens": 2},
    "tool_calls": {"tools": [TOOL], "tool_choice": "required"},
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("reason", ENDS)
def test_plain_and_streamed_agree(simulator: eq.Simulator, dialect: str, reason: str) -> None:
    asked = call(simulator, dialect, "a-model", **ENDS[reason])
    assert eq.completion(**asked).choices[0].finish_reason == reason
    for mode in ("sync", "async"):
        reading = read(mode, **asked)
        assert reading.error is None
        assert reading.finishes == [reason]
