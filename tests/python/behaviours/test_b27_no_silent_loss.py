"""Every argument is sent, refused or reported as dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_python as eq
from native import USER
from test_parameters import VALUES

PROOFS = [
    "test_parameters.py",
    "test_provider_params.py::test_what_means_nothing_to_a_provider_is_reported",
    "test_anthropic.py::test_what_has_no_place_is_reported",
    "test_native_wires.py::test_what_a_dialect_cannot_say_is_refused_or_reported",
]
AWS = {"aws_access_key_id": "A" * 20, "aws_secret_access_key": "s", "aws_region_name": "us-east-1"}
KEY = {"api_key": "sk-any"}
PROVIDERS: dict[str, dict[str, Any]] = {
    "openai/gpt-4o": KEY,
    "azure/gpt-4o": {**KEY, "api_version": "2024-10-21", "api_base": "https://example.invalid"},
    "anthropic/claude-sonnet-4-5": KEY,
    "gemini/gemini-2.5-flash": KEY,
    "vertex_ai/gemini-2.5-flash": {**KEY, "vertex_project": "p", "vertex_location": "us-central1"},
    "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0": AWS,
    "bedrock/amazon.nova-pro-v1:0": AWS,
    "mistral/mistral-large-latest": KEY,
    "cohere/command-a-03-2025": KEY,
    "ollama_chat/llama3.2": {},
    "groq/llama-3.3-70b-versatile": KEY,
    "deepseek/deepseek-chat": KEY,
    "openrouter/meta-llama/llama-3.3-70b-instruct": KEY,
    "xai/grok-3": KEY,
}
GIVEN: dict[str, Any] = {
    **VALUES,
    "tool_choice": "none",
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "top_k": 7,
    "made_up": {"deep": [1, {"er": True}]},
}
#: What a parameter makes sense beside.
BESIDE: dict[str, dict[str, Any]] = {
    "tool_choice": {"tools": VALUES["tools"]},
    "parallel_tool_calls": {"tools": VALUES["tools"]},
    "function_call": {"functions": VALUES["functions"]},
    "top_logprobs": {"logprobs": True},
}


def shown(model: str, **more: Any) -> Any:
    return eq.completion(model=model, messages=USER, dry_run=True, **{**PROVIDERS[model], **more})


@pytest.mark.parametrize("model", PROVIDERS)
@pytest.mark.parametrize("name", GIVEN)
def test_sent_refused_or_reported(model: str, name: str) -> None:
    beside = BESIDE.get(name, {})
    try:
        without = json.dumps(shown(model, drop_params=True, **beside).json)
        asked = shown(model, **beside, **{name: GIVEN[name]})
    except eq.BadRequestError as refusal:
        assert name in str(refusal) or set(beside) & set(str(refusal).replace("`", '"').split('"'))
        asked = shown(model, drop_params=True, **beside, **{name: GIVEN[name]})
        assert name in asked.dropped_params
        return
    # It changes what is sent, or is said not to.
    assert json.dumps(asked.json) != without or name in asked.dropped_params
