"""The public functions, each with a good call and the arguments at which odd values are tried."""

from __future__ import annotations

import asyncio
from typing import Any

import edgequake_python as eq
from odd_values import HELLO


def _async(function: Any) -> Any:
    def run(**call: Any) -> Any:
        async def one() -> Any:
            answer = await function(**call)
            return [chunk async for chunk in answer] if call.get("stream") else answer

        return asyncio.run(one())

    return run


def _router(method: str) -> Any:
    def run(*, api_base: str, api_key: str, model: Any = "m", **call: Any) -> Any:
        row = {
            "model_name": "m",
            "litellm_params": {"model": "openai/a", "api_base": api_base, "api_key": api_key},
        }
        router = eq.Router(model_list=[row], num_retries=0)
        try:
            answer = getattr(router, method)(model=model, **call)
            return asyncio.run(_awaited(answer)) if asyncio.iscoroutine(answer) else answer
        finally:
            router.discard()

    return run


async def _awaited(answer: Any) -> Any:
    return await answer


def _router_of(**call: Any) -> Any:
    router = eq.Router(**call)
    router.discard()
    return router


def _key(**call: Any) -> Any:
    return eq.Cache(type="local").get_cache_key(**call)


def _read(function: Any) -> Any:
    return lambda **call: list(function(**call, stream=True))


CHAT: dict[str, Any] = {"model": "openai/a", "messages": [HELLO]}
PARAMETERS = (
    "model",
    "messages",
    "temperature",
    "tools",
    "tool_choice",
    "response_format",
    "stop",
    "metadata",
    "user",
)
WIDELY = (
    *PARAMETERS,
    "timeout",
    "api_key",
    "api_base",
    "extra_headers",
    "extra_body",
    "stream_options",
    "logit_bias",
)
#: name: (the function, whether it calls a provider, a good call, the arguments that are tried)
FUNCTIONS: dict[str, tuple[Any, bool, dict[str, Any], tuple[str, ...]]] = {
    "completion": (eq.completion, True, CHAT, WIDELY),
    "acompletion": (_async(eq.acompletion), True, CHAT, PARAMETERS),
    "completion streamed": (_read(eq.completion), True, CHAT, PARAMETERS),
    "acompletion streamed": (_async(eq.acompletion), True, {**CHAT, "stream": True}, ("messages", "tools")),
    "anthropic": (eq.completion, True, {**CHAT, "model": "anthropic/a"}, PARAMETERS),
    "gemini": (eq.completion, True, {**CHAT, "model": "gemini/a"}, PARAMETERS),
    "bedrock": (
        eq.completion,
        True,
        {
            **CHAT,
            "model": "bedrock/anthropic.a",
            "aws_access_key_id": "a",
            "aws_secret_access_key": "b",
            "aws_region_name": "us-east-1",
        },
        (*PARAMETERS, "aws_access_key_id", "aws_region_name"),
    ),
    "cohere": (eq.completion, True, {**CHAT, "model": "cohere/a"}, PARAMETERS),
    "ollama": (eq.completion, True, {**CHAT, "model": "ollama_chat/a"}, PARAMETERS),
    "mistral": (eq.completion, True, {**CHAT, "model": "mistral/a"}, PARAMETERS),
    "text_completion": (
        eq.text_completion,
        True,
        {"model": "openai/gpt-3.5-turbo-instruct", "prompt": "a"},
        ("model", "prompt", "suffix", "stop", "logit_bias"),
    ),
    "embedding": (
        eq.embedding,
        True,
        {"model": "openai/e", "input": ["a"]},
        ("model", "input", "dimensions", "encoding_format", "user"),
    ),
    "aembedding": (_async(eq.aembedding), True, {"model": "openai/e", "input": ["a"]}, ("model", "input")),
    "responses": (
        eq.responses,
        True,
        {"model": "openai/a", "input": "a"},
        ("model", "input", "instructions", "tools", "text_format", "reasoning", "metadata"),
    ),
    "responses bridged": (
        eq.responses,
        True,
        {"model": "anthropic/a", "input": "a"},
        ("input", "instructions", "tools", "text_format"),
    ),
    "rerank": (
        eq.rerank,
        True,
        {"model": "cohere/rerank", "query": "a", "documents": ["a", "b"]},
        ("model", "query", "documents", "top_n"),
    ),
    "image_generation": (
        eq.image_generation,
        True,
        {"model": "openai/gpt-image-1", "prompt": "a"},
        ("model", "prompt", "n", "size"),
    ),
    "moderation": (eq.moderation, True, {"model": "openai/m", "input": "a"}, ("model", "input")),
    "transcription": (
        eq.transcription,
        True,
        {"model": "openai/whisper-1", "file": ("a.wav", b"RIFF")},
        ("model", "file", "language", "prompt", "timestamp_granularities"),
    ),
    "speech": (
        eq.speech,
        True,
        {"model": "openai/tts-1", "input": "a", "voice": "alloy"},
        ("model", "input", "voice", "speed"),
    ),
    "token_counter": (
        eq.token_counter,
        False,
        {"model": "gpt-4o", "messages": [HELLO]},
        ("model", "messages", "tools", "tool_choice"),
    ),
    "token_counter of text": (eq.token_counter, False, {"model": "gpt-4o"}, ("text",)),
    "encode": (eq.encode, False, {"model": "gpt-4o", "text": "a"}, ("model", "text")),
    "decode": (eq.decode, False, {"model": "gpt-4o", "tokens": [1]}, ("model", "tokens")),
    "completion_cost": (
        eq.completion_cost,
        False,
        {"model": "gpt-4o", "prompt": "a", "completion": "b"},
        ("completion_response", "model", "prompt", "messages", "completion", "custom_cost_per_token"),
    ),
    "cost_per_token": (
        eq.cost_per_token,
        False,
        {"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1},
        ("model", "prompt_tokens", "completion_tokens", "usage_object"),
    ),
    "trim_messages": (
        eq.trim_messages,
        False,
        {"messages": [HELLO], "max_tokens": 100},
        ("messages", "max_tokens"),
    ),
    "stream_chunk_builder": (eq.stream_chunk_builder, False, {"chunks": []}, ("chunks", "messages")),
    "get_llm_provider": (
        eq.get_llm_provider,
        False,
        {"model": "gpt-4o"},
        ("model", "custom_llm_provider", "api_base"),
    ),
    "get_model_info": (eq.get_model_info, False, {"model": "gpt-4o"}, ("model",)),
    "get_supported_openai_params": (eq.get_supported_openai_params, False, {"model": "gpt-4o"}, ("model",)),
    "supports_function_calling": (eq.supports_function_calling, False, {"model": "gpt-4o"}, ("model",)),
    "validate_environment": (eq.validate_environment, False, {"model": "gpt-4o"}, ("model",)),
    "register_model": (eq.register_model, False, {"model_cost": {}}, ("model_cost",)),
    "cache key": (_key, False, CHAT, ("model", "messages", "temperature", "tools", "metadata", "extra_body")),
    "Router": (
        _router_of,
        False,
        {"model_list": []},
        ("model_list", "fallbacks", "num_retries", "routing_strategy"),
    ),
    "Router.completion": (_router("completion"), True, {"messages": [HELLO]}, ("model", "messages", "tools")),
    "Router.acompletion": (_router("acompletion"), True, {"messages": [HELLO]}, ("model", "messages")),
    "Router.embedding": (_router("embedding"), True, {"input": ["a"]}, ("model", "input")),
}
CASES = [(function, argument) for function, row in FUNCTIONS.items() for argument in row[3]]
