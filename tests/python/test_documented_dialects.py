"""Answers in OpenAI's dialect with the departures that their providers document."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_python as eq
from documented import ask, events
from loopback import MESSAGES, Loopback, Reply


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    frame = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def test_a_failure_that_a_chunk_tells_is_an_error(server: Loopback) -> None:
    broken = {**chunk("error", content=""), "error": {"code": 502, "message": "Provider disconnected"}}
    with pytest.raises(eq.BadGatewayError, match="disconnected") as caught:
        ask(server, "openrouter/a/b", events(chunk(content="so far"), broken), stream=True)
    assert caught.value.status_code == 502


@pytest.mark.parametrize(
    ("model", "status", "body", "expected"),
    [
        (
            "minimax/MiniMax-M2",
            200,
            {"choices": None, "base_resp": {"status_code": 1002, "status_msg": "rate limit"}},
            eq.RateLimitError,
        ),
        (
            "minimax/MiniMax-M2",
            200,
            {"choices": None, "base_resp": {"status_code": 1004, "status_msg": "login fail"}},
            eq.AuthenticationError,
        ),
        (
            "minimax/MiniMax-M2",
            200,
            {"choices": None, "base_resp": {"status_code": 1026, "status_msg": "sensitive"}},
            eq.ContentPolicyViolationError,
        ),
        (
            "dashscope/qwen-max",
            400,
            {
                "error": {
                    "code": "data_inspection_failed",
                    "message": "Input data may contain inappropriate content.",
                }
            },
            eq.ContentPolicyViolationError,
        ),
        (
            "dashscope/qwen-max",
            400,
            {
                "error": {
                    "code": "invalid_parameter_error",
                    "message": "Range of input length should be [1, 30720]",
                }
            },
            eq.ContextWindowExceededError,
        ),
        (
            "xai/grok-4",
            403,
            {"code": "No permission", "error": "Content violates usage guidelines. Team: t"},
            eq.ContentPolicyViolationError,
        ),
        (
            "xai/grok-4",
            400,
            {"code": "Invalid argument", "error": "Incorrect API key provided: x***y."},
            eq.AuthenticationError,
        ),
    ],
)
def test_errors_in_the_words_of_their_provider(
    server: Loopback, model: str, status: int, body: dict[str, Any], expected: type[Exception]
) -> None:
    with pytest.raises(expected) as caught:
        ask(server, model, Reply(body, status))
    assert type(caught.value) is expected


def test_an_answer_of_minimax_that_went_well(server: Loopback) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}
    told = {"choices": [choice], "base_resp": {"status_code": 0, "status_msg": ""}}
    assert ask(server, "minimax/MiniMax-M2", told).choices[0].message.content == "x"


def test_counts_in_the_choice_that_ends(server: Loopback) -> None:
    last = chunk("stop")
    last["choices"][0]["usage"] = {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}
    answer = ask(server, "moonshot/kimi-k2", events(chunk(content="x"), last), stream=True)
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (5, 3)


def test_details_of_reasoning_are_whole(server: Loopback) -> None:
    def detail(**more: Any) -> dict[str, Any]:
        return chunk(reasoning_details=[{"type": "reasoning.text", "index": 0, **more}])

    told = events(
        detail(text="h"), detail(text="m"), detail(signature="s"), chunk(content="x"), chunk("stop")
    )
    message = ask(server, "openrouter/a/b", told, stream=True).choices[0].message
    (whole,) = message.provider_specific_fields["reasoning_details"]
    assert whole == {"type": "reasoning.text", "index": 0, "text": "hm", "signature": "s"}
    ask(
        server,
        "openrouter/a/b",
        events(chunk("stop")),
        messages=[*MESSAGES, message.model_dump(), *MESSAGES],
        stream=True,
    )
    assert server.bodies[-1]["messages"][1]["reasoning_details"] == [whole]


def test_text_in_parts_is_text(server: Loopback) -> None:
    told = events(chunk(content=[{"type": "text", "text": "so "}]), chunk(content="it is"), chunk("stop"))
    assert ask(server, "databricks/m", told, stream=True).choices[0].message.content == "so it is"


def test_padded_pieces_of_sound_are_one_sound(server: Loopback) -> None:
    pieces = [chunk(audio={"id": "1", "data": "aGk=", "transcript": "hi"}), chunk(audio={"data": "aGk="})]
    answer = ask(server, "openai/of-mine", events(*pieces, chunk("stop")), stream=True)
    assert answer.choices[0].message.audio.data == "aGloaQ=="
