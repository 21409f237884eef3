"""`text_completion`: at /completions, and as chat where there is none."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import BadRequestError, IncompleteStreamError, UnsupportedParamsError
from loopback import Loopback, Reply, chat, events, to

INSTRUCT = "openai/gpt-3.5-turbo-instruct"
ANSWER = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 5,
    "model": "m",
    "choices": [{"text": " world", "index": 0, "finish_reason": "stop", "logprobs": None}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}


@pytest.fixture
def complete(ask: Any) -> Any:
    return functools.partial(ask, "text_completion")


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Any:
    async def read(**call: Any) -> list[Any]:
        stream: Any = await edgequake_python.atext_completion(stream=True, **call)
        return [chunk async for chunk in stream]

    if request.param == "sync":
        return lambda **call: list(edgequake_python.text_completion(stream=True, **call))
    return lambda **call: asyncio.run(read(**call))


def pieces(*texts: str, done: bool = True) -> Iterator[bytes]:
    for text in texts:
        choice = {"text": text, "index": 0, "finish_reason": None, "logprobs": None}
        yield b"data: " + json.dumps({**ANSWER, "usage": None, "choices": [choice]}).encode() + b"\n\n"
    if done:
        choice = {"text": "", "index": 0, "finish_reason": "stop"}
        yield b"data: " + json.dumps({**ANSWER, "choices": [choice]}).encode() + b"\n\n"
        yield b"data: [DONE]\n\n"


def test_completions(server: Loopback, complete: Any) -> None:
    server.handler = lambda _: ANSWER
    given = {"best_of": 2, "echo": True, "logprobs": 1, "max_tokens": 5, "n": 1, "suffix": "!", "stop": ["x"]}
    response = complete(model=INSTRUCT, prompt=["Hello", "Bye"], **given, **to(server))
    assert isinstance(response, edgequake_python.TextCompletionResponse)
    assert response.choices[0].text == response["choices"][0]["text"] == " world"
    assert response.usage is not None
    assert response.usage.total_tokens == 3
    assert response._hidden_params["custom_llm_provider"] == "openai"
    [request] = server.requests
    assert request.path == "/v1/completions"
    assert request.json == {"model": "gpt-3.5-turbo-instruct", "prompt": ["Hello", "Bye"], **given}


@pytest.mark.parametrize("model", ["text-completion-openai/any", "together_ai/m", "hosted_vllm/m"])
def test_providers_with_completions(server: Loopback, complete: Any, model: str) -> None:
    server.handler = lambda _: ANSWER
    complete(model=model, prompt=[1, 2, 3], **to(server))
    assert server.requests[0].path == "/v1/completions"
    assert server.bodies[0]["prompt"] == [1, 2, 3]


def test_a_stream_of_completions(server: Loopback, read: Any) -> None:
    server.handler = lambda _: Reply(pieces("Hel", "lo"), headers={"content-type": "text/event-stream"})
    chunks = read(model=INSTRUCT, prompt="Hi", **to(server))
    assert "".join(chunk.choices[0].text for chunk in chunks) == "Hello"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[0].usage is None and chunks[-1].usage.total_tokens == 3
    assert server.bodies[0]["stream"] is True


def test_a_stream_that_ends_early(server: Loopback, read: Any) -> None:
    server.handler = lambda _: Reply(pieces("Hel", "lo", done=False))
    with pytest.raises(IncompleteStreamError) as caught:
        read(model=INSTRUCT, prompt="Hi", **to(server))
    assert caught.value.partial == "Hello"


def test_as_chat(server: Loopback, complete: Any) -> None:
    server.handler = lambda _: chat(" world")
    response = complete(model="openai/gpt-4o", prompt=["Hello", "Bye"], max_tokens=5, stop="x", **to(server))
    assert response.object == "text_completion"
    assert response.choices[0].text == " world"
    assert response.choices[0].finish_reason == "stop"
    assert response.usage.total_tokens == 7
    [request] = server.requests
    assert request.path == "/v1/chat/completions"
    messages = [{"role": "user", "content": "Hello"}, {"role": "user", "content": "Bye"}]
    assert request.json == {"model": "gpt-4o", "messages": messages, "max_tokens": 5, "stop": "x"}


def test_a_stream_as_chat(server: Loopback, read: Any) -> None:
    server.handler = lambda _: Reply(events("Hel", "lo"))
    chunks = read(model="openai/gpt-4o", prompt="Hi", **to(server))
    assert "".join(chunk.choices[0].text for chunk in chunks) == "Hello"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason] == ["stop"]


def test_what_chat_cannot_say(server: Loopback, complete: Any) -> None:
    call = {"model": "openai/gpt-4o", "prompt": "Hi", **to(server)}
    with pytest.raises(UnsupportedParamsError, match="suffix"):
        complete(suffix="!", **call)
    with pytest.raises(BadRequestError, match="tokens"):
        complete(**{**call, "prompt": [1, 2]})
    assert server.requests == []
    response = complete(suffix="!", drop_params=True, **call)
    assert response.dropped_params == ["suffix"]
