"""`moderation`, over loopback."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from edgequake_python.exceptions import AuthenticationError
from loopback import Loopback, error

ANSWER = {
    "id": "modr-1",
    "model": "omni-moderation-latest",
    "results": [
        {
            "flagged": True,
            "categories": {"violence": True, "self-harm/intent": False},
            "category_scores": {"violence": 0.9, "self-harm/intent": 0.1},
            "category_applied_input_types": {"violence": ["text"], "self-harm/intent": []},
        }
    ],
}


@pytest.fixture
def judge(ask: Any) -> Any:
    return functools.partial(ask, "moderation")


def test_the_judgement(server: Loopback, judge: Any) -> None:
    server.handler = lambda _: ANSWER
    response = judge(input=["a", "b"], api_base=server.base_url, api_key="k")
    [result] = response.results
    assert (response.id, result.flagged) == ("modr-1", True)
    assert result.categories.violence is True
    assert result.categories.self_harm_intent is False
    assert result.categories["self-harm/intent"] is False
    assert result.category_scores.violence == 0.9
    assert result["category_applied_input_types"]["violence"] == ["text"]
    [request] = server.requests
    assert (request.path, request.json) == ("/v1/moderations", {"input": ["a", "b"]})


def test_a_model_by_name(server: Loopback, judge: Any) -> None:
    server.handler = lambda _: ANSWER
    for model in ("omni-moderation-latest", "openai/omni-moderation-latest"):
        judge(input="a", model=model, api_base=server.base_url, api_key="k")
        assert server.bodies[-1] == {"model": "omni-moderation-latest", "input": "a"}


def test_errors(server: Loopback, judge: Any) -> None:
    server.handler = lambda _: error(401)
    with pytest.raises(AuthenticationError):
        judge(input="a", api_base=server.base_url, api_key="k", num_retries=0)
    with pytest.raises(AuthenticationError):
        judge(input="a", api_base=server.base_url)
    assert len(server.requests) == 1
