"""Embeddings of Bedrock: where a model takes one input, several requests, and one answer all the same."""

from __future__ import annotations

import asyncio
import base64
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python as eq
from bedrock_wire import KEYS
from loopback import Loopback, Reply, Request

TITAN = "bedrock/amazon.titan-embed-text-v2:0"
COHERE = "bedrock/cohere.embed-english-v3"


class Model:
    """Embeds a text as its length; answers the later inputs first."""

    def __init__(self) -> None:
        self.waiting = threading.Barrier(3, timeout=10)
        self.together = False
        self.fails: dict[str, list[Reply]] = {}

    def __call__(self, request: Request) -> Reply:
        given = request.json
        if "texts" in given:
            vectors = [[float(len(text))] for text in given["texts"]]
            counted = {"x-amzn-bedrock-input-token-count": str(len(vectors))}
            return Reply({"embeddings": vectors, "response_type": "embeddings_floats"}, headers=counted)
        text = given["inputText"]
        if self.together:
            self.waiting.wait()
            request.server.pause(0.3 / len(text))
        if self.fails.get(text):
            return self.fails[text].pop(0)
        return Reply({"embedding": [float(len(text)), 0.5], "inputTextTokenCount": len(text)})


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def server(model: Model) -> Iterator[Loopback]:
    with Loopback(model) as server:
        yield server


def embed(server: Loopback, name: str, **more: Any) -> Any:
    base = server.base_url.removesuffix("/v1")
    return eq.embedding(name, **{"aws_bedrock_runtime_endpoint": base, "num_retries": 0, **KEYS, **more})


def vectors(answer: Any) -> list[tuple[int, float]]:
    return [(item["index"], item["embedding"][0]) for item in answer.data]


def test_several_inputs_are_several_requests_at_once_and_one_answer(server: Loopback, model: Model) -> None:
    model.together = True
    answer = embed(server, TITAN, input=["a", "bb", "ccc"], dimensions=256, normalize=True)
    assert vectors(answer) == [(0, 1.0), (1, 2.0), (2, 3.0)]
    assert (answer.usage.prompt_tokens, answer.usage.total_tokens) == (6, 6)
    sent = sorted(server.bodies, key=lambda body: len(body["inputText"]))
    assert sent == [{"inputText": text, "dimensions": 256, "normalize": True} for text in ("a", "bb", "ccc")]
    assert all(
        request.path.endswith("/model/amazon.titan-embed-text-v2%3A0/invoke") for request in server.requests
    )
    assert all("/us-east-1/bedrock/" in request.headers["authorization"] for request in server.requests)


def test_many_inputs_keep_their_order(server: Loopback) -> None:
    texts = ["x" * (1 + index % 7) for index in range(60)]
    base = server.base_url.removesuffix("/v1")
    answer = asyncio.run(
        eq.aembedding(TITAN, input=texts, aws_bedrock_runtime_endpoint=base, num_retries=0, **KEYS)
    )
    assert vectors(answer) == [(index, float(len(text))) for index, text in enumerate(texts)]


def test_one_that_fails_fails_the_call_after_its_own_retries(server: Loopback, model: Model) -> None:
    slow = Reply(
        {"message": "slow down"}, 429, {"x-amzn-errortype": "ThrottlingException", "retry-after": "0"}
    )
    model.fails = {"bb": [slow]}
    assert len(embed(server, TITAN, input=["a", "bb"], num_retries=1).data) == 2
    model.fails = {"bb": [slow, slow]}
    with pytest.raises(eq.RateLimitError):
        embed(server, TITAN, input=["a", "bb", "ccc"], num_retries=0)


def test_cohere_takes_many_at_a_time_and_counts_in_a_header(server: Loopback) -> None:
    answer = embed(
        server, COHERE, input=["x" * (index + 1) for index in range(100)], input_type="search_query"
    )
    assert [len(body["texts"]) for body in server.bodies] in ([96, 4], [4, 96])
    assert {body["input_type"] for body in server.bodies} == {"search_query"}
    assert vectors(answer) == [(index, float(index + 1)) for index in range(100)]
    assert answer.usage.prompt_tokens == 100


def test_base64_is_made_of_numbers(server: Loopback) -> None:
    answer = embed(server, TITAN, input="ab", encoding_format="base64")
    assert struct.unpack("<2f", base64.b64decode(answer.data[0]["embedding"])) == (2.0, 0.5)
    assert server.bodies == [{"inputText": "ab"}]


def test_what_the_model_does_not_take_is_refused_or_dropped(server: Loopback) -> None:
    first = "bedrock/amazon.titan-embed-text-v1"
    with pytest.raises(eq.UnsupportedParamsError, match="dimensions"):
        embed(server, first, input="a", dimensions=8)
    embed(server, first, input="a", dimensions=8, drop_params=True)
    assert server.bodies == [{"inputText": "a"}]
    with pytest.raises(eq.BadRequestError, match="tokens"):
        embed(server, first, input=[[1, 2], [3]])
    assert len(server.requests) == 1
