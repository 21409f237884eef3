"""The official Cohere client is the judge of the simulator's second Cohere API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from native import USER, WEATHER

cohere = pytest.importorskip("cohere")
httpx = pytest.importorskip("httpx")

MODEL = "command-simulated"


@pytest.fixture(scope="module")
def client(simulator: edgequake_python.Simulator) -> Iterator[Any]:
    with httpx.Client() as transport:
        yield cohere.ClientV2(api_key="any", base_url=simulator.root_url, httpx_client=transport)


#: The client repeats what it may: not here.
ONCE = {"max_retries": 0}


def chat(client: Any, model: str = MODEL, messages: Any = USER, **more: Any) -> Any:
    return client.chat(model=model, messages=messages, request_options=ONCE, **more)


def stream(client: Any, model: str = MODEL, **more: Any) -> list[Any]:
    return list(client.chat_stream(model=model, messages=USER, request_options=ONCE, **more))


def test_plain_and_streamed(client: Any) -> None:
    plain = chat(client)
    text = plain.message.content[0].text
    assert text.startswith("You said: What is the weather in Paris?")
    assert plain.finish_reason == "COMPLETE"
    events = stream(client)
    kinds = [event.type for event in events]
    assert kinds[:2] == ["message-start", "content-start"]
    assert kinds[-2:] == ["content-end", "message-end"]
    said = [event.delta.message.content.text for event in events if event.type == "content-delta"]
    assert "".join(said) == text
    assert events[-1].delta.usage.tokens == plain.usage.tokens


@pytest.mark.parametrize("streamed", [False, True])
def test_tools_and_their_results(client: Any, streamed: bool) -> None:
    if streamed:
        events = stream(client, tools=[WEATHER])
        call = next(event for event in events if event.type == "tool-call-start").delta.message.tool_calls
        deltas = [event for event in events if event.type == "tool-call-delta"]
        arguments = "".join(event.delta.message.tool_calls.function.arguments for event in deltas)
        assert events[-1].delta.finish_reason == "TOOL_CALL"
        identifier, name = call.id, call.function.name
    else:
        answer = chat(client, tools=[WEATHER])
        assert answer.finish_reason == "TOOL_CALL"
        call = answer.message.tool_calls[0]
        identifier, name, arguments = call.id, call.function.name, call.function.arguments
    assert (name, json.loads(arguments)) == ("get_weather", {"city": "Paris"})
    function = {"name": name, "arguments": arguments}
    called = {
        "role": "assistant",
        "tool_plan": "I will look.",
        "tool_calls": [{"id": identifier, "type": "function", "function": function}],
    }
    result = {"role": "tool", "tool_call_id": identifier, "content": "18 degrees"}
    answer = chat(client, messages=[*USER, called, result], tools=[WEATHER])
    assert "get_weather returned: 18 degrees" in answer.message.content[0].text
    with pytest.raises(cohere.BadRequestError, match="must be followed"):
        chat(client, messages=[*USER, called, *USER], tools=[WEATHER])


def test_thoughts(client: Any) -> None:
    content = chat(client, thinking={"type": "enabled"}).message.content
    assert [part.type for part in content] == ["thinking", "text"]
    events = stream(client, thinking={"type": "enabled"})
    deltas = [event.delta.message.content for event in events if event.type == "content-delta"]
    assert "".join(delta.thinking or "" for delta in deltas) == content[0].thinking
    assert "".join(delta.text or "" for delta in deltas) == content[1].text


def test_structure_limits_and_stops(client: Any) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    answer = chat(client, response_format={"type": "json_object", "schema": schema})
    assert json.loads(answer.message.content[0].text) == {"city": "Paris"}
    cut = chat(client, max_tokens=2)
    assert (cut.finish_reason, cut.message.content[0].text) == ("MAX_TOKENS", "You said:")
    assert chat(client, stop_sequences=["Paris"]).finish_reason == "STOP_SEQUENCE"


def test_embeddings(client: Any) -> None:
    kinds = ["float", "int8", "uint8", "binary", "ubinary"]
    answer = client.embed(
        model="embed-v4.0",
        texts=["a dog", "a cat"],
        input_type="search_document",
        embedding_types=kinds,
        output_dimension=256,
    )
    assert [len(vector) for vector in answer.embeddings.float_] == [256, 256]
    assert [len(vector) for vector in answer.embeddings.ubinary] == [32, 32]
    assert all(-128 <= number <= 127 for number in answer.embeddings.int8[0] + answer.embeddings.binary[0])
    assert answer.meta.billed_units.input_tokens == 4


def test_reranking(client: Any) -> None:
    documents = ["Berlin is in Germany", "Paris is in France", "Rome is in Italy"]
    answer = client.rerank(model="rerank-v3.5", query="Paris France", documents=documents, top_n=2)
    assert len(answer.results) == 2
    assert answer.results[0].index == 1
    assert answer.results[0].relevance_score > answer.results[1].relevance_score


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("sim/401", "UnauthorizedError"),
        ("sim/403", "ForbiddenError"),
        ("sim/404", "NotFoundError"),
        ("sim/422", "UnprocessableEntityError"),
        ("sim/429", "TooManyRequestsError"),
        ("sim/500", "InternalServerError"),
        ("sim/503", "ServiceUnavailableError"),
        ("sim/context_window", "BadRequestError"),
    ],
)
def test_refusals(client: Any, model: str, error: str) -> None:
    with pytest.raises(getattr(cohere.errors, error)) as caught:
        chat(client, model)
    assert caught.value.body["message"]


def test_an_error_inside_a_stream(client: Any) -> None:
    events = stream(client, "sim/error_event?status=500")
    assert (events[-1].type, events[-1].delta.finish_reason) == ("message-end", "ERROR")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"messages": []}, "at least one message"),
        ({"user": "me"}, "'user' is not a valid field"),
        (
            {"messages": [{"role": "developer", "content": "x"}]},
            "must be one of system, user, assistant, tool",
        ),
        ({"messages": [{"role": "user", "content": "x", "name": "me"}]}, "'messages.0.name' is not a valid"),
        ({"messages": [{"role": "user", "content": ""}]}, "non-empty"),
        ({"messages": [{"role": "tool", "tool_call_id": "1", "content": "x"}]}, "not found in previous"),
        ({"tool_choice": "auto"}, "REQUIRED, NONE"),
        ({"temperature": 2}, "temperature must be between"),
        ({"tools": [WEATHER], "response_format": {"type": "json_object"}}, "not supported with tools"),
    ],
)
def test_what_the_api_refuses(
    simulator: edgequake_python.Simulator, body: dict[str, Any], message: str
) -> None:
    body = {"model": MODEL, "messages": USER, **body}
    url = simulator.root_url + "/v2/chat"
    answer = httpx.post(url, json=body, headers={"authorization": "Bearer k"})
    assert answer.status_code == 400
    assert message in answer.json()["message"]
    assert httpx.post(url, json=body).status_code == 401
