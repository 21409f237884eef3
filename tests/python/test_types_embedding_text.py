"""Embedding and text completion responses."""

# The tests hand over what callers hand over, dicts for classes and extras included.
# mypy: no-check-untyped-defs

from __future__ import annotations

from edgequake_python.types.utils import (
    Embedding,
    EmbeddingResponse,
    HiddenParams,
    Logprobs,
    TextCompletionResponse,
    Usage,
)


def test_embeddings_are_kept_as_given():
    data = [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}]
    response = EmbeddingResponse(model="m", data=data)
    assert response.data is data
    assert response.data[0]["embedding"] == [0.1, 0.2]
    assert response.object == "list"
    assert response.usage == Usage()
    assert list(response.model_dump()) == ["model", "data", "object", "usage"]
    assert EmbeddingResponse(**response.model_dump()) == response
    assert EmbeddingResponse().data == []
    # Objects stay objects: the class decides nothing about what a provider's vectors look like.
    vectors = [Embedding(embedding="AACAPw==", index=0)]
    assert EmbeddingResponse(data=vectors).model_dump()["data"][0]["embedding"] == "AACAPw=="


def test_text_completion():
    response = TextCompletionResponse(choices=[{"text": "hi", "finish_reason": "max_tokens"}], model="m")
    assert response.object == "text_completion"
    assert response.choices[0].finish_reason == "length"
    assert response.choices[0].logprobs is None
    assert response.usage == Usage()
    assert isinstance(response._hidden_params, HiddenParams)
    assert response._hidden_params.response_cost is None
    response._hidden_params["model_id"] = "a"
    assert response._hidden_params.model_id == "a"
    assert TextCompletionResponse(**response.model_dump()) == response


def test_text_choices():
    logprobs = {"tokens": ["a"], "token_logprobs": [-0.5], "text_offset": [0], "top_logprobs": [{"a": -0.5}]}
    response = TextCompletionResponse(choices=[{"text": "a", "logprobs": logprobs}])
    assert isinstance(response.choices[0].logprobs, Logprobs)
    assert response.choices[0].finish_reason is None
    assert response.model_dump()["choices"][0]["logprobs"] == {
        "text_offset": [0],
        "token_logprobs": [-0.5],
        "tokens": ["a"],
        "top_logprobs": [{"a": -0.5}],
    }
    assert TextCompletionResponse(stream=True).usage is None


def test_the_fingerprint_of_a_text_reads_as_none_where_there_is_none() -> None:
    text = TextCompletionResponse()
    assert text.system_fingerprint is None and text["system_fingerprint"] is None
    assert "system_fingerprint" not in text.model_dump()
    text = TextCompletionResponse(system_fingerprint="fp_1")
    assert text.system_fingerprint == text["system_fingerprint"] == "fp_1"
    assert text.model_dump()["system_fingerprint"] == "fp_1"
    text.system_fingerprint = None
    assert "system_fingerprint" not in text.model_dump()
