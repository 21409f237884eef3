"""Which deployment is chosen: strategies, limits, checks before a call, affinity."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from edgequake_python import (
    BadRequestError,
    BudgetExceededError,
    ContextWindowExceededError,
    RateLimitError,
    Router,
    RouterRateLimitError,
)
from edgequake_python.state import LocalState
from loopback import MESSAGES, Loopback, Reply, Request, chat, error, event
from test_router import Ask, ask, deployment

__all__ = ["ask"]

STRATEGIES = (
    "simple-shuffle",
    "least-busy",
    "usage-based-routing",
    "usage-based-routing-v2",
    "latency-based-routing",
    "cost-based-routing",
    "prompt-cache-affinity",
)


def chosen(router: Router, calls: int, **more: Any) -> Counter[str]:
    answers = [router.completion("group", MESSAGES, **more) for _ in range(calls)]
    return Counter(answer._hidden_params["model_id"] for answer in answers)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_uses_everybody_alike(server: Loopback, ask: Ask, strategy: str) -> None:
    router = Router(
        [deployment(server, "group", str(number)) for number in range(3)], routing_strategy=strategy
    )
    served = Counter(ask(router, "group")._hidden_params["model_id"] for _ in range(30))
    assert sum(served.values()) == 30
    if "latency" not in strategy:
        assert set(served) == {"0", "1", "2"}


def test_weights(server: Loopback) -> None:
    def picked(name: str, *values: int) -> Counter[str]:
        entries = []
        for place, value in enumerate(values):
            params: dict[str, Any] = {name: value}
            entries.append(deployment(server, "group", str(place), **params))
        router = Router(entries)
        return Counter(router.get_available_deployment("group")["model_info"]["id"] for _ in range(2000))

    for name in ("weight", "rpm", "tpm"):
        counts = picked(name, 900, 100)
        assert 1600 < counts["0"] < 1950
    assert set(picked("weight", 0, 1)) == {"1"}


def test_order(server: Loopback) -> None:
    entries = [deployment(server, "group", str(place), order=order) for place, order in enumerate([2, 1, 1])]
    router = Router([*entries, deployment(server, "group", "none")])
    assert set(chosen(router, 12)) == {"1", "2"}


def test_least_busy(server: Loopback) -> None:
    holding = threading.Event()
    arrived = threading.Semaphore(0)

    def handle(request: Request) -> Any:
        if request.json["messages"][0]["content"] == "wait":
            arrived.release()
            holding.wait(10)
        return chat()

    server.handler = handle
    router = Router([deployment(server, "group", str(n)) for n in range(3)], routing_strategy="least-busy")
    waiting = [{"role": "user", "content": "wait"}]
    threads = [threading.Thread(target=router.completion, args=("group", waiting)) for _ in range(2)]
    for thread in threads:
        thread.start()
        assert arrived.acquire(timeout=10)
    idle = chosen(router, 6)
    holding.set()
    for thread in threads:
        thread.join()
    assert len(idle) == 1
    assert len(chosen(router, 40)) == 3


def test_the_least_used(server: Loopback) -> None:
    def handle(request: Request) -> Any:
        tokens = 1000 if request.json["model"] == "much" else 10
        usage = {"prompt_tokens": 0, "completion_tokens": tokens, "total_tokens": tokens}
        return chat(usage=usage)

    server.handler = handle
    entries = [deployment(server, "group", name, name) for name in ("much", "little")]
    now = [600.0]
    router = Router(
        entries, routing_strategy="usage-based-routing-v2", state=LocalState(clock=lambda: now[0])
    )
    counts = chosen(router, 30)
    assert counts["much"] == 1
    now[0] += 60.0  # a new window: everybody begins at zero
    assert chosen(router, 2) == {"much": 1, "little": 1} or chosen(router, 30)["much"] <= 1


def test_the_fastest(server: Loopback) -> None:
    def handle(request: Request) -> Any:
        slow = request.json["model"] == "slow"
        if request.json.get("stream"):
            # As slow to the first content, and quicker afterwards.
            def pieces() -> Iterator[bytes]:
                request.server.pause(0.2 if slow else 0.0)
                yield event(delta={"content": "a"}, finish_reason="stop")
                yield b"data: [DONE]\n\n"

            return Reply(pieces())
        request.server.pause(0.2 if slow else 0.0)
        return chat()

    server.handler = handle
    entries = [deployment(server, "group", name, name) for name in ("slow", "fast")]
    arguments = {"lowest_latency_buffer": 0.5}
    router = Router(entries, routing_strategy="latency-based-routing", routing_strategy_args=arguments)
    assert chosen(router, 12)["slow"] == 1
    router = Router(entries, routing_strategy="latency-based-routing", routing_strategy_args=arguments)
    for _ in range(8):
        assert list(router.completion("group", MESSAGES, stream=True))
    assert router.total_calls["openai/slow"] == 1


def test_the_cheapest(server: Loopback) -> None:
    prices: list[dict[str, Any]] = [
        {"input_cost_per_token": 2e-6, "output_cost_per_token": 1e-6},
        {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6},
        {},
    ]
    entries = [deployment(server, "group", str(place), **price) for place, price in enumerate(prices)]
    assert set(chosen(Router(entries, routing_strategy="cost-based-routing"), 10)) == {"1"}
    assert "input_cost_per_token" not in server.bodies[0]


# Limits.


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_exactly_ten_calls_a_minute(server: Loopback, ask: Ask, strategy: str) -> None:
    now = [600.0]
    router = Router(
        [deployment(server, "group", "one", rpm=10)],
        routing_strategy=strategy,
        state=LocalState(clock=lambda: now[0]),
        num_retries=0,
    )
    for window in range(3):
        refused = 0
        for _ in range(15):
            try:
                ask(router, "group")
            except RouterRateLimitError as error:
                refused += 1
                assert 0 < error.cooldown_time <= 60
        assert refused == 5 and len(server.requests) == 10 * (window + 1)
        now[0] += 60.0


def test_exact_from_many_threads_and_tasks(server: Loopback) -> None:
    entries = [deployment(server, "group", str(n), rpm=10, max_parallel_requests=100) for n in range(2)]
    state = LocalState(window=1e6)
    router = Router(entries, num_retries=0, state=state)
    admitted = []

    def call() -> None:
        for _ in range(5):
            with contextlib.suppress(RouterRateLimitError):
                admitted.append(router.completion("group", MESSAGES))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == 20 == len(server.requests)

    async def use() -> int:
        fresh = Router(entries, num_retries=0, state=LocalState(window=1e6))
        answers = await asyncio.gather(
            *[fresh.acompletion("group", MESSAGES) for _ in range(50)], return_exceptions=True
        )
        return sum(not isinstance(answer, Exception) for answer in answers)

    assert asyncio.run(use()) == 20


def test_tokens_a_minute(server: Loopback) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 30, "total_tokens": 40}
    server.handler = lambda request: chat(usage=usage)
    router = Router(
        [deployment(server, "group", "one", tpm=100)], num_retries=0, state=LocalState(window=1e6)
    )
    for _ in range(2):
        router.completion("group", MESSAGES)
    # 80 of 100 are used; what is asked for does not fit.
    with pytest.raises(RouterRateLimitError):
        router.completion("group", MESSAGES, max_tokens=50)
    assert asyncio.run(router.get_model_group_usage("group")) == (80, 2)
    limited = Router(
        [deployment(server, "group", "one", otpm=40)], num_retries=0, state=LocalState(window=1e6)
    )
    limited.completion("group", MESSAGES, max_tokens=30)
    with pytest.raises(RouterRateLimitError):
        limited.completion("group", MESSAGES, max_tokens=30)


def test_slots(server: Loopback) -> None:
    holding = threading.Event()
    arrived = threading.Semaphore(0)

    def handle(request: Request) -> Any:
        arrived.release()
        holding.wait(10)
        return chat()

    server.handler = handle
    router = Router([deployment(server, "group", "one", max_parallel_requests=1)], num_retries=3)
    thread = threading.Thread(target=router.completion, args=("group", MESSAGES))
    thread.start()
    assert arrived.acquire(timeout=10)
    with pytest.raises(RateLimitError, match="all max_parallel_requests slots in use"):
        router.completion("group", MESSAGES)
    holding.set()
    thread.join()
    assert router.completion("group", MESSAGES).choices
    assert len(server.requests) == 2


# Checks before a call.


def test_prompts_that_are_too_long(server: Loopback, ask: Ask) -> None:
    small, large = (deployment(server, "group", name) for name in ("small", "large"))
    small["model_info"]["max_input_tokens"] = 20
    large["model_info"]["max_input_tokens"] = 2000
    router = Router([small, large], enable_pre_call_checks=True)
    long = [{"role": "user", "content": "word " * 200}]
    for _ in range(5):
        assert ask(router, "group", messages=long)._hidden_params["model_id"] == "large"
    with pytest.raises(ContextWindowExceededError):
        ask(router, "group", messages=[{"role": "user", "content": "word " * 20000}])
    other = deployment(server, "bigger", "bigger")
    fallback: list[Any] = [{"group": ["bigger"]}]
    helped = Router([small, large, other], enable_pre_call_checks=True, context_window_fallbacks=fallback)
    answer = ask(helped, "group", messages=[{"role": "user", "content": "word " * 20000}])
    assert answer._hidden_params["model_id"] == "bigger"


def test_regions(server: Loopback, ask: Ask) -> None:
    entries = [
        deployment(server, "group", "europe", region_name="eu-west-1"),
        deployment(server, "group", "america", region_name="us-east-1"),
        deployment(server, "group", "anywhere"),
    ]
    router = Router(entries, enable_pre_call_checks=True)
    for _ in range(6):
        assert ask(router, "group", allowed_model_region="eu")._hidden_params["model_id"] == "europe"
    with pytest.raises(BadRequestError, match="region"):
        ask(router, "group", allowed_model_region="asia")
    assert "allowed_model_region" not in server.bodies[0]


def test_callbacks_filter_deployments(server: Loopback) -> None:
    import edgequake_python

    class OnlyTwo:
        async def async_filter_deployments(
            self, model: str, healthy_deployments: list[Any], *rest: Any
        ) -> list[Any]:
            assert model == "group"
            return [entry for entry in healthy_deployments if entry["model_info"]["id"] == "2"]

    edgequake_python.callbacks = [OnlyTwo()]
    router = Router([deployment(server, "group", str(n)) for n in range(3)])
    for _ in range(6):
        answer = asyncio.run(router.acompletion("group", MESSAGES))
        assert answer._hidden_params["model_id"] == "2"


# Affinity.


def test_a_prompt_goes_where_it_is_cached(server: Loopback, ask: Ask) -> None:
    entries = [deployment(server, "group", str(n)) for n in range(8)]
    router = Router(entries, routing_strategy="prompt-cache-affinity")
    start: list[Any] = [
        {"role": "system", "content": "Long instructions. " * 500},
        {"role": "user", "content": "First question"},
    ]
    served = set()
    for turn in range(6):
        answer = ask(router, "group", messages=start)
        served.add(answer._hidden_params["model_id"])
        start = [*start, answer.choices[0].message, {"role": "user", "content": f"And {turn}?"}]
    assert len(served) == 1
    assert len(chosen(router, 40)) > 1  # short prompts are cached nowhere


def test_sessions_and_stored_responses(server: Loopback) -> None:
    entries = [deployment(server, "group", str(n)) for n in range(8)]
    router = Router(entries, optional_pre_call_checks=["session_affinity", "responses_api_deployment_check"])
    served = chosen(router, 10, metadata={"session_id": "s1"})
    assert len(served) == 1
    text = "litellm:custom_llm_provider:openai;model_id:5;response_id:resp_1"
    response_id = "resp_" + base64.b64encode(text.encode()).decode()
    from edgequake_python.router.affinity import deployment_of_response

    assert deployment_of_response(response_id) == "5"
    assert deployment_of_response("resp_plain") is None and deployment_of_response(None) is None


# Budgets.


def priced(server: Loopback, id: str, provider: str = "openai", **params: Any) -> dict[str, Any]:
    """A deployment whose every call costs one USD: a hundredth for each of a hundred tokens."""
    entry = deployment(server, "group", id, input_cost_per_token=0.0, output_cost_per_token=0.01, **params)
    entry["litellm_params"]["model"] = f"{provider}/m"
    return entry


@pytest.mark.parametrize("asynchronous", [False, True])
def test_budgets_of_providers_and_deployments(server: Loopback, asynchronous: bool) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 100, "total_tokens": 110}
    server.handler = lambda request: chat(usage=usage)
    router = Router(
        [priced(server, "one"), priced(server, "two", "groq"), priced(server, "three", max_budget=2)],
        provider_budget_config={"groq": {"budget_limit": 3, "time_period": "1d"}},
        num_retries=0,
    )
    router.set_model_list([*router.model_list[1:], priced(server, "three", max_budget=2)])

    def call() -> str:
        more: dict[str, Any] = {"max_tokens": 100}
        if asynchronous:
            answer: Any = asyncio.run(router.acompletion("group", MESSAGES, **more))
        else:
            answer = router.completion("group", MESSAGES, **more)
        return str(answer._hidden_params["model_id"])

    assert Counter(call() for _ in range(5)) == {"two": 3, "three": 2}
    with pytest.raises(BudgetExceededError, match="crossed budget"):
        call()
    assert len(server.requests) == 5


def test_no_budget_is_overspent_by_calls_at_the_same_time(server: Loopback) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 100, "total_tokens": 110}

    def handle(request: Request) -> Any:
        request.server.pause(0.05)
        return chat(usage=usage)

    server.handler = handle
    router = Router([priced(server, "one", max_budget=10)], num_retries=0)

    async def use() -> int:
        calls = [router.acompletion("group", MESSAGES, max_tokens=100) for _ in range(100)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert all(not isinstance(a, Exception) or isinstance(a, BudgetExceededError) for a in answers)
        return sum(not isinstance(answer, Exception) for answer in answers)

    assert asyncio.run(use()) == 10 == len(server.requests)


def test_the_next_by_order_takes_what_failed(server: Loopback, ask: Ask) -> None:
    def handle(request: Request) -> Any:
        model = request.json["model"]
        return chat(model) if model.startswith("good") else error(int(model.rpartition("-")[2]))

    server.handler = handle

    def asked(models: list[str], **settings: Any) -> tuple[Any, list[str]]:
        entries = [deployment(server, "group", str(place), m, order=place) for place, m in enumerate(models)]
        router = Router([*entries, deployment(server, "other", "o", "good-other")], **settings)
        server.requests.clear()
        try:
            answer = ask(router, "group")
            told = answer._hidden_params["additional_headers"]["x-litellm-attempted-fallbacks"]
        except Exception as failure:
            told = type(failure).__name__
        return told, [body["model"] for body in server.bodies]

    none: dict[str, Any] = {"num_retries": 0, "disable_cooldowns": True}
    assert asked(["a-500", "good", "b-500"], **none) == (1, ["a-500", "good"])
    assert asked(["a-400", "b-401", "good"], **none) == (2, ["a-400", "b-401", "good"])
    # Nobody is left: the first error, after each was asked once; then the fallbacks of the group.
    assert asked(["a-500", "b-429"], **none) == ("InternalServerError", ["a-500", "b-429"])
    fallbacks = {"fallbacks": [{"group": ["other"]}], **none}
    assert asked(["a-500", "b-429"], **fallbacks) == (1, ["a-500", "b-429", "good-other"])
    # Retries go to those that have not failed, whatever their order; nobody is asked twice then.
    assert asked(["a-500", "b-500", "good"], num_retries=1) == (1, ["a-500", "b-500", "good"])


def test_instructions_that_are_shared_go_where_they_were_read_before(server: Loopback) -> None:
    entries = [deployment(server, "group", str(number)) for number in range(8)]
    router = Router(entries, routing_strategy="prompt-cache-affinity")
    instructions = {"role": "system", "content": "Answer in verse. " * 400}
    users = [{"role": "user", "content": str(number)} for number in range(20)]
    chosen = {router.completion("group", [instructions, user])._hidden_params["model_id"] for user in users}
    assert len(chosen) == 1
    # Without anything that is worth keeping, they are spread.
    chosen = {router.completion("group", [user])._hidden_params["model_id"] for user in users}
    assert len(chosen) > 1


def test_who_calls_is_known_by_the_line_of_the_header(server: Loopback) -> None:
    for pattern in ("^User-Agent: claude-code/", "^claude-code/"):
        entries = [
            deployment(server, "group", "theirs", tag_regex=[pattern]),
            deployment(server, "group", "all", tags=["default"]),
        ]
        router = Router(entries, enable_tag_filtering=True)
        for agent, expected in (("claude-code/2.1", "theirs"), ("curl/8", "all")):
            answer = router.completion("group", MESSAGES, metadata={"user_agent": agent})
            assert answer._hidden_params["model_id"] == expected
