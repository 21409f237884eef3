"""Ask one library the same things as the other, and print what it gives, and in how many seconds, as JSON.

Every call is named on stderr before it is made, and has STEP seconds: then the stack is printed there, and
the process ends with status 1.

python probe.py litellm|edgequake_python http://127.0.0.1:PORT/v1
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import importlib
import json
import os
import sys
import time
from functools import partial
from typing import Any, Callable

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ.setdefault("NO_PROXY", "127.0.0.1")

#: Seconds that one call may take, on a machine that is busy with other things.
STEP = 90

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


class Probe:
    """Makes calls one by one, and keeps what each gave and how long it took."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.seconds: dict[str, float] = {}
        #: One for all calls: libraries make their clients anew for each.
        self.loop = asyncio.new_event_loop()
        # httpcore holds a lock that is not reentrant while it opens a connection. A collection of garbage
        # just then, of a stream of litellm's that was left open, waits for that lock for ever: so collect
        # between calls, and only there.
        gc.disable()

    def ask(self, name: str, call: Callable[[], Any]) -> None:
        """Make a call; what it raises is what it gives."""
        print("asking:", name, file=sys.stderr, flush=True)
        faulthandler.dump_traceback_later(STEP, exit=True)
        began = time.monotonic()
        try:
            self.found[name] = call()
        except Exception as error:
            self.found[name] = raised(error)
        finally:
            faulthandler.cancel_dump_traceback_later()
        self.seconds[name] = round(time.monotonic() - began, 3)
        gc.collect()
        # What is left stays, and is not looked through again.
        gc.freeze()

    def later(self, name: str, call: Callable[[], Any]) -> None:
        """The same for a coroutine function."""
        self.ask(name, lambda: self.loop.run_until_complete(call()))


def endpoints(package: Any, base: str) -> dict[str, Callable[[], Any]]:
    """What is asked beside chat and embeddings."""
    at = {"api_base": base, "api_key": "k", "timeout": 60}
    return {
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
            **{**at, "api_base": base[: -len("/v1")]},
        ),
    }


def main(library: str, base: str) -> dict[str, Any]:
    """Everything: what each call gave, and its seconds."""
    with contextlib.suppress(ImportError):
        # litellm's errors are openai's; ours are for a program that has imported openai.
        importlib.import_module("openai")
    package = importlib.import_module(library)
    package.suppress_debug_info = True
    package.num_retries = 0
    # litellm fetches a tokenizer to price a stream; where there is no network it tries for a minute.
    package.disable_hf_tokenizer_download = True
    probe = Probe()
    ask, later = probe.ask, probe.later

    def complete(**call: Any) -> Any:
        answer = package.completion(messages=ASK, api_key="k", max_retries=0, timeout=60, **call)
        return [shown(chunk) for chunk in answer] if call.get("stream") else shown(answer)

    async def acomplete(**call: Any) -> Any:
        answer = await package.acompletion(messages=ASK, api_key="k", max_retries=0, timeout=60, **call)
        return [shown(chunk) async for chunk in answer] if call.get("stream") else shown(answer)

    for provider, where in providers(library, base).items():
        for name, call in calls().items():
            ask(f"{provider}: {name}", partial(complete, **where, **call))
        later(f"{provider}: async", partial(acomplete, **where))
        later(f"{provider}: async stream", partial(acomplete, **where, stream=True))
        prefix = where["model"].partition("/")[0]
        # Bedrock's models have their provider in their names, which decides the dialect.
        for fault in ERRORS if provider != "bedrock" else ():
            at = {**where, "model": f"{prefix}/sim/{fault}"}
            ask(f"{provider}: error {fault}", partial(complete, **at))
    openai = providers(library, base)["openai"]
    ask("openai: schema", lambda: complete(**openai, response_format=SCHEMA))
    ask("openai: n", lambda: complete(**openai, n=2))
    ask("openai: logprobs", lambda: complete(**openai, logprobs=True, top_logprobs=2))
    vectors = {"model": "openai/text-embedding-3-small", "api_base": base, "api_key": "k", "timeout": 60}
    ask("embedding", lambda: shown(package.embedding(input=["a", "b"], **vectors)))

    async def aembed() -> Any:
        return shown(await package.aembedding(input=["a", "b"], dimensions=8, **vectors))

    later("embedding async", aembed)
    refused = {**vectors, "model": "openai/sim/429", "max_retries": 0}
    ask("embedding error", lambda: package.embedding(input=["a"], **refused))
    for name, endpoint in endpoints(package, base).items():
        ask(name, lambda endpoint=endpoint: shown(endpoint()))  # type: ignore[misc]
    ask("unknown provider", lambda: package.completion("nobody/x", ASK, timeout=60))
    nowhere = {"api_base": base[: -len("/v1")], "api_key": "k", "timeout": 60}
    ask(
        "unsupported",
        lambda: package.completion("anthropic/claude-sonnet-4-5", ASK, logit_bias={"1": 1}, **nowhere),
    )
    ask("built", lambda: shown(package.stream_chunk_builder(list(chunks(package, openai)))))
    for name in ("completion", "acompletion", "embedding", "aembedding"):
        probe.found[f"coroutine: {name}"] = asyncio.iscoroutinefunction(getattr(package, name))
    probe.loop.close()
    return {"found": probe.found, "seconds": probe.seconds}


def chunks(package: Any, where: dict[str, Any]) -> Any:
    """A stream of OpenAI's, with nothing done to its chunks."""
    return package.completion(messages=ASK, api_key="k", stream=True, timeout=60, **where)


if __name__ == "__main__":
    faulthandler.enable()
    json.dump(main(sys.argv[1], sys.argv[2]), sys.stdout, default=str)
    sys.stdout.flush()
    if sys.argv[1] == "litellm":
        # Its threads outlive it: an interpreter that ends in order has crashed in them now and then.
        os._exit(0)
