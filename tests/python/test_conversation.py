"""Conversations shortened to fit, and looked at."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import edgequake_python
from edgequake_python import Message, ModelResponse, token_counter, trim_messages
from edgequake_python.utils import (
    any_assistant_message_has_thinking_blocks,
    convert_to_dict,
    get_response_string,
    has_tool_call_blocks,
    is_base64_encoded,
    is_cached_message,
    last_assistant_with_tool_calls_has_no_thinking_blocks,
    validate_and_fix_openai_messages,
    validate_and_fix_thinking_param,
    validate_chat_completion_user_messages,
)

MODEL = "gpt-4o"


def said(text: str, times: int = 1, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": text * times}


class TestTrimming:
    def test_what_fits_stays(self) -> None:
        messages = [said("a"), said("b")]
        assert trim_messages(messages, MODEL, max_tokens=100) == messages
        assert trim_messages(messages, "a-model-without-a-limit") == messages

    def test_the_newest_and_the_system_message_stay(self) -> None:
        messages = [said("S", role="system"), *(said(f"{n} ", 50) for n in range(5))]
        before = copy.deepcopy(messages)
        trimmed = trim_messages(messages, MODEL, max_tokens=150)
        assert messages == before
        assert trimmed[0] == messages[0]
        assert trimmed[-1] == messages[-1]
        assert token_counter(MODEL, messages=trimmed) <= 150
        assert len(trimmed) < len(messages)

    def test_one_that_fits_in_part_loses_its_middle(self) -> None:
        (message,) = trim_messages([said("first " + "middle " * 200 + "last")], MODEL, max_tokens=40)
        assert message["content"].startswith("first")
        assert message["content"].endswith("last")
        assert ".." in message["content"]
        assert token_counter(MODEL, messages=[message]) <= 40

    def test_a_tools_result_goes_with_its_call(self) -> None:
        call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        messages = [
            said("word ", 100),
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "1", "content": "word " * 40},
            said("and?"),
        ]
        for limit in range(10, 160, 10):
            roles = [message["role"] for message in trim_messages(messages, MODEL, max_tokens=limit)]
            assert ("tool" in roles) == ("assistant" in roles), (limit, roles)

    def test_what_is_left_for_the_answer(self) -> None:
        messages = [said("word ", 200), said("and?")]
        trimmed, left = trim_messages(messages, MODEL, max_tokens=100, return_response_tokens=True)
        assert left == 100 - token_counter(MODEL, messages=trimmed)

    def test_the_models_limit(self) -> None:
        edgequake_python.register_model({"tiny": {"max_input_tokens": 40, "litellm_provider": "openai"}})
        trimmed = trim_messages([said("word ", 100)], "tiny", trim_ratio=0.5)
        assert token_counter("tiny", messages=trimmed) <= 20


def test_messages_as_dicts() -> None:
    assert convert_to_dict(Message(content="x"))["content"] == "x"
    with pytest.raises(TypeError):
        convert_to_dict(3)
    (fixed,) = validate_and_fix_openai_messages([{"content": "x"}])
    assert fixed == {"role": "assistant", "content": "x"}
    with pytest.raises(Exception, match="Invalid user message at index 1"):
        validate_chat_completion_user_messages(
            [said("x"), {"role": "user", "content": [{"type": "dance", "dance": "tango"}]}]
        )


def test_what_is_in_them() -> None:
    calls = {"role": "assistant", "tool_calls": [{"id": "1", "index": 0}]}
    assert has_tool_call_blocks([said("x"), calls])
    assert not has_tool_call_blocks([said("x")])
    assert last_assistant_with_tool_calls_has_no_thinking_blocks([calls])
    assert any_assistant_message_has_thinking_blocks([{"role": "assistant", "thinking_blocks": [{}]}])
    mark = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}
    assert is_cached_message({"role": "user", "content": [mark]})
    assert not is_cached_message(said("x"))
    assert is_base64_encoded("data:image/png;base64,aGVsbG8=")
    # A word of four letters is valid base64 too.
    others = ("aGVsbG8=", "word", "hello!", "data:image/png;base64,!!", "", None)
    assert not any(is_base64_encoded(other) for other in others)
    edgequake_python.remove_index_from_tool_calls([calls])
    assert calls["tool_calls"] == [{"id": "1"}]
    assert validate_and_fix_thinking_param({"type": "enabled", "budgetTokens": 5}) == {
        "type": "enabled",
        "budget_tokens": 5,
    }
    answer = ModelResponse(choices=[{"message": {"content": "a"}}, {"index": 1, "message": {"content": "b"}}])
    assert get_response_string(answer) == "ab"


class TestProviders:
    def test_parameters_as_a_provider_has_them(self) -> None:
        mapped = edgequake_python.get_optional_params(
            "claude-sonnet-4-5", custom_llm_provider="anthropic", max_tokens=5, stop=["a"]
        )
        assert mapped == {"max_tokens": 5, "stop_sequences": ["a"]}
        with pytest.raises(edgequake_python.UnsupportedParamsError):
            edgequake_python.get_optional_params(
                "claude-sonnet-4-5", custom_llm_provider="anthropic", logit_bias={"1": 1}
            )
        vectors = edgequake_python.utils.get_optional_params_embeddings(
            "text-embedding-3-small", custom_llm_provider="openai", dimensions=3
        )
        assert vectors == {"dimensions": 3}

    def test_models_of_the_providers_whose_keys_are_at_hand(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("OPENAI_API_KEY", "MISTRAL_API_KEY", "GROQ_API_KEY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
        models = edgequake_python.get_valid_models()
        assert any(model.startswith("claude") for model in models)
        assert not any(model.startswith("gpt") for model in models)
        named = edgequake_python.get_valid_models(custom_llm_provider="openai")
        assert "gpt-4o" in named

    def test_the_responses_api(self) -> None:
        manager = edgequake_python.utils.ProviderConfigManager
        assert manager.get_provider_responses_api_config("openai", "gpt-4o") is not None
        assert manager.get_provider_responses_api_config("cohere", "x") is None
        info, model = edgequake_python.main.responses_api_bridge_check("gpt-4o", "openai")
        assert (info["mode"], model) == ("chat", "gpt-4o")

    def test_where_calls_go(self) -> None:
        assert "api.openai.com" in edgequake_python.get_api_base("gpt-4o", {})
        assert edgequake_python.get_api_base("gpt-4o", {"api_base": "http://x"}) == "http://x"
        assert edgequake_python.get_api_base("nobody/x", {}) is None


def test_the_encoding_that_is_shown() -> None:
    tokens = edgequake_python.encoding.encode("hello world")
    assert edgequake_python.encoding.decode(tokens) == "hello world"
    assert len(tokens) == 2
