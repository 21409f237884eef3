"""OpenAI's own client judges the simulator's answers by a schema."""

from __future__ import annotations

import enum
import json
import uuid
from datetime import date, datetime
from typing import Any, Optional, Union

import pydantic
import pytest

from judges.openai_chat import USER, chat, check, walk

jsonschema = pytest.importorskip("jsonschema")
openai = pytest.importorskip("openai")


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Address(pydantic.BaseModel):
    street: str
    city: str
    zip: Optional[str] = None


class Node(pydantic.BaseModel):
    value: int
    children: list[Node]


class Person(pydantic.BaseModel):
    name: str = pydantic.Field(min_length=20)
    age: int = pydantic.Field(ge=18, lt=100)
    score: float = pydantic.Field(gt=2.5)
    born: date
    seen: datetime
    id: uuid.UUID
    colour: Colour
    addresses: list[Address] = pydantic.Field(min_length=2)
    home: Address
    nickname: Optional[str]
    either: Union[int, list[str]]
    tree: Node
    happy: bool


def test_parse(client: Any) -> None:
    answer = client.chat.completions.parse(
        model="gpt-4o",
        messages=[{"role": "user", "content": "Tell me about Ada, who likes blue."}],
        response_format=Person,
    )
    walk(answer.usage)
    person = answer.choices[0].message.parsed
    assert isinstance(person, Person)
    assert len(person.addresses) >= 2
    assert person.colour is Colour.BLUE


def test_parse_tools(client: Any) -> None:
    tool = openai.pydantic_function_tool(Address)
    answer = client.chat.completions.parse(model="gpt-4o", messages=USER, tools=[tool])
    arguments = answer.choices[0].message.tool_calls[0].function.parsed_arguments
    assert isinstance(arguments, Address)


SCHEMAS = [
    {"type": "object", "properties": {"a": {"const": 3}, "b": {"type": "null"}}, "required": ["a"]},
    {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer", "minimum": 7}}},
            {"required": ["a", "b"], "properties": {"b": {"type": "string", "format": "email"}}},
        ]
    },
    {
        "oneOf": [
            {"type": "object", "properties": {"kind": {"const": "cat"}}, "required": ["kind"]},
            {"type": "object", "properties": {"kind": {"const": "dog"}}, "required": ["kind"]},
        ]
    },
    {"type": "array", "items": {"type": "integer"}, "minItems": 4, "uniqueItems": True},
    {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2},
    {"type": "object", "additionalProperties": {"type": "number"}, "minProperties": 2},
    {"type": "string", "pattern": "^[A-Z]{3}-\\d{2,4}$"},
    {"type": "string", "pattern": "^(?:ab|cd)+[^a-z]?x*$", "minLength": 6},
    {"type": "string", "minLength": 5, "maxLength": 6},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "integer", "multipleOf": 7, "minimum": 20},
    {"type": "integer", "maximum": -3},
    {"type": ["null", "integer"]},
    {"enum": [None, 1, "x"]},
    {
        "$ref": "#/$defs/Tree",
        "$defs": {
            "Tree": {
                "type": "object",
                "properties": {
                    "left": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]},
                    "right": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]},
                    "label": {"type": "string"},
                },
                "required": ["left", "right", "label"],
                "additionalProperties": False,
            }
        },
    },
    {"type": "object", "properties": {"self": {"$ref": "#"}, "n": {"type": "integer"}}},
    {"anyOf": [{"type": "null"}, {"type": "boolean"}]},
    {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A", "description": "beside"}},
        "required": ["a"],
        "$defs": {"A": {"type": "string", "enum": ["q"]}},
    },
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=range(len(SCHEMAS)))
def test_instances_satisfy_their_schema(client: Any, schema: dict[str, Any]) -> None:
    answer = chat(
        client,
        messages=[{"role": "user", "content": "Give me 3 things from New York."}],
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    )
    instance = json.loads(answer.choices[0].message.content)
    draft = jsonschema.Draft202012Validator
    draft(schema, format_checker=draft.FORMAT_CHECKER).validate(instance)


def test_json_object(client: Any) -> None:
    answer = check(chat(client, response_format={"type": "json_object"}))
    assert isinstance(json.loads(answer.choices[0].message.content), dict)
