"""Reasoning goes back to the provider as it came: signatures, redacted blocks and order."""

from __future__ import annotations

PROOFS = [
    "test_anthropic.py::test_an_answer_goes_back_as_it_came",
    "test_anthropic.py::test_a_message_that_was_changed_goes_back_as_it_is_now",
    "test_gemini_round_trip.py",
]
