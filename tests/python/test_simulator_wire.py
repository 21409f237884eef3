"""The official OpenAI client is the judge of the simulator's wire.

Every answer has to survive the client's own parsing, a second, validating pass over the parsed
object, and a look for fields that a real answer has and this one lacks.
"""

from __future__ import annotations

import base64
import enum
import json
import math
import re
import struct
import uuid
from datetime import date, datetime
from typing import Any, Optional, Union

import pydantic
import pytest

openai = pytest.importorskip("openai")

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            },
            "required": ["city", "unit"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
TIME = {
    "type": "function",
    "function": {
        "name": "get_time",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
USER = [{"role": "user", "content": "What is the weather in Paris and London?"}]

# Optional for the client, but always there in a real answer. Required fields need no list.
ALWAYS_THERE = {
    "ChatCompletion": {"usage", "service_tier", "system_fingerprint"},
    "ChatCompletionMessage": {"content", "refusal", "annotations"},
    "ChatCompletionChunk": {"service_tier", "system_fingerprint"},
    "Choice": {"logprobs", "finish_reason"},
    "ChoiceLogprobs": {"content", "refusal"},
    "CompletionUsage": {"prompt_tokens_details", "completion_tokens_details"},
    "PromptTokensDetails": {"cached_tokens", "audio_tokens"},
    "CompletionTokensDetails": {
        "reasoning_tokens",
        "audio_tokens",
        "accepted_prediction_tokens",
        "rejected_prediction_tokens",
    },
}


def check(obj: Any) -> Any:
    """Validates a parsed answer again, and every model inside it for missing fields."""
    assert isinstance(obj, pydantic.BaseModel)
    type(obj).model_validate(obj.model_dump(), strict=False)
    walk(obj)
    return obj


def walk(obj: Any) -> None:
    if isinstance(obj, pydantic.BaseModel):
        name = type(obj).__name__.split("[")[0].replace("Parsed", "")
        fields = type(obj).model_fields
        # The client constructs leniently: a required field can be missing without an error.
        needed = {key for key, field in fields.items() if field.is_required()}
        missing = (needed | ALWAYS_THERE.get(name, set())) - obj.model_fields_set
        assert not missing, f"{name} lacks {missing}"
        for key in obj.model_fields_set:
            walk(getattr(obj, key))
    elif isinstance(obj, (list, tuple)):
        for item in obj:
            walk(item)


@pytest.fixture
def client(simulator):
    with openai.OpenAI(
        base_url=simulator.base_url, api_key="sk-wire-test", max_retries=0, timeout=20
    ) as client:
        yield client


def chat(client, **kwargs):
    kwargs.setdefault("model", "gpt-4o")
    kwargs.setdefault("messages", [{"role": "user", "content": "Hello"}])
    return client.chat.completions.create(**kwargs)


def stream(client, **kwargs):
    return [check(chunk) for chunk in chat(client, stream=True, **kwargs)]


def joined(chunks, index=0):
    choices = [c for chunk in chunks for c in chunk.choices if c.index == index]
    return "".join(c.delta.content or "" for c in choices)


# -- plain ------------------------------------------------------------------------------------


def test_plain(client):
    answer = check(chat(client))
    assert answer.id.startswith("chatcmpl-")
    assert answer.object == "chat.completion"
    assert answer.model == "gpt-4o"
    assert answer._request_id.startswith("req_")
    assert answer.choices[0].message.content.startswith("You said: Hello")
    assert answer.choices[0].message.annotations == []
    assert answer.choices[0].finish_reason == "stop"
    usage = answer.usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > 0


def test_the_same_request_gets_the_same_bytes(client):
    def raw():
        return client.chat.completions.with_raw_response.create(
            model="gpt-4o", messages=[{"role": "user", "content": "again"}]
        ).content

    assert raw() == raw()


def test_count(client):
    answer = check(chat(client, messages=[{"role": "user", "content": "Count 1 to 5"}]))
    assert answer.choices[0].message.content == "1, 2, 3, 4, 5"


def test_content_parts(client):
    parts = [
        {"type": "text", "text": "Describe"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]
    answer = check(chat(client, messages=[{"role": "user", "content": parts}]))
    assert "Describe" in answer.choices[0].message.content


def test_several_choices(client):
    answer = check(chat(client, n=2))
    assert [choice.index for choice in answer.choices] == [0, 1]
    contents = {choice.message.content for choice in answer.choices}
    assert len(contents) == 2


def test_length_and_stop(client):
    answer = check(chat(client, max_tokens=2))
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 2
    answer = check(chat(client, max_completion_tokens=1))
    assert answer.choices[0].finish_reason == "length"
    answer = check(chat(client, stop=["Hello"]))
    assert answer.choices[0].message.content == "You said: "
    assert answer.choices[0].finish_reason == "stop"


def test_logprobs(client):
    answer = check(chat(client, logprobs=True, top_logprobs=3))
    tokens = answer.choices[0].logprobs.content
    assert "".join(token.token for token in tokens) == answer.choices[0].message.content
    assert all(len(token.top_logprobs) == 3 for token in tokens)
    assert all(bytes(token.bytes).decode() == token.token for token in tokens)
    chunks = stream(client, logprobs=True)
    said = [c for chunk in chunks for c in chunk.choices if c.delta.content]
    assert all(c.logprobs.content[0].token == c.delta.content for c in said)


def test_reasoning_and_refusal(client):
    answer = check(chat(client, model="reasoning"))
    assert answer.choices[0].message.reasoning_content
    assert answer.usage.completion_tokens_details.reasoning_tokens > 0
    answer = check(chat(client, model="sim/refusal"))
    assert answer.choices[0].message.content is None
    assert answer.choices[0].message.refusal
    refusal = [c.choices[0].delta.refusal for c in stream(client, model="refusal")]
    assert "".join(filter(None, refusal)) == answer.choices[0].message.refusal


# -- streams ----------------------------------------------------------------------------------


def test_stream_says_the_same(client):
    plain = check(chat(client))
    chunks = stream(client)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert joined(chunks) == plain.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.object == "chat.completion.chunk" for chunk in chunks)
    assert all(chunk.usage is None for chunk in chunks)


def test_usage_chunk(client):
    chunks = stream(client, stream_options={"include_usage": True})
    assert chunks[-1].choices == []
    assert all(chunk.usage is None for chunk in chunks[:-1])
    plain = check(chat(client))
    assert chunks[-1].usage == plain.usage


def test_stream_of_several_choices(client):
    chunks = stream(client, n=2)
    plain = chat(client, n=2)
    for index in (0, 1):
        assert joined(chunks, index) == plain.choices[index].message.content


@pytest.mark.parametrize("model", ["gzip", "crlf", "comments", "unicode", "drip?ms=1"])
def test_stream_in_another_dress(client, model):
    plain = check(chat(client, model=model))
    assert joined(stream(client, model=model)) == plain.choices[0].message.content


def test_exactly_so_many_tokens(client):
    chunks = stream(client, model="sim/tokens?n=37")
    assert sum(1 for chunk in chunks if chunk.choices[0].delta.content) == 37
    assert check(chat(client, model="tokens?n=37")).usage.completion_tokens == 37


def test_the_stream_helper_accumulates(client):
    with client.chat.completions.stream(model="gpt-4o", messages=USER, tools=[WEATHER]) as events:
        for _ in events:
            pass
        final = events.get_final_completion()
    calls = final.choices[0].message.tool_calls
    assert [json.loads(call.function.arguments)["city"] for call in calls] == ["Paris", "London"]


def test_async_stream(simulator):
    import asyncio

    async def main():
        async with openai.AsyncOpenAI(
            base_url=simulator.base_url, api_key="sk-wire-test", max_retries=0, timeout=20
        ) as client:
            chunks = await client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": "Count 1 to 5"}], stream=True
            )
            return joined([check(chunk) async for chunk in chunks])

    assert asyncio.run(main()) == "1, 2, 3, 4, 5"


# -- tools ------------------------------------------------------------------------------------


def test_tool_call_and_follow_up(client):
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


def test_parallel_tools(client):
    answer = check(chat(client, messages=USER, tools=[WEATHER, TIME]))
    names = [call.function.name for call in answer.choices[0].message.tool_calls]
    assert names == ["get_weather", "get_time"]
    answer = check(chat(client, messages=USER, tools=[WEATHER]))
    calls = answer.choices[0].message.tool_calls
    assert [json.loads(c.function.arguments)["city"] for c in calls] == ["Paris", "London"]
    assert len({call.id for call in calls}) == 2
    answer = check(chat(client, messages=USER, tools=[WEATHER], parallel_tool_calls=False))
    assert len(answer.choices[0].message.tool_calls) == 1


def test_tool_choice(client):
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


def test_streamed_tools(client):
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


def test_legacy_functions(client):
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


# -- structured answers -----------------------------------------------------------------------


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


def test_parse(client):
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


def test_parse_tools(client):
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


KINDS = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
CHECKS = {
    "const": lambda v, want: v == want,
    "enum": lambda v, want: v in want,
    "required": lambda v, want: set(want) <= set(v),
    "minProperties": lambda v, want: len(v) >= want,
    "minItems": lambda v, want: len(v) >= want,
    "uniqueItems": lambda v, want: all(v.count(item) == 1 for item in v),
    "minLength": lambda v, want: len(v) >= want,
    "maxLength": lambda v, want: len(v) <= want,
    "pattern": lambda v, want: re.search(want, v) is not None,
    "minimum": lambda v, want: v >= want,
    "exclusiveMinimum": lambda v, want: v > want,
    "maximum": lambda v, want: v <= want,
    "exclusiveMaximum": lambda v, want: v < want,
    "multipleOf": lambda v, want: v % want == 0,
    "format": lambda v, want: want == "email" and "@" in v,
}
SILENT = {"$defs", "description"}


def satisfies(value: Any, schema: Any, root: Any) -> bool:
    """Enough of JSON Schema for the schemas here; a keyword it does not know is an error."""

    def fits(part: Any, of: Any = value) -> bool:
        return satisfies(of, part, root)

    properties = schema.get("properties", {})
    for key, want in schema.items():
        if key == "type":
            kinds = want if isinstance(want, list) else [want]
            good = any(KINDS[kind](value) for kind in kinds)
        elif key == "$ref":
            target = root
            for step in want.split("/")[1:]:
                target = target[step]
            good = fits(target)
        elif key in ("allOf", "anyOf", "oneOf"):
            count = sum(fits(part) for part in want)
            good = {"allOf": count == len(want), "anyOf": count >= 1, "oneOf": count == 1}[key]
        elif key == "properties":
            good = all(fits(part, value[name]) for name, part in want.items() if name in value)
        elif key == "additionalProperties":
            others = [item for name, item in value.items() if name not in properties]
            good = all(want is not False and fits(want, item) for item in others)
        elif key == "items":
            good = all(fits(want, item) for item in value)
        elif key == "prefixItems":
            good = all(fits(part, item) for part, item in zip(want, value))
        else:
            good = key in SILENT or CHECKS[key](value, want)
        if not good:
            return False
    return True


@pytest.mark.parametrize("schema", SCHEMAS, ids=range(len(SCHEMAS)))
def test_instances_satisfy_their_schema(client, schema):
    answer = chat(
        client,
        messages=[{"role": "user", "content": "Give me 3 things from New York."}],
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    )
    instance = json.loads(answer.choices[0].message.content)
    assert satisfies(instance, schema, schema), instance


def test_json_object(client):
    answer = check(chat(client, response_format={"type": "json_object"}))
    assert isinstance(json.loads(answer.choices[0].message.content), dict)


# -- embeddings and models --------------------------------------------------------------------


def test_embeddings(client):
    both = check(
        client.embeddings.create(
            model="text-embedding-3-small", input=["one", "two", "one"], encoding_format="float"
        )
    )
    vectors = [item.embedding for item in both.data]
    assert [item.index for item in both.data] == [0, 1, 2]
    assert vectors[0] == vectors[2] != vectors[1]
    assert len(vectors[0]) == 1536
    assert math.isclose(sum(value * value for value in vectors[0]), 1, abs_tol=1e-4)
    assert both.usage.total_tokens == both.usage.prompt_tokens > 0
    # Without a format the client asks for base64 and decodes it.
    decoded = check(client.embeddings.create(model="text-embedding-3-small", input="one"))
    assert decoded.data[0].embedding == pytest.approx(vectors[0], abs=1e-7)
    raw = client.embeddings.create(model="text-embedding-3-small", input="one", encoding_format="base64")
    packed = base64.b64decode(raw.data[0].embedding, validate=True)
    assert list(struct.unpack("<1536f", packed)) == pytest.approx(vectors[0], abs=1e-7)


@pytest.mark.parametrize("dimensions", [1, 7, 256, 3072])
def test_dimensions(client, dimensions):
    answer = check(client.embeddings.create(model="e", input="text", dimensions=dimensions))
    assert len(answer.data[0].embedding) == dimensions


def test_token_inputs(client):
    one = check(client.embeddings.create(model="e", input=[1, 2, 3]))
    two = check(client.embeddings.create(model="e", input=[[1, 2, 3], [4]]))
    assert one.data[0].embedding == two.data[0].embedding
    assert len(two.data) == 2


def test_models(client):
    models = list(client.models.list())
    assert {"gpt-4o", "sim/429"} <= {check(model).id for model in models}
    assert check(client.models.retrieve("gpt-4o")).id == "gpt-4o"
    assert check(client.models.retrieve("org/any model?")).id == "org/any model?"


# -- errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model, expected, status, code",
    [
        ("400", "BadRequestError", 400, None),
        ("401", "AuthenticationError", 401, "invalid_api_key"),
        ("403", "PermissionDeniedError", 403, "permission_denied"),
        ("404", "NotFoundError", 404, "model_not_found"),
        ("408", "APIStatusError", 408, "request_timeout"),
        ("409", "ConflictError", 409, "conflict"),
        ("422", "UnprocessableEntityError", 422, "unprocessable_entity"),
        ("429", "RateLimitError", 429, "rate_limit_exceeded"),
        ("500", "InternalServerError", 500, None),
        ("502", "InternalServerError", 502, "bad_gateway"),
        ("503", "InternalServerError", 503, "service_unavailable"),
        ("504", "InternalServerError", 504, "gateway_timeout"),
        ("529", "InternalServerError", 529, "overloaded"),
        ("context_window", "BadRequestError", 400, "context_length_exceeded"),
        ("content_policy", "BadRequestError", 400, "content_policy_violation"),
        ("quota", "RateLimitError", 429, "insufficient_quota"),
        ("html", "InternalServerError", 502, None),
    ],
)
@pytest.mark.parametrize("prefix", ["", "sim/"])
def test_each_status_is_its_exception(client, prefix, model, expected, status, code):
    calls = [
        lambda: chat(client, model=prefix + model),
        lambda: chat(client, model=prefix + model, stream=True),
        lambda: client.embeddings.create(model=prefix + model, input="x"),
        lambda: client.models.retrieve(prefix + model),
    ]
    for call in calls:
        with pytest.raises(openai.APIStatusError) as caught:
            call()
        assert type(caught.value).__name__ == expected
        assert caught.value.status_code == status
        assert caught.value.code == code
        assert caught.value.request_id.startswith("req_")
        if status == 429 and model == "429":
            assert caught.value.response.headers["retry-after"] == "1"


def test_retries_get_through(simulator):
    model = f"503?times=2&retry_after_ms=1&run={uuid.uuid4()}"
    with openai.OpenAI(base_url=simulator.base_url, api_key="sk", max_retries=2) as client:
        answer = check(chat(client, model=model))
    assert answer.choices[0].message.content


def test_refused_requests(client):
    cases: list[tuple[dict[str, Any], str]] = [
        ({"messages": []}, "messages"),
        ({"messages": [{"content": "no role"}]}, "messages[0].role"),
        ({"messages": [{"role": "king", "content": "x"}]}, "messages[0].role"),
        ({"messages": "text"}, "messages"),
        ({"n": 0}, "n"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"model": ""}, "model"),
    ]
    for kwargs, param in cases:
        with pytest.raises(openai.BadRequestError) as caught:
            chat(client, **kwargs)
        assert caught.value.param == param
        assert caught.value.type == "invalid_request_error"
    for text in ("", [], [""], [1, "x"]):
        with pytest.raises(openai.BadRequestError) as caught:
            client.embeddings.create(model="e", input=text)
        assert caught.value.param == "input"


def test_error_event_in_a_stream(client):
    with pytest.raises(openai.APIError) as caught:
        list(chat(client, model="error_event?after=1&status=503", stream=True))
    assert caught.value.code in (503, "503")


def test_redirect_is_followed(client):
    assert check(chat(client, model="redirect")).choices[0].message.content


def test_no_key_no_answer(simulator):
    import http.client
    from urllib.parse import urlsplit

    address = urlsplit(simulator.base_url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    try:
        body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}]})
        connection.request("POST", "/v1/chat/completions", body)
        response = connection.getresponse()
        assert response.status == 401
        assert json.loads(response.read())["error"]["code"] == "invalid_api_key"
    finally:
        connection.close()
