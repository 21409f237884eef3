"""Every failure has its class, catchable by OpenAI's names, with status, headers, body and request id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openai
import pytest

import edgequake_python as eq
from loopback import Loopback, Reply
from raw_server import read

PROOFS = [
    "test_errors.py",
    "test_native_faults.py::test_a_refusal_has_its_class",
    "test_exceptions_by_openai.py::test_openai_catches_ours",
    "test_alias.py::test_openais_names_catch_our_errors",
]


MODELS = {
    "openai": "openai/gpt-4o",
    "azure": "azure/gpt-4o",
    "anthropic": "anthropic/claude-sonnet-4-5",
    "gemini": "gemini/gemini-2.5-flash",
    "bedrock": "bedrock/amazon.nova-pro-v1:0",
    "mistral": "mistral/mistral-large-latest",
    "cohere": "cohere/command-a-03-2025",
    "ollama": "ollama/llama3.2",
    "groq": "groq/llama-3.3-70b-versatile",
    "deepseek": "deepseek/deepseek-chat",
    "openrouter": "openrouter/meta-llama/llama-3.3-70b-instruct",
    "together_ai": "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "xai": "xai/grok-4",
}
AWS = {"aws_access_key_id": "A" * 20, "aws_secret_access_key": "s", "aws_region_name": "us-east-1"}
OPTIONS: dict[str, dict[str, Any]] = {"bedrock": AWS, "azure": {"api_version": "2024-10-21"}}

#: What providers answer, a line each: whose, the class it is, the status, the body, and headers of its own.
GOLDEN = [
    json.loads(line) for line in Path(__file__).with_name("golden_errors.jsonl").read_text().splitlines()
]
#: What code written for OpenAI's client catches each class by.
CAUGHT: dict[str, type[Exception]] = {
    "RateLimitError": openai.RateLimitError,
    "AuthenticationError": openai.AuthenticationError,
    "ContextWindowExceededError": openai.BadRequestError,
    "ContentPolicyViolationError": openai.BadRequestError,
    "BadRequestError": openai.BadRequestError,
    "PermissionDeniedError": openai.PermissionDeniedError,
    "NotFoundError": openai.NotFoundError,
    "ServiceUnavailableError": openai.APIStatusError,
    "InternalServerError": openai.InternalServerError,
    "Timeout": openai.APITimeoutError,
}


@pytest.mark.parametrize("mode", ["plain", "sync", "async"])
@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"{row['provider']}-{row['class']}")
def test_golden_bodies(server: Loopback, row: dict[str, Any], mode: str) -> None:
    provider, name, status = row["provider"], row["class"], row["status"]
    headers = {"x-request-id": "req_1", "x-amzn-requestid": "req_1", **row.get("headers", {})}
    server.handler = lambda request: Reply(json.dumps(row["body"]), status, headers)
    call = server.call(model=MODELS[provider], num_retries=0, **OPTIONS.get(provider, {}))
    if provider == "bedrock":
        del call["api_key"]
    if mode == "plain":
        with pytest.raises(eq.EdgeQuakeError) as caught:
            eq.completion(**call)
        error: Any = caught.value
    else:
        error = read(mode, **call).error
    assert type(error).__name__ == name
    # What a provider calls 400 and is another thing has that thing's status.
    told = (
        status,
        {"AuthenticationError": 401, "RateLimitError": 429, "ServiceUnavailableError": 503}.get(name),
    )
    assert error.status_code in told
    assert error.response.status_code in told
    assert error.llm_provider == provider
    assert error.request_id == "req_1"
    assert error.headers["x-request-id"] == "req_1"
    assert json.loads(error.response.content) == row["body"]
    waits = row.get("waits", headers.get("retry-after"))
    assert error.retry_after == (None if waits is None else float(waits))
    assert isinstance(error, CAUGHT[name])


def test_every_kind_is_there() -> None:
    assert {row["class"] for row in GOLDEN} == set(CAUGHT)
    assert {row["provider"] for row in GOLDEN} == set(MODELS)
