"""Streams of the operations beside chat in the cache: kept when whole, and given again as streams."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any, Callable

import pytest

import edgequake_python
from edgequake_python.caching import Cache
from edgequake_python.integrations.custom_logger import CustomLogger
from loopback import Loopback, Reply

TEXT: dict[str, Any] = {"model": "text-completion-openai/m", "prompt": "Hi", "api_key": "sk-1"}
RESPONSES: dict[str, Any] = {"model": "openai/m", "input": "Hi", "api_key": "sk-1"}
MESSAGES: dict[str, Any] = {
    "model": "anthropic/claude-m",
    "messages": [{"role": "user", "content": "Hi"}],
    "max_tokens": 50,
    "api_key": "sk-1",
}


@pytest.fixture(autouse=True)
def cache() -> Cache:
    edgequake_python.cache = Cache()
    found: Cache = edgequake_python.cache
    return found


class Way:
    """One operation, as blocking code or as a coroutine asks for it."""

    def __init__(self, server: Loopback, asynchronous: bool) -> None:
        self.server, self.asynchronous = server, asynchronous
        self.stream: Any = None

    def read(self, name: str, most: int = 10_000, **call: Any) -> list[Any]:
        functions: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
            "text": (edgequake_python.text_completion, edgequake_python.atext_completion),
            "responses": (edgequake_python.responses, edgequake_python.aresponses),
            "messages": (
                edgequake_python.anthropic.messages.create,
                edgequake_python.anthropic.messages.acreate,
            ),
        }
        plain, coroutine = functions[name]
        given = {"api_base": self.server.base_url, "num_retries": 0, "stream": True, **call}
        if not self.asynchronous:
            self.stream = plain(**given)
            parts = []
            for part in self.stream:
                parts.append(part)
                if len(parts) == most:
                    self.stream.close()
            return parts

        async def go() -> list[Any]:
            self.stream = await coroutine(**given)
            parts = []
            async for part in self.stream:
                parts.append(part)
                if len(parts) == most:
                    await self.stream.aclose()
            return parts

        return asyncio.run(go())

    @property
    def is_hit(self) -> bool:
        return self.stream._hidden_params.get("cache_hit") is True


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def way(request: pytest.FixtureRequest, server: Loopback) -> Way:
    return Way(server, request.param)


def sent(server: Loopback, told: Iterable[Any], end: bytes = b"") -> None:
    """Have the server stream these events."""
    pieces = [
        (f"event: {one['type']}\n" if "type" in one else "").encode()
        + f"data: {json.dumps(one)}\n\n".encode()
        for one in told
    ]
    headers = {"content-type": "text/event-stream"}
    server.handler = lambda _: Reply(iter([*pieces, end]), headers=headers)


def text_chunks(finish: Any = "stop", usage: Any = None) -> Iterator[dict[str, Any]]:
    shared = {
        "id": "cmpl-1",
        "object": "text_completion",
        "created": 5,
        "model": "m",
        "system_fingerprint": "f",
    }
    likely = {
        "tokens": ["Hel"],
        "token_logprobs": [-0.5],
        "top_logprobs": [{"Hel": -0.5}],
        "text_offset": [0],
    }
    more = {"tokens": ["lo"], "token_logprobs": [-0.25], "top_logprobs": [{"lo": -0.25}], "text_offset": [3]}
    for text, known in (("Hel", likely), ("lo" * 60, more)):
        choices = [
            {"index": index, "text": text, "finish_reason": None, "logprobs": known} for index in (0, 1)
        ]
        yield {**shared, "choices": choices}
    ends = [
        {"index": 0, "text": "", "finish_reason": finish},
        {"index": 1, "text": "", "finish_reason": "length"},
    ]
    yield {**shared, "choices": ends}
    if usage:
        yield {**shared, "choices": [], "usage": usage}


def whole_text(chunks: list[Any]) -> list[tuple[str, Any, list[Any]]]:
    found: dict[int, list[Any]] = {0: ["", None, []], 1: ["", None, []]}
    for chunk in chunks:
        for choice in chunk.choices:
            one = found[choice.index]
            one[0] += choice.text or ""
            one[1] = choice.finish_reason or one[1]
            one[2] += (choice.logprobs.tokens or []) if choice.logprobs else []
    return [tuple(one) for _, one in sorted(found.items())]


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}])
def test_a_text_comes_back_as_it_came(way: Way, usage: Any) -> None:
    sent(way.server, text_chunks(usage=usage), b"data: [DONE]\n\n")
    first = way.read("text", **TEXT)
    assert "cache_hit" not in way.stream._hidden_params
    again = way.read("text", **TEXT)
    assert way.is_hit and len(way.server.requests) == 1
    assert whole_text(again) == whole_text(first)
    assert whole_text(first)[0] == ("Hel" + "lo" * 60, "stop", ["Hel", "lo"])
    assert [chunk.usage for chunk in again if chunk.usage] == [chunk.usage for chunk in first if chunk.usage]
    assert {chunk.id for chunk in again} == {"cmpl-1"} and all(chunk.choices for chunk in again)
    # The same answer for one who does not want it in pieces.
    whole: Any = edgequake_python.text_completion(api_base=way.server.base_url, **TEXT)
    assert len(way.server.requests) == 1 and whole._hidden_params["cache_hit"] is True
    assert [choice.text for choice in whole.choices] == ["Hel" + "lo" * 60] * 2
    assert whole.system_fingerprint == "f"
    assert whole.usage is not None and bool(whole.usage.get("estimated")) is (usage is None)
    # And where nobody wants to know the counts.
    quiet = way.read("text", **TEXT, stream_options={"include_usage": False})
    assert not any(chunk.usage for chunk in quiet) and len(way.server.requests) == 1


def test_a_plain_text_comes_back_as_a_stream(way: Way) -> None:
    choice = {"index": 0, "text": "Hello", "finish_reason": "length", "logprobs": None}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    way.server.handler = lambda _: {"id": "cmpl-1", "model": "m", "choices": [choice], "usage": usage}
    edgequake_python.text_completion(api_base=way.server.base_url, **TEXT)
    chunks = way.read("text", **TEXT)
    assert way.is_hit and len(way.server.requests) == 1
    assert whole_text(chunks)[0] == ("Hello", "length", [])
    assert chunks[-1].usage.total_tokens == way.stream.usage.total_tokens == 3


ITEMS: list[dict[str, Any]] = [
    {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [{"type": "summary_text", "text": "Thinking of it"}],
        "encrypted_content": "sealed",
    },
    {
        "type": "message",
        "id": "msg_1",
        "status": "completed",
        "role": "assistant",
        "content": [
            {
                "type": "output_text",
                "text": "Hello there",
                "annotations": [{"type": "url_citation", "url": "http://a.test", "title": "a"}],
                "logprobs": [{"token": "Hello there", "logprob": -0.1, "bytes": [], "top_logprobs": []}],
            },
            {"type": "refusal", "refusal": "No more"},
        ],
    },
    {
        "type": "function_call",
        "id": "fc_1",
        "status": "completed",
        "call_id": "c",
        "name": "f",
        "arguments": '{"a":1}',
    },
    {"type": "custom_tool_call", "id": "ct_1", "call_id": "d", "name": "g", "input": "in words"},
    {
        "type": "web_search_call",
        "id": "ws_1",
        "status": "completed",
        "action": {"type": "search", "query": "q"},
    },
]
COUNTS = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}


def response(items: list[dict[str, Any]], status: str = "completed") -> dict[str, Any]:
    shared = {"id": "resp_1", "object": "response", "created_at": 5, "model": "m", "status": status}
    return {**shared, "output": items, "usage": COUNTS, "tools": [], "error": None}


def response_events(told: list[dict[str, Any]], last: str = "response.completed") -> Iterator[dict[str, Any]]:
    yield {"type": "response.created", "response": response([], "in_progress"), "sequence_number": 0}
    for index, item in enumerate(ITEMS):
        yield {"type": "response.output_item.added", "output_index": index, "item": {**item, "content": []}}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": last, "response": response(told, last.rpartition(".")[2])}


@pytest.mark.parametrize("told", [ITEMS, []], ids=["whole", "items told before"])
@pytest.mark.parametrize("last", ["response.completed", "response.incomplete"])
def test_a_response_comes_back_as_it_came(way: Way, told: list[dict[str, Any]], last: str) -> None:
    sent(way.server, response_events(told, last))
    way.read("responses", **RESPONSES)
    first = way.stream.response
    again = way.read("responses", **RESPONSES)
    assert way.is_hit and len(way.server.requests) == 1
    assert again[-1].type == last
    known = way.stream.response
    assert known.id == first.id and known.usage.total_tokens == 7
    assert [item.model_dump() for item in known.output][2:] == ITEMS[2:]
    assert [event.sequence_number for event in again] == list(range(len(again)))
    deltas: dict[str, str] = {}
    for event in again:
        if event.type.endswith(".delta"):
            deltas[event.type] = deltas.get(event.type, "") + event.delta
    assert deltas == {
        "response.reasoning_summary_text.delta": "Thinking of it",
        "response.output_text.delta": "Hello there",
        "response.refusal.delta": "No more",
        "response.function_call_arguments.delta": '{"a":1}',
        "response.custom_tool_call_input.delta": "in words",
    }
    added = [event.item for event in again if event.type == "response.output_item.added"]
    assert added[1].content == [] and added[2].arguments == "" and added[0].encrypted_content == "sealed"
    assert [event.annotation["url"] for event in again if event.type.endswith("annotation.added")] == [
        "http://a.test"
    ]
    whole: Any = edgequake_python.responses(api_base=way.server.base_url, **RESPONSES)
    assert len(way.server.requests) == 1 and whole.output_text == "Hello there"


BLOCKS: list[dict[str, Any]] = [
    {"type": "thinking", "thinking": "Let me see", "signature": "sealed"},
    {"type": "redacted_thinking", "data": "dark"},
    {"type": "text", "text": "Hello there", "citations": [{"type": "page_location", "cited_text": "x"}]},
    {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": [1, 2]}},
    {"type": "tool_use", "id": "toolu_2", "name": "g", "input": {}},
]


def message_events(last: bool = True, arguments: str = '{"a": [1, 2]}') -> Iterator[dict[str, Any]]:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-m", "content": []}
    counts = {"input_tokens": 3, "output_tokens": 1, "cache_read_input_tokens": 2}
    yield {"type": "message_start", "message": {**message, "stop_reason": None, "usage": counts}}
    starts = [
        {"type": "thinking", "thinking": "", "signature": ""},
        BLOCKS[1],
        {"type": "text", "text": ""},
        {**BLOCKS[3], "input": {}},
        BLOCKS[4],
    ]
    added: list[list[dict[str, Any]]] = [
        [
            {"type": "thinking_delta", "thinking": "Let me"},
            {"type": "thinking_delta", "thinking": " see"},
            {"type": "signature_delta", "signature": "sealed"},
        ],
        [],
        [
            {"type": "text_delta", "text": "Hello there"},
            {"type": "citations_delta", "citation": {"type": "page_location", "cited_text": "x"}},
        ],
        [{"type": "input_json_delta", "partial_json": part} for part in ("", arguments[:4], arguments[4:])],
        [],
    ]
    for index, (start, deltas) in enumerate(zip(starts, added)):
        yield {"type": "content_block_start", "index": index, "content_block": start}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    end = {"stop_reason": "tool_use", "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": {"output_tokens": 9}}
    if last:
        yield {"type": "message_stop"}


def test_a_message_comes_back_as_it_came(way: Way) -> None:
    sent(way.server, message_events())
    way.read("messages", **MESSAGES)
    counted = way.stream.usage
    again = way.read("messages", **MESSAGES)
    assert way.is_hit and len(way.server.requests) == 1
    assert way.stream.usage == counted and counted["output_tokens"] == 9 and counted["prompt_tokens"] == 5
    events = [json.loads(part.decode().partition("data: ")[2]) for part in again]
    assert [event["type"] for event in events[:1] + events[-2:]] == [
        "message_start",
        "message_delta",
        "message_stop",
    ]
    assert events[-2]["delta"]["stop_reason"] == "tool_use"
    # Put together by the rules of the format, it is what it was.
    blocks: list[dict[str, Any]] = []
    for event in events:
        if event["type"] == "content_block_start":
            blocks.append(event["content_block"])
            text = ""
        elif event["type"] == "content_block_delta":
            delta = event["delta"]
            name = delta["type"].partition("_")[0]
            if name in ("text", "thinking", "signature"):
                blocks[-1][name] += delta[name]
            elif name == "citations":
                blocks[-1]["citations"].append(delta["citation"])
            else:
                text += delta["partial_json"]
        elif event["type"] == "content_block_stop" and text:
            blocks[-1]["input"] = json.loads(text)
    assert blocks == BLOCKS
    whole: Any = edgequake_python.anthropic.messages.create(api_base=way.server.base_url, **MESSAGES)
    assert len(way.server.requests) == 1 and whole["content"] == BLOCKS
    assert whole._hidden_params["cache_hit"] is True


DONE = b"data: [DONE]\n\n"


@pytest.mark.parametrize(
    ("name", "call", "told", "end"),
    [
        ("text", TEXT, list(text_chunks())[:2], b""),
        ("text", TEXT, list(text_chunks(finish=None)), DONE),
        ("text", TEXT, [*list(text_chunks())[:2], {"error": {"message": "no", "code": 500}}], b""),
        ("responses", RESPONSES, list(response_events(ITEMS))[:-1], b""),
        ("responses", RESPONSES, list(response_events(ITEMS, "response.failed")), b""),
        (
            "responses",
            RESPONSES,
            [*list(response_events(ITEMS))[:3], {"type": "error", "message": "no"}],
            b"",
        ),
        ("messages", MESSAGES, list(message_events(last=False)), b""),
        ("messages", MESSAGES, list(message_events(arguments='{"a": [1')), b""),
        ("messages", MESSAGES, [*list(message_events())[:4], {"type": "error", "error": {"type": "x"}}], b""),
    ],
)
def test_what_is_not_whole_is_not_kept(
    way: Way, name: str, call: dict[str, Any], told: list[Any], end: bytes
) -> None:
    import contextlib

    sent(way.server, told, end)
    for _ in range(2):
        with contextlib.suppress(edgequake_python.EdgeQuakeError):
            way.read(name, **call)
    assert len(way.server.requests) == 2


@pytest.mark.parametrize(
    ("name", "call", "told"),
    [
        ("text", TEXT, text_chunks),
        ("responses", RESPONSES, lambda: response_events(ITEMS)),
        ("messages", MESSAGES, message_events),
    ],
)
def test_what_is_left_is_not_kept(way: Way, name: str, call: dict[str, Any], told: Any) -> None:
    for _ in range(2):
        sent(way.server, told(), DONE)
        way.read(name, most=2, **call)
    assert len(way.server.requests) == 2
    # Nor what its caller does not want kept, or does not want from there.
    sent(way.server, told(), DONE)
    way.read(name, **call, cache={"no-store": True})
    sent(way.server, told(), DONE)
    way.read(name, **call)
    way.read(name, **call)
    assert way.is_hit and len(way.server.requests) == 4
    sent(way.server, told(), DONE)
    way.read(name, **call, cache={"no-cache": True})
    assert len(way.server.requests) == 5


def test_a_program_may_change_the_chunks_it_was_given(way: Way) -> None:
    sent(way.server, text_chunks(), DONE)
    for chunk in way.read("text", **TEXT):
        for choice in chunk.choices:
            choice.text, choice.logprobs = "changed", None
    assert whole_text(way.read("text", **TEXT))[0][0] == "Hel" + "lo" * 60


@pytest.mark.parametrize(
    ("name", "call", "told", "said"),
    [
        ("text", TEXT, text_chunks, lambda answer: answer.choices[0].text),
        ("responses", RESPONSES, lambda: response_events(ITEMS), lambda answer: answer.output_text),
        ("messages", MESSAGES, message_events, lambda answer: answer["content"][2]["text"]),
    ],
)
def test_callbacks_are_told_of_the_whole_and_of_the_hit(
    way: Way, name: str, call: dict[str, Any], told: Any, said: Any
) -> None:
    heard: list[tuple[Any, ...]] = []

    class Listener(CustomLogger):
        def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
            payload = kwargs["standard_logging_object"]
            whole = kwargs["complete_streaming_response"]
            heard.append(
                (kwargs["cache_hit"], said(response_obj), said(whole), payload["response"] is not None)
            )

        async def async_log_success_event(self, *told: Any) -> None:
            self.log_success_event(*told)

    edgequake_python.callbacks = [Listener()]
    sent(way.server, told(), DONE)
    way.read(name, **call)
    way.read(name, **call)
    assert edgequake_python.flush(20)
    text = "Hel" + "lo" * 60 if name == "text" else "Hello there"
    assert heard == [(False, text, text, True), (True, text, text, True)]


@pytest.mark.parametrize(
    ("name", "call", "told"), [("text", TEXT, text_chunks), ("messages", MESSAGES, message_events)]
)
def test_callbacks_are_told_what_had_come_of_what_was_left(
    way: Way, name: str, call: dict[str, Any], told: Any
) -> None:
    heard: list[Any] = []
    sent(way.server, told(), DONE)
    listen: Any = lambda kwargs, answer, *_: heard.append((kwargs, answer))  # noqa: E731
    edgequake_python.success_callback = [listen]
    way.read(name, most=4 if name == "messages" else 1, **call)
    assert edgequake_python.flush(20)
    [(kwargs, answer)] = [one for one in heard if "complete_streaming_response" in one[0]]
    said = answer["content"][0]["thinking"] if name == "messages" else answer.choices[0].text
    assert said in ("Let me", "Hel", "Let me see")
    assert kwargs["response_cost"] is None or kwargs["response_cost"] >= 0
    assert answer["usage"]
