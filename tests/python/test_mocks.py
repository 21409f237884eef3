"""Answers without a provider: the same objects, errors and streams, and nothing sent."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

import edgequake_python
from edgequake_python import ModelResponse
from edgequake_python.exceptions import (
    APIError,
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    InternalServerError,
    RateLimitError,
    Timeout,
    UnsupportedParamsError,
)
from loopback import MESSAGES

CALL: dict[str, Any] = {"model": "openai/gpt-4o", "messages": MESSAGES}


def chunks(**call: Any) -> list[Any]:
    """The chunks, which both ways of reading give alike."""

    async def read() -> list[Any]:
        return [chunk async for chunk in await edgequake_python.acompletion(**call, stream=True)]

    blocking = list(edgequake_python.completion(**call, stream=True))
    shown = [chunk.choices[0].model_dump() for chunk in blocking]
    assert [chunk.choices[0].model_dump() for chunk in asyncio.run(read())] == shown
    return blocking


class TestText:
    def test_it_is_the_answer(self, complete: Any) -> None:
        answer = complete(mock_response="Hi there", n=2, **CALL)
        assert type(answer) is ModelResponse
        assert [choice.message.content for choice in answer.choices] == ["Hi there", "Hi there"]
        assert [choice.finish_reason for choice in answer.choices] == ["stop", "stop"]
        counts = answer.usage
        assert (counts.prompt_tokens, counts.completion_tokens, counts.total_tokens) == (10, 20, 30)
        assert answer.model == "gpt-4o"
        assert answer._hidden_params["custom_llm_provider"] == "openai"

    def test_an_empty_one_is_an_answer_too(self, complete: Any) -> None:
        assert complete(mock_response="", **CALL).choices[0].message.content == ""

    def test_in_a_stream(self) -> None:
        got = chunks(mock_response="Hello", stream_options={"include_usage": True}, **CALL)
        deltas = [chunk.choices[0].delta for chunk in got]
        assert [delta.content for delta in deltas] == ["Hel", "lo", None, None]
        assert [delta.role for delta in deltas] == ["assistant", None, None, None]
        assert [chunk.choices[0].finish_reason for chunk in got] == [None, None, "stop", None]
        assert got[-1].usage.total_tokens == 30
        assert len({chunk.id for chunk in got}) == 1
        rebuilt = edgequake_python.stream_chunk_builder(got)
        assert rebuilt is not None
        assert rebuilt.choices[0].message.content == "Hello"

    def test_without_a_key_and_without_a_network(self, complete: Any) -> None:
        for model in ("anthropic/claude-sonnet-4-5", "bedrock/anthropic.claude-v2", "azure/mine", "groq/x"):
            assert complete(model=model, messages=MESSAGES, mock_response="x").choices[0].message.content


class TestOtherAnswers:
    def test_a_response_object(self, complete: Any) -> None:
        mine = ModelResponse(id="mine", choices=[{"message": {"content": "x"}}])
        assert complete(mock_response=mine, **CALL) is mine
        (first, last) = chunks(mock_response=mine, **CALL)
        assert (first.id, first.choices[0].delta.content, last.choices[0].finish_reason) == (
            "mine",
            "x",
            "stop",
        )

    def test_a_dict(self, complete: Any) -> None:
        given = {"id": "d", "choices": [{"message": {"content": "x"}}]}
        assert complete(mock_response=given, **CALL).id == "d"

    def test_tool_calls(self, complete: Any) -> None:
        call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        message = complete(mock_tool_calls=[call], **CALL).choices[0].message
        assert message.tool_calls[0].function.name == "f"
        delta = [c.choices[0].delta.tool_calls for c in chunks(mock_tool_calls=[call], **CALL)]
        (made,) = [calls for calls in delta if calls]
        assert (made[0].id, made[0].index, made[0].function.arguments) == ("c", 0, "{}")

    def test_vectors(self) -> None:
        answer = edgequake_python.embedding("text-embedding-3-small", ["a"], mock_response=[0.1, 0.2])
        assert [item["embedding"] for item in answer.data] == [[0.1, 0.2]]

    def test_what_can_be_no_answer(self, complete: Any) -> None:
        with pytest.raises(BadRequestError, match="mock_response"):
            complete(mock_response=3, **CALL)


class TestErrors:
    @pytest.mark.parametrize(
        ("asked", "raised"),
        [
            ("litellm.RateLimitError", RateLimitError),
            ("litellm.ContextWindowExceededError", ContextWindowExceededError),
            ("litellm.InternalServerError", InternalServerError),
            (ValueError("x"), InternalServerError),
            ("Exception: content_filter_policy", BadRequestError),
        ],
    )
    def test_by_name(self, complete: Any, asked: Any, raised: type[Exception]) -> None:
        with pytest.raises(raised):
            complete(mock_response=asked, **CALL)

    def test_an_exception_of_ours_is_raised_as_it_is(self, complete: Any) -> None:
        mine = RateLimitError(message="m", llm_provider="openai", model="x")
        with pytest.raises(RateLimitError) as caught:
            complete(mock_response=mine, **CALL)
        assert caught.value is mine

    def test_content_policy_at_azure(self, complete: Any) -> None:
        with pytest.raises(ContentPolicyViolationError):
            complete(
                model="azure/x",
                messages=MESSAGES,
                mock_response="Exception: content_filter_policy",
            )

    def test_in_the_middle_of_a_stream(self) -> None:
        stream = edgequake_python.completion(
            mock_response="Exception: mock_streaming_error", stream=True, **CALL
        )
        assert next(stream).choices[0].delta.content
        with pytest.raises(APIError):
            list(stream)

    def test_a_timeout(self, complete: Any) -> None:
        with pytest.raises(Timeout) as caught:
            complete(mock_timeout=True, timeout=0.01, **CALL)
        assert caught.value.status_code == 408

    def test_what_the_real_call_refuses(self, complete: Any) -> None:
        with pytest.raises(UnsupportedParamsError):
            complete(
                model="anthropic/claude-sonnet-4-5", messages=MESSAGES, mock_response="x", logit_bias={"1": 1}
            )
        with pytest.raises(BadRequestError, match="LLM Provider NOT provided"):
            complete(model="nobody/x", messages=MESSAGES, mock_response="x")
        with pytest.raises(BadRequestError, match="messages"):
            complete(model="openai/gpt-4o", messages="text", mock_response="x")

    def test_dropped_parameters_are_reported(self, complete: Any) -> None:
        answer = complete(
            model="anthropic/claude-sonnet-4-5",
            messages=MESSAGES,
            mock_response="x",
            logit_bias={"1": 1},
            drop_params=True,
        )
        assert answer.dropped_params == ["logit_bias"]


def test_a_delay(complete: Any) -> None:
    begun = time.monotonic()
    complete(mock_response="x", mock_delay=0.05, **CALL)
    assert time.monotonic() - begun >= 0.05


def test_a_fallback_for_a_mock(complete: Any) -> None:
    """The chain is in order: the fallback's own arguments count."""
    answer = complete(
        mock_response="litellm.RateLimitError",
        fallbacks=[{"model": "openai/gpt-4o-mini", "mock_response": "other"}],
        **CALL,
    )
    assert (answer.model, answer.choices[0].message.content) == ("gpt-4o-mini", "other")


def test_mocks_of_streams_beside_chat() -> None:
    asked: dict[str, Any] = {"mock_response": "hello world", "stream": True, "api_key": "k"}
    events: Any = edgequake_python.responses("hi", "openai/gpt-4o", **asked)
    kinds = [(event.type, getattr(event, "delta", "")) for event in events]
    assert kinds[0][0] == "response.created" and kinds[-1][0] == "response.completed"
    assert "".join(delta for _, delta in kinds) == "hello world"
    assert events.response.output_text == "hello world" and events.response.usage.input_tokens == 10

    async def later() -> str:
        stream: Any = await edgequake_python.aresponses("hi", "openai/gpt-4o", **asked)
        return "".join([event.delta async for event in stream if event.type.endswith("text.delta")])

    assert asyncio.run(later()) == "hello world"
    chunks: Any = edgequake_python.text_completion("hi", "openai/gpt-4o", **asked)
    texts = [choice.text for chunk in chunks for choice in chunk.choices]
    assert len(texts) > 2 and "".join(texts) == "hello world"
