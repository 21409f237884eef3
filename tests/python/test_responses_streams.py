"""A streamed turn of `responses` and `aresponses`: its events, its end, and its errors; over loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import (
    IncompleteStreamError,
    RateLimitError,
)
from loopback import Loopback, Reply
from responses_wire import MESSAGE, RESPONSE, Ask, to_responses


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


def test_events_come_as_they_were_sent(server: Loopback, read: Ask) -> None:
    server.handler = lambda _: Reply(events(*STREAM), headers={"content-type": "text/event-stream"})
    got = read(input="Hi", **to_responses(server))
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
    opened: Any = edgequake_python.responses(input="Hi", stream=True, **to_responses(server))
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
    got = read(input="Hi", **to_responses(server))
    assert got[-1].type == last
    assert got[-1].response.error.message == "no"


def test_an_end_without_a_last_event_is_an_error(server: Loopback, read: Ask) -> None:
    server.handler = lambda _: Reply(events(*STREAM[:5]))
    with pytest.raises(IncompleteStreamError) as caught:
        read(input="Hi", **to_responses(server))
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
        read(input="Hi", **to_responses(server))


def test_a_plain_answer_to_a_streamed_turn_is_its_last_event(server: Loopback, read: Ask) -> None:
    server.handler = lambda _: Reply(RESPONSE, headers={"content-type": "application/json"})
    [event] = read(input="Hi", **to_responses(server))
    assert event.type == "response.completed"
    assert event.response.output_text == "Hello!"
