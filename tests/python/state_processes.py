"""What processes of their own do to shared state; run by the tests of Redis."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from edgequake_python import Router
from edgequake_python.state import Candidate, FailureRule, Grant, Hold, Outcome, RedisState, Reservation

#: A window that no test outlives.
LONG = 1e6
MESSAGES = [{"role": "user", "content": "Hello"}]


def entries(base_url: str, count: int, **params: Any) -> list[dict[str, Any]]:
    where = {"model": "openai/m", "api_base": base_url, "api_key": "sk-loopback", **params}
    return [
        {"model_name": "group", "litellm_params": where, "model_info": {"id": f"d{number}"}}
        for number in range(count)
    ]


def admitted(redis_url: str, base_url: str, calls: int, asynchronous: bool) -> int:
    """How many of ``calls`` calls of a Router went through."""
    state = RedisState(redis_url, window=LONG, prefix="admitted")
    router = Router(entries(base_url, 2, rpm=10, max_parallel_requests=100), num_retries=0, state=state)
    try:
        if asynchronous:

            async def use() -> int:
                answers = await asyncio.gather(
                    *[router.acompletion("group", MESSAGES) for _ in range(calls)], return_exceptions=True
                )
                return sum(not isinstance(answer, Exception) for answer in answers)

            return asyncio.run(use())
        made = 0
        for _ in range(calls):
            try:
                router.completion("group", MESSAGES)
                made += 1
            except ValueError:
                pass
        return made
    finally:
        router.discard()


def spending(redis_url: str, holds: int) -> float:
    """What was spent: each hold of 1.0 is settled to 0.5, every third is released."""
    state = RedisState(redis_url, prefix="spending")
    spent = 0.0
    for number in range(holds):
        held = state.reserve("budget", [Hold("all", 1.0, 50.0), Hold("mine", 1.0, 1e9)])
        if isinstance(held, Reservation):
            real = 0.0 if number % 3 == 0 else 0.5
            state.adjust(held, [real, real])
            spent += real
    state.close()
    return spent


def holding(redis_url: str, lease: float, seconds: float) -> None:
    """Hold the only slot; to be killed, or to let it go."""
    state = RedisState(redis_url, lease=lease, prefix="holding")
    grant = state.choose("group", [Candidate("a", (), 1)])
    assert isinstance(grant, Grant)
    state.set("held", b"1")
    time.sleep(seconds)
    state.settle(grant, Outcome(ok=True))
    state.close()


def resting(redis_url: str) -> None:
    """Make a deployment rest, for everybody."""
    state = RedisState(redis_url, prefix="resting")
    grant = state.choose("group", [Candidate("d0", (), None)])
    assert isinstance(grant, Grant)
    state.settle(grant, Outcome(ok=False, rule=FailureRule(True, None, 0.5, 5, 60.0, 60.0)))
    state.close()


def budgeted(redis_url: str, base_url: str, calls: int, asynchronous: bool, kind: str) -> tuple[int, int]:
    """How many of ``calls`` calls at once a budget of all processes let through, and how many it refused.

    Each may cost 1.0 and costs that.
    """
    import edgequake_python
    from edgequake_python.budget import Budgets

    price = {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 0.0}
    edgequake_python.model_cost = {"m": {**price, "output_cost_per_token": 0.25}}
    state = RedisState(redis_url, prefix=f"budgeted-{kind}")
    where = {"model": "openai/m", "api_base": base_url, "api_key": "sk-loopback"}
    limits = {"deployment": {"max_budget": 10.0}}.get(kind, {})
    config = {"openai": {"budget_limit": 10.0, "time_period": "1d"}} if kind == "provider" else None
    entry = {"model_name": "group", "litellm_params": {**where, **limits}, "model_info": {"id": "d"}}
    router = Router([entry], num_retries=0, state=state, provider_budget_config=config)
    edgequake_python.budgets = {
        "total": Budgets(10.0, state=state),
        "tag": Budgets(tags={"t": 10.0}, state=state),
        "user": Budgets(users={"u": 10.0}, state=state),
    }.get(kind)
    given: dict[str, Any] = {"max_tokens": 4, "user": "u", "metadata": {"tags": ["t"]}}

    def one(_: int) -> bool:
        try:
            router.completion("group", MESSAGES, **given)
        except edgequake_python.BudgetExceededError:
            return False
        return True

    async def one_async() -> bool:
        try:
            await router.acompletion("group", MESSAGES, **given)
        except edgequake_python.BudgetExceededError:
            return False
        return True

    async def all_async() -> list[bool]:
        return list(await asyncio.gather(*(one_async() for _ in range(calls))))

    try:
        if asynchronous:
            answers = asyncio.run(all_async())
        else:
            with ThreadPoolExecutor(calls) as pool:
                answers = list(pool.map(one, range(calls)))
    finally:
        edgequake_python.budgets = None
        router.discard()
    return sum(answers), len(answers) - sum(answers)


def reserving(redis_url: str, lease: float) -> None:
    """Hold all of a budget; to be killed."""
    state = RedisState(redis_url, lease=lease, prefix="reserving")
    assert isinstance(state.reserve("budget", [Hold("all", 10.0, 10.0)]), Reservation)
    state.set("held", b"1")
    time.sleep(60)
