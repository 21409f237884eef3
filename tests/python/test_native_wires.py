"""What every native wire does alike: errors before sending, keys in their place, nothing lost in silence."""

from __future__ import annotations

from typing import Any

import pytest

from edgequake_python import AuthenticationError, UnsupportedParamsError, completion
from loopback import Loopback, chat

MESSAGES = [{"role": "user", "content": "hi"}]
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
NATIVE = {
    "anthropic/claude-sonnet-4-5": "ANTHROPIC_API_KEY",
    "gemini/gemini-2.5-flash": "GEMINI_API_KEY",
    "mistral/mistral-large-latest": "MISTRAL_API_KEY",
    "cohere/command-a-03-2025": "COHERE_API_KEY",
    "bedrock/amazon.nova-pro-v1:0": "AWS_ACCESS_KEY_ID",
    "azure/deployment": "AZURE_OPENAI_API_KEY",
}


@pytest.mark.parametrize("model", NATIVE)
def test_a_missing_key_names_its_variable(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(AuthenticationError, match=NATIVE[model]):
        completion(model, MESSAGES, api_base="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("model", "call"),
    [
        ("ollama/llama3.2", {"tools": [TOOL], "tool_choice": "required"}),
        ("gemini/gemini-2.5-flash", {"tools": [TOOL], "parallel_tool_calls": False}),
        ("gemini/gemini-2.5-flash", {"tool_choice": "required"}),
        ("anthropic/claude-sonnet-4-5", {"tool_choice": "required"}),
        ("bedrock/amazon.nova-pro-v1:0", {"tool_choice": "required", "aws_access_key_id": "A" * 20}),
    ],
)
def test_what_a_dialect_cannot_say_is_refused_or_reported(
    server: Loopback, model: str, call: dict[str, Any]
) -> None:
    call = {"aws_secret_access_key": "secret-of-aws", **call} if "aws_access_key_id" in call else call
    with pytest.raises(UnsupportedParamsError, match="tool_c"):
        completion(**server.call(model=model, messages=MESSAGES, **call))
    assert server.requests == []


ANTHROPIC = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "content": [{"type": "text", "text": "Hello"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 3, "cache_read_input_tokens": 2, "output_tokens": 1},
}
GEMINI = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Hello"}]}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 1, "totalTokenCount": 6},
}
BEDROCK = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Hello"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 5, "outputTokens": 1, "totalTokens": 6},
}
COHERE = {
    "id": "1",
    "message": {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]},
    "finish_reason": "COMPLETE",
    "usage": {"tokens": {"input_tokens": 5, "output_tokens": 1}},
}
OLLAMA = {
    "model": "m",
    "message": {"role": "assistant", "content": "Hello"},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 5,
    "eval_count": 1,
}
AWS = {
    "aws_access_key_id": "A" * 20,
    "aws_secret_access_key": "secret-of-aws",
    "aws_region_name": "us-east-1",
}


@pytest.mark.parametrize(
    ("model", "body", "path", "header", "options"),
    [
        ("anthropic/claude-sonnet-4-5", ANTHROPIC, "/v1/messages", "x-api-key", {}),
        ("gemini/gemini-2.5-flash", GEMINI, ":generateContent", "x-goog-api-key", {}),
        ("cohere/command-a-03-2025", COHERE, "/chat", "authorization", {}),
        ("ollama/llama3.2", OLLAMA, "/api/chat", "authorization", {}),
        ("bedrock/amazon.nova-pro-v1:0", BEDROCK, "/converse", "authorization", AWS),
        (
            "azure/d",
            chat("Hello"),
            "/openai/deployments/d/chat/completions",
            "api-key",
            {"api_version": "2024-10-21"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" in value else "",
)
def test_each_speaks_its_dialect(
    server: Loopback,
    complete: Any,
    model: str,
    body: dict[str, Any],
    path: str,
    header: str,
    options: dict[str, Any],
) -> None:
    server.handler = lambda request: body
    base = server.base_url.removesuffix("/v1")
    key = {} if options is AWS else {"api_key": "sk-native-key"}
    answer = complete(model=model, messages=MESSAGES, api_base=base, **key, **options)
    assert answer.choices[0].message.content == "Hello"
    assert answer.choices[0].finish_reason == "stop"
    counts = answer.usage
    assert (counts.prompt_tokens, counts.completion_tokens) == ((3, 4) if model == "azure/d" else (5, 1))
    request = server.requests[-1]
    assert request.path.endswith(path)
    assert "sk-native-key" in request.headers[header] or request.headers[header].startswith(
        "AWS4-HMAC-SHA256"
    )
    assert b"sk-native-key" not in request.body
    assert b"secret-of-aws" not in request.body
