"""Schemas reach the model whole, or the constraint that cannot is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python as eq
from native import USER, WIRES, Wire

pytest.importorskip("cryptography")
pytest.importorskip("google.auth")

PROOFS = [
    "test_anthropic.py::test_constraints_of_a_schema_reach_the_model",
    "test_bedrock_by_botocore.py::test_a_schema_by_tool_has_the_services_shape",
    "test_native_requests.py::test_a_model_for_the_answer",
    "judges/test_gemini.py",
]


def shape(
    needed: list[str], definitions: dict[str, Any] | None = None, /, **properties: Any
) -> dict[str, Any]:
    made = {"type": "object", "properties": properties, "required": needed}
    return {**made, "$defs": definitions} if definitions else made


NODE = shape(
    ["label"],
    label={"type": "string", "maxLength": 12},
    below={"type": "array", "items": {"$ref": "#/$defs/Node"}},
)
POINT = shape(["x"], x={"type": "number"}, y={"type": "number", "exclusiveMinimum": 0})
CORPUS: dict[str, dict[str, Any]] = {
    "recursive": shape(["roots"], {"Node": NODE}, roots={"type": "array", "items": {"$ref": "#/$defs/Node"}}),
    "referred to twice": shape(
        ["start"], {"Point": POINT}, start={"$ref": "#/$defs/Point"}, end={"$ref": "#/$defs/Point"}
    ),
    "null among types": shape(
        ["count"],
        count={"anyOf": [{"type": "integer", "minimum": 2, "maximum": 8}, {"type": "null"}]},
        note={"type": ["string", "null"], "description": "Perhaps a note."},
    ),
    "unions": shape(
        ["either"],
        {"Point": POINT},
        either={
            "anyOf": [
                {"type": "string"},
                {"$ref": "#/$defs/Point"},
                {"type": "array", "items": {"type": "integer"}},
            ]
        },
        one={"oneOf": [{"type": "boolean"}, {"type": "number"}]},
        whole={"allOf": [{"$ref": "#/$defs/Point"}], "description": "A point."},
    ),
    "closed objects": {
        **shape(
            ["inner"],
            inner={
                **shape(["size"], size={"type": "number", "multipleOf": 0.25}),
                "additionalProperties": False,
            },
        ),
        "additionalProperties": False,
    },
    "maps": shape([], counts={"type": "object", "additionalProperties": {"type": "integer", "minimum": 3}}),
    "choices": shape(
        ["colour"],
        colour={"type": "string", "enum": ["red", "green"]},
        level={"type": "integer", "enum": [1, 5, 9]},
        kind={"const": "only", "type": "string"},
        version={"const": 4, "type": "integer"},
    ),
    "formats": shape(
        ["when"],
        when={"type": "string", "format": "date-time"},
        day={"type": "string", "format": "date"},
        mail={"type": "string", "format": "email"},
        code={"type": "string", "pattern": "^[A-Z]{3}$", "minLength": 3},
    ),
    "lists": shape(
        ["words"],
        words={
            "type": "array",
            "items": {"type": "string"},
            "minItems": 2,
            "maxItems": 6,
            "uniqueItems": True,
        },
    ),
    "properties named like keywords": shape(
        ["type", "properties"],
        type={"type": "string", "title": "Kind", "default": "z", "examples": ["q"]},
        properties=shape(["enum"], enum={"type": "string"}),
        required={"type": "boolean"},
    ),
}
#: These know objects of named properties alone: they have no word for what they mean anyway, that no others
#: may come.
CLOSED = ("gemini", "vertex", "bedrock-nova")
ALL = {**WIRES, "bedrock-nova": Wire("bedrock/", "amazon.nova-simulated-v1:0")}
SAID = "Must satisfy "


def plain(
    node: dict[str, Any], root: dict[str, Any], seen: tuple[str, ...]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A node in one way of writing: references followed, a union of one merged, null as a mark of its own."""
    node = dict(node)
    while True:
        reference = node.pop("$ref", None)
        if reference is not None:
            if reference in seen:
                return {}, seen
            seen = (*seen, reference)
            found: Any = root
            for step in reference[2:].split("/"):
                found = found[step]
            node = {**found, **node}
            continue
        description, _, words = node.get("description", "").partition(SAID)
        if words:
            node.pop("description")
            node.update(
                {"description": description.strip()} if description.strip() else {}, **json.loads(words)
            )
        if "const" in node:
            node["enum"] = [node.pop("const")]
        if isinstance(node.get("type"), list):
            kinds = [kind for kind in node["type"] if kind != "null"]
            node.update(type=kinds[0] if len(kinds) == 1 else kinds, nullable=len(kinds) < len(node["type"]))
        for name in ("anyOf", "oneOf", "allOf"):
            variants = [variant for variant in node.get(name, []) if variant != {"type": "null"}]
            if len(variants) < len(node.get(name, [])):
                node["nullable"] = True
            if len(variants) == 1:
                del node[name]
                node = {**variants[0], **node}
                break
            if variants:
                node.pop(name)
                node["allOf" if name == "allOf" else "anyOf"] = variants
        else:
            return node, seen


def leaves(node: Any, root: dict[str, Any], at: str = "", seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Everything a schema says, each with the path of the value it says it of."""
    if not isinstance(node, dict):
        yield f"{at} = {json.dumps(node)}"
        return
    node, seen = plain(node, root, seen)
    for name, value in node.items():
        if name in ("$defs", "definitions"):
            continue
        if name == "properties":
            for key, child in value.items():
                yield from leaves(child, root, f"{at}/{key}", seen)
        elif name in ("anyOf", "allOf"):
            for index, child in enumerate(value):
                yield from leaves(child, root, f"{at}|{index}", seen)
        elif name == "items":
            yield from leaves(value, root, f"{at}[]", seen)
        elif name == "additionalProperties":
            yield from leaves(value, root, f"{at}{{}}", seen)
        elif name == "required":
            yield from (f"{at}/{key} required" for key in value)
        elif value is not False or name != "nullable":
            yield f"{at} {name} {json.dumps(value)}"


def sent(body: Any, names: set[str]) -> dict[str, Any] | None:
    """The outermost schema of these properties in a body."""
    if isinstance(body, dict):
        if isinstance(body.get("properties"), dict) and set(body["properties"]) == names:
            return body
        body = list(body.values())
    if isinstance(body, list):
        for part in body:
            found = sent(part, names)
            if found is not None:
                return found
    return None


@pytest.mark.parametrize("way", ["tool", "strict tool", "format"])
@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("wire", ALL)
def test_nothing_is_thinned(simulator: eq.Simulator, wire: str, name: str, way: str) -> None:
    schema = CORPUS[name]
    before = json.dumps(schema)
    ask: dict[str, Any]
    if way == "format":
        ask = {
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
        }
    else:
        function = {"name": "f", "parameters": schema, **({"strict": True} if way == "strict tool" else {})}
        ask = {"tools": [{"type": "function", "function": function}]}
    eq.completion(**ALL[wire].call(simulator, messages=USER, num_retries=0, **ask))
    assert json.dumps(schema) == before
    arrived = sent(json.loads(simulator.requests[-1]["body"]), set(schema["properties"]))
    assert arrived is not None
    lost = set(leaves(schema, schema)) - set(leaves(arrived, arrived))
    if wire in CLOSED:
        lost = {leaf for leaf in lost if not leaf.endswith("{} = false")}
    assert not lost


def test_the_reader_sees_a_loss() -> None:
    """What the test above compares by: each kind of thinning is seen."""
    schema = CORPUS["null among types"]
    whole = set(leaves(schema, schema))
    for loss in (
        {"type": "integer", "minimum": 2, "maximum": 8},
        {"type": ["integer", "null"], "maximum": 8},
    ):
        thin = {**schema, "properties": {**schema["properties"], "count": loss}}
        assert whole - set(leaves(thin, thin))
    same = {
        **schema["properties"],
        "count": {"type": "integer", "minimum": 2, "maximum": 8, "nullable": True},
    }
    assert not whole - set(leaves({**schema, "properties": same}, schema))


def test_what_old_models_of_google_cannot_be_told_is_refused_with_its_path(simulator: eq.Simulator) -> None:
    schema = shape([], place=shape([], size={"type": "number", "multipleOf": 0.5}))
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    call = {**WIRES["gemini"].call(simulator), "model": "gemini/gemini-1.5-flash", "response_format": form}
    before = simulator.stats["requests"]
    with pytest.raises(eq.BadRequestError, match=r"#/properties/place/properties/size/multipleOf"):
        eq.completion(**call)
    assert simulator.stats["requests"] == before
