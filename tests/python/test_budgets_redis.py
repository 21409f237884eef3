"""Budgets that processes share, and the network between them and Redis."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

import state_processes
from edgequake_python import BudgetExceededError, Router
from edgequake_python.state import Hold, Outcome, RedisState, Reservation, Shortage
from loopback import MESSAGES, Loopback
from redis_proxy import Proxy
from redis_server import RedisServer, needs_redis
from state_processes import LONG, entries
from test_state_redis import eventually, opened, warnings

pytestmark = needs_redis

PROCESSES = 8
_spawn = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(PROCESSES, mp_context=_spawn) as pool:
        yield pool


@pytest.mark.parametrize("kind", ["total", "provider", "deployment", "tag", "user"])
def test_a_hundred_calls_of_eight_processes_cannot_overspend(
    redis: RedisServer, server: Loopback, processes: ProcessPoolExecutor, kind: str
) -> None:
    runs = [
        processes.submit(
            state_processes.budgeted,
            redis.url,
            server.base_url,
            12 + number % 2,
            number % 4 > 1,
            kind,
        )
        for number in range(PROCESSES)
    ]
    counts = [run.result(120) for run in runs]
    assert sum(refused for _, refused in counts) == 90
    assert sum(admitted for admitted, _ in counts) == 10 == len(server.requests)


def test_what_a_killed_process_held_is_free_again(redis: RedisServer) -> None:
    process = _spawn.Process(target=state_processes.reserving, args=(redis.url, 1.0))
    process.start()
    with opened(redis.url, prefix="reserving") as state:
        eventually(lambda: state.get("held") is not None)
        time.sleep(1.2)  # longer than a hold lives without its process
        assert state.spent("budget", "all") == 10.0
        assert isinstance(state.reserve("budget", [Hold("all", 1.0, 10.0)]), Shortage)
        process.kill()
        process.join()
        eventually(lambda: state.spent("budget", "all") == 0.0)
        assert isinstance(state.reserve("budget", [Hold("all", 10.0, 10.0)]), Reservation)


def test_what_was_settled_stays_spent(redis: RedisServer) -> None:
    with opened(redis.url, prefix="settled", lease=0.2) as state:
        held = state.reserve("budget", [Hold("all", 4.0, 10.0, 60.0), Hold("mine", 4.0, 10.0)])
        assert isinstance(held, Reservation)
        state.adjust(held, [3.0, 3.0])
        time.sleep(0.5)  # longer than holds and the notes of their settlement live
        assert state.spent("budget", "all") == 3.0 == state.spent("budget", "mine")
        # One that comes too late, after what was held had been given back, is counted all the same.
        late = state.reserve("budget", [Hold("all", 4.0, 10.0, 60.0)])
        assert isinstance(late, Reservation)
        state._keeper.release(*_lease(state, late))
        time.sleep(0.3)
        assert state.spent("budget", "all") == 3.0
        state.adjust(late, [2.0])
        assert state.spent("budget", "all") == 5.0


def _lease(state: RedisState, held: Reservation) -> tuple[str, str]:
    from edgequake_python.state import calls

    return calls.leases(state._keys, held)[0]


def test_a_period_ends(redis: RedisServer) -> None:
    with opened(redis.url, prefix="period") as state:
        first = state.reserve("budget", [Hold("all", 6.0, 10.0, 0.3)])
        assert isinstance(first, Reservation)
        eventually(lambda: state.spent("budget", "all") == 0.0)
        assert isinstance(state.reserve("budget", [Hold("all", 9.0, 10.0, 60.0)]), Reservation)
        # What was held belonged to the period before; what was spent late belongs to this one.
        state.adjust(first, [0.5])
        assert state.spent("budget", "all") == 9.5


def test_a_lost_answer_neither_loses_nor_doubles_what_was_spent(redis_server: RedisServer) -> None:
    with Proxy(redis_server.port) as network, opened(network.url, timeout=0.2) as state:
        held = state.reserve("budget", [Hold("all", 4.0, 10.0)])
        assert isinstance(held, Reservation)
        network.back = False  # Redis settles, and nobody hears of it
        state.adjust(held, [1.5])
        assert not state.connected
        network.heal()
        eventually(lambda: state.connected)
        with opened(redis_server.url) as other:
            time.sleep(0.2)  # it is told again meanwhile
            assert other.spent("budget", "all") == 1.5
            # And the same for a hold whose answer is lost: the call goes on, and what it costs is told later.
            network.back = False
            held = state.reserve("budget", [Hold("all", 4.0, 10.0)])
            assert isinstance(held, Reservation) and not held.shared
            assert other.spent("budget", "all") == 5.5
            state.adjust(held, [2.0])
            network.heal()
            eventually(lambda: other.spent("budget", "all") == 3.5)
            # And for one that was granted, and settled, while Redis was away.
            network.split()
            held = state.reserve("budget", [Hold("all", 4.0, 10.0)])
            assert isinstance(held, Reservation) and not held.shared
            state.adjust(held, [1.0])
            assert other.spent("budget", "all") == 3.5
            network.heal()
            eventually(lambda: other.spent("budget", "all") == 4.5)


def test_a_cancelled_reservation_holds_nothing(redis_server: RedisServer) -> None:
    with Proxy(redis_server.port) as network, opened(network.url, timeout=5.0) as state:

        async def use() -> None:
            await state.reserve_async("budget", [Hold("all", 1.0, 10.0)])
            network.back = False
            task = asyncio.ensure_future(state.reserve_async("budget", [Hold("all", 4.0, 10.0)]))
            with opened(redis_server.url) as other:
                while other.spent("budget", "all") != 5.0:
                    await asyncio.sleep(0.01)
                task.cancel()
                await asyncio.wait([task])
                network.heal()
                while other.spent("budget", "all") != 1.0:
                    await asyncio.sleep(0.01)

        asyncio.run(asyncio.wait_for(use(), 20))


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_network_split_loses_no_admitted_call(
    redis_server: RedisServer, server: Loopback, caplog: pytest.LogCaptureFixture, asynchronous: bool
) -> None:
    limits = {"rpm": 1000, "max_parallel_requests": 50}
    with Proxy(redis_server.port) as network, opened(network.url, window=LONG, timeout=1.0) as state:
        router = Router(entries(server.base_url, 3, **limits), state=state, num_retries=0)

        def calls(count: int) -> None:
            if not asynchronous:
                assert all(router.completion("group", MESSAGES).choices for _ in range(count))
                return

            async def use() -> list[Any]:
                return await asyncio.gather(*[router.acompletion("group", MESSAGES) for _ in range(count)])

            assert len(asyncio.run(use())) == count

        calls(10)
        network.split()
        calls(10)
        assert (state.connected, warnings(caplog)) == (False, 1)
        network.heal()
        eventually(lambda: state.connected)
        calls(10)
        assert len(server.requests) == 30 and warnings(caplog) == 1
        assert sum(state.used("group", f"d{number}")[0] for number in range(3)) >= 20
        # A second split is a second warning: it is another outage.
        network.split()
        calls(1)
        assert sum(record.levelno == logging.WARNING for record in caplog.records) == 2


def commands(admin: Any) -> dict[str, int]:
    """How often each command was sent by clients; those that scripts call are not among them."""
    return {name: found["calls"] for name, found in admin.info("commandstats").items()}


SCRIPTS = ("cmdstat_evalsha", "cmdstat_eval")


@pytest.mark.parametrize(
    ("limits", "budget", "expected"),
    [
        ({}, None, 1),  # the decision
        ({"itpm": 10**6, "otpm": 10**6}, None, 2),  # and the tokens are corrected
        ({"rpm": 1000}, None, 2),  # and the slot is given back: so many calls at once as a minute may see
        (
            {"rpm": 1000, "max_parallel_requests": 9},
            {"openai": {"budget_limit": 1e9}},
            4,
        ),  # held, and settled
    ],
)
def test_each_decision_is_one_round_trip(
    redis: RedisServer, server: Loopback, limits: dict[str, Any], budget: Any, expected: int
) -> None:
    import redis as client

    calls = 20
    with (
        opened(redis.url, prefix=f"trips{expected}{len(limits)}", window=LONG) as state,
        client.Redis.from_url(redis.url) as admin,
        client.Redis.from_url(redis.url) as other,
    ):
        other.ping()  # has its connection, so that only what is asked below is seen of it
        router = Router(
            entries(server.base_url, 50, **limits),
            state=state,
            num_retries=0,
            provider_budget_config=budget,
        )
        longer = [{"role": "user", "content": "Hello, and more than the provider counts"}]
        router.completion("group", longer)  # connects, and makes the scripts known
        monitored: list[str] = []
        before = commands(admin)
        with admin.monitor() as monitor:
            for _ in range(calls):
                router.completion("group", longer)
            other.echo("end")
            for found in monitor.listen():
                if found["command"].startswith("ECHO"):
                    break
                if found["client_type"] != "lua":
                    monitored.append(found["command"].split()[0])
        after = commands(admin)
        sent = sum(after.get(name, 0) - before.get(name, 0) for name in SCRIPTS)
        assert sent == expected * calls
        assert monitored == ["EVALSHA"] * (expected * calls)


def test_a_spent_budget_is_asked_about_now_and_then_only(redis: RedisServer, server: Loopback) -> None:
    import redis as client

    with opened(redis.url, prefix="spent") as state, client.Redis.from_url(redis.url) as admin:
        held = state.reserve("budgets", [Hold("provider:openai", 1.0, 2.0)])
        assert isinstance(held, Reservation)
        state.adjust(held, [1.0])
        router = Router(
            entries(server.base_url, 50),
            state=state,
            num_retries=0,
            provider_budget_config={"openai": {"budget_limit": 1.0}},
        )
        with pytest.raises(BudgetExceededError):
            router.completion("group", MESSAGES)
        before = commands(admin)
        for _ in range(20):
            with pytest.raises(BudgetExceededError):
                router.completion("group", MESSAGES)
        after = commands(admin)
        assert sum(after[name] - before.get(name, 0) for name in SCRIPTS if name in after) <= 10
        assert not server.requests


def test_settling_from_a_cancelled_call_counts_once(redis: RedisServer) -> None:
    """Tokens of a grant are corrected once, however its caller went away."""
    from edgequake_python.state import Candidate, Grant

    with opened(redis.url, prefix="once", window=LONG) as state:

        async def use() -> None:
            grant = await state.choose_async("group", [Candidate("a", (None, None), 3)], (1.0, 100.0))
            assert isinstance(grant, Grant)
            task = asyncio.ensure_future(state.settle_async(grant, Outcome((1.0, 40.0), True)))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            while state.used("group", "a") != (1.0, 40.0):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            assert state.used("group", "a") == (1.0, 40.0)

        asyncio.run(asyncio.wait_for(use(), 20))
