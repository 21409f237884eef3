"""What happens around a call happens around every operation: fallbacks, mocks, callbacks, retries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import BadRequestError, RateLimitError
from loopback import Loopback, Reply, Request, error, to

RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "output": [
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello!"}]}
    ],
}
RANKED = {"id": "r", "results": [{"index": 0, "relevance_score": 0.5}]}


def test_fallbacks(server: Loopback, ask: Any) -> None:
    def answer(request: Request) -> Reply | dict[str, Any]:
        if request.json["model"] == "bad":
            return error(500)
        return RANKED if request.path.endswith("/rerank") else RESPONSE

    server.handler = answer
    response = ask("responses", model="openai/bad", input="Hi", fallbacks=["openai/good"], **to(server))
    assert response.output_text == "Hello!"
    call = {"query": "q", "documents": ["a"], "fallbacks": ["jina_ai/good"], **to(server)}
    assert ask("rerank", model="jina_ai/bad", **call).results == RANKED["results"]
    assert [body["model"] for body in server.bodies] == ["bad", "good", "bad", "good"]


def test_mocks(server: Loopback, ask: Any) -> None:
    response = ask("responses", model="openai/m", input="Hi", mock_response="Mocked", **to(server))
    assert response.output_text == "Mocked"
    assert response.usage.total_tokens == 30
    image = ask("image_generation", prompt="A cat", mock_response="https://e/x.png", **to(server))
    assert image.data[0].url == "https://e/x.png"
    text = ask("text_completion", model="openai/m", prompt="Hi", mock_response="Mocked", **to(server))
    assert text.choices[0].text == "Mocked"
    ranked = ask("rerank", model="cohere/m", query="q", documents=["a"], mock_response=RANKED, **to(server))
    assert ranked.results == RANKED["results"]
    with pytest.raises(RateLimitError):
        ask("responses", model="openai/m", input="x", mock_response="litellm.RateLimitError", **to(server))
    with pytest.raises(BadRequestError):
        ask("rerank", model="cohere/m", query="q", documents=["a"], mock_response="text", **to(server))
    assert server.requests == []


def test_streams_with_fallbacks(server: Loopback) -> None:
    event = b'data: {"type": "response.completed", "response": {"id": "resp_1", "output": []}}\n\n'
    server.handler = lambda request: error(500) if request.json["model"] == "bad" else Reply([event])
    call: dict[str, Any] = {
        "model": "openai/bad",
        "input": "Hi",
        "stream": True,
        "fallbacks": ["openai/good"],
    }
    stream: Any = edgequake_python.responses(**call, **to(server))
    assert [event.type for event in stream] == ["response.completed"]


def test_retries_of_a_rate_limit(server: Loopback, ask: Any) -> None:
    replies: Iterator[Any] = iter([error(429, headers={"retry-after": "0"}), RESPONSE])
    server.handler = lambda _: next(replies)
    response = ask("responses", model="openai/m", input="Hi", **to(server, num_retries=1))
    assert response.output_text == "Hello!"
    assert response._hidden_params["attempts"] == 2
