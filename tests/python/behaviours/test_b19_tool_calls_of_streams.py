"""Tool calls of a stream are those of the plain answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call
from raw_server import RawServer, event, read

PROOFS = [
    "test_streaming.py::TestTools",
    "test_chunk_builder.py",
]


def _calls(chunks: list[Any]) -> Any:
    whole = eq.stream_chunk_builder(chunks)
    assert whole is not None
    return whole.choices[0].message.tool_calls


def _tool(name: str) -> dict[str, object]:
    properties = {"city": {"type": "string"}, "days": {"type": "integer"}}
    schema = {"type": "object", "properties": properties, "required": ["city", "days"]}
    return {"type": "function", "function": {"name": name, "description": name, "parameters": schema}}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_rebuilt_calls_are_those_of_the_plain_answer(
    simulator: eq.Simulator, dialect: str, mode: str
) -> None:
    tools = [_tool("weather"), _tool("tides")]
    asked = call(simulator, dialect, "a-model", tools=tools, tool_choice="required")
    plain: Any = eq.completion(**asked).choices[0].message.tool_calls
    reading = read(mode, **asked)
    assert reading.error is None
    rebuilt = _calls(reading.chunks)
    named = [(call.function.name, json.loads(call.function.arguments)) for call in rebuilt]
    assert named == [(call.function.name, json.loads(call.function.arguments)) for call in plain]
    assert len({call.id for call in rebuilt}) == len(rebuilt) > 0


def _delta(*calls: dict[str, object], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"tool_calls": list(calls)} if calls else {}, "finish_reason": finish}
    frame = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "raw"}
    return event({**frame, "choices": [choice]})


def _piece(index: int, arguments: str, **named: str) -> dict[str, object]:
    function = {"arguments": arguments, **({"name": named.pop("name")} if "name" in named else {})}
    return {"index": index, "type": "function", "function": function, **named}


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_new_id_at_the_same_place_is_a_new_call(mode: str) -> None:
    pieces = [
        _delta(_piece(0, '{"a":', id="one", name="f")),
        _delta(_piece(0, "1}")),
        _delta(_piece(0, '{"b":2}', id="two", name="g")),
        _delta(finish="tool_calls"),
        event("[DONE]"),
    ]

    def handler(exchange: object) -> None:
        exchange.start()  # type: ignore[attr-defined]
        for piece in pieces:
            exchange.send(piece)  # type: ignore[attr-defined]
        exchange.send(b"")  # type: ignore[attr-defined]

    with RawServer(handler) as server:
        reading = read(mode, **server.call())
    assert reading.error is None
    calls = _calls(reading.chunks)
    said = [(call.id, call.function.name, json.loads(call.function.arguments)) for call in calls]
    assert said == [("one", "f", {"a": 1}), ("two", "g", {"b": 2})]
