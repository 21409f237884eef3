"""`responses` and `aresponses`: what is sent, what the answer is, and what fails; over loopback."""

from __future__ import annotations

import base64
import copy
import functools
import json
import pickle
from typing import Any

import pydantic
import pytest

import edgequake_python
from edgequake_python.exceptions import (
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    RateLimitError,
)
from loopback import Loopback, Reply, error
from responses_wire import RESPONSE, Ask, to_responses


@pytest.fixture
def respond(ask: Any) -> Ask:
    """`responses`, and the same by `aresponses`."""
    return functools.partial(ask, "responses")


def test_the_answer_reads_by_attribute_and_by_item(server: Loopback, respond: Ask) -> None:
    server.handler = lambda _: Reply(RESPONSE, headers={"x-request-id": "req_7"})
    response = respond(input="Hi", **to_responses(server))
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
    respond(
        input=turns, extra_body={"more": 1}, extra_headers={"x-mine": "1"}, **given, **to_responses(server)
    )
    [request] = server.requests
    assert (request.method, request.path) == ("POST", "/v1/responses")
    assert request.json == {"model": "gpt-4o", "input": turns, **given, "more": 1}
    assert request.headers["x-mine"] == "1"
    assert request.headers["authorization"] == "Bearer k"
    assert given == before


def test_items_of_an_answer_go_back_as_they_came(server: Loopback, respond: Ask) -> None:
    server.handler = lambda _: RESPONSE
    first = respond(input="Hi", **to_responses(server))
    result = {"type": "function_call_output", "call_id": "call_1", "output": "Sunny"}
    respond(input=[*first.output, result], previous_response_id=first.id, **to_responses(server))
    body = server.bodies[-1]
    output: Any = RESPONSE["output"]
    assert body["input"] == [*output, result]
    assert body["previous_response_id"] == "resp_1"


def test_the_id_tells_where_the_response_is_stored(server: Loopback, respond: Ask) -> None:
    server.handler = lambda _: RESPONSE
    response = respond(input="Hi", model_info={"id": "deployment-7"}, **to_responses(server))
    encoded = response.id[len("resp_") :]
    assert base64.b64decode(encoded).decode() == (
        "litellm:custom_llm_provider:openai;model_id:deployment-7;response_id:resp_1"
    )


def test_a_pydantic_class_as_text_format(server: Loopback, respond: Ask) -> None:
    class Person(pydantic.BaseModel):
        name: str

    server.handler = lambda _: RESPONSE
    respond(input="Hi", text={"verbosity": "low"}, text_format=Person, **to_responses(server))
    sent = server.bodies[0]["text"]
    assert sent["verbosity"] == "low"
    assert sent["format"]["type"] == "json_schema"
    assert (sent["format"]["name"], sent["format"]["strict"]) == ("Person", True)
    assert sent["format"]["schema"]["required"] == ["name"]
    assert sent["format"]["schema"]["additionalProperties"] is False
    assert "text_format" not in server.bodies[0]


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
        respond(input="Hi", stream=stream, **to_responses(server))


def test_bad_input_is_refused_before_anything_is_sent(server: Loopback, respond: Ask) -> None:
    for wrong in ({"model": ""}, {"input": object()}):
        with pytest.raises(BadRequestError):
            respond(**{**to_responses(server), "input": "Hi", **wrong})
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
