"""Values that nobody expects, as functions that make a new one each time, and functions that take them."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import decimal
import enum
import math
import threading
import types
import uuid
from collections import OrderedDict, UserDict, UserList, defaultdict, deque
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Callable

import edgequake_python as eq

HELLO = {"role": "user", "content": "Hello"}


@dataclasses.dataclass
class Data:
    """A message of a dataclass."""

    role: str = "user"
    content: str = "Hello"


class Word(str):
    """A text of one's own."""


class Role(str, enum.Enum):
    """A text among others."""

    USER = "user"


class Number(enum.IntEnum):
    """A number among others."""

    ONE = 1


class Plain(enum.Enum):
    """A name for a value."""

    USER = "user"


class Growing(dict):
    """Changes whenever it is looked at."""

    def __getitem__(self, key: Any) -> Any:
        self[len(self)] = 1
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self[len(self)] = 1
        return super().get(key, default)

    def keys(self) -> Any:
        self[len(self)] = 1
        return super().keys()


class Hostile:
    """Fails however it is looked at."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("hostile")

    def __str__(self) -> str:
        raise RuntimeError("hostile")

    __repr__ = __str__

    def __bool__(self) -> bool:
        raise RuntimeError("hostile")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("hostile")

    def __len__(self) -> int:
        raise RuntimeError("hostile")

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("hostile")

    __hash__ = None  # type: ignore[assignment]


class HostileMapping(Mapping[str, Any]):
    """A mapping that fails when it is read."""

    def __getitem__(self, key: str) -> Any:
        raise RuntimeError("hostile")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("hostile")

    def __len__(self) -> int:
        return 3


class Shrinking:
    """Empties what it is held by when it is written."""

    def __init__(self, holder: Any) -> None:
        self.holder = holder

    def model_dump(self, **_: Any) -> Any:
        self.holder.clear()
        return "x"


def shrinking() -> dict[str, Any]:
    holder: dict[str, Any] = {"role": "user"}
    holder["content"] = Shrinking(holder)
    holder["name"] = "a"
    return holder


class Itself:
    """Is made of itself without end."""

    def model_dump(self, **_: Any) -> Any:
        return Itself()


def circular() -> list[Any]:
    items: list[Any] = [HELLO]
    items.append(items)
    return items


def circular_dict() -> dict[str, Any]:
    items: dict[str, Any] = {"role": "user"}
    items["content"] = items
    return items


def deep(levels: int, end: Any = "x", kind: str = "list") -> Any:
    value = end
    for _ in range(levels):
        value = [value] if kind == "list" else {"a": value}
    return value


def flattened(value: Any) -> None:
    """Takes a deep value apart, or Python would by recursion."""
    while isinstance(value, (list, dict)) and len(value) == 1:
        value = value.pop() if isinstance(value, list) else value.popitem()[1]


def model() -> Any:
    from pydantic import BaseModel

    class Message(BaseModel):
        role: str = "user"
        content: str = "Hello"

    return Message()


def number_of_numpy() -> Any:
    try:
        numpy: Any = import_module("numpy")
    except ImportError:
        return 1.5
    return numpy.float32(1.5)


#: name: what makes it
ODD: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "int": lambda: 7,
    "huge int": lambda: 10**400,
    "float": lambda: 1.5,
    "nan": lambda: math.nan,
    "inf": lambda: -math.inf,
    "complex": lambda: 1j,
    "Decimal": lambda: decimal.Decimal("1.5"),
    "numpy": number_of_numpy,
    "empty": lambda: "",
    "text": lambda: "Hello",
    "surrogate": lambda: "a\ud800",
    "nul": lambda: "a\x00b",
    "str subclass": lambda: Word("Hello"),
    "str enum": lambda: Role.USER,
    "int enum": lambda: Number.ONE,
    "enum": lambda: Plain.USER,
    "bytes": lambda: b"Hello",
    "bytearray": lambda: bytearray(b"Hello"),
    "memoryview": lambda: memoryview(b"Hello"),
    "datetime": lambda: datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc),
    "uuid": lambda: uuid.UUID(int=5),
    "object": object,
    "class": lambda: Data,
    "function": lambda: print,
    "module": lambda: types,
    "hostile": Hostile,
    "hostile mapping": HostileMapping,
    "lock": threading.RLock,
    "itself": Itself,
    "list": list,
    "dict": dict,
    "tuple": tuple,
    "set": lambda: {1, 2},
    "list of None": lambda: [None],
    "list of int": lambda: [1, 2],
    "list of bytes": lambda: [b"x"],
    "list of surrogates": lambda: ["a\ud800"],
    "list of hostile": lambda: [Hostile()],
    "list of lists": lambda: [[[]]],
    "list of nan": lambda: [math.nan],
    "messages": lambda: [HELLO],
    "a tuple of messages": lambda: (HELLO,),
    "frozen": lambda: types.MappingProxyType({"role": "user", "content": "Hello"}),
    "frozen messages": lambda: (types.MappingProxyType(HELLO),),
    "user dict": lambda: UserDict(HELLO),
    "user list": lambda: UserList([HELLO]),
    "ordered": lambda: OrderedDict(HELLO),
    "default": lambda: defaultdict(list, HELLO),
    "deque": lambda: deque([HELLO]),
    "growing": lambda: Growing(HELLO),
    "list of growing": lambda: [Growing(HELLO)],
    "shrinking": lambda: [shrinking()],
    "dataclass": Data,
    "list of dataclasses": lambda: [Data()],
    "pydantic": model,
    "list of pydantic": lambda: [model()],
    "generator": lambda: (message for message in [HELLO]),
    "range": lambda: range(3),
    "circular": circular,
    "circular dict": circular_dict,
    "list of circular": lambda: [circular_dict()],
    "int keys": lambda: {1: 2},
    "None keys": lambda: {None: 2},
    "tuple keys": lambda: [{"role": "user", "content": {(1,): 2}}],
    "deep": lambda: deep(100_000),
    "deep dict": lambda: deep(100_000, kind="dict"),
    "deep message": lambda: [{"role": "user", "content": deep(100_000)}],
}


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
