"""What servers of OpenAI's dialect say in places of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python as eq
from loopback import MESSAGES, Loopback, Reply, chat

FOUND = {"hate": {"filtered": False, "severity": "safe"}}
THOUGHT = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm", "signature": "S"}]}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


def ask(server: Loopback, model: str, reply: Reply | dict[str, Any], **more: Any) -> Any:
    server.handler = lambda _: reply
    return eq.completion(
        model=model, messages=MESSAGES, api_base=server.base_url, api_key="k", max_retries=0, **more
    )


def step(delta: dict[str, Any], reason: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [choice],
        **more,
    }


def events(*told: dict[str, Any]) -> Reply:
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in told) + "data: [DONE]\n\n"
    return Reply(body, headers={"content-type": "text/event-stream"})


def test_groq_counts_in_a_field_of_its_own(server: Loopback) -> None:
    counts = {"queue_time": 0.1, "prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}
    told = events(step({"content": "a"}), step({}, "stop", x_groq={"id": "req_1", "usage": counts}))
    chunks = list(
        ask(server, "groq/llama-3.3-70b-versatile", told, stream=True, stream_options={"include_usage": True})
    )
    assert chunks[-1].usage.prompt_tokens == 4 and chunks[-1].usage.completion_tokens == 2
    assert chunks[-2].x_groq == {"id": "req_1"}


def test_more_tokens_than_a_minute_has_is_a_rate_limit(server: Loopback) -> None:
    body = {"error": {"message": "Request too large", "type": "tokens", "code": "rate_limit_exceeded"}}
    with pytest.raises(eq.RateLimitError, match="Request too large"):
        ask(server, "groq/llama-3.3-70b-versatile", Reply(body, 413))


@pytest.mark.parametrize(
    "body", [{"error": ["top_p is too large", "b"]}, [{"error": "top_p is too large; b"}]]
)
def test_errors_in_lists(server: Loopback, body: Any) -> None:
    reply = Reply(json.dumps(body), 400, {"content-type": "application/json"})
    with pytest.raises(eq.BadRequestError, match=r"Exception - top_p is too large; b$"):
        ask(server, "huggingface/together/a/b", reply)


def test_databricks_answers_in_parts(server: Loopback) -> None:
    answer = chat()
    answer["choices"][0]["message"]["content"] = [THOUGHT, {"type": "text", "text": "hello"}]
    message = ask(server, "databricks/databricks-claude-sonnet-4", answer).choices[0].message
    assert (message.content, message.reasoning_content) == ("hello", "hm")
    assert message.thinking_blocks == [{"type": "thinking", "thinking": "hm", "signature": "S"}]


def test_databricks_streams_in_parts(server: Loopback) -> None:
    signed = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "", "signature": "S"}]}
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    told = events(
        step({"role": "assistant", "content": [thought]}),
        step({"content": [signed]}),
        step({"content": [{"type": "text", "text": "hel"}]}),
        step({"content": "lo"}),
        step({}, "stop"),
    )
    chunks = list(ask(server, "databricks/databricks-claude-sonnet-4", told, stream=True))
    whole: Any = eq.stream_chunk_builder(chunks)
    message = whole.choices[0].message
    assert (message.content, message.reasoning_content) == ("hello", "hm")
    assert message.thinking_blocks == [{"type": "thinking", "thinking": "hm", "signature": "S"}]


def test_what_azure_found_comes_without_empty_chunks(server: Loopback) -> None:
    told = events(
        {
            **step({}),
            "choices": [],
            "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": FOUND}],
        },
        step({"role": "assistant", "content": ""}),
        step({"content": "a"}),
        {"id": "", "choices": [{"index": 0, "finish_reason": None, "content_filter_results": FOUND}]},
        step({}, "stop"),
    )
    first, last = list(ask(server, "azure/gpt-4o", told, stream=True))
    assert first.choices[0].delta.content == "a"
    assert first.prompt_filter_results[0]["content_filter_results"] == FOUND
    assert last.choices[0].finish_reason == "stop" and last.choices[0].content_filter_results == FOUND


@pytest.mark.parametrize(
    "model", ["gemini/gemini-2.5-flash", "mistral/mistral-large-latest", "groq/llama-3.3-70b-versatile"]
)
def test_marks_for_a_cache_that_is_not_there_are_reported(server: Loopback, model: str) -> None:
    google = {"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}]}
    server.handler = lambda _: google if model.startswith("gemini") else chat()
    part = {"type": "text", "text": "long", "cache_control": {"type": "ephemeral"}}
    for content, dropped in (([part], ["cache_control"]), ("long", [])):
        messages = [{"role": "user", "content": content}]
        answer: Any = eq.completion(model=model, messages=messages, api_base=server.base_url, api_key="k")
        assert answer._hidden_params["dropped_params"] == dropped
        assert "cache_control" not in json.dumps(server.bodies[-1])
