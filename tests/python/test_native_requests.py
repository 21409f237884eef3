"""Calls that are unusual but legal: every wire puts them so that its provider takes them.

The simulator refuses what the providers refuse: fields they do not have, schemas they do not know,
turns out of order.
"""

from __future__ import annotations

import datetime
import enum
from typing import Any, Optional, Union

import pydantic
import pytest

from edgequake_python import Simulator, completion
from native import PICTURE, USER, WEATHER, WIRES, Wire

pytest.importorskip("cryptography")
pytest.importorskip("google.auth")


class Kind(enum.Enum):
    BIG = "big"
    SMALL = "small"


class Item(pydantic.BaseModel):
    when: datetime.datetime
    kind: Kind
    size: int = pydantic.Field(ge=0, le=10)


class Order(pydantic.BaseModel):
    """An order."""

    name: str = pydantic.Field(pattern="^[a-z]+$", max_length=10)
    first: Item
    items: list[Item] = pydantic.Field(max_length=3)
    note: Optional[str] = None
    either: Union[int, str] = 1
    counts: dict[str, int] = {}


def tool(parameters: Optional[dict[str, Any]], **more: Any) -> dict[str, Any]:
    function = {"name": "order", "description": "Orders.", **more}
    if parameters is not None:
        function["parameters"] = parameters
    return {"type": "function", "function": function}


def called(result: Any, identifier: str = "call_1", arguments: str = "{}") -> list[dict[str, Any]]:
    """A question, a call and its result."""
    function = {"name": "get_weather", "arguments": arguments}
    call = {"id": identifier, "type": "function", "function": function}
    return [
        *USER,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": identifier, "content": result},
    ]


LONG = "call_Abc.123/an-identifier-of-some-other-provider-that-is-longer-than-64-characters"
PARTS = [{"type": "text", "text": "rain"}, {"type": "image_url", "image_url": {"url": PICTURE}}]
KEPT = {"type": "ephemeral"}
EXTRAS: dict[str, Any] = {
    "refusal": None,
    "annotations": [],
    "audio": None,
    "function_call": None,
    "tool_calls": None,
    "reasoning_content": "hm",
    "provider_specific_fields": {"a": 1},
}

CALLS: dict[str, dict[str, Any]] = {
    "a generated schema": {"tools": [tool(Order.model_json_schema())]},
    "a strict schema": {"tools": [tool(Order.model_json_schema(), strict=True)]},
    "no parameters": {"tools": [tool(None)]},
    "empty parameters": {"tools": [tool({"type": "object", "properties": {}})]},
    "systems between turns": {
        "messages": [
            {"role": "system", "content": "a"},
            *USER,
            {"role": "assistant", "content": "b"},
            {"role": "system", "content": "c"},
            *USER,
        ]
    },
    "two users": {"messages": [*USER, *USER]},
    "a name": {"messages": [{**USER[0], "name": "Bob"}]},
    "a developer": {"messages": [{"role": "developer", "content": "a"}, *USER]},
    "what came with an answer": {"messages": [*USER, {"role": "assistant", "content": "b", **EXTRAS}, *USER]},
    "a foreign id": {"messages": called("rain", LONG), "tools": [WEATHER]},
    "a call without arguments": {"messages": called("rain", arguments=""), "tools": [WEATHER]},
    "an empty result": {"messages": called(""), "tools": [WEATHER]},
    "a picture in a result": {"messages": called(PARTS), "tools": [WEATHER]},
    "calls without tools": {"messages": called("rain")},
    "marks of caching": {
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": "a", "cache_control": KEPT}]},
            {"role": "user", "content": [{"type": "text", "text": "b", "cache_control": KEPT}]},
        ],
        "tools": [{**WEATHER, "cache_control": KEPT}],
    },
    "everything at once": {
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 3,
        "user": "someone",
        "stop": ["never said"],
        "max_completion_tokens": 500,
        "n": 1,
        "drop_params": True,
    },
}


@pytest.fixture(params=sorted(WIRES))
def wire(request: pytest.FixtureRequest) -> Wire:
    return WIRES[request.param]


@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_provider_takes_it(simulator: Simulator, wire: Wire, name: str) -> None:
    choice = completion(**wire.call(simulator, **CALLS[name]), num_retries=0).choices[0]
    if name.endswith(("schema", "parameters")):
        assert choice.message.tool_calls[0].function.name == "order"
    elif wire.prefix == "cohere/" and name == "a picture in a result":
        # The picture follows the result as a message of the user's; the simulator answers that, with a call.
        assert choice.message.tool_calls[0].function.name == "get_weather"
    elif "result" in name or "id" in name.split() or name.startswith("a call"):
        assert choice.message.content.startswith("get_weather returned:")
    else:
        assert choice.message.content or choice.message.tool_calls


@pytest.mark.parametrize("streamed", [False, True])
def test_a_model_for_the_answer(simulator: Simulator, wire: Wire, streamed: bool) -> None:
    answer: Any = completion(**wire.call(simulator, response_format=Order), stream=streamed)
    if streamed:
        said = "".join(chunk.choices[0].delta.content or "" for chunk in answer if chunk.choices)
    else:
        said = answer.choices[0].message.content
    # Providers that know a part of JSON Schema only see to that part; what they see to is there.
    order = pydantic.TypeAdapter(dict[str, Any]).validate_json(said)
    assert {"name", "first", "items"} <= set(order)
    assert order["first"]["kind"] in {"big", "small"}
