"""Embeddings over every native wire that has them."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

import edgequake_python
from edgequake_python import Simulator, aembedding, embedding
from native import WIRES

pytest.importorskip("cryptography")
pytest.importorskip("google.auth")

MODELS = {
    "gemini": "gemini-embedding-001",
    "vertex": "text-embedding-005",
    "bedrock": "amazon.titan-embed-text-v2:0",
    "bedrock-cohere": "cohere.embed-english-v3",
    "cohere": "embed-v4.0",
    "mistral": "mistral-embed",
    "ollama": "nomic-embed-text",
    "openai": "text-embedding-3-small",
}
TEXTS = ["a dog in the garden", "a cat on the roof", "a dog in the garden"]


def call(simulator: Simulator, name: str, model: str = "", **more: Any) -> dict[str, Any]:
    wire = WIRES[name.partition("-")[0]]
    keywords = wire.call(simulator)
    del keywords["messages"]
    return {**keywords, "model": wire.prefix + (model or MODELS[name]), "input": TEXTS, **more}


@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.parametrize("awaited", [False, True])
def test_vectors_of_texts(simulator: Simulator, name: str, awaited: bool) -> None:
    keywords = call(simulator, name)
    answer: Any = asyncio.run(aembedding(**keywords)) if awaited else embedding(**keywords)
    assert [item["index"] for item in answer.data] == [0, 1, 2]
    dog, cat, again = (item["embedding"] for item in answer.data)
    assert math.isclose(sum(value * value for value in dog), 1, rel_tol=1e-3)
    assert dog == again
    assert dog != cat
    # The Gemini API does not tell.
    assert answer.usage.prompt_tokens == (0 if name == "gemini" else 15)


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"bedrock-cohere", "mistral"}))
def test_a_size(simulator: Simulator, name: str) -> None:
    answer = embedding(**call(simulator, name, dimensions=256))
    assert {len(item["embedding"]) for item in answer.data} == {256}


@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.parametrize(
    ("status", "error"),
    [("401", "AuthenticationError"), ("429", "RateLimitError"), ("500", "InternalServerError")],
)
def test_a_refusal_has_its_class(simulator: Simulator, name: str, status: str, error: str) -> None:
    model = f"{MODELS[name]}?sim={status}"
    with pytest.raises(getattr(edgequake_python, error)):
        embedding(**call(simulator, name, model), num_retries=0)
