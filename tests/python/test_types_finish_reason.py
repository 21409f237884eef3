"""Finish reasons: OpenAI's words for users, the provider's own word kept."""

from __future__ import annotations

import pytest

from edgequake_python.types.utils import Choices, StreamingChoices, map_finish_reason


@pytest.mark.parametrize(
    ("native", "openai"),
    [
        ("end_turn", "stop"),
        ("STOP", "stop"),
        ("eos", "stop"),
        ("max_tokens", "length"),
        ("MAX_TOKENS", "length"),
        ("tool_use", "tool_calls"),
        ("function_call", "function_call"),
        ("refusal", "content_filter"),
        ("SAFETY", "content_filter"),
        ("guardrail_intervened", "content_filter"),
        ("never heard of", "stop"),
    ],
)
def test_native_reasons(native, openai):
    assert map_finish_reason(native) == openai
    for cls in (Choices, StreamingChoices):
        choice = cls(finish_reason=native)
        assert choice.finish_reason == openai
        if native == openai:
            assert not hasattr(choice, "provider_specific_fields")
        else:
            assert choice.provider_specific_fields == {"native_finish_reason": native}
            assert cls(**choice.model_dump()) == choice


@pytest.mark.parametrize("reason", ["stop", "length", "tool_calls", "function_call", "content_filter"])
def test_openai_reasons_stay(reason):
    assert map_finish_reason(reason) == reason
    assert not hasattr(Choices(finish_reason=reason), "provider_specific_fields")


def test_no_reason():
    assert Choices().finish_reason == "stop"
    assert StreamingChoices().finish_reason is None
    assert StreamingChoices(finish_reason="").finish_reason is None


def test_the_callers_fields_are_not_written_to():
    fields = {"a": 1}
    choice = Choices(finish_reason="end_turn", provider_specific_fields=fields)
    assert choice.provider_specific_fields == {"a": 1, "native_finish_reason": "end_turn"}
    assert fields == {"a": 1}
