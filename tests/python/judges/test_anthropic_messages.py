"""The official Anthropic client judges what `anthropic.messages` gives, whichever provider answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import edgequake_python
from loopback import Loopback, Reply

anthropic = pytest.importorskip("anthropic")
pydantic = pytest.importorskip("pydantic")

WEATHER = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
CALLS: dict[str, dict[str, Any]] = {
    "a text": {},
    "a tool": {"tools": [WEATHER], "tool_choice": {"type": "tool", "name": "get_weather"}},
    "thoughts": {"thinking": {"type": "enabled", "budget_tokens": 1024}},
}


def asked(simulator: edgequake_python.Simulator, model: str, more: dict[str, Any]) -> dict[str, Any]:
    anthropics = model.startswith("anthropic/")
    return {
        "model": model,
        "max_tokens": 3000,
        "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
        "api_key": "k",
        "api_base": simulator.root_url if anthropics else simulator.base_url,
        **more,
    }


def through_the_client(body: bytes) -> Any:
    """What the client makes of a stream's bytes, as they would come from Anthropic."""
    reply = Reply(body=body, headers={"content-type": "text/event-stream"})
    with Loopback(lambda request: reply) as server:
        root = server.base_url[: -len("/v1")]
        client = anthropic.Anthropic(api_key="k", base_url=root, max_retries=0)
        asked = [{"role": "user", "content": "?"}]
        with client, client.messages.stream(model="m", max_tokens=10, messages=asked) as stream:
            return stream.get_final_message()


@pytest.mark.parametrize("name", list(CALLS))
@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4-5", "openai/gpt-4o"])
def test_events_and_messages(simulator: edgequake_python.Simulator, model: str, name: str) -> None:
    if name == "thoughts" and not model.startswith("anthropic/"):
        pytest.skip("gpt-4o does not think")
    call = asked(simulator, model, CALLS[name])
    plain: Any = edgequake_python.anthropic.messages.create(**call)
    pydantic.TypeAdapter(anthropic.types.Message).validate_python(dict(plain), strict=False)

    pieces = list(edgequake_python.anthropic.messages.create(**call, stream=True))
    body = b"".join(pieces)
    kinds = pydantic.TypeAdapter(anthropic.types.RawMessageStreamEvent)
    events = [
        kinds.validate_python(json.loads(line[len(b"data:") :]))
        for line in body.splitlines()
        if line.startswith(b"data:") and b'"ping"' not in line
    ]
    assert [events[0].type, events[-1].type] == ["message_start", "message_stop"]

    final = through_the_client(body)
    assert [block.type for block in final.content] == [block["type"] for block in plain["content"]]
    for mine, whole in zip(final.content, plain["content"]):
        if mine.type == "text":
            assert mine.text == whole["text"]
        if mine.type == "tool_use":
            assert (mine.name, mine.input) == (whole["name"], whole["input"])
    assert final.stop_reason == plain["stop_reason"]
    assert final.usage.output_tokens > 0

    async def later() -> bytes:
        stream: Any = await edgequake_python.anthropic.messages.acreate(**call, stream=True)
        return b"".join([piece async for piece in stream])

    again = through_the_client(asyncio.run(later()))
    assert [block.type for block in again.content] == [block.type for block in final.content]
