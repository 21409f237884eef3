"""More inputs than a provider takes at once: several requests, one answer."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from edgequake_python.exceptions import BadRequestError
from loopback import Loopback, Reply, Request, error, to


@pytest.fixture
def embed(ask: Any) -> Any:
    return functools.partial(ask, "embedding")


def vectors(request: Request) -> dict[str, Any]:
    """Each text's own number, so that order shows."""
    texts = request.json["input"]
    data = [{"object": "embedding", "index": i, "embedding": [float(text)]} for i, text in enumerate(texts)]
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return {"object": "list", "data": data, "model": "m", "usage": usage}


def test_order_is_kept_and_counts_are_summed(server: Loopback, embed: Any) -> None:
    server.handler = vectors
    texts = [str(number) for number in range(5000)]
    response = embed(model="openai/text-embedding-3-small", input=texts, dimensions=1, **to(server))
    assert sorted(len(body["input"]) for body in server.bodies) == [904, 2048, 2048]
    assert all(body["dimensions"] == 1 for body in server.bodies)
    assert [item["embedding"][0] for item in response.data] == [float(number) for number in range(5000)]
    assert [item["index"] for item in response.data] == list(range(5000))
    assert response.usage.prompt_tokens == response.usage.total_tokens == 5000


def test_as_many_as_fit_are_one_request(server: Loopback, embed: Any) -> None:
    server.handler = vectors
    embed(model="openai/m", input=["1"] * 2048, **to(server))
    assert len(server.requests) == 1
    embed(model="custom_openai/m", input=["1"] * 5000, **to(server))
    assert len(server.requests) == 2


def test_tokens_of_one_text_stay_together(server: Loopback, embed: Any) -> None:
    server.handler = lambda _: {"data": [{"index": 0, "embedding": [1.0]}], "model": "m"}
    embed(model="openai/m", input=[1] * 3000, **to(server))
    assert server.bodies == [{"model": "m", "input": [1] * 3000}]


def test_cohere_takes_96(server: Loopback, embed: Any) -> None:
    def answer(request: Request) -> dict[str, Any]:
        count = len(request.json["texts"])
        billed = {"billed_units": {"input_tokens": count}}
        return {"id": "1", "embeddings": {"float": [[1.0]] * count}, "meta": billed}

    server.handler = answer
    response = embed(model="cohere/embed-v4.0", input=["a"] * 200, input_type="search_query", **to(server))
    assert len(server.requests) == 3
    assert len(response.data) == 200
    assert response.usage.prompt_tokens == 200


def test_the_failing_input_is_named_by_its_place_among_all(server: Loopback, embed: Any) -> None:
    def answer(request: Request) -> Reply | dict[str, Any]:
        if "3000" in request.json["input"]:
            place = request.json["input"].index("3000")
            return error(400, f"'$.input[{place}]' is invalid", param=f"input[{place}]")
        return vectors(request)

    server.handler = answer
    texts = [str(number) for number in range(5000)]
    with pytest.raises(BadRequestError, match=r"input\[3000\]' is invalid \(inputs 2048 to 4095\)"):
        embed(model="openai/m", input=texts, **to(server))


def test_bad_inputs_are_refused_by_place_before_anything_is_sent(server: Loopback, embed: Any) -> None:
    texts: list[Any] = ["a"] * 3000
    texts[2500] = None
    with pytest.raises(BadRequestError, match=r"input\[2500\]"):
        embed(model="openai/m", input=texts, **to(server))
    assert server.requests == []


def test_numpy_arrays(server: Loopback, embed: Any) -> None:
    numpy = pytest.importorskip("numpy")
    server.handler = vectors
    call = {"model": "openai/m", "input": ["1", "2"], **to(server)}
    response = embed(encoding_format="numpy", **call)
    assert "encoding_format" not in server.bodies[0]
    matrix = numpy.stack([entry["embedding"] for entry in response.data])
    assert matrix.dtype == numpy.float32
    assert matrix.tolist() == [[1.0], [2.0]]
    assert response.usage.prompt_tokens == 2
