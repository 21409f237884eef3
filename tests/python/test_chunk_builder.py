"""`stream_chunk_builder`: one answer from the chunks of its stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_python
from edgequake_python import completion, stream_chunk_builder
from edgequake_python.types.utils import Delta, ModelResponseStream, StreamingChoices
from native import TIME, WEATHER

MESSAGES = [{"role": "user", "content": "Weather and time in Paris?"}]
TOOLS = [WEATHER, TIME]


def built(**call: Any) -> tuple[Any, Any]:
    """The answer put together from a stream, and the plain one."""
    call = {"model": "sim/gpt-4o", "messages": MESSAGES, **call}
    streamed = completion(stream=True, stream_options={"include_usage": True}, **call)
    return stream_chunk_builder(list(streamed)), completion(**call)


@pytest.mark.parametrize(
    "call",
    [
        {},
        {"tools": TOOLS},
        {"tools": TOOLS, "parallel_tool_calls": False},
        {"n": 3},
        {"model": "sim/reasoning"},
        {"model": "sim/refusal"},
        {"max_tokens": 2},
        {"logprobs": True, "top_logprobs": 2},
        {"functions": [TOOLS[0]["function"]]},
    ],
    ids=str,
)
def test_equals_the_plain_answer(call: dict[str, Any]) -> None:
    together, plain = built(**call)
    assert [choice.index for choice in together.choices] == [choice.index for choice in plain.choices]
    for ours, theirs in zip(together.choices, plain.choices):
        assert ours.finish_reason == theirs.finish_reason
        assert (ours.message.content or None) == (theirs.message.content or None)
        assert ours.message.get("reasoning_content") == theirs.message.get("reasoning_content")
        calls = [
            [(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or []]
            for message in (ours.message, theirs.message)
        ]
        assert calls[0] == calls[1]
        assert bool(ours.message.function_call) == bool(theirs.message.function_call)
        assert bool(ours.get("logprobs")) == bool(theirs.get("logprobs"))
    assert together.usage == plain.usage
    assert (together.model, together.object) == (plain.model, plain.object)


def test_of_nothing_is_none() -> None:
    assert stream_chunk_builder([]) is None


def test_a_stream_that_was_cut_has_no_reason() -> None:
    chunks = []
    with pytest.raises(edgequake_python.IncompleteStreamError):
        for chunk in completion(model="sim/cut?after=2", messages=MESSAGES, stream=True):
            chunks.append(chunk)
    together: Any = stream_chunk_builder(chunks)
    assert together.choices[0].finish_reason is None
    assert together.choices[0].message.content


def test_thinking_blocks_end_with_their_signature() -> None:
    def chunk(**block: Any) -> ModelResponseStream:
        delta = Delta(thinking_blocks=[{"type": "thinking", **block}])
        return ModelResponseStream(choices=[StreamingChoices(delta=delta)])

    together: Any = stream_chunk_builder(
        [
            chunk(thinking="a"),
            chunk(thinking="b"),
            chunk(thinking="", signature="s1"),
            chunk(thinking="c", signature="s2"),
        ]
    )
    assert together.choices[0].message.thinking_blocks == [
        {"type": "thinking", "thinking": "ab", "signature": "s1"},
        {"type": "thinking", "thinking": "c", "signature": "s2"},
    ]


def test_reasoning_that_was_not_counted_apart_is_estimated_and_says_so() -> None:
    def together(**details: Any) -> Any:
        counts: dict[str, Any] = {"prompt_tokens": 5, "completion_tokens": 10, "total_tokens": 15}
        if details:
            counts["completion_tokens_details"] = details
        thought = ModelResponseStream(
            choices=[StreamingChoices(delta=Delta(reasoning_content="hello world"))]
        )
        end = ModelResponseStream(
            choices=[StreamingChoices(finish_reason="stop", delta=Delta())], usage=counts
        )
        answer: Any = stream_chunk_builder([thought, end])
        assert end.usage.get("completion_tokens_details") is None or details
        return answer.usage

    usage = together()
    assert usage.total_tokens == 15
    assert usage.completion_tokens_details.reasoning_tokens == 2
    assert usage.completion_tokens_details.text_tokens == 8
    assert usage.completion_tokens_details.estimated is True
    counted = together(reasoning_tokens=7).completion_tokens_details
    assert counted.reasoning_tokens == 7
    assert not hasattr(counted, "estimated")
