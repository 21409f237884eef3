"""Ollama in full: tools, schemas, pictures, thinking, options; a stream says what the plain answer says."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest

import edgequake_python as eq
from loopback import Loopback, Reply
from native import PICTURE, USER, WEATHER, WIRES
from test_native_answers import SCHEMA, WAYS

pytest.importorskip("cryptography")

PROOFS = [
    "test_native_wires.py::test_each_speaks_its_dialect",
    "test_native_answers.py",
    "test_native_faults.py",
    "test_time_limits.py",
]
SHOWN = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PICTURE}}]
FORM = {"type": "json_schema", "json_schema": {"name": "place", "schema": SCHEMA}}
CALLS: dict[str, dict[str, Any]] = {
    "text": {},
    "tools": {"tools": [WEATHER]},
    "two tools at once": {
        "tools": [WEATHER],
        "messages": [{"role": "user", "content": "The weather in Oslo and Rome"}],
    },
    "a schema": {"response_format": FORM},
    "a picture": {"messages": [{"role": "user", "content": SHOWN}]},
    "thinking": {"reasoning_effort": "low"},
    "a limit": {"max_tokens": 3},
    "options": {"num_ctx": 4096, "keep_alive": "5m", "seed": 3, "temperature": 0.25},
}


def told(answer: Any) -> Any:
    """What an answer says; every answer names its calls anew."""
    choice = answer.choices[0]
    message = choice.message
    calls = [(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or []]
    usage = answer.usage
    return (
        choice.finish_reason,
        message.content or None,
        getattr(message, "reasoning_content", None),
        calls,
        (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens),
    )


@pytest.mark.parametrize("wire", ["ollama", "ollama-chat"])
@pytest.mark.parametrize("name", CALLS)
def test_every_way_says_the_same(simulator: eq.Simulator, wire: str, name: str) -> None:
    call = WIRES[wire].call(simulator, **{"messages": USER, **CALLS[name]})
    answers = {way: told(run(**call)) for way, run in WAYS.items()}
    assert answers["sync"][0] == {"a limit": "length"}.get(name, "tool_calls" if "tools" in name else "stop")
    assert all(answer == answers["sync"] for answer in answers.values()), answers


@pytest.mark.parametrize("model", ["ollama/llava", "ollama_chat/llava"])
def test_what_is_sent(server: Loopback, model: str, complete: Callable[..., Any]) -> None:
    done = {"message": {"role": "assistant", "content": "A dot."}, "done": True, "done_reason": "length"}
    server.handler = lambda request: Reply(
        {"model": "llava", **done, "prompt_eval_count": 2, "eval_count": 3}
    )
    base = server.base_url.removesuffix("/v1")
    answer = complete(
        model=model,
        api_base=base,
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": SHOWN}],
        tools=[WEATHER],
        response_format=FORM,
        max_tokens=9,
        stop=["x"],
        num_ctx=8192,
        keep_alive="7m",
        think=True,
        top_k=4,
    )
    body = server.bodies[0]
    assert server.requests[0].path == "/api/chat"
    assert body["messages"][1]["images"] == [PICTURE.partition(",")[2]]
    assert body["messages"][1]["content"] == "What is this?"
    assert body["tools"] == [WEATHER]
    assert body["format"] == SCHEMA
    assert (body["keep_alive"], body["think"], body["stream"]) == ("7m", True, False)
    options = body["options"]
    assert (options["num_predict"], options["stop"], options["num_ctx"], options["top_k"]) == (
        9,
        ["x"],
        8192,
        4,
    )
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.total_tokens == 5
