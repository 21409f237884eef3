"""OpenAI's own client judges the simulator's calls of tools."""

from __future__ import annotations

import json
from typing import Any

import pytest

from judges.openai_chat import USER, WEATHER, chat, check, stream
from native import TIME

openai = pytest.importorskip("openai")


def test_tool_call_and_follow_up(client: Any) -> None:
    question = {"role": "user", "content": "What is the weather in Paris?"}
    answer = check(chat(client, messages=[question], tools=[WEATHER, TIME]))
    assert answer.choices[0].finish_reason == "tool_calls"
    message = answer.choices[0].message
    (call,) = message.tool_calls
    assert call.id.startswith("call_")
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments) == {"city": "Paris", "unit": "celsius"}
    follow_up = [
        question,
        message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "18 degrees"},
    ]
    answer = check(chat(client, messages=follow_up, tools=[WEATHER, TIME]))
    assert answer.choices[0].finish_reason == "stop"
    assert "get_weather returned: 18 degrees" in answer.choices[0].message.content


def test_parallel_tools(client: Any) -> None:
    answer = check(chat(client, messages=USER, tools=[WEATHER, TIME]))
    names = [call.function.name for call in answer.choices[0].message.tool_calls]
    assert names == ["get_weather", "get_time"]
    answer = check(chat(client, messages=USER, tools=[WEATHER]))
    calls = answer.choices[0].message.tool_calls
    assert [json.loads(c.function.arguments)["city"] for c in calls] == ["Paris", "London"]
    assert len({call.id for call in calls}) == 2
    answer = check(chat(client, messages=USER, tools=[WEATHER], parallel_tool_calls=False))
    assert len(answer.choices[0].message.tool_calls) == 1


def test_tool_choice(client: Any) -> None:
    forced = {"type": "function", "function": {"name": "get_time"}}
    answer = check(chat(client, messages=USER, tools=[WEATHER, TIME], tool_choice=forced))
    assert [c.function.name for c in answer.choices[0].message.tool_calls] == ["get_time"]
    answer = check(chat(client, tools=[WEATHER, TIME], tool_choice="required"))
    assert len(answer.choices[0].message.tool_calls) == 2
    answer = check(chat(client, tools=[WEATHER], tool_choice="none"))
    assert answer.choices[0].message.tool_calls is None
    with pytest.raises(openai.BadRequestError) as caught:
        forced = {"type": "function", "function": {"name": "nothing"}}
        chat(client, tools=[WEATHER], tool_choice=forced)
    assert caught.value.param == "tool_choice"


def test_streamed_tools(client: Any) -> None:
    plain = check(chat(client, messages=USER, tools=[WEATHER, TIME]))
    calls: dict[int, dict[str, Any]] = {}
    chunks = stream(client, messages=USER, tools=[WEATHER, TIME])
    for chunk in chunks:
        for delta in chunk.choices[0].delta.tool_calls or []:
            if delta.index not in calls:
                calls[delta.index] = {"id": delta.id, "name": delta.function.name, "arguments": ""}
            else:
                assert delta.id is None and delta.function.name is None
            calls[delta.index]["arguments"] += delta.function.arguments
    assert chunks[-1].choices[0].finish_reason == "tool_calls"
    for index, call in enumerate(plain.choices[0].message.tool_calls):
        streamed = calls[index]
        assert streamed["name"] == call.function.name
        assert streamed["arguments"] == call.function.arguments
        assert streamed["id"].startswith("call_")


def test_legacy_functions(client: Any) -> None:
    functions = [WEATHER["function"]]
    answer = check(chat(client, messages=USER, functions=functions))
    assert answer.choices[0].finish_reason == "function_call"
    call = answer.choices[0].message.function_call
    assert call.name == "get_weather"
    chunks = stream(client, messages=USER, functions=functions)
    deltas = [c.choices[0].delta.function_call for c in chunks]
    assert "".join(d.arguments for d in deltas if d) == call.arguments
    assert chunks[-1].choices[0].finish_reason == "function_call"
    answer = check(chat(client, messages=USER, functions=functions, function_call="none"))
    assert answer.choices[0].message.function_call is None
