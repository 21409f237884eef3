"""What calls cost, against figures worked out by hand."""

from __future__ import annotations

import asyncio
import threading
from decimal import Decimal
from typing import Any

import pytest

import edgequake_python
from edgequake_python import model_table
from edgequake_python.cost import completion_cost, cost_per_token
from edgequake_python.exceptions import NotFoundError
from edgequake_python.pricing import Rates, tokens
from edgequake_python.types import ModelResponse, Usage

RATES = {
    "litellm_provider": "openai",
    "mode": "chat",
    "input_cost_per_token": 3e-06,
    "output_cost_per_token": 1.5e-05,
    "cache_read_input_token_cost": 3e-07,
    "cache_creation_input_token_cost": 3.75e-06,
    "cache_creation_input_token_cost_above_1hr": 6e-06,
    "input_cost_per_token_above_200k_tokens": 6e-06,
    "output_cost_per_token_above_200k_tokens": 2.25e-05,
    "cache_read_input_token_cost_above_200k_tokens": 6e-07,
    "input_cost_per_token_priority": 5e-06,
    "output_cost_per_token_batches": 5e-06,
    "input_cost_per_audio_token": 4e-05,
    "output_cost_per_audio_token": 8e-05,
    "output_cost_per_reasoning_token": 2e-05,
    "search_context_cost_per_query": {"search_context_size_medium": 0.01},
}


@pytest.fixture
def model(restored_settings: None) -> str:
    table = {**model_table.table(), "house-model": dict(RATES)}
    edgequake_python.model_cost = table
    return "openai/house-model"


def usage(prompt: int, answer: int, **details: Any) -> Usage:
    return Usage(prompt_tokens=prompt, completion_tokens=answer, total_tokens=prompt + answer, **details)


@pytest.mark.parametrize(
    ("counts", "tier", "prompt", "answer"),
    [
        (usage(1000, 500), None, "0.003", "0.0075"),
        # 600 at 3, 400 read at 0.3.
        (usage(1000, 0, prompt_tokens_details={"cached_tokens": 400}), None, "0.00192", "0"),
        # 100 at 3, 400 read at 0.3, 200 written for minutes at 3.75, 300 for an hour at 6.
        (
            usage(
                1000,
                0,
                prompt_tokens_details={
                    "cached_tokens": 400,
                    "cache_creation_tokens": 500,
                    "cache_creation_token_details": {
                        "ephemeral_5m_input_tokens": 200,
                        "ephemeral_1h_input_tokens": 300,
                    },
                },
            ),
            None,
            "0.00297",
            "0",
        ),
        # Everything at the higher rates: 200,001 at 6, of which 1 read at 0.6.
        (usage(200_001, 10, prompt_tokens_details={"cached_tokens": 1}), None, "1.2000006", "0.000225"),
        (usage(200_000, 10), None, "0.6", "0.00015"),
        # 900 text, 100 audio; 40 text, 60 audio.
        (
            usage(
                1000,
                100,
                prompt_tokens_details={"audio_tokens": 100, "text_tokens": 900},
                completion_tokens_details={"audio_tokens": 60, "text_tokens": 40},
            ),
            None,
            "0.0067",
            "0.0054",
        ),
        # 300 thought at 20, 200 said at 15.
        (usage(0, 500, completion_tokens_details={"reasoning_tokens": 300}), None, "0", "0.009"),
        # Where the tier has no price of its own the standard one counts.
        (usage(1000, 500), "priority", "0.005", "0.0075"),
        # Listed for the answer, half for the prompt.
        (usage(1000, 500), "batches", "0.0015", "0.0025"),
        # More cached than there is, as some servers say: never a negative or a double charge.
        (usage(100, 0, prompt_tokens_details={"cached_tokens": 500}), None, "0.00003", "0"),
    ],
)
def test_tokens_cost_what_a_pencil_says(counts: Usage, tier: str | None, prompt: str, answer: str) -> None:
    rates = Rates(RATES, counts.prompt_tokens, tier)
    assert tokens(rates, counts, RATES) == (Decimal(prompt), Decimal(answer))


def test_a_price_list_by_size_prices_every_token_by_one_row() -> None:
    facts = {
        "tiered_pricing": [
            {"range": [0, 256_000], "input_cost_per_token": 4e-07, "output_cost_per_token": 1.2e-06},
            {
                "range": [256_000, 1_000_000],
                "input_cost_per_token": 1.2e-06,
                "output_cost_per_token": 3.6e-06,
            },
        ]
    }
    counts = usage(300_000, 100)
    assert tokens(Rates(facts, 300_000), counts, facts) == (Decimal("0.36"), Decimal("0.00036"))
    counts = usage(256_000, 100)
    assert tokens(Rates(facts, 256_000), counts, facts) == (Decimal("0.1024"), Decimal("0.00012"))


def test_a_response_costs_its_tokens_and_its_searches(model: str) -> None:
    counts = usage(1000, 500, server_tool_use={"web_search_requests": 3})
    response = ModelResponse(model="house-model", usage=counts)
    assert completion_cost(response, model=model, custom_llm_provider="openai") == 0.0405
    assert cost_per_token(model, 1000, 500) == (0.003, 0.0075)
    # The tokens that came out of the cache are among the prompt's.
    assert cost_per_token(model, 1000, 0, cache_read_input_tokens=400) == (0.00192, 0.0)


def test_what_the_provider_says_it_charged_wins(model: str) -> None:
    response = {"model": "house-model", "usage": {"prompt_tokens": 1000, "cost": 0.5}}
    assert completion_cost(response, model=model) == 0.5
    response = {"model": "house-model", "usage": {"cost": {"total_cost": 0.25}}}
    assert completion_cost(response, model=model) == 0.25
    response = {"model": "house-model", "usage": {"cost_in_usd_ticks": 25_000_000}}
    assert completion_cost(response, model=model) == 0.0025


def test_prices_of_ones_own() -> None:
    prices = {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}
    assert cost_per_token("any", 10, 10, custom_cost_per_token=prices) == (1e-05, 2e-05)
    assert cost_per_token("any", response_time_ms=2500, custom_cost_per_second=0.001) == (0.0, 0.0025)


def test_other_operations(restored_settings: None) -> None:
    edgequake_python.model_cost = {
        "heard": {"litellm_provider": "openai", "input_cost_per_second": 0.0001},
        "said": {"litellm_provider": "openai", "input_cost_per_character": 1.5e-05},
        "sorted": {"litellm_provider": "cohere", "input_cost_per_query": 0.002},
        "1024-x-1024/drawn": {"litellm_provider": "openai", "input_cost_per_pixel": 1e-08},
        "hd/1024-x-1024/drawn": {"litellm_provider": "openai", "input_cost_per_image": 0.08},
    }
    assert cost_per_token("heard", call_type="transcription", audio_transcription_file_duration=61.5) == (
        0.00615,
        0.0,
    )
    assert cost_per_token("said", call_type="speech", prompt_characters=1000) == (0.015, 0.0)
    units = {"search_units": 2}
    assert cost_per_token("cohere/sorted", call_type="rerank", rerank_billed_units=units) == (0.004, 0.0)
    drawn: dict[str, Any] = {"data": [{}, {}]}
    assert completion_cost(drawn, model="openai/drawn", call_type="image_generation") == 0.02097152
    assert completion_cost(drawn, model="openai/drawn", call_type="image_generation", quality="hd") == 0.16


def test_a_model_of_unknown_price_works_and_costs_none(
    openai_simulated: edgequake_python.Simulator, recwarn: pytest.WarningsRecorder
) -> None:
    with pytest.raises(NotFoundError):
        cost_per_token("openai/nobody-knows-it", 10, 10)
    response = edgequake_python.completion(
        model="openai/nobody-knows-it", messages=[{"role": "user", "content": "hi"}]
    )
    assert response._hidden_params["response_cost"] is None
    assert not recwarn.list


def test_a_response_carries_its_cost(openai_simulated: edgequake_python.Simulator) -> None:
    response = edgequake_python.completion(
        model="openai/gpt-4o", messages=[{"role": "user", "content": "hi"}]
    )
    counts = response.usage
    rates = edgequake_python.model_cost["gpt-4o"]
    expected = Decimal(str(rates["input_cost_per_token"])) * counts.prompt_tokens
    expected += Decimal(str(rates["output_cost_per_token"])) * counts.completion_tokens
    assert response._hidden_params["response_cost"] == float(expected)
    assert completion_cost(response) == float(expected)
    # Another provider's model of the same name is not this one.
    with pytest.raises(NotFoundError):
        completion_cost(
            {"model": "gpt-4o", "usage": {"prompt_tokens": 1}}, custom_llm_provider="custom_openai"
        )


def test_texts_are_counted_when_there_is_no_response(model: str) -> None:
    cost = completion_cost(model=model, prompt="hello world", completion="hello world")
    assert cost == float(2 * Decimal("3e-06") + 2 * Decimal("1.5e-05"))


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_call_may_bring_its_own_prices(
    openai_simulated: edgequake_python.Simulator, asynchronous: bool
) -> None:
    prices: dict[str, Any] = {"input_cost_per_token": 0.5, "output_cost_per_token": 2.0}
    call: dict[str, Any] = {
        "model": "openai/nobody-knows-it",
        "messages": [{"role": "user", "content": "hi"}],
        **prices,
    }

    def ask(**more: Any) -> Any:
        if asynchronous:
            return asyncio.run(edgequake_python.acompletion(**call, **more))
        return edgequake_python.completion(**call, **more)

    response = ask()
    usage = response.usage
    expected = 0.5 * usage.prompt_tokens + 2.0 * usage.completion_tokens
    assert response._hidden_params["response_cost"] == expected
    assert b"cost_per_token" not in openai_simulated.requests[-1]["body"]
    if not asynchronous:
        stream = edgequake_python.completion(**call, stream=True, stream_options={"include_usage": True})
        list(stream)
        assert stream._hidden_params["response_cost"] == expected
    named = edgequake_python.completion(
        model="openai/mine", messages=call["messages"], base_model="openai/gpt-4o"
    )
    assert named._hidden_params["response_cost"] > 0


def test_two_threads_that_ask_at_once_both_learn_the_cost(
    openai_simulated: edgequake_python.Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from edgequake_python import response_cost

    real = response_cost.of_response
    seen: list[float | None] = []
    answer = edgequake_python.completion("openai/gpt-4o", [{"role": "user", "content": "hi"}])

    def slow(*given: Any) -> float | None:
        if not seen:
            # Meanwhile somebody else wants to know, as callbacks do.
            seen.append(None)
            other = threading.Thread(target=lambda: seen.append(answer._hidden_params["response_cost"]))
            other.start()
            other.join(30)
        return real(*given)

    monkeypatch.setattr(response_cost, "of_response", slow)
    assert answer._hidden_params["response_cost"] is not None
    assert seen == [None, answer._hidden_params["response_cost"]]
