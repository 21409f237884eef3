"""`rerank`: each dialect over loopback."""

from __future__ import annotations

import functools
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import (
    APIResponseValidationError,
    BadRequestError,
    RateLimitError,
    UnsupportedParamsError,
)
from loopback import Loopback, Reply, error, to

DOCUMENTS = ["zero", "one", "two"]
COHERE = {
    "id": "r1",
    "results": [{"index": 2, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.1}],
    "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}},
}
JINA = {
    "model": "m",
    "object": "list",
    "usage": {"total_tokens": 15, "prompt_tokens": 15},
    "results": [{"index": 2, "relevance_score": 0.9, "document": {"text": "two"}}],
}


def to_rerank(server: Loopback, **more: Any) -> dict[str, Any]:
    return to(server, query="q", documents=DOCUMENTS, **more)


@pytest.fixture
def rank(ask: Any) -> Any:
    return functools.partial(ask, "rerank")


def test_cohere(server: Loopback, rank: Any) -> None:
    server.handler = lambda _: COHERE
    call = {"top_n": 2, "return_documents": False, "max_tokens_per_doc": 50}
    response = rank(model="cohere/rerank-v3.5", **call, **to_rerank(server))
    assert isinstance(response, edgequake_python.RerankResponse)
    assert response.results == COHERE["results"]
    assert (response.id, response["meta"]) == ("r1", COHERE["meta"])
    assert response._hidden_params["custom_llm_provider"] == "cohere"
    [request] = server.requests
    assert request.path.endswith("/rerank")
    assert request.headers["authorization"] == "Bearer k"
    sent = {"model": "rerank-v3.5", "query": "q", "documents": DOCUMENTS}
    assert request.json == {**sent, "top_n": 2, "max_tokens_per_doc": 50}
    with pytest.raises(KeyError):
        response["nonsense"]


def test_what_cohere_does_not_have(server: Loopback, rank: Any) -> None:
    server.handler = lambda _: COHERE
    with pytest.raises(UnsupportedParamsError, match="rank_fields"):
        rank(model="cohere/rerank-v3.5", rank_fields=["text"], **to_rerank(server))
    assert server.requests == []
    documents = ["zero", {"text": "one"}, "two"]
    call = {**to_rerank(server), "documents": documents, "return_documents": True}
    response = rank(model="cohere/rerank-v3.5", rank_fields=["text"], drop_params=True, **call)
    assert [result["document"]["text"] for result in response.results] == ["two", "zero"]
    assert response.dropped_params == ["rank_fields"]


def test_cohere_at_a_host(server: Loopback, rank: Any) -> None:
    server.handler = lambda _: COHERE
    rank(model="cohere/rerank-v3.5", **to_rerank(server, api_base=server.base_url.removesuffix("/v1")))
    assert server.requests[0].path == "/v2/rerank"


@pytest.mark.parametrize("provider", ["jina_ai", "together_ai", "hosted_vllm", "infinity", "custom_openai"])
def test_jinas_dialect(server: Loopback, rank: Any, provider: str) -> None:
    server.handler = lambda _: JINA
    response = rank(model=f"{provider}/m", top_n=1, return_documents=True, **to_rerank(server))
    assert response.results == [{"index": 2, "relevance_score": 0.9, "document": {"text": "two"}}]
    assert response.meta["billed_units"] == {"total_tokens": 15}
    assert response.id
    [request] = server.requests
    assert request.path == "/v1/rerank"
    assert request.json == {
        "model": "m",
        "query": "q",
        "documents": DOCUMENTS,
        "top_n": 1,
        "return_documents": True,
    }


def test_voyage(server: Loopback, rank: Any) -> None:
    data = [{"index": 1, "relevance_score": 0.5, "document": "one"}]
    server.handler = lambda _: {"object": "list", "data": data, "model": "m", "usage": {"total_tokens": 8}}
    response = rank(
        model="voyage/rerank-2", top_n=1, return_documents=True, truncation=False, **to_rerank(server)
    )
    assert response.results == [{"index": 1, "relevance_score": 0.5, "document": {"text": "one"}}]
    assert response.meta["billed_units"]["total_tokens"] == 8
    assert server.bodies[0] == {
        "model": "rerank-2",
        "query": "q",
        "documents": DOCUMENTS,
        "top_k": 1,
        "return_documents": True,
        "truncation": False,
    }


def test_nvidia(server: Loopback, rank: Any) -> None:
    rankings = [{"index": 2, "logit": 3.5}, {"index": 0, "logit": -1.0}]
    server.handler = lambda _: {"rankings": rankings, "usage": {"prompt_tokens": 9, "total_tokens": 9}}
    response = rank(model="nvidia_nim/nvidia/rr", top_n=1, return_documents=True, **to_rerank(server))
    assert response.results == [{"index": 2, "relevance_score": 3.5, "document": {"text": "two"}}]
    [request] = server.requests
    assert request.path == "/v1/retrieval/nvidia/rr/reranking"
    passages = [{"text": text} for text in DOCUMENTS]
    assert request.json == {"model": "nvidia/rr", "query": {"text": "q"}, "passages": passages}


def test_text_embeddings_inference(server: Loopback, rank: Any) -> None:
    server.handler = lambda _: Reply(
        '[{"index": 1, "score": 0.7, "text": "one"}, {"index": 0, "score": 0.2}]'
    )
    response = rank(model="huggingface/m", top_n=1, return_documents=True, **to_rerank(server))
    assert response.results == [{"index": 1, "relevance_score": 0.7, "document": {"text": "one"}}]
    assert server.bodies[0] == {"query": "q", "texts": DOCUMENTS, "return_text": True}


def test_deepinfra(server: Loopback, rank: Any) -> None:
    server.handler = lambda _: {"scores": [0.1, 0.9, 0.5], "input_tokens": 12, "request_id": "d1"}
    base = server.base_url + "/openai"
    response = rank(model="deepinfra/Qwen/rr", top_n=2, **to_rerank(server, api_base=base))
    assert [result["index"] for result in response.results] == [1, 2]
    assert response.meta["tokens"] == {"input_tokens": 12}
    [request] = server.requests
    assert request.path == "/v1/inference/Qwen/rr"
    assert request.json == {"queries": ["q"] * 3, "documents": DOCUMENTS}


def test_errors(server: Loopback, rank: Any) -> None:
    server.handler = lambda _: error(429)
    with pytest.raises(RateLimitError):
        rank(model="cohere/m", **to_rerank(server))
    server.handler = lambda _: {"nonsense": 1}
    with pytest.raises(APIResponseValidationError):
        rank(model="cohere/m", **to_rerank(server))


@pytest.mark.parametrize("wrong", [{"documents": []}, {"documents": "text"}, {"query": None}])
def test_bad_input(server: Loopback, rank: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError):
        rank(model="cohere/m", **{**to_rerank(server), **wrong})
    with pytest.raises(BadRequestError, match="groq has no `rerank`"):
        rank(model="groq/m", **to_rerank(server))
    assert server.requests == []
