"""The table of models and what is asked of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import ModelNotMappedError


def test_known_models() -> None:
    info = edgequake_python.get_model_info("gpt-4o")
    assert info["key"] == "gpt-4o" and info["litellm_provider"] == "openai" and info["mode"] == "chat"
    assert info["max_input_tokens"] == 128000 and info["output_vector_size"] is None
    assert edgequake_python.get_model_info("openai/gpt-4o")["key"] == "gpt-4o"
    assert edgequake_python.get_model_info("azure/gpt-4o")["key"] == "azure/gpt-4o"
    assert edgequake_python.get_model_info("anthropic/claude-sonnet-4-5")["key"] == "claude-sonnet-4-5"
    assert edgequake_python.get_model_info("gemini/gemini-2.5-pro")["key"] == "gemini/gemini-2.5-pro"
    assert edgequake_python.get_model_info("vertex_ai/gemini-2.5-pro")["key"] == "gemini-2.5-pro"
    bedrock = "bedrock/converse/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    assert "anthropic.claude-sonnet-4-5" in edgequake_python.get_model_info(bedrock)["key"]
    assert edgequake_python.get_max_tokens("gpt-4o") == 16384


def test_what_is_not_known_is_none() -> None:
    info = edgequake_python.get_model_info("gpt-3.5-turbo")
    for name in (
        "supports_minimal_reasoning_effort",
        "output_cost_per_token_above_512k_tokens",
        "ocr_cost_per_page",
    ):
        assert info[name] is None, name


def test_questions() -> None:
    assert edgequake_python.supports_vision("gpt-4o")
    assert edgequake_python.supports_function_calling("gpt-4o", custom_llm_provider="openai")
    assert edgequake_python.supports_reasoning("anthropic/claude-sonnet-4-5")
    assert not edgequake_python.supports_reasoning("gpt-4o")
    assert not edgequake_python.supports_audio_output("gpt-4o")


def test_an_unknown_model_is_no_error_until_its_facts_are_asked_for(recwarn: pytest.WarningsRecorder) -> None:
    for name in dir(edgequake_python):
        ask = getattr(edgequake_python, name)
        if name.startswith("supports_") and name not in (
            "supports_native_streaming",
            "supports_httpx_timeout",
        ):
            assert ask("openai/nobody-knows-it") is False, name
    with pytest.raises(ModelNotMappedError, match="isn't mapped yet"):
        edgequake_python.get_model_info("openai/nobody-knows-it")
    assert not recwarn.list


def test_registering_a_model(restored_settings: None, tmp_path: Path) -> None:
    edgequake_python.model_cost = {"gpt-4o": {"litellm_provider": "openai", "max_tokens": 5}}
    facts = {"mine": {"litellm_provider": "openai", "max_tokens": 7, "supports_vision": True}}
    assert edgequake_python.register_model(facts) == facts
    assert edgequake_python.supports_vision("openai/mine")
    assert "mine" in edgequake_python.models_by_provider["openai"]
    # What is not said again stays.
    edgequake_python.register_model({"mine": {"max_tokens": 8}})
    assert edgequake_python.model_cost["mine"] == {
        "litellm_provider": "openai",
        "max_tokens": 8,
        "supports_vision": True,
    }
    with pytest.raises(ValueError, match="not a number"):
        edgequake_python.register_model({"mine": {"input_cost_per_token": "cheap"}})
    with pytest.raises(ValueError, match="not a dict"):
        edgequake_python.register_model({"mine": 3})  # type: ignore[dict-item]
    file = tmp_path / "models.json"
    file.write_text(json.dumps({"sample_spec": {}, "theirs": {"litellm_provider": "groq"}}))
    edgequake_python.refresh_model_cost(str(file))
    assert set(edgequake_python.model_cost) == {"theirs"}
    assert edgequake_python.model_list == ["theirs"]
    file.write_text("<html>")
    with pytest.raises(ValueError, match="not JSON"):
        edgequake_python.refresh_model_cost(str(file))
    assert set(edgequake_python.model_cost) == {"theirs"}


def test_the_table_is_an_ordinary_dict() -> None:
    assert type(edgequake_python.model_cost) is dict
    assert edgequake_python.model_cost is edgequake_python.model_cost
    assert len(edgequake_python.model_cost) > 3000
    assert "gpt-4o" in edgequake_python.open_ai_chat_completion_models
    assert "claude-sonnet-4-5" in edgequake_python.anthropic_models


def test_a_registered_model_is_called_by_its_bare_name() -> None:
    facts = {"input_cost_per_token": 0.5, "output_cost_per_token": 1.0, "max_tokens": 7, "mode": "chat"}
    name = "a-model-of-ones-own"
    with pytest.raises(edgequake_python.BadRequestError, match="LLM Provider NOT provided"):
        edgequake_python.get_llm_provider(name)
    edgequake_python.register_model({name: {**facts, "litellm_provider": "groq"}})
    assert edgequake_python.get_llm_provider(name)[:2] == (name, "groq")
    messages = [{"role": "user", "content": "hi"}]
    request: Any = edgequake_python.completion(name, messages, api_key="k", dry_run=True)
    assert request.url.startswith("https://api.groq.com/") and request.json["model"] == name
    answer: Any = edgequake_python.completion(name, messages, api_key="k", mock_response="hi")
    assert answer._hidden_params["response_cost"] == 10 * 0.5 + 20 * 1.0
    assert edgequake_python.completion(f"openai/{name}", messages, api_key="k", dry_run=True).url.startswith(
        "https://api.openai.com/"
    )
    unhashable: Any = [name]
    with pytest.raises(edgequake_python.BadRequestError):
        edgequake_python.completion(unhashable, messages, api_key="k")
