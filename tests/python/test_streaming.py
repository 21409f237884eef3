"""What streamed chunks look like, to synchronous and to asynchronous code."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import edgequake_python
from raw_server import MESSAGES, RawServer, Reading, read

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city", "days"],
        },
    },
}


@pytest.fixture(params=["sync", "async"])
def mode(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


def good(mode: str, model: str = "sim/gpt-4o", **call: Any) -> Reading:
    reading = read(mode, **{"model": model, "messages": MESSAGES, **call})
    if reading.error is not None:
        raise reading.error
    return reading


@pytest.fixture
def openai_base(monkeypatch: pytest.MonkeyPatch) -> Any:
    with edgequake_python.Simulator() as simulator:
        monkeypatch.setenv("OPENAI_API_BASE", simulator.base_url)
        monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        yield simulator


class TestSeed:
    """The seed's own test, with its own words."""

    def test_stream(self, openai_base: Any) -> None:
        stream = edgequake_python.completion(model="gpt-4o-mini", messages=MESSAGES, stream=True)
        collected = []
        for chunk in stream:
            delta = chunk.choices[0].delta.content
            if delta:
                collected.append(delta)
        text = "".join(collected)
        assert "1" in text and "5" in text
        assert len(collected) > 1

    def test_async_stream(self, openai_base: Any) -> None:
        async def main() -> str:
            stream = await edgequake_python.acompletion(model="gpt-4o-mini", messages=MESSAGES, stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

        text = asyncio.run(main())
        assert "1" in text and "5" in text
        assert json.loads(openai_base.requests[-1]["body"])["stream"] is True


class TestShape:
    def test_role_then_text_then_finish(self, mode: str) -> None:
        chunks = good(mode).chunks
        choices = [chunk.choices[0] for chunk in chunks]
        assert [choice.delta.role for choice in choices] == ["assistant"] + [None] * (len(chunks) - 1)
        assert [choice.delta.content for choice in choices] == ["1,", " 2,", " 3,", " 4,", " 5", None]
        assert [choice.finish_reason for choice in choices] == [None] * 5 + ["stop"]
        assert all(chunk.object == "chat.completion.chunk" for chunk in chunks)
        assert not any(chunk.get("usage") for chunk in chunks)

    def test_finish_has_an_empty_delta(self, mode: str) -> None:
        last = good(mode).chunks[-1].choices[0]
        assert {name: value for name, value in last.delta.model_dump().items() if value is not None} == {}

    def test_one_id_one_moment_and_the_requested_name(self, mode: str) -> None:
        chunks = good(mode, stream_options={"include_usage": True}).chunks
        assert len({chunk.id for chunk in chunks}) == len({chunk.created for chunk in chunks}) == 1
        assert chunks[0].id.startswith("chatcmpl")
        assert {chunk.model for chunk in chunks} == {"gpt-4o"}
        assert {chunk.system_fingerprint for chunk in chunks} == {"fp_simulator"}

    def test_a_length_finish(self, mode: str) -> None:
        reading = good(mode, max_tokens=2)
        assert (reading.text, reading.finishes) == ("1, 2,", ["length"])

    def test_alternatives_are_told_apart(self, mode: str) -> None:
        chunks = good(mode, n=2).chunks
        choices = [choice for chunk in chunks for choice in chunk.choices]
        for index in (0, 1):
            own = [choice for choice in choices if choice.index == index]
            assert [choice.delta.role for choice in own] == ["assistant"] + [None] * (len(own) - 1)
            assert [choice.finish_reason for choice in own] == [None] * (len(own) - 1) + ["stop"]
            assert "".join(choice.delta.content or "" for choice in own).startswith("1, 2, 3, 4, 5")
        assert {choice.index for choice in choices} == {0, 1}

    def test_fields_we_do_not_know_are_kept(self, mode: str) -> None:
        chunks = good(mode).chunks
        assert {chunk.service_tier for chunk in chunks} == {"default"}
        assert chunks[0].model_dump()["service_tier"] == "default"

    def test_chunks_are_used_like_dicts_too(self, mode: str) -> None:
        first = good(mode).chunks[0]
        assert first["choices"][0]["delta"]["content"] == "1,"
        assert json.loads(first.model_dump_json())["choices"][0]["delta"]["role"] == "assistant"

    def test_log_probabilities_stay_with_their_chunk(self, mode: str) -> None:
        chunks = good(mode, logprobs=True, top_logprobs=2).chunks
        tokens = [
            chunk.choices[0].logprobs.content[0].token for chunk in chunks if chunk.choices[0].delta.content
        ]
        assert tokens == ["1,", " 2,", " 3,", " 4,", " 5"]


class TestUsage:
    def test_a_chunk_only_on_request(self, mode: str) -> None:
        chunks = good(mode, stream_options={"include_usage": True}).chunks
        assert [bool(chunk.get("usage")) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
        last = chunks[-1]
        assert len(last.choices) == 1 and last.choices[0].finish_reason is None
        assert not last.choices[0].delta.content and last.choices[0].delta.role is None
        assert last.usage.total_tokens == last.usage.prompt_tokens + last.usage.completion_tokens
        assert last.usage.completion_tokens == 5

    def test_the_property_at_the_end(self, mode: str) -> None:
        reading = good(mode, stream_options={"include_usage": True})
        assert reading.stream.usage.total_tokens == reading.chunks[-1].usage.total_tokens > 0

    def test_the_property_is_none_before(self) -> None:
        stream = edgequake_python.completion(model="sim/drip", messages=MESSAGES, stream=True)
        with stream:
            next(stream)
            assert stream.usage is None

    def test_an_estimate_says_so_and_is_in_no_chunk(self, mode: str, openai_base: Any) -> None:
        reading = good(mode, "openai/gpt-4o")
        assert "stream_options" not in json.loads(openai_base.requests[-1]["body"])
        assert reading.stream.usage.estimated is True
        assert not any(getattr(chunk, "usage", None) for chunk in reading.chunks)

    def test_options_reach_the_wire(self, mode: str, openai_base: Any) -> None:
        options = {"include_usage": False, "include_obfuscation": False}
        good(mode, "openai/gpt-4o", stream_options=options)
        assert json.loads(openai_base.requests[-1]["body"])["stream_options"] == options


def rebuilt(reading: Reading) -> list[dict[str, Any]]:
    calls: dict[int, dict[str, Any]] = {}
    for chunk in reading.chunks:
        for piece in chunk.choices[0].delta.tool_calls or []:
            call = calls.setdefault(piece.index, {"id": None, "name": None, "arguments": ""})
            call["id"] = call["id"] or piece.id
            call["name"] = call["name"] or piece.function.name
            call["arguments"] += piece.function.arguments
    return [calls[index] for index in sorted(calls)]


class TestTools:
    def test_rebuilt_calls_equal_the_plain_answer(self, mode: str) -> None:
        call: dict[str, Any] = {
            "model": "sim/gpt-4o",
            "messages": [{"role": "user", "content": "Weather in Paris and Rome?"}],
            "tools": [TOOL],
        }
        reading = good(mode, **call)
        calls = rebuilt(reading)
        plain = edgequake_python.completion(**call)
        assert [(call["name"], call["arguments"]) for call in calls] == [
            (call.function.name, call.function.arguments) for call in plain.choices[0].message.tool_calls
        ]
        assert len({call["id"] for call in calls}) == len(calls) == 2
        assert all(set(json.loads(call["arguments"])) == {"city", "days"} for call in calls)
        assert reading.finishes == ["tool_calls"]

    def test_an_id_and_a_name_come_once_per_call(self, mode: str) -> None:
        pieces = [piece for chunk in good(mode, tools=[TOOL], tool_choice="required").chunks
                  for piece in chunk.choices[0].delta.tool_calls or []]  # fmt: skip
        assert [bool(piece.id) for piece in pieces] == [True] + [False] * (len(pieces) - 1)
        assert [bool(piece.function.name) for piece in pieces] == [True] + [False] * (len(pieces) - 1)


class TestContent:
    def test_reasoning_comes_before_the_text(self, mode: str) -> None:
        reading = good(mode, "sim/reasoning")
        deltas = [chunk.choices[0].delta for chunk in reading.chunks]
        thoughts = [getattr(delta, "reasoning_content", None) for delta in deltas]
        split = next(position for position, delta in enumerate(deltas) if delta.content)
        assert (
            "".join(thought or "" for thought in thoughts)
            == "The user wrote: Count 1 to 5 I should answer that."
        )
        assert all(thoughts[:split]) and not any(thoughts[split:])
        assert reading.text == "1, 2, 3, 4, 5"

    def test_a_refusal(self, mode: str) -> None:
        pieces = [chunk.choices[0].delta.get("refusal") for chunk in good(mode, "sim/refusal").chunks]
        assert "".join(piece or "" for piece in pieces).startswith("I'm sorry")

    @pytest.mark.parametrize(
        "model", ["sim/unicode", "sim/crlf", "sim/comments", "sim/gzip", "sim/tokens?n=2000"]
    )
    def test_the_text_is_the_plain_answers(self, mode: str, model: str) -> None:
        plain = edgequake_python.completion(model=model, messages=MESSAGES).choices[0].message.content
        reading = good(mode, model)
        assert reading.text == plain
        assert len(plain) > 10 and reading.finishes == ["stop"]

    def test_line_separators_inside_text_do_not_end_events(self, mode: str) -> None:
        assert {"\u2028", "\u2029", "\x85", "\x00", "\ufeff", "𝄞"} <= set(good(mode, "sim/unicode").text)

    def test_a_missing_done_after_the_finish_is_no_error(self, mode: str) -> None:
        reading = good(mode, "sim/cut_done")
        assert (reading.text, reading.finishes) == ("1, 2, 3, 4, 5", ["stop"])


class TestBesideTheChunks:
    def test_headers_before_the_first_chunk(self) -> None:
        with edgequake_python.completion(
            model="sim/slow_first?ms=60000", messages=MESSAGES, stream=True
        ) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.request_id == stream.headers["x-request-id"] != ""
            assert stream._response_headers == stream.headers
            assert (
                stream._hidden_params["additional_headers"]["llm_provider-x-request-id"] == stream.request_id
            )

    def test_async_headers_before_the_first_chunk(self) -> None:
        async def main() -> None:
            call: dict[str, Any] = {"model": "sim/slow_first?ms=60000", "messages": MESSAGES}
            async with await edgequake_python.acompletion(stream=True, **call) as stream:
                assert stream.request_id == stream.headers["x-request-id"] != ""

        asyncio.run(main())

    def test_what_it_is(self, mode: str) -> None:
        stream = good(mode).stream
        assert isinstance(stream, edgequake_python.CustomStreamWrapper)
        assert (stream.model, stream.custom_llm_provider) == ("gpt-4o", "sim")
        assert stream.dropped_params == []

    def test_dropped_params(self, mode: str, openai_base: Any) -> None:
        reading = good(mode, "openai/o3-mini", temperature=0.3, drop_params=True)
        assert reading.stream.dropped_params == ["temperature"]
        assert "temperature" not in json.loads(openai_base.requests[-1]["body"])

    def test_async_iteration_over_a_synchronous_stream(self) -> None:
        async def main() -> str:
            stream = edgequake_python.completion(model="sim/gpt-4o", messages=MESSAGES, stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

        assert asyncio.run(main()) == "1, 2, 3, 4, 5"

    def test_reading_on_after_the_end_ends_again(self, mode: str) -> None:
        async def again(stream: Any) -> list[Any]:
            return [chunk async for chunk in stream]

        stream = good(mode).stream
        assert (list(stream) if mode == "sync" else asyncio.run(again(stream))) == []


def test_a_stream_that_nobody_counted_has_a_cost_that_says_it_is_an_estimate() -> None:
    server = RawServer(lambda exchange: exchange.stream("hello ", "there"))
    stream: Any = edgequake_python.completion(**server.call(model="openai/gpt-4o", stream=True))
    next(iter(stream))
    assert stream._hidden_params.get("response_cost") is None
    list(stream)
    assert stream._hidden_params.get("response_cost") > 0
    assert stream._hidden_params["response_cost_estimated"] is True
