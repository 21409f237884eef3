"""`responses`, `aresponses` and what can be done with a stored response, over loopback."""

from __future__ import annotations

import asyncio
import base64
import copy
import inspect
import json
import pickle
from collections.abc import Iterator
from typing import Any, Callable

import pydantic
import pytest

import edgequake_python
from edgequake_python.exceptions import (
    AuthenticationError,
    BadRequestError,
    IncompleteStreamError,
    NotFoundError,
    RateLimitError,
)
from loopback import Loopback, Reply, Request, error

MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "status": "completed",
    "role": "assistant",
    "content": [
        {
            "type": "output_text",
            "text": "Hello!",
            "annotations": [{"type": "url_citation", "url": "https://e", "start_index": 0, "end_index": 5}],
        }
    ],
}
CALL = {
    "id": "fc_1",
    "type": "function_call",
    "status": "completed",
    "call_id": "call_1",
    "name": "get_weather",
    "arguments": '{"city":"Paris"}',
}
REASONING = {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1700000000,
    "status": "completed",
    "model": "gpt-4o-2024-08-06",
    "output": [REASONING, MESSAGE, CALL],
    "reasoning": {"effort": "low", "summary": None},
    "text": {"format": {"type": "text"}},
    "tools": [
        {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
    ],
    "metadata": {"k": "v"},
    "service_tier": "default",
    "usage": {
        "input_tokens": 3,
        "input_tokens_details": {"cached_tokens": 1},
        "output_tokens": 4,
        "output_tokens_details": {"reasoning_tokens": 2},
        "total_tokens": 7,
    },
}

Ask = Callable[..., Any]


def _async(**call: Any) -> Any:
    return asyncio.run(edgequake_python.aresponses(**call))


@pytest.fixture(params=["sync", "async"])
def respond(request: pytest.FixtureRequest) -> Ask:
    """`responses`, and the same by `aresponses`."""
    return edgequake_python.responses if request.param == "sync" else _async


def _read(**call: Any) -> list[Any]:
    return list(edgequake_python.responses(stream=True, **call))


def _read_async(**call: Any) -> list[Any]:
    async def read() -> list[Any]:
        stream: Any = await edgequake_python.aresponses(stream=True, **call)
        return [event async for event in stream]

    return asyncio.run(read())


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Ask:
    """Every event of a streamed turn."""
    return _read if request.param == "sync" else _read_async


def to(server: Loopback, **more: Any) -> dict[str, Any]:
    return {"model": "openai/gpt-4o", "api_base": server.base_url, "api_key": "k", "num_retries": 0, **more}


def events(*bodies: dict[str, Any]) -> Iterator[bytes]:
    for number, body in enumerate(bodies):
        data = json.dumps({**body, "sequence_number": number})
        yield f"event: {body['type']}\ndata: {data}\n\n".encode()


STREAM: list[dict[str, Any]] = [
    {"type": "response.created", "response": {**RESPONSE, "status": "in_progress", "output": []}},
    {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": {**MESSAGE, "status": "in_progress", "content": []},
    },
    {
        "type": "response.content_part.added",
        "item_id": "msg_1",
        "output_index": 0,
        "content_index": 0,
        "part": {"type": "output_text", "text": ""},
    },
    {
        "type": "response.output_text.delta",
        "item_id": "msg_1",
        "output_index": 0,
        "content_index": 0,
        "delta": "Hel",
    },
    {
        "type": "response.output_text.delta",
        "item_id": "msg_1",
        "output_index": 0,
        "content_index": 0,
        "delta": "lo!",
    },
    {"type": "response.brand_new.event", "anything": {"type": "novel", "deep": [{"a": 1}]}},
    {"type": "response.output_item.done", "output_index": 0, "item": MESSAGE},
    {"type": "response.completed", "response": RESPONSE},
]


def test_the_answer_reads_by_attribute_and_by_item(server: Loopback, respond: Ask) -> None:
    server.handler = lambda _: Reply(RESPONSE, headers={"x-request-id": "req_7"})
    response = respond(input="Hi", **to(server))
    assert isinstance(response, edgequake_python.ResponsesAPIResponse)
    assert response.output_text == "Hello!"
    reasoning, message, call = response.output
    assert (reasoning.type, reasoning.summary[0].text) == ("reasoning", "Hm.")
    assert message.content[0].annotations[0].url == "https://e"
    assert message["content"][0]["text"] == message.content[0].text == "Hello!"
    assert (call.name, json.loads(call.arguments)) == ("get_weather", {"city": "Paris"})
    assert response.usage is not None and response.reasoning is not None and response.tools is not None
    assert response.usage.input_tokens_details.cached_tokens == 1
    assert response["usage"]["total_tokens"] == 7
    assert response.reasoning["effort"] == response.reasoning.effort == "low"
    assert response.service_tier == "default"
    assert response.tools[0].parameters == {"type": "object", "properties": {}}
    assert type(response.metadata) is dict
    assert response.previous_response_id is None
    assert "nonsense" not in response and response.get("nonsense", 5) == 5
    with pytest.raises(KeyError):
        response["nonsense"]
    with pytest.raises(AttributeError):
        _ = response.nonsense
    assert response.request_id == "req_7"
    assert response._hidden_params["custom_llm_provider"] == "openai"
    dump = response.model_dump()
    assert dump["output"] == RESPONSE["output"]
    assert dump["usage"] == RESPONSE["usage"]
    assert json.loads(response.model_dump_json()) == dump
    for copied in (copy.deepcopy(response), pickle.loads(pickle.dumps(response))):
        assert copied == response and copied.output[1].content[0].text == "Hello!"


def test_every_parameter_is_sent(server: Loopback, respond: Ask) -> None:
    server.handler = lambda _: RESPONSE
    given: dict[str, Any] = {
        "include": ["reasoning.encrypted_content"],
        "instructions": "Be terse.",
        "max_output_tokens": 50,
        "prompt": {"id": "pmpt_1"},
        "metadata": {"k": "v"},
        "parallel_tool_calls": False,
        "previous_response_id": "resp_0",
        "reasoning": {"effort": "low"},
        "store": False,
        "background": False,
        "temperature": 0.5,
        "text": {"verbosity": "low"},
        "tool_choice": "auto",
        "tools": [{"type": "web_search"}],
        "top_p": 0.9,
        "truncation": "auto",
        "user": "u",
        "service_tier": "flex",
        "safety_identifier": "s",
        "max_tool_calls": 3,
        "prompt_cache_key": "p",
        "brand_new": {"x": 1},
    }
    before = copy.deepcopy(given)
    turns = [{"role": "user", "content": "Hi"}]
    respond(input=turns, extra_body={"more": 1}, extra_headers={"x-mine": "1"}, **given, **to(server))
    [request] = server.requests
    assert (request.method, request.path) == ("POST", "/v1/responses")
    assert request.json == {"model": "gpt-4o", "input": turns, **given, "more": 1}
    assert request.headers["x-mine"] == "1"
    assert request.headers["authorization"] == "Bearer k"
    assert given == before


def test_items_of_an_answer_go_back_as_they_came(server: Loopback, respond: Ask) -> None:
    server.handler = lambda _: RESPONSE
    first = respond(input="Hi", **to(server))
    result = {"type": "function_call_output", "call_id": "call_1", "output": "Sunny"}
    respond(input=[*first.output, result], previous_response_id=first.id, **to(server))
    body = server.bodies[-1]
    output: Any = RESPONSE["output"]
    assert body["input"] == [*output, result]
    assert body["previous_response_id"] == "resp_1"


def test_the_id_tells_where_the_response_is_stored(server: Loopback, respond: Ask) -> None:
    server.handler = lambda _: RESPONSE
    response = respond(input="Hi", model_info={"id": "deployment-7"}, **to(server))
    encoded = response.id[len("resp_") :]
    assert base64.b64decode(encoded).decode() == (
        "litellm:custom_llm_provider:openai;model_id:deployment-7;response_id:resp_1"
    )


def test_a_pydantic_class_as_text_format(server: Loopback, respond: Ask) -> None:
    class Person(pydantic.BaseModel):
        name: str

    server.handler = lambda _: RESPONSE
    respond(input="Hi", text={"verbosity": "low"}, text_format=Person, **to(server))
    sent = server.bodies[0]["text"]
    assert sent["verbosity"] == "low"
    assert sent["format"]["type"] == "json_schema"
    assert (sent["format"]["name"], sent["format"]["strict"]) == ("Person", True)
    assert sent["format"]["schema"]["required"] == ["name"]
    assert sent["format"]["schema"]["additionalProperties"] is False
    assert "text_format" not in server.bodies[0]


def test_events_come_as_they_were_sent(server: Loopback, read: Ask) -> None:
    server.handler = lambda _: Reply(events(*STREAM), headers={"content-type": "text/event-stream"})
    got = read(input="Hi", **to(server))
    assert server.bodies[0]["stream"] is True
    assert [event.type for event in got] == [event["type"] for event in STREAM]
    assert "".join(event.delta for event in got if event.type == "response.output_text.delta") == "Hello!"
    from edgequake_python.types.llms.openai import (
        GenericEvent,
        OutputTextDeltaEvent,
        ResponseCompletedEvent,
        ResponsesAPIStreamEvents,
    )

    assert isinstance(got[3], OutputTextDeltaEvent)
    assert got[3].type == ResponsesAPIStreamEvents.OUTPUT_TEXT_DELTA
    assert got[3].model_dump() == {**STREAM[3], "sequence_number": 3}
    assert isinstance(got[5], GenericEvent)
    assert got[5].anything.deep[0].a == 1
    assert isinstance(got[-1], ResponseCompletedEvent)
    assert got[-1].response.output_text == "Hello!"
    assert got[-1].response.usage is not None
    assert got[-1].response.usage.total_tokens == 7
    assert got[-1].response.id == got[0].response.id != "resp_1"


def test_a_stream_knows_its_call_and_its_last_event(server: Loopback) -> None:
    server.handler = lambda _: Reply(events(*STREAM), headers={"x-request-id": "req_7"})
    opened: Any = edgequake_python.responses(input="Hi", stream=True, **to(server))
    with opened as stream:
        assert stream.request_id == "req_7"
        assert stream.completed_response is None
        list(stream)
        completed: Any = stream.completed_response
        assert completed.type == "response.completed"
        assert stream.response.output_text == "Hello!"


@pytest.mark.parametrize("last", ["response.failed", "response.incomplete"])
def test_other_last_events_end_the_stream(server: Loopback, read: Ask, last: str) -> None:
    failed = {**RESPONSE, "status": last.split(".")[1], "error": {"code": "server_error", "message": "no"}}
    server.handler = lambda _: Reply(events(STREAM[0], {"type": last, "response": failed}))
    got = read(input="Hi", **to(server))
    assert got[-1].type == last
    assert got[-1].response.error.message == "no"


def test_an_end_without_a_last_event_is_an_error(server: Loopback, read: Ask) -> None:
    server.handler = lambda _: Reply(events(*STREAM[:5]))
    with pytest.raises(IncompleteStreamError) as caught:
        read(input="Hi", **to(server))
    assert caught.value.partial == "Hello!"


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "code": "rate_limit_exceeded", "message": "slow down", "param": None},
        {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "slow down"}},
    ],
)
def test_an_error_event_is_the_error_of_its_status(server: Loopback, read: Ask, event: Any) -> None:
    server.handler = lambda _: Reply(events(STREAM[0], event))
    with pytest.raises(RateLimitError, match="slow down"):
        read(input="Hi", **to(server))


def test_a_plain_answer_to_a_streamed_turn_is_its_last_event(server: Loopback, read: Ask) -> None:
    server.handler = lambda _: Reply(RESPONSE, headers={"content-type": "application/json"})
    [event] = read(input="Hi", **to(server))
    assert event.type == "response.completed"
    assert event.response.output_text == "Hello!"


@pytest.mark.parametrize(
    ("status", "more", "kind"),
    [
        (401, {"code": "invalid_api_key"}, AuthenticationError),
        (429, {}, RateLimitError),
        (400, {"code": "model_not_found"}, NotFoundError),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_errors(
    server: Loopback, respond: Ask, status: int, more: Any, kind: type[Exception], stream: bool
) -> None:
    server.handler = lambda _: error(status, "no", **more)
    with pytest.raises(kind):
        respond(input="Hi", stream=stream, **to(server))


def test_bad_input_is_refused_before_anything_is_sent(server: Loopback, respond: Ask) -> None:
    for wrong in ({"model": ""}, {"input": object()}):
        with pytest.raises(BadRequestError):
            respond(**{**to(server), "input": "Hi", **wrong})
    assert server.requests == []


def test_azure(server: Loopback, respond: Ask) -> None:
    server.handler = lambda _: RESPONSE
    base = server.base_url.removesuffix("/v1")
    call = {"model": "azure/mine", "api_key": "k", "input": "Hi"}
    respond(api_base=base, api_version="2025-03-01-preview", **call)
    respond(api_base=f"{base}/openai/v1", **call)
    respond(api_base=base, api_version="preview", **call)
    first, second, third = server.requests
    assert (first.path, first.query) == ("/openai/responses", {"api-version": "2025-03-01-preview"})
    assert (second.path, second.query) == ("/openai/v1/responses", {})
    assert (third.path, third.query) == ("/openai/v1/responses", {"api-version": "preview"})
    assert first.headers["api-key"] == "k"
    assert first.json == {"model": "mine", "input": "Hi"}


class TestStored:
    """Each function, sync and async, with the id as `responses` gives it."""

    ID = (
        "resp_"
        + base64.b64encode(b"litellm:custom_llm_provider:openai;model_id:None;response_id:resp_1").decode()
    )

    def both(self, name: str, server: Loopback, **call: Any) -> list[Any]:
        where = {"api_base": server.base_url, "api_key": "k", **call}
        twin = getattr(edgequake_python, f"a{name}")
        assert inspect.iscoroutinefunction(twin)
        return [getattr(edgequake_python, name)(**where), asyncio.run(twin(**where))]

    def asked(self, server: Loopback) -> set[tuple[str, str]]:
        return {(request.method, request.path) for request in server.requests}

    def test_get(self, server: Loopback) -> None:
        server.handler = lambda _: RESPONSE
        for response in self.both("get_responses", server, response_id=self.ID):
            assert (response.id, response.output_text) == (self.ID, "Hello!")
        assert self.asked(server) == {("GET", "/v1/responses/resp_1")}
        assert server.requests[0].body == b""

    def test_the_providers_own_id(self, server: Loopback) -> None:
        server.handler = lambda _: RESPONSE
        self.both("get_responses", server, response_id="resp_1/../x?y")
        assert self.asked(server) == {("GET", "/v1/responses/resp_1%2F..%2Fx%3Fy")}

    def test_delete(self, server: Loopback) -> None:
        server.handler = lambda _: {"id": "resp_1", "object": "response", "deleted": True}
        for result in self.both("delete_responses", server, response_id=self.ID):
            assert (result.deleted, result.id) == (True, "resp_1")
        assert self.asked(server) == {("DELETE", "/v1/responses/resp_1")}

    def test_cancel(self, server: Loopback) -> None:
        server.handler = lambda _: {**RESPONSE, "status": "cancelled"}
        for response in self.both("cancel_responses", server, response_id=self.ID):
            assert response.status == "cancelled"
        assert self.asked(server) == {("POST", "/v1/responses/resp_1/cancel")}

    def test_input_items(self, server: Loopback) -> None:
        page = {"object": "list", "data": [{"type": "message"}], "has_more": False}
        server.handler = lambda _: page
        for got in self.both("list_input_items", server, response_id=self.ID, include=["a"], limit=3):
            assert got == page
        assert self.asked(server) == {("GET", "/v1/responses/resp_1/input_items")}
        assert server.requests[0].query == {"include[]": "a", "limit": "3", "order": "desc"}

    def test_compact(self, server: Loopback) -> None:
        def answer(request: Request) -> dict[str, Any]:
            return {**RESPONSE, "object": "response.compaction"}

        server.handler = answer
        for response in self.both("compact_responses", server, model="openai/gpt-5", input="Hi"):
            assert response.object == "response.compaction"
        assert self.asked(server) == {("POST", "/v1/responses/compact")}

    def test_a_missing_id(self, server: Loopback) -> None:
        with pytest.raises(BadRequestError):
            edgequake_python.get_responses("", api_base=server.base_url, api_key="k")
        assert server.requests == []


def test_function_and_package_share_a_name() -> None:
    import subprocess
    import sys

    here = "edgequake_python.responses"
    for program in (
        f"import {here}, edgequake_python; assert callable({here})",
        f"import {here}.utils, edgequake_python; assert callable({here})",
        f"import {here}.main as main, edgequake_python; assert {here} is main.responses",
        f"import {here}.main, {here}.utils as a, {here}.streaming_iterator as b; assert callable({here})",
        f"import edgequake_python; f = {here}; from {here} import main; assert {here} is f is main.responses",
    ):
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
