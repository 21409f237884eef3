"""Where a call goes on its way through groups, and who is to blame for what."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from edgequake_python import BadRequestError, ContextWindowExceededError, InternalServerError, Router, Timeout
from loopback import MESSAGES, Loopback, Request, chat, error
from test_router import Ask, ask, deployment

__all__ = ["ask"]


@pytest.mark.parametrize("default", [True, False])
def test_each_fallback_is_asked_once(server: Loopback, ask: Ask, default: bool) -> None:
    server.handler = lambda request: error(400)
    others = ["b", "c", "d", "e"]
    router = Router(
        [deployment(server, name, name, name) for name in "abcde"],
        num_retries=0,
        default_fallbacks=others if default else None,
    )
    with pytest.raises(BadRequestError):
        ask(router, "a", **({} if default else {"fallbacks": others}))
    assert [body["model"] for body in server.bodies] == ["a", *others]


@pytest.mark.parametrize("target", [{"model": "group", "seed": 5}, {"seed": 5}])
def test_a_fallback_may_be_the_same_group_with_other_arguments(
    server: Loopback, ask: Ask, target: dict[str, Any]
) -> None:
    server.handler = lambda request: chat("ok") if request.json.get("seed") == 5 else error(400)
    router = Router([deployment(server, "group", "one")], num_retries=0)
    answer = ask(router, "group", fallbacks=[{"model": "group", "seed": 4}, target])
    assert answer.choices[0].message.content == "ok"
    assert [body.get("seed") for body in server.bodies] == [None, 4, 5]


def test_a_policy_for_a_group_counts_for_its_alias(server: Loopback, ask: Ask) -> None:
    server.handler = lambda request: error(500)
    router = Router(
        [deployment(server, "group", name) for name in ("one", "two")],
        num_retries=0,
        model_group_alias={"alias": "group"},
        model_group_retry_policy={"group": {"InternalServerErrorRetries": 1}},
    )
    with pytest.raises(InternalServerError):
        ask(router, "alias")
    assert len(server.requests) == 2


def test_a_deadline_that_passes_is_not_the_deployments_fault(server: Loopback, ask: Ask) -> None:
    def slow(request: Request) -> Any:
        request.server.pause(20)
        return chat()

    server.handler = slow
    router = Router(
        [deployment(server, "group", name) for name in ("one", "two")],
        num_retries=0,
        routing_strategy="latency-based-routing",
        allowed_fails_policy={"TimeoutErrorAllowedFails": 0},
    )
    with pytest.raises(Timeout):
        ask(router, "group", deadline=0.2)
    assert len(router.healthy_deployments) == 2
    assert set(router.deployment_latency_map.values()) == {0.0}


def test_waiting_for_ones_turn_is_part_of_the_journey(server: Loopback, ask: Ask) -> None:
    arrived, going_on = threading.Event(), threading.Event()

    def slow(request: Request) -> Any:
        arrived.set()
        going_on.wait(20)
        return chat()

    server.handler = slow
    router = Router([deployment(server, "group", "one", max_parallel_requests=1)], num_retries=0)
    thread = threading.Thread(target=router.completion, args=("group", MESSAGES))
    thread.start()
    arrived.wait(20)
    started = time.monotonic()
    with pytest.raises(Timeout):
        ask(router, "group", priority=1, deadline=0.2)
    assert time.monotonic() - started < 10
    going_on.set()
    thread.join(20)


def test_a_providers_budget_knows_models_without_its_name(server: Loopback, ask: Ask) -> None:
    """Both of the spent provider's deployments are passed over; the other provider's takes the call."""

    def entry(id: str, model: str, order: int) -> dict[str, Any]:
        where = {"model": model, "api_base": server.base_url, "api_key": "sk-loopback", "order": order}
        return {"model_name": "group", "litellm_params": where, "model_info": {"id": id}}

    entries = [
        entry("one", "gpt-4o", 1),
        entry("two", "gpt-4o", 1),
        entry("three", "deepseek/deepseek-chat", 1),
    ]
    budget = {"openai": {"budget_limit": 0.0001, "time_period": "1d"}}
    for _ in range(8):  # whoever is drawn first
        router = Router(entries, num_retries=0, provider_budget_config=budget)
        assert ask(router, "group", max_tokens=1000)._hidden_params["model_id"] == "three"
    info = router.get_model_group_info("group")
    assert info is not None and info.providers == ["openai", "deepseek"]


def test_a_wildcard_is_checked_as_the_model_that_is_asked_for(server: Loopback, ask: Ask) -> None:
    where = {"model": "openai/*", "api_base": server.base_url, "api_key": "sk-loopback"}
    router = Router([{"model_name": "openai/*", "litellm_params": where}], enable_pre_call_checks=True)
    long = [{"role": "user", "content": "word " * 30_000}]
    with pytest.raises(ContextWindowExceededError):
        ask(router, "openai/gpt-3.5-turbo", messages=long)
    assert not server.requests
    ask(router, "openai/gpt-4o", messages=long)
    info = router.get_model_group_info("openai/gpt-4o")
    assert info is not None and info.max_input_tokens == 128_000
