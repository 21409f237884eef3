"""Calls that meet: hedged ones, identical ones, important ones, cancelled ones."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from edgequake_python import (
    AuthenticationError,
    InternalServerError,
    Router,
    RouterRateLimitError,
    Simulator,
    Timeout,
)
from edgequake_python.state import LocalState
from loopback import MESSAGES, Loopback, Request, chat, error
from test_router import Ask, ask, deployment

__all__ = ["ask"]


def slow_and_quick(server: Loopback, **settings: Any) -> Router:
    """A deployment that stalls, and another that answers at once; the first is asked first."""
    entries = [
        deployment(server, "group", "slow", "slow", order=1),
        deployment(server, "group", "quick", "quick", order=2),
    ]
    return Router(entries, num_retries=0, **settings)


def stalling(request: Request) -> Any:
    if request.json["model"] == "slow":
        request.server.pause(20)
    return chat(request.json["model"])


# Hedging.


def test_a_late_answer_is_asked_for_elsewhere(server: Loopback, ask: Ask) -> None:
    server.handler = stalling
    router = slow_and_quick(server, hedge_after=0.1)
    started = time.monotonic()
    answer = ask(router, "group")
    assert time.monotonic() - started < 10
    assert answer.choices[0].message.content == "quick"
    assert answer._hidden_params["attempted_deployments"] == ["slow", "quick"]
    # Both were charged: each made a request.
    assert asyncio.run(router.get_model_group_usage("group"))[1] == 2


def test_nobody_is_asked_twice_at_once(server: Loopback, ask: Ask) -> None:
    """The other deployment rests, so there is nobody to ask too."""

    def answer(request: Request) -> Any:
        if request.json["model"] == "gone":
            return error(401)
        request.server.pause(0.3)
        return chat("slow")

    server.handler = answer
    entries = [deployment(server, "group", name, name) for name in ("slow", "gone")]
    router = Router(entries, num_retries=0, cooldown_time=60, hedge_after=0.05)
    with pytest.raises(AuthenticationError):
        ask(router, "gone")
    assert ask(router, "group").choices[0].message.content == "slow"
    assert [body["model"] for body in server.bodies] == ["gone", "slow"]


def test_the_losers_connection_is_closed() -> None:
    with Simulator() as simulator:
        where = {"api_base": simulator.base_url, "api_key": "sk-simulated"}
        entries = [
            {
                "model_name": "group",
                "litellm_params": {"model": f"openai/{model}", "order": place, **where},
                "model_info": {"id": str(place)},
            }
            for place, model in enumerate(["sim/stall?before=1", "gpt-4o"])
        ]
        router = Router(entries, num_retries=0)

        async def use() -> None:
            for stream in (False, True):
                answer: Any = await router.acompletion("group", MESSAGES, stream=stream, hedge_after=0.1)
                if stream:
                    assert [chunk async for chunk in answer]
                assert answer._hidden_params["model_id"] == "1"

        asyncio.run(use())
        assert "".join(
            chunk.choices[0].delta.content or ""
            for chunk in router.completion("group", MESSAGES, stream=True, hedge_after=0.1)
        )
        deadline = time.monotonic() + 10
        while simulator.stats["aborted"] < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert simulator.stats["aborted"] == 3


def test_a_quick_answer_is_not_hedged(server: Loopback, ask: Ask) -> None:
    router = Router([deployment(server, "group", name) for name in ("one", "two")], hedge_after=5)
    ask(router, "group")
    assert len(server.requests) == 1


def test_hedging_by_percentile(server: Loopback) -> None:
    router = slow_and_quick(server, hedge_after="p95")
    for _ in range(25):
        router.completion("group", MESSAGES, hedge_after=30)
    assert len(server.requests) == 25
    server.handler = stalling
    assert router.completion("group", MESSAGES).choices[0].message.content == "quick"
    with pytest.raises(ValueError, match="hedge_after"):
        router.completion("group", MESSAGES, hedge_after="soon")


def test_both_fail(server: Loopback, ask: Ask) -> None:
    def handle(request: Request) -> Any:
        request.server.pause(0.2)
        return error(500, request.json["model"])

    server.handler = handle
    with pytest.raises(InternalServerError, match="slow"):
        ask(slow_and_quick(server, hedge_after=0.05), "group")
    assert len(server.requests) == 2


# Single flight.


def test_a_hundred_equal_calls_make_one_request(server: Loopback) -> None:
    def handle(request: Request) -> Any:
        request.server.pause(0.2)
        return chat()

    server.handler = handle
    router = Router([deployment(server, "group", "one")], single_flight=True)

    async def use() -> list[Any]:
        return await asyncio.gather(
            *[router.acompletion("group", MESSAGES, temperature=0) for _ in range(100)]
        )

    answers = asyncio.run(use())
    assert len(server.requests) == 1
    assert all(answer == answers[0] for answer in answers) and answers[0] is not answers[1]
    with ThreadPoolExecutor(20) as pool:
        several = list(pool.map(lambda _: router.completion("group", MESSAGES), range(20)))
    assert len(server.requests) == 2 and all(answer == several[0] for answer in several)
    # What differs is not joined, and nothing is joined unasked.
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: router.completion("group", MESSAGES, temperature=n / 4), range(4)))
        list(pool.map(lambda n: router.completion("group", MESSAGES, seed=n), range(4)))
        list(pool.map(lambda _: router.completion("group", MESSAGES, single_flight=False), range(4)))
    assert len(server.requests) == 14


def test_a_failure_is_not_shared_and_a_cancelled_caller_takes_nobody_along(server: Loopback) -> None:
    def handle(request: Request) -> Any:
        request.server.pause(0.1)
        return error(400) if len(server.requests) == 1 else chat()

    server.handler = handle
    router = Router([deployment(server, "group", "one")], single_flight=True, num_retries=0)

    async def use() -> None:
        answers = await asyncio.gather(
            *[router.acompletion("group", MESSAGES) for _ in range(5)], return_exceptions=True
        )
        assert [isinstance(answer, Exception) for answer in answers].count(True) == 1
        assert len(server.requests) == 2
        tasks = [asyncio.ensure_future(router.acompletion("group", MESSAGES)) for _ in range(3)]
        await asyncio.sleep(0.02)
        tasks[0].cancel()
        rest = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(rest[0], asyncio.CancelledError)
        assert rest[1] == rest[2] and len(server.requests) == 3
        # The last one to leave ends the request.
        alone = asyncio.ensure_future(router.acompletion("group", MESSAGES))
        await asyncio.sleep(0.02)
        alone.cancel()
        await asyncio.wait([alone])
        assert not router._flights._tasks

    asyncio.run(use())


# Priorities.


def test_the_important_ones_go_first(server: Loopback) -> None:
    order: list[str] = []

    def handle(request: Request) -> Any:
        order.append(request.json["messages"][0]["content"])
        request.server.pause(0.15)
        return chat()

    server.handler = handle
    router = Router([deployment(server, "group", "one", max_parallel_requests=1)], polling_interval=0.01)

    async def use() -> None:
        async def call(name: str, priority: int) -> None:
            await router.schedule_acompletion("group", [{"role": "user", "content": name}], priority=priority)

        first = asyncio.ensure_future(call("first", 0))
        while not order:
            await asyncio.sleep(0.005)
        others = [asyncio.ensure_future(call(name, number)) for name, number in (("low", 9), ("high", 1))]
        await asyncio.gather(first, *others)

    asyncio.run(use())
    assert order == ["first", "high", "low"]


def test_a_turn_that_does_not_come(server: Loopback) -> None:
    router = Router([deployment(server, "group", "one", rpm=1)], state=LocalState(window=1e6))
    assert router.completion("group", MESSAGES, priority=0).choices
    with pytest.raises(Timeout):
        router.completion("group", MESSAGES, priority=0, timeout=0.2)
    assert not router._queues._queues
    with pytest.raises(RouterRateLimitError):
        router.completion("group", MESSAGES)


# Cancelling.


def test_cancelled_calls_give_back_their_slots(server: Loopback) -> None:
    server.handler = stalling
    router = Router([deployment(server, "group", "slow", "slow", max_parallel_requests=1)], num_retries=0)

    async def use() -> None:
        for _ in range(3):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(router.acompletion("group", MESSAGES), 0.1)

    asyncio.run(use())
    assert len(server.requests) == 3


def test_deployments_change_while_calls_go_on(server: Loopback) -> None:
    entries = [deployment(server, "group", str(number)) for number in range(4)]
    router = Router(entries, routing_strategy="least-busy", num_retries=0)
    ends = threading.Event()
    errors: list[Exception] = []

    def call() -> None:
        while not ends.is_set():
            try:
                router.completion("group", MESSAGES)
            except Exception as failure:
                errors.append(failure)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(60):
        router.set_model_list(entries[turn % 3 :])
    ends.set()
    for thread in threads:
        thread.join()
    assert not errors
