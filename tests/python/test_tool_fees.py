"""What searches that a provider ran cost, by the table's unit of billing."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_python
from edgequake_python import Choices, Message, ModelResponse, Usage, completion_cost
from edgequake_python.cost import cost_per_token

FEES = {
    "search_context_size_low": 0.005,
    "search_context_size_medium": 0.01,
    "search_context_size_high": 0.02,
}
PRICES = {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0, "search_context_cost_per_query": FEES}


def cost(owner: str, response: Any, facts: Any = None, **more: Any) -> float:
    name = f"{owner}/house-search"
    edgequake_python.register_model({name: {**PRICES, "litellm_provider": owner, **(facts or {})}})
    return completion_cost(response, model=name, **more)


def counted(**details: Any) -> ModelResponse:
    usage = Usage(
        prompt_tokens=10, completion_tokens=5, total_tokens=15, prompt_tokens_details=details or None
    )
    return ModelResponse(model="house-search", usage=usage)


@pytest.mark.parametrize("owner", ["gemini", "vertex_ai"])
def test_by_prompt_or_by_query(owner: str) -> None:
    response = counted(web_search_requests=3)
    assert cost(owner, response) == 0.01
    assert cost(owner, response, {"web_search_billing_unit": "per_query"}) == 0.03
    assert cost(owner, counted()) == 0.0
    maps = {"google_maps_grounding_cost_per_query": 0.025, "web_search_billing_unit": "per_prompt"}
    response = counted(google_maps_grounding_requests=2)
    assert cost(owner, response, maps) == 0.025
    assert cost(owner, response, {**maps, "web_search_billing_unit": "per_query"}) == 0.05


@pytest.mark.parametrize(("owner", "usual"), [("perplexity", 0.005), ("anthropic", 0.01), ("xai", 0.01)])
def test_how_much_a_search_looks_at(owner: str, usual: float) -> None:
    response = counted(web_search_requests=1)
    assert cost(owner, response) == usual
    for size, fee in (("low", 0.005), ("medium", 0.01), ("high", 0.02), ("strange", usual)):
        options = {"web_search_options": {"search_context_size": size}}
        assert cost(owner, response, optional_params=options) == fee
        assert cost(owner, response, standard_built_in_tools_params=options) == fee


def test_sources_tell_of_a_search_that_nobody_counts() -> None:
    source = {"type": "url_citation", "url_citation": {"url": "http://a.test", "title": "a"}}
    message = Message(content="Found", role="assistant", annotations=[source, source])
    usage = Usage(prompt_tokens=10, completion_tokens=5, total_tokens=15)
    response = ModelResponse(model="house-search", choices=[Choices(message=message)], usage=usage)
    assert cost("openai", response) == 0.01
    # Those who count their searches say when there was one.
    assert cost("anthropic", response) == 0.0


def test_the_name_given_says_whose_the_answering_model_is() -> None:
    edgequake_python.register_model(
        {
            "house-twice": {
                "input_cost_per_token": 1.0,
                "output_cost_per_token": 1.0,
                "litellm_provider": "openai",
            },
            "groq/house-twice": {
                "input_cost_per_token": 2.0,
                "output_cost_per_token": 2.0,
                "litellm_provider": "groq",
            },
        }
    )
    response = ModelResponse(
        model="house-twice", usage=Usage(prompt_tokens=1, completion_tokens=1, total_tokens=2)
    )
    assert completion_cost(response, model="groq/house-twice") == 4.0
    assert completion_cost(response) == sum(cost_per_token("house-twice", 1, 1)) == 2.0
