"""Anthropic's Messages API: at Anthropic as it is, anywhere else as chat; and responses as chat."""

from __future__ import annotations

import asyncio
import copy
import inspect
import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import (
    BadRequestError,
    IncompleteStreamError,
    RateLimitError,
    UnsupportedParamsError,
)
from loopback import Loopback, Reply, chat, event, events

TURNS = [{"role": "user", "content": "Hi"}]
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-x",
    "content": [{"type": "text", "text": "Hello!"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 3, "output_tokens": 4},
}
STREAM: list[dict[str, Any]] = [
    {"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None}},
    {"type": "ping"},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello!"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}},
    {"type": "message_stop"},
]


def sse(*bodies: dict[str, Any]) -> Iterator[bytes]:
    for body in bodies:
        yield f"event: {body['type']}\ndata: {json.dumps(body)}\n\n".encode()


def to(server: Loopback, model: str, **more: Any) -> dict[str, Any]:
    base = server.base_url.removesuffix("/v1") if model.startswith("anthropic") else server.base_url
    call = {"model": model, "max_tokens": 9, "messages": TURNS, "api_base": base, "api_key": "k"}
    return {**call, "num_retries": 0, **more}


@pytest.fixture(params=["sync", "async"])
def create(request: pytest.FixtureRequest) -> Any:
    if request.param == "sync":
        return edgequake_python.anthropic.messages.create
    return lambda **call: asyncio.run(edgequake_python.anthropic.messages.acreate(**call))


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Any:
    """The events of a stream, parsed from its bytes."""

    async def read(**call: Any) -> list[bytes]:
        return [
            piece async for piece in await edgequake_python.anthropic.messages.acreate(stream=True, **call)
        ]

    def parsed(pieces: list[bytes]) -> list[dict[str, Any]]:
        found = []
        for piece in pieces:
            name, data = piece.decode().rstrip("\n").split("\n")
            found.append(json.loads(data.removeprefix("data: ")))
            assert name == f"event: {found[-1]['type']}" and piece.endswith(b"\n\n")
        return found

    if request.param == "sync":
        return lambda **call: parsed(list(edgequake_python.anthropic.messages.create(stream=True, **call)))
    return lambda **call: parsed(asyncio.run(read(**call)))


def test_names() -> None:
    assert inspect.iscoroutinefunction(edgequake_python.anthropic.messages.acreate)
    assert inspect.iscoroutinefunction(edgequake_python.anthropic_messages)
    assert edgequake_python.anthropic.create is edgequake_python.anthropic.messages.create


def test_at_anthropic_it_goes_through_as_it_is(server: Loopback, create: Any) -> None:
    server.handler = lambda _: Reply(MESSAGE, headers={"request-id": "req_7"})
    given: dict[str, Any] = {
        "system": [{"type": "text", "text": "Be terse.", "cache_control": {"type": "ephemeral"}}],
        "metadata": {"user_id": "u"},
        "stop_sequences": ["x"],
        "temperature": 0.5,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "tool_choice": {"type": "any"},
        "tools": [{"name": "f", "input_schema": {"type": "object"}}],
        "top_k": 3,
        "top_p": 0.9,
        "brand_new": {"x": 1},
    }
    before = copy.deepcopy(given)
    message = create(**given, **to(server, "anthropic/claude-x", betas=["some-beta"]))
    assert message == MESSAGE
    assert message._hidden_params["custom_llm_provider"] == "anthropic"
    [request] = server.requests
    assert request.path == "/v1/messages"
    assert request.headers["x-api-key"] == "k"
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert request.headers["anthropic-beta"] == "some-beta"
    assert request.json == {"model": "claude-x", "max_tokens": 9, "messages": TURNS, **before}
    assert given == before


def test_events_go_through_as_they_are(server: Loopback, read: Any) -> None:
    server.handler = lambda _: Reply(sse(*STREAM), headers={"content-type": "text/event-stream"})
    assert read(**to(server, "anthropic/claude-x")) == STREAM
    assert server.bodies[0]["stream"] is True


def test_an_end_without_message_stop(server: Loopback, read: Any) -> None:
    server.handler = lambda _: Reply(sse(*STREAM[:-1]))
    with pytest.raises(IncompleteStreamError) as caught:
        read(**to(server, "anthropic/claude-x"))
    assert caught.value.partial == "Hello!"


def test_an_error_event(server: Loopback, read: Any) -> None:
    failed = {"type": "error", "error": {"type": "rate_limit_error", "message": "slow down"}}
    server.handler = lambda _: Reply(sse(STREAM[0], failed))
    with pytest.raises(RateLimitError, match="slow down"):
        read(**to(server, "anthropic/claude-x"))


def test_as_chat(server: Loopback, create: Any) -> None:
    server.handler = lambda _: chat("Hello!")
    message = create(**to(server, "groq/m", system="Be terse.", stop_sequences=["x"]))
    assert message["content"] == [{"type": "text", "text": "Hello!"}]
    assert (message["type"], message["role"], message["stop_reason"]) == ("message", "assistant", "end_turn")
    assert message["usage"]["input_tokens"] == 3 and message["usage"]["output_tokens"] == 4
    [request] = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.json["messages"] == [{"role": "system", "content": "Be terse."}, *TURNS]
    assert (request.json["max_tokens"], request.json["stop"]) == (9, ["x"])


def test_a_stream_as_chat(server: Loopback, read: Any) -> None:
    server.handler = lambda _: Reply(events("Hel", "lo!"))
    got = read(**to(server, "groq/m"))
    assert [event["type"] for event in got] == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    texts = [event["delta"]["text"] for event in got if event["type"] == "content_block_delta"]
    assert "".join(texts) == "Hello!"


def test_bad_input(server: Loopback, create: Any) -> None:
    wrongs: list[dict[str, Any]] = [
        {"messages": []},
        {"messages": [{"role": "nobody", "content": "x"}]},
        {"model": ""},
    ]
    for wrong in wrongs:
        with pytest.raises(BadRequestError):
            create(**{**to(server, "groq/m"), **wrong})
    with pytest.raises(UnsupportedParamsError, match="mcp_servers"):
        create(**to(server, "groq/m", mcp_servers=[{"type": "url", "url": "https://e", "name": "n"}]))
    assert server.requests == []


class TestResponsesAsChat:
    def respond(self, asynchronous: bool, **call: Any) -> Any:
        if asynchronous:
            return asyncio.run(edgequake_python.aresponses(**call))
        return edgequake_python.responses(**call)

    @pytest.mark.parametrize("asynchronous", [False, True])
    def test_plain(self, server: Loopback, asynchronous: bool) -> None:
        server.handler = lambda _: chat("Hello!")
        call = {"model": "groq/m", "api_base": server.base_url, "api_key": "k", "input": "Hi"}
        response = self.respond(asynchronous, instructions="Be terse.", max_output_tokens=9, **call)
        assert isinstance(response, edgequake_python.ResponsesAPIResponse)
        assert (response.output_text, response.status) == ("Hello!", "completed")
        assert response.usage is not None
        assert response.usage.input_tokens == 3
        assert response.max_output_tokens == 9
        [request] = server.requests
        assert request.path == "/v1/chat/completions"
        assert request.json["messages"] == [{"role": "system", "content": "Be terse."}, *TURNS]
        assert (request.json.get("max_tokens") or request.json["max_completion_tokens"]) == 9
        # The items can be asked about again.
        self.respond(
            asynchronous, **{**call, "input": [*response.output, {"role": "user", "content": "More"}]}
        )
        assert server.bodies[-1]["messages"][0] == {"role": "assistant", "content": "Hello!"}

    def test_what_chat_cannot_say(self, server: Loopback) -> None:
        server.handler = lambda _: chat("Hello!")
        call = {"model": "groq/m", "api_base": server.base_url, "api_key": "k", "input": "Hi"}
        with pytest.raises(UnsupportedParamsError, match="previous_response_id"):
            self.respond(False, previous_response_id="resp_1", **call)
        assert server.requests == []
        response = self.respond(False, previous_response_id="resp_1", store=True, drop_params=True, **call)
        assert response.dropped_params == ["previous_response_id", "store"]

    def test_streamed(self, server: Loopback) -> None:
        call = {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        server.handler = lambda _: Reply(
            [
                event(delta={"content": "Hey"}, finish_reason=None),
                event(delta={"tool_calls": [call]}, finish_reason=None),
                event(delta={}, finish_reason="tool_calls"),
                b"data: [DONE]\n\n",
            ]
        )
        stream = edgequake_python.responses(
            model="groq/m", input="Hi", stream=True, api_base=server.base_url, api_key="k"
        )
        got = list(stream)
        assert server.bodies[0]["stream_options"] == {"include_usage": True}
        assert got[0].type == "response.created" and got[-1].type == "response.completed"
        message, function = got[-1].response.output
        assert (message.content[0].text, function.name, function.arguments) == ("Hey", "f", "{}")
        assert stream.completed_response is got[-1]

    def test_a_stream_that_breaks(self, server: Loopback) -> None:
        server.handler = lambda _: Reply([event(delta={"content": "Hey"}, finish_reason=None)])
        with pytest.raises(IncompleteStreamError) as caught:
            list(
                edgequake_python.responses(
                    model="groq/m", input="Hi", stream=True, api_base=server.base_url, api_key="k"
                )
            )
        assert caught.value.partial == "Hey"
