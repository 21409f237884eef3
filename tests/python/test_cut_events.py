"""Bodies that end inside an event, marks of byte order, and headers that would move the end of a request."""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_python
from edgequake_python import BadRequestError, IncompleteStreamError
from raw_server import MESSAGES, USAGE, Exchange, RawServer, chunk, event

SSE = "text/event-stream"


def closing(*pieces: bytes, kind: str = SSE) -> Any:
    """A handler whose answer ends with the connection."""

    def handler(exchange: Exchange) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n"
        exchange.connection.sendall(head.encode() + b"".join(pieces))
        exchange.connection.close()

    return handler


def read(arguments: dict[str, Any]) -> tuple[str, Any]:
    """The text, and the error that ended it."""
    text = ""
    try:
        for part in edgequake_python.completion(stream=True, **arguments):
            text += part.choices[0].delta.content or "" if part.choices else ""
    except edgequake_python.EdgeQuakeError as error:
        return text, error
    return text, None


WHOLE = [event(chunk("one ")), event(chunk("two")), event(chunk(finish="stop"))]


@pytest.mark.parametrize("kept", range(1, len(event(chunk("three"))) - 2, 7))
def test_a_body_that_ends_inside_an_event_was_cut(kept: int) -> None:
    server = RawServer(closing(*WHOLE[:2], event(chunk("three"))[:kept]))
    text, error = read(server.call())
    assert text.startswith("one two")
    assert isinstance(error, IncompleteStreamError)
    assert error.partial == text


def test_lines_of_json_too() -> None:
    lines = [
        {"message": {"role": "assistant", "content": "one "}, "done": False},
        {"message": {"content": "two"}},
    ]
    first, second = (json.dumps(line).encode() + b"\n" for line in lines)
    server = RawServer(closing(first, second[:20], kind="application/x-ndjson"))
    where = {"model": "ollama/m", "api_base": server.base_url, "messages": MESSAGES, "num_retries": 0}
    text, error = read(where)
    assert text == "one "
    assert isinstance(error, IncompleteStreamError)


def test_what_is_cut_after_the_finish_is_missed_by_nobody() -> None:
    half = event({**chunk(), "choices": [], "usage": USAGE})[:60]
    text, error = read(RawServer(closing(*WHOLE, half)).call())
    assert (text, error) == ("one two", None)


def test_an_error_that_nothing_but_the_end_closes_is_told() -> None:
    refusal = b'data: {"error": {"message": "too much", "type": "server_error", "code": 500}}'
    text, error = read(RawServer(closing(WHOLE[0], refusal)).call())
    assert text == "one "
    assert "too much" in str(error)
    assert not isinstance(error, IncompleteStreamError)


def test_a_gateways_refusal_inside_a_stream_is_told() -> None:
    refusal = event({"detail": "the worker is gone"})
    text, error = read(RawServer(closing(WHOLE[0], refusal, event("[DONE]"))).call())
    assert text == "one "
    assert "the worker is gone" in str(error)


def test_events_of_other_operations_too() -> None:
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {"id": "r", "output": []}},
        {"type": "response.output_text.delta", "delta": "one"},
    ]
    begun, said = (f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode() for data in events)
    server = RawServer(closing(begun, said, said[:70]))
    stream: Any = edgequake_python.responses(
        model="openai/raw", input="hi", stream=True, api_base=server.base_url, api_key="sk-raw", num_retries=0
    )
    with pytest.raises(IncompleteStreamError):
        list(stream)


def test_a_mark_of_the_byte_order_is_no_part_of_the_json() -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "marked"}, "finish_reason": "stop"}
    body = b"\xef\xbb\xbf" + json.dumps({"id": "a", "choices": [choice], "usage": USAGE}).encode()
    answer = edgequake_python.completion(**RawServer(closing(body, kind="application/json")).call())
    assert answer.choices[0].message.content == "marked"


@pytest.mark.parametrize("name", ["content-length", "Content-Length", "transfer-encoding"])
def test_headers_that_say_where_a_request_ends_are_the_connections_own(name: str) -> None:
    server = RawServer(lambda exchange: exchange.plain())
    with pytest.raises(BadRequestError, match=name):
        edgequake_python.completion(**server.call(extra_headers={name: "3"}))
    assert server.requests == []


@pytest.mark.parametrize("format", [{"type": "bogus"}, {}, {"json": True}])
def test_ollama_refuses_a_form_of_answer_that_there_is_not(format: dict[str, Any]) -> None:
    server = RawServer(lambda exchange: exchange.plain())
    with pytest.raises(BadRequestError, match=r"response_format\.type"):
        edgequake_python.completion(
            model="ollama/m", messages=MESSAGES, api_base=server.base_url, response_format=format
        )
    assert server.requests == []
