"""What a Router does for programs of LiteLLM: hooks, prices and limits in ``model_info``, strategies."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

import edgequake_python
from edgequake_python import APIConnectionError, CustomLogger, InternalServerError, RateLimitError, Router
from edgequake_python.types.router import CustomRoutingStrategyBase
from loopback import Loopback, error
from test_router import Ask, ask, deployment
from test_router_past import HI, quick, staged

__all__ = ["ask", "quick"]


@pytest.mark.parametrize("refusal", [RateLimitError("full", "p", "m"), InternalServerError("no", "p", "m")])
def test_a_deployment_that_a_hook_refuses(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    asked: list[str] = []

    class Hook(CustomLogger):
        def pre_call_check(self, deployment: dict[str, Any]) -> dict[str, Any] | None:
            asked.append(deployment["model_info"]["id"])
            if deployment["model_info"]["id"] == "one":
                raise refusal
            return deployment

        async def async_pre_call_check(self, deployment: dict[str, Any], parent_otel_span: Any) -> Any:
            return self.pre_call_check(deployment)

    monkeypatch.setattr(edgequake_python, "callbacks", [Hook()])
    router = Router([staged("a", "1", "one"), staged("a", "2", "two")], disable_cooldowns=True)
    for _ in range(20):
        assert ask(router, "a").choices[0].message.content == "2"
    assert "one" in asked
    only = Router([staged("a", "1", "one")], num_retries=0)
    with pytest.raises(type(refusal)):
        ask(only, "a")


def test_hooks_that_are_not_written_cost_nothing(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgequake_python, "callbacks", [CustomLogger(), object()])
    assert ask(Router([staged("a", "1")]), "a").choices[0].message.content == "1"


def priced(answer: str, **info: Any) -> dict[str, Any]:
    entry = staged("a", answer)
    entry["litellm_params"]["model"] = "openai/nobody-has-a-price-for-this"
    return {**entry, "model_info": info}


def test_prices_of_model_info(ask: Ask) -> None:
    prices = {"input_cost_per_token": "1e-3", "output_cost_per_token": 2e-3}
    router = Router([priced("x", **prices)])
    answer = ask(router, "a")
    usage = answer.usage
    cost = usage.prompt_tokens * 1e-3 + usage.completion_tokens * 2e-3
    assert answer._hidden_params["response_cost"] == pytest.approx(cost)
    own = priced("x", **prices)
    own["litellm_params"].update(input_cost_per_token=0.0, output_cost_per_token=1.0)
    assert ask(Router([own]), "a")._hidden_params["response_cost"] == usage.completion_tokens


def test_what_model_info_tells_of_a_group() -> None:
    info = Router(
        [
            priced("x", id="1", input_cost_per_token="1e-05", tpm=1000),
            priced("x", id="2", input_cost_per_token=2e-05, tpm=500, rpm=3, description="ours"),
        ]
    ).get_model_group_info("a")
    assert info is not None
    assert (info.input_cost_per_token, info.tpm, info.rpm) == (2e-05, 1500, 3)
    assert info.description == "ours"  # type: ignore[attr-defined]


def test_how_many_retries_there_might_have_been(server: Loopback, ask: Ask) -> None:
    router = Router([deployment(server, "a", "one")], num_retries=3)
    headers = ask(router, "a")._hidden_params["additional_headers"]
    assert "x-litellm-max-retries" not in headers
    headers = ask(router, "a", mock_testing_rate_limit_error=True)._hidden_params["additional_headers"]
    assert (headers["x-litellm-attempted-retries"], headers["x-litellm-max-retries"]) == (1, 3)


class First(CustomRoutingStrategyBase):
    def __init__(self, router: Router) -> None:
        self.router = router

    def get_available_deployment(self, *args: Any, **kwargs: Any) -> Any:
        return self.router.model_list[0]

    async def async_get_available_deployment(self, *args: Any, **kwargs: Any) -> Any:
        return self.router.model_list[0]


def test_another_strategy_takes_the_place_of_the_program_s_own() -> None:
    router = Router([staged("a", "1", "one"), staged("a", "2", "two")])
    router.set_custom_routing_strategy(First(router))
    assert {router.get_available_deployment("a")["model_info"]["id"] for _ in range(40)} == {"one"}
    router.routing_strategy_init("simple-shuffle", {})
    assert len({router.get_available_deployment("a")["model_info"]["id"] for _ in range(40)}) == 2


def test_the_fastest_answer_says_so() -> None:
    router = Router([staged("a", "late", mock_delay=5), staged("b", "soon")])
    answer = asyncio.run(router.abatch_completion_fastest_response("a, b", HI))
    assert answer.choices[0].message.content == "soon"
    assert answer._hidden_params["fastest_response_batch_completion"] is True


def test_what_an_account_keeps_is_not_asked_of_another(server: Loopback) -> None:
    server.handler = lambda request: error(500, "it failed")
    router = Router(
        [deployment(server, "a", "one"), deployment(server, "b", "two")],
        num_retries=0,
        fallbacks=[{"a": ["b"]}],
        default_fallbacks=["b"],
    )
    with pytest.raises((InternalServerError, APIConnectionError)):
        asyncio.run(router.acancel_batch(model="a", batch_id="batch_1"))
    assert len(server.requests) == 1


def test_how_long_an_only_deployment_is_waited_for() -> None:
    request = httpx.Request("POST", "http://127.0.0.1/")
    limited = RateLimitError(
        message="m",
        model="m",
        llm_provider="p",
        response=httpx.Response(429, headers={"retry-after": "60"}, request=request),
    )
    router, one = Router([staged("a", "a")]), staged("a", "a")
    wait = router._time_to_sleep_before_retry
    assert 60 <= wait(limited, 2, 2, healthy_deployments=[one], all_deployments=[one]) < 62
    assert wait(limited, 2, 2, healthy_deployments=[one], all_deployments=[one, one]) == 0


def test_a_message_without_a_provider() -> None:
    claude = staged("a", "litellm.InternalServerError")
    claude["litellm_params"]["model"] = "anthropic/claude-sonnet-4-5"
    other = staged("b", "from another")
    other["litellm_params"]["model"] = "bedrock/anthropic.claude-haiku-4-5-20251001-v1:0"
    router = Router([claude, other], num_retries=0, fallbacks=[{"a": ["b"]}])
    answer = asyncio.run(router.aanthropic_messages(model="a", messages=HI, max_tokens=20))
    assert answer["content"] == [{"type": "text", "text": "from another"}]
    assert (answer["type"], answer["stop_reason"]) == ("message", "end_turn")


@pytest.mark.parametrize("failures", [0, 2, 3])
def test_a_function_that_is_repeated(failures: int) -> None:
    given: list[dict[str, Any]] = []

    def function(**kwargs: Any) -> str:
        given.append(kwargs)
        if len(given) <= failures:
            raise RateLimitError(message="m", model="m", llm_provider="p", headers={"retry-after-ms": "1"})
        return "done"

    async def coroutine(**kwargs: Any) -> str:
        return function(**kwargs)

    asked: dict[str, Any] = {"model": "m", "messages": HI, "num_retries": 2, "max_retries": 9}
    for repeat in (
        lambda: edgequake_python.completion_with_retries(original_function=function, **asked),
        lambda: asyncio.run(edgequake_python.acompletion_with_retries(original_function=coroutine, **asked)),
    ):
        given.clear()
        if failures > 2:
            with pytest.raises(RateLimitError):
                repeat()
        else:
            assert repeat() == "done"
        assert len(given) == min(failures + 1, 3)
        assert {(kwargs["num_retries"], kwargs["max_retries"]) for kwargs in given} == {(0, 0)}


def test_fewer_retries_than_none_are_none() -> None:
    assert edgequake_python.completion_with_retries(original_function=dict, num_retries=-1) == {
        "num_retries": 0,
        "max_retries": 0,
    }


def test_what_repeating_cannot_mend_is_not_repeated() -> None:
    calls: list[int] = []

    def function(**kwargs: Any) -> None:
        calls.append(1)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        edgequake_python.completion_with_retries(original_function=function, model="m", messages=HI)
    assert calls == [1]
