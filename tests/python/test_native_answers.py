"""Every native wire says the same: plain or streamed, sync or async, with tools, thoughts, pictures, schemas.

The simulator speaks each dialect and refuses what its provider would refuse; official clients judge it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any, Callable

import pytest

from edgequake_python import Simulator, acompletion, completion, stream_chunk_builder
from native import PICTURE, QUESTION, USER, WEATHER, WIRES, Wire

pytest.importorskip("cryptography")
pytest.importorskip("google.auth")


def streamed(**call: Any) -> Any:
    """A stream's answer put together again."""
    stream = completion(stream=True, stream_options={"include_usage": True}, **call)
    return stream_chunk_builder(list(stream), messages=call["messages"])


def streamed_async(**call: Any) -> Any:
    async def run() -> list[Any]:
        stream = await acompletion(stream=True, stream_options={"include_usage": True}, **call)
        return [chunk async for chunk in stream]

    return stream_chunk_builder(asyncio.run(run()), messages=call["messages"])


WAYS: dict[str, Callable[..., Any]] = {
    "sync": completion,
    "async": lambda **call: asyncio.run(acompletion(**call)),
    "stream": streamed,
    "async-stream": streamed_async,
}


@pytest.fixture(params=sorted(WAYS))
def way(request: pytest.FixtureRequest) -> Callable[..., Any]:
    return WAYS[request.param]


@pytest.fixture(params=sorted(WIRES))
def wire(request: pytest.FixtureRequest) -> Wire:
    return WIRES[request.param]


def test_an_answer(simulator: Simulator, wire: Wire, way: Callable[..., Any]) -> None:
    answer = way(**wire.call(simulator))
    assert answer.choices[0].message.content.startswith(f"You said: {QUESTION} (A simulated answer")
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].finish_reason == "stop"
    usage = answer.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (12, 19, 31)


def test_a_limit(simulator: Simulator, wire: Wire, way: Callable[..., Any]) -> None:
    choice = way(**wire.call(simulator, max_tokens=2)).choices[0]
    assert (choice.message.content, choice.finish_reason) == ("You said:", "length")


def test_stops_and_systems(simulator: Simulator, wire: Wire) -> None:
    messages = [{"role": "system", "content": "Be kind."}, *USER]
    choice = completion(**wire.call(simulator, messages=messages, stop=["Paris"], temperature=0.5)).choices[0]
    assert (choice.message.content.strip(), choice.finish_reason) == (
        "You said: What is the weather in",
        "stop",
    )


def test_a_tool_and_its_result(simulator: Simulator, wire: Wire, way: Callable[..., Any]) -> None:
    call = wire.call(simulator, tools=[WEATHER])
    answer = way(**call)
    message = answer.choices[0].message
    assert answer.choices[0].finish_reason == "tool_calls"
    (made,) = message.tool_calls
    assert (made.type, made.function.name) == ("function", "get_weather")
    assert json.loads(made.function.arguments) == {"city": "Paris"}
    result = {"role": "tool", "tool_call_id": made.id, "content": "18 degrees"}
    second = way(**{**call, "messages": [*USER, message, result]})
    assert second.choices[0].message.content.startswith("get_weather returned: 18 degrees")


def test_two_calls_at_once(simulator: Simulator, wire: Wire, way: Callable[..., Any]) -> None:
    messages = [{"role": "user", "content": "The weather in Paris and London"}]
    call = wire.call(simulator, tools=[WEATHER], messages=messages)
    message = way(**call).choices[0].message
    cities = [json.loads(made.function.arguments)["city"] for made in message.tool_calls]
    assert cities == ["Paris", "London"]
    ids = [made.id for made in message.tool_calls]
    assert len(set(ids)) == 2
    results = [{"role": "tool", "tool_call_id": i, "content": f"{n} degrees"} for n, i in enumerate(ids)]
    said = completion(**{**call, "messages": [*messages, message, *results]}).choices[0].message.content
    assert "get_weather returned: 0 degrees\nget_weather returned: 1 degrees" in said


FORCED = {"type": "function", "function": {"name": "get_weather"}}


@pytest.mark.parametrize("name", sorted(set(WIRES) - {"ollama", "ollama-chat", "cohere"}))
def test_a_forced_tool(simulator: Simulator, name: str) -> None:
    other = {
        "type": "function",
        "function": {"name": "other", "parameters": WEATHER["function"]["parameters"]},
    }
    call = WIRES[name].call(simulator, tools=[other, WEATHER], tool_choice=FORCED)
    (made,) = completion(**call).choices[0].message.tool_calls
    assert made.function.name == "get_weather"


@pytest.mark.parametrize("name", sorted(WIRES))
def test_thoughts(simulator: Simulator, name: str, way: Callable[..., Any]) -> None:
    message = way(**WIRES[name].call(simulator, "reasoning")).choices[0].message
    assert message.reasoning_content.startswith(f"The user wrote: {QUESTION}")
    assert message.content.startswith("You said:")


#: How each wire that signs its thoughts is asked for them.
SIGNED: dict[str, tuple[str, dict[str, Any]]] = {
    "anthropic": ("claude-simulated", {"reasoning_effort": "low"}),
    "vertex-claude": ("claude-simulated", {"reasoning_effort": "low"}),
    "bedrock": ("anthropic.simulated-v1:0", {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
    # This family refuses a conversation whose calls have lost their signature.
    "gemini": ("gemini-3-simulated", {}),
    "vertex": ("gemini-3-simulated", {}),
}


@pytest.mark.parametrize("name", sorted(SIGNED))
@pytest.mark.parametrize("as_dict", [False, True])
def test_signed_thoughts_go_back_as_they_came(
    simulator: Simulator, name: str, as_dict: bool, way: Callable[..., Any]
) -> None:
    model, more = SIGNED[name]
    call = dataclasses.replace(WIRES[name], model=model).call(simulator, tools=[WEATHER], **more)
    message = way(**call).choices[0].message
    identifier = message.tool_calls[0].id
    result = {"role": "tool", "tool_call_id": identifier, "content": "18 degrees"}
    # As a program keeps it, and as it comes back from its database.
    kept = json.loads(json.dumps(message.model_dump())) if as_dict else message
    second = completion(**{**call, "messages": [*USER, kept, result]})
    assert "18 degrees" in second.choices[0].message.content


SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
    "required": ["city", "degrees"],
    "additionalProperties": False,
}


def test_a_schema(simulator: Simulator, wire: Wire, way: Callable[..., Any]) -> None:
    shape = {"type": "json_schema", "json_schema": {"name": "place", "strict": True, "schema": SCHEMA}}
    answer = way(**wire.call(simulator, response_format=shape))
    read = json.loads(answer.choices[0].message.content)
    assert (read["city"], type(read["degrees"])) == ("Paris", int)
    assert answer.choices[0].finish_reason == "stop"


def test_a_picture(simulator: Simulator, wire: Wire) -> None:
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": PICTURE}},
    ]
    call = wire.call(simulator, messages=[{"role": "user", "content": content}])
    assert completion(**call).choices[0].message.content.startswith("You said: What is this?")
    sent = simulator.requests[-1]["body"]
    assert PICTURE.partition(",")[2].encode() in sent


@pytest.mark.parametrize("name", ["comments", "crlf", "gzip", "unicode"])
def test_framing_that_is_unusual_but_legal(simulator: Simulator, wire: Wire, name: str) -> None:
    plain = completion(**wire.call(simulator, name)).choices[0].message.content
    assert plain
    assert streamed(**wire.call(simulator, name)).choices[0].message.content == plain


def test_the_callers_messages_stay_as_they_are(simulator: Simulator, wire: Wire) -> None:
    messages = [{"role": "system", "content": "Be kind."}, *[dict(message) for message in USER]]
    tools = [json.loads(json.dumps(WEATHER))]
    before = json.dumps([messages, tools])
    completion(**wire.call(simulator, messages=messages, tools=tools))
    assert json.dumps([messages, tools]) == before


def test_what_is_sent_holds_no_secret(simulator: Simulator, wire: Wire) -> None:
    call = wire.call(simulator)
    if "api_key" in call:
        call["api_key"] = "sk-never-in-a-body"
    completion(**call)
    assert b"sk-never-in-a-body" not in simulator.requests[-1]["body"]
    assert "sk-never-in-a-body" not in simulator.requests[-1]["path"]
