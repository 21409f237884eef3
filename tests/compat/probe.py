"""Ask one library the same things as the other, and print what it gives as JSON.

python probe.py litellm|edgequake_python http://127.0.0.1:PORT/v1
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import sys
from functools import partial
from typing import Any, Callable

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ.setdefault("NO_PROXY", "127.0.0.1")

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city", "days"],
        },
    },
}
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"text": {"type": "string"}, "score": {"type": "number"}},
            "required": ["text", "score"],
            "additionalProperties": False,
        },
    },
}
ASK = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say something."}]


def providers(library: str, base: str) -> dict[str, dict[str, Any]]:
    """A chat model of each provider that the simulator speaks for, and where it is."""
    root = base[: -len("/v1")]
    # litellm takes Cohere's base for the whole address.
    cohere = f"{root}/v2/chat" if library == "litellm" else root
    return {
        "openai": {"model": "openai/gpt-4o", "api_base": base},
        "azure": {"model": "azure/gpt-4o", "api_base": root, "api_version": "2024-10-21"},
        "groq": {"model": "groq/llama-3.3-70b-versatile", "api_base": base},
        "mistral": {"model": "mistral/mistral-small-latest", "api_base": base},
        "hosted_vllm": {"model": "hosted_vllm/mine", "api_base": base},
        "anthropic": {"model": "anthropic/claude-sonnet-4-5", "api_base": root},
        "cohere": {"model": "cohere/command-a-03-2025", "api_base": cohere},
        "ollama": {"model": "ollama_chat/llama3.2", "api_base": root},
        "gemini": {"model": "gemini/gemini-2.5-flash", "api_base": f"{root}/v1beta"},
        "bedrock": {
            "model": "bedrock/converse/anthropic.claude-3-5-sonnet-20240620-v1:0",
            "aws_bedrock_runtime_endpoint": root,
            "aws_access_key_id": "a",
            "aws_secret_access_key": "b",
            "aws_region_name": "us-east-1",
        },
    }


def calls() -> dict[str, dict[str, Any]]:
    """What is asked of each."""
    return {
        "plain": {},
        "params": {"temperature": 0.2, "max_tokens": 50, "stop": ["zzz"]},
        "tools": {"tools": [WEATHER], "tool_choice": "auto"},
        "stream": {"stream": True},
        "stream usage": {"stream": True, "stream_options": {"include_usage": True}},
        "stream tools": {"stream": True, "tools": [WEATHER]},
    }


#: Faults that only OpenAI's manner is tried with, and those that every provider's is.
ERRORS = ("400", "401", "403", "404", "429", "500", "503", "context_window")


def shown(answer: Any) -> Any:
    """An answer, or the chunks of a stream, as JSON with the names of its classes."""
    if hasattr(answer, "model_dump"):
        dump = answer.model_dump()
        kinds = {"class": type(answer).__name__}
        choices = getattr(answer, "choices", None)
        if choices:
            first = choices[0]
            part = getattr(first, "delta", None) or getattr(first, "message", None)
            kinds["choice"] = type(first).__name__
            kinds["part"] = type(part).__name__
            for call in getattr(part, "tool_calls", None) or ():
                kinds["call"] = type(call).__name__
                kinds["function"] = type(call.function).__name__
        if getattr(answer, "usage", None) is not None:
            kinds["usage"] = type(answer.usage).__name__
        return {"kinds": kinds, "dump": dump}
    return answer


def raised(error: BaseException) -> dict[str, Any]:
    """An exception: its class and LiteLLM's bases of it, and what programs read of it."""
    bases = [base.__name__ for base in type(error).__mro__]
    return {
        "raised": type(error).__name__,
        "is": sorted(set(bases) & {"BadRequestError", "RateLimitError", "AuthenticationError", "APIError"}),
        "status": getattr(error, "status_code", None),
        "provider": getattr(error, "llm_provider", None),
        "model": getattr(error, "model", None),
    }


def attempt(ask: Callable[[], Any]) -> Any:
    """What a call gives."""
    try:
        return ask()
    except Exception as error:
        return raised(error)


def endpoints(package: Any, base: str) -> dict[str, Any]:
    """What is asked beside chat and embeddings."""
    at = {"api_base": base, "api_key": "k"}
    asked: dict[str, Callable[[], Any]] = {
        "text completion": lambda: package.text_completion(
            model="text-completion-openai/gpt-3.5-turbo-instruct", prompt="Once", **at
        ),
        "text completion through chat": lambda: package.text_completion(
            model="openai/gpt-4o", prompt="Once", **at
        ),
        "moderation": lambda: package.moderation(model="omni-moderation-latest", input="a", **at),
        "image": lambda: package.image_generation(model="openai/dall-e-3", prompt="a", **at),
        "transcription": lambda: package.transcription(
            model="openai/whisper-1", file=("a.wav", b"RIFFxxxxWAVEfmt "), **at
        ),
        "responses": lambda: package.responses(model="openai/gpt-4o", input="Say something", **at),
        "rerank": lambda: package.rerank(
            model="cohere/rerank-v3.5",
            query="a",
            documents=["a", "b"],
            top_n=2,
            api_key="k",
            api_base=base[: -len("/v1")],
        ),
    }
    return {name: attempt(lambda ask=ask: shown(ask())) for name, ask in asked.items()}  # type: ignore[misc]


def main(library: str, base: str) -> dict[str, Any]:
    """Everything."""
    with contextlib.suppress(ImportError):
        # litellm's errors are openai's; ours are for a program that has imported openai.
        importlib.import_module("openai")
    package = importlib.import_module(library)
    package.suppress_debug_info = True
    package.num_retries = 0
    found: dict[str, Any] = {}

    def complete(**call: Any) -> Any:
        answer = package.completion(messages=ASK, api_key="k", max_retries=0, **call)
        return [shown(chunk) for chunk in answer] if call.get("stream") else shown(answer)

    async def acomplete(**call: Any) -> Any:
        answer = await package.acompletion(messages=ASK, api_key="k", max_retries=0, **call)
        return [shown(chunk) async for chunk in answer] if call.get("stream") else shown(answer)

    def later(**call: Any) -> Any:
        return asyncio.run(acomplete(**call))

    for provider, where in providers(library, base).items():
        for name, call in calls().items():
            found[f"{provider}: {name}"] = attempt(partial(complete, **where, **call))
        found[f"{provider}: async"] = attempt(partial(later, **where))
        found[f"{provider}: async stream"] = attempt(partial(later, **where, stream=True))
        prefix = where["model"].partition("/")[0]
        # Bedrock's models have their provider in their names, which decides the dialect.
        for fault in ERRORS if provider != "bedrock" else ():
            at = {**where, "model": f"{prefix}/sim/{fault}"}
            found[f"{provider}: error {fault}"] = attempt(partial(complete, **at))
    openai = providers(library, base)["openai"]
    found["openai: schema"] = attempt(lambda: complete(**openai, response_format=SCHEMA))
    found["openai: n"] = attempt(lambda: complete(**openai, n=2))
    found["openai: logprobs"] = attempt(lambda: complete(**openai, logprobs=True, top_logprobs=2))
    vectors = {"model": "openai/text-embedding-3-small", "api_base": base, "api_key": "k"}
    found["embedding"] = attempt(lambda: shown(package.embedding(input=["a", "b"], **vectors)))
    found["embedding async"] = attempt(
        lambda: shown(asyncio.run(package.aembedding(input=["a", "b"], dimensions=8, **vectors)))
    )
    refused = {**vectors, "model": "openai/sim/429", "max_retries": 0}
    found["embedding error"] = attempt(lambda: package.embedding(input=["a"], **refused))
    found.update(endpoints(package, base))
    found["unknown provider"] = attempt(lambda: package.completion("nobody/x", ASK))
    found["unsupported"] = attempt(
        lambda: package.completion("anthropic/claude-sonnet-4-5", ASK, api_key="k", logit_bias={"1": 1})
    )
    chunks = list(package.completion(messages=ASK, api_key="k", stream=True, **openai))
    found["built"] = shown(package.stream_chunk_builder(chunks))
    for name in ("completion", "acompletion", "embedding", "aembedding"):
        found[f"coroutine: {name}"] = asyncio.iscoroutinefunction(getattr(package, name))
    return found


if __name__ == "__main__":
    json.dump(main(sys.argv[1], sys.argv[2]), sys.stdout, default=str)
