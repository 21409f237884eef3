"""A stream has the counts of the plain answer; where the provider sends none, estimated ones that say so."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call
from loopback import Loopback, Reply, event
from raw_server import read

PROOFS = [
    "test_streaming.py::TestUsage",
]


# Mistral counts in every stream unasked; the simulator, which is OpenAI there, does so on request alone.
@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"mistral"}))
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_counts_of_the_plain_answer(simulator: eq.Simulator, dialect: str, mode: str) -> None:
    asked = call(simulator, dialect, "a-model")
    plain = eq.completion(**asked).usage
    reading = read(mode, **asked, stream_options={"include_usage": True})
    assert reading.error is None
    told = [chunk.usage for chunk in reading.chunks if getattr(chunk, "usage", None)]
    assert len(told) == 1
    assert reading.stream.usage.get("estimated") is None
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert getattr(told[0], name) == getattr(plain, name) > 0
        assert getattr(reading.stream.usage, name) == getattr(plain, name)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_estimated_where_none_are_sent(server: Loopback, mode: str) -> None:
    reading = read(mode, **server.call(model="openai/gpt-4o"))
    assert reading.error is None
    usage = reading.stream.usage
    assert usage.estimated is True
    assert usage.completion_tokens == eq.token_counter("gpt-4o", text="Hello!")
    assert usage.prompt_tokens == eq.token_counter("gpt-4o", messages=server.call()["messages"])
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert not [chunk for chunk in reading.chunks if getattr(chunk, "usage", None)]
    # What they cost is told, as callbacks and budgets are, and said to be an estimate.
    cost = sum(eq.cost_per_token("gpt-4o", usage.prompt_tokens, usage.completion_tokens))
    assert reading.stream._hidden_params["response_cost"] == cost > 0
    assert reading.stream._hidden_params["response_cost_estimated"] is True


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_reasoning_and_tool_calls_are_estimated_too(server: Loopback, mode: str) -> None:
    arguments = json.dumps({"city": "Paris" * 40})
    piece = {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": arguments}}
    pieces = [
        event(delta={"reasoning_content": "x" * 400}, finish_reason=None),
        event(delta={"tool_calls": [piece]}, finish_reason=None),
        event(delta={}, finish_reason="tool_calls"),
        b"data: [DONE]\n\n",
    ]
    server.handler = lambda request: Reply(iter(pieces))
    reading = read(mode, **server.call())
    assert reading.error is None
    assert reading.stream.usage.estimated is True
    assert reading.stream.usage.completion_tokens == -(-(400 + len(arguments)) // 4)


def test_of_a_stream_that_is_left(simulator: eq.Simulator) -> None:
    asked = call(simulator, "openai", "tokens?n=500&ms=5")
    stream: Any = eq.completion(**asked, stream=True)
    next(stream)
    before = stream.usage
    assert before is None
    stream.close()
    assert stream.usage is not None
    assert stream.usage.estimated is True

    async def leave() -> Any:
        stream = await eq.acompletion(**asked, stream=True)
        await stream.__anext__()
        await stream.aclose()
        return stream.usage

    assert asyncio.run(leave()).estimated is True


def test_those_who_refuse_the_option_never_get_it(server: Loopback) -> None:
    eq.register_provider("countless", base_url=server.base_url, api_key_optional=True, stream_usage=False)
    try:
        read("sync", model="countless/m", messages=server.call()["messages"], api_base=server.base_url)
        assert "stream_options" not in server.bodies[-1]
    finally:
        eq.unregister_provider("countless")
