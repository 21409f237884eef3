"""Prices that programs written for LiteLLM rely on: by size, by agreement, for searches, told by a proxy."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_python as eq
from edgequake_python.cost_estimate import Estimate
from edgequake_python.litellm_core_utils.llm_cost_calc.utils import generic_cost_per_token
from edgequake_python.types.utils import PromptTokensDetails


def answered(model: str, **more: Any) -> eq.ModelResponse:
    usage = more.pop("usage", eq.Usage(prompt_tokens=1000, completion_tokens=100, total_tokens=1100))
    return eq.ModelResponse(model=model, usage=usage, **more)


@pytest.mark.parametrize(
    ("provider", "model", "listed"),
    [
        ("together_ai", "maker/Model-3B-Instruct", "together-ai-up-to-4b"),
        ("together_ai", "maker/model-7b-chat", "together-ai-4.1b-8b"),
        ("together_ai", "maker/model-8.1b", "together-ai-8.1b-21b"),
        ("together_ai", "maker/model-41b", "together-ai-21.1b-41b"),
        ("together_ai", "maker/Model-72B-Instruct", "together-ai-41.1b-80b"),
        ("together_ai", "maker/model-110b", "together-ai-81.1b-110b"),
        ("together_ai", "maker/embedder-110m", "together-ai-embedding-up-to-150m"),
        ("fireworks_ai", "accounts/mine/models/model-v3p1-8b", "fireworks-ai-4.1b-to-16b"),
        ("fireworks_ai", "accounts/mine/models/model-70b-instruct", "fireworks-ai-above-16b"),
        ("fireworks_ai", "accounts/mine/models/mixture-8x7b", "fireworks-ai-moe-up-to-56b"),
        ("fireworks_ai", "accounts/mine/models/mixture-8x22b", "fireworks-ai-56b-to-176b"),
    ],
)
def test_models_are_priced_by_their_size(provider: str, model: str, listed: str) -> None:
    rates = eq.model_cost[listed]
    asked, said = eq.cost_per_token(
        model, prompt_tokens=1000, completion_tokens=100, custom_llm_provider=provider
    )
    assert asked == pytest.approx(1000 * rates["input_cost_per_token"])
    assert said == pytest.approx(100 * rates["output_cost_per_token"])
    estimate = Estimate("chat", {"messages": [], "max_tokens": 100}, provider, model)
    assert estimate.is_known


@pytest.mark.parametrize("model", ["maker/model", "maker/model-180b", "maker/mixture-8x7b", "model-v3"])
def test_a_size_that_has_no_price_is_not_known(model: str) -> None:
    with pytest.raises(eq.NotFoundError):
        eq.cost_per_token(model, prompt_tokens=1, custom_llm_provider="together_ai")
    with pytest.raises(eq.NotFoundError):
        eq.cost_per_token("maker/model-7b", prompt_tokens=1, custom_llm_provider="openai")


def test_agreements_about_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answered("gpt-4o")
    listed = eq.completion_cost(answer)
    monkeypatch.setattr(eq, "cost_discount_config", {"openai": 0.05, "anthropic": 0.5})
    assert eq.completion_cost(answer) == pytest.approx(listed * 0.95)
    called = eq.completion("gpt-4o", [{"role": "user", "content": "x"}], mock_response="y")
    full = sum(eq.cost_per_token("gpt-4o", prompt_tokens=10, completion_tokens=20))
    assert called._hidden_params["response_cost"] == pytest.approx(full * 0.95)
    for margin, factor, fixed in (
        ({"openai": 0.1}, 1.1, 0),
        ({"global": 0.2, "openai": 0.1}, 1.1, 0),
        ({"global": {"fixed_amount": 1.0}}, 1, 1.0),
        ({"openai": {"percentage": 0.08, "fixed_amount": 0.5}}, 1.08, 0.5),
        ({"anthropic": 0.5}, 1, 0),
    ):
        monkeypatch.setattr(eq, "cost_margin_config", margin)
        assert eq.completion_cost(answer) == pytest.approx(listed * 0.95 * factor + fixed)
    estimate = Estimate("chat", {"messages": [], "max_tokens": 100}, "openai", "gpt-4o")
    most = estimate.most()
    monkeypatch.setattr(eq, "cost_margin_config", {"openai": {"fixed_amount": 1.0}})
    assert estimate.most() == pytest.approx(most + 1.0)  # a budget holds what will be paid
    said = answered("gpt-4o", usage={"prompt_tokens": 1, "completion_tokens": 1, "cost": 2.0})
    assert eq.completion_cost(said, custom_llm_provider="openai") == 3.0  # no discount on what was charged


def test_a_search_that_an_answer_cites_is_paid() -> None:
    fees = eq.model_cost["gpt-4o-search-preview"]["search_context_cost_per_query"]
    note = {"type": "url_citation", "url_citation": {"url": "https://a", "title": "a"}}
    message: dict[str, Any] = {"role": "assistant", "content": "x", "annotations": [note]}
    plain, cited = answered("gpt-4o-search-preview"), answered("gpt-4o-search-preview")
    cited.choices = [eq.Choices(message=eq.Message(**message))]
    for size in ("low", "medium", "high"):
        asked = {"web_search_options": {"search_context_size": size}}
        paid = eq.completion_cost(cited, custom_llm_provider="openai", optional_params=asked)
        rest = eq.completion_cost(plain, custom_llm_provider="openai", optional_params=asked)
        assert paid - rest == pytest.approx(fees[f"search_context_size_{size}"])


def test_what_a_proxy_says_it_cost() -> None:
    answer = answered("some-alias")
    answer._hidden_params = {"additional_headers": {"llm_provider-x-litellm-response-cost": "0.25"}}
    assert eq.response_cost_calculator(answer, model="some-alias") == 0.25
    assert eq.response_cost_calculator(answer, model="some-alias", cache_hit=True) == 0.0


def test_names_that_an_answer_was_given() -> None:
    listed = sum(eq.cost_per_token("gpt-4o-mini", prompt_tokens=1000, completion_tokens=100))
    at_azure = answered("azure_ai/gpt-4o-mini")
    assert eq.completion_cost(at_azure, model="azure_ai/router") == pytest.approx(listed, rel=0.2)
    heard = eq.TranscriptionResponse(text="x")
    heard["duration"] = 3
    heard._hidden_params = {"model": "whisper-1", "custom_llm_provider": "azure"}
    assert eq.completion_cost(heard, model="azure/mine") > 0
    details = PromptTokensDetails(cached_tokens=400)
    usage = eq.Usage(prompt_tokens=1000, completion_tokens=0, prompt_tokens_details=details)
    rates = eq.model_cost["gpt-4o-mini"]
    assert generic_cost_per_token("gpt-4o-mini", usage, "openai")[0] == pytest.approx(
        600 * rates["input_cost_per_token"] + 400 * rates["cache_read_input_token_cost"]
    )
