"""Texts that must not leave: whatever a call asks and answers, no callback sees them."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Callable

import pytest

import edgequake_python
from edgequake_python.integrations.custom_logger import CustomLogger
from loopback import Loopback, Reply, Request, chat, embeddings, event

SECRET = "a question of the user's own"
ASKED = [{"role": "user", "content": SECRET}]
TOOLS = [{"type": "function", "function": {"name": "f", "description": SECRET, "parameters": {}}}]


class Told(CustomLogger):
    """Keeps all that its hooks are given."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.told: list[Any] = []

    def log_pre_api_call(self, *given: Any) -> None:
        self.told.append(given)

    def log_post_api_call(self, *given: Any) -> None:
        self.told.append(given)

    def log_stream_event(self, *given: Any) -> None:
        self.told.append(given)

    def log_success_event(self, *given: Any) -> None:
        self.told.append(given)

    async def async_log_success_event(self, *given: Any) -> None:
        self.told.append(given)


def holds(value: Any) -> bool:
    """Whether the secret is anywhere in it."""
    if isinstance(value, (str, bytes)):
        return SECRET in value if isinstance(value, str) else SECRET.encode() in value
    if isinstance(value, dict):
        return any(holds(one) for one in [*value, *(value[name] for name in value)])
    if isinstance(value, (list, tuple)):
        return any(holds(one) for one in value)
    return hasattr(value, "model_dump") and holds(value.model_dump())


def answer(request: Request) -> Any:
    path = request.path
    if path.endswith("embeddings"):
        return embeddings(request)
    if path.endswith("rerank"):
        found = {"index": 0, "relevance_score": 0.9, "document": {"text": SECRET}}
        return {"id": "r", "results": [found], "meta": {}}
    if path.endswith("/responses"):
        part = {"type": "output_text", "text": SECRET, "annotations": []}
        item = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": [part]}
        return {"id": "resp_1", "status": "completed", "instructions": SECRET, "output": [item]}
    if "transcription" in path:
        return {"text": SECRET, "segments": [{"id": 0, "text": SECRET}]}
    if "images" in path:
        return {"created": 1, "data": [{"url": "http://a.test", "revised_prompt": SECRET}]}
    if path.endswith("/speech"):
        return Reply(b"sound", headers={"content-type": "audio/mpeg"})
    if path.endswith("/chat/completions"):
        if request.json.get("stream"):
            last = event(delta={}, finish_reason="stop")
            return Reply(iter([event(delta={"role": "assistant", "content": SECRET}), last]))
        call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": SECRET}}
        source = {"type": "url_citation", "url_citation": {"url": "http://a.test", "title": SECRET}}
        message: dict[str, Any] = {"role": "assistant", "content": SECRET, "reasoning_content": SECRET}
        message.update(refusal=SECRET, tool_calls=[call], annotations=[source])
        token = {"token": SECRET, "logprob": -1.0, "bytes": None, "top_logprobs": []}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": {"content": [token]}}
        return chat(choices=[choice])
    choice = {"index": 0, "text": SECRET, "finish_reason": "stop", "logprobs": {"tokens": [SECRET]}}
    return {"id": "cmpl-1", "object": "text_completion", "model": "m", "choices": [choice]}


CHAT: dict[str, Any] = {
    "model": "openai/m",
    "messages": ASKED,
    "tools": TOOLS,
    "stop": [SECRET],
    "prediction": {"type": "content", "content": SECRET},
    "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": {"title": SECRET}}},
    "extra_body": {"notes": SECRET},
    "temperature": 0.5,
    "reasoning_effort": "low",
}
eq = edgequake_python
CALLS: dict[str, Callable[..., Any]] = {
    "chat": lambda **more: eq.completion(**CHAT, **more),
    "chat of a coroutine": lambda **more: asyncio.run(eq.acompletion(**CHAT, **more)),
    "stream": lambda **more: list(eq.completion(**CHAT, stream=True, **more)),
    "embedding": lambda **more: eq.embedding("openai/m", input=[SECRET], **more),
    "rerank": lambda **more: eq.rerank("cohere/m", query=SECRET, documents=[SECRET], **more),
    "responses": lambda **more: eq.responses(input=SECRET, model="openai/m", instructions=SECRET, **more),
    "text": lambda **more: eq.text_completion(
        SECRET, "text-completion-openai/m", suffix=SECRET, echo=True, **more
    ),
    "transcription": lambda **more: eq.transcription(
        "openai/m", file=("a.mp3", SECRET.encode()), prompt=SECRET, **more
    ),
    "image": lambda **more: eq.image_generation(SECRET, "openai/dall-e-3", **more),
    "speech": lambda **more: eq.speech("openai/tts-1", input=SECRET, voice="alloy", **more),
}


@pytest.mark.parametrize("how", ["call", "logger", "everywhere"])
@pytest.mark.parametrize("kind", CALLS)
def test_no_text_leaves(server: Loopback, monkeypatch: pytest.MonkeyPatch, kind: str, how: str) -> None:
    server.handler = answer
    logger = Told(turn_off_message_logging=how == "logger")
    heard: list[Any] = []
    more: dict[str, Any] = {"callbacks": [logger], "api_base": server.base_url, "api_key": "sk-1"}
    if how != "logger":
        more["success_callback"] = [lambda *given: heard.append(given)]
    if how == "call":
        more["turn_off_message_logging"] = True
    if how == "everywhere":
        monkeypatch.setattr(eq, "turn_off_message_logging", True)
    CALLS[kind](**more)
    assert eq.flush(30)
    assert len(logger.told) >= 2 and bool(heard) is (how != "logger")
    assert not any(holds(given) for given in (*logger.told, *heard))
    if kind == "chat":
        kwargs = logger.told[-1][0]
        # What is no text is told as ever.
        assert kwargs["temperature"] == kwargs["optional_params"]["temperature"] == 0.5
        assert kwargs["standard_logging_object"]["model_parameters"]["reasoning_effort"] == "low"
        assert logger.told[-1][1].usage.total_tokens == 7


def test_what_a_file_holds_is_no_parameter(server: Loopback) -> None:
    server.handler = answer
    logger = Told()
    CALLS["transcription"](callbacks=[logger], api_base=server.base_url, api_key="sk-1")
    eq.flush(30)
    json.dumps(logger.told[-1][0]["standard_logging_object"])
    assert "_files" not in logger.told[-1][0]["optional_params"]


def test_a_call_that_a_hook_changes_stays_its_clients(server: Loopback) -> None:
    class Changing(CustomLogger):
        async def async_pre_call_deployment_hook(self, kwargs: dict[str, Any], call_type: Any) -> Any:
            return {**kwargs, "temperature": 0.25}

    async def ask() -> None:
        client = eq.AsyncClient(
            callbacks=[Changing()], cache=eq.Cache(), headers={"x-team": "one"}, environment=False
        )
        for _ in range(2):
            await client.completion(**server.call())

    asyncio.run(ask())
    assert len(server.requests) == 1
    assert server.requests[0].headers["x-team"] == "one" and server.bodies[0]["temperature"] == 0.25
