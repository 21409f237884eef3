"""Shared state: the same operations mean the same in memory and in Redis."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from edgequake_python.state import (
    Candidate,
    FailureRule,
    Grant,
    Hold,
    LocalState,
    Outcome,
    RedisState,
    Refusal,
    Reservation,
    Shortage,
    State,
)
from redis_server import BINARY, RedisServer

#: A window that no test outlives.
LONG = 1e6
AT_ONCE = FailureRule(True, None, 0.5, 5, 10.0, 25.0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer | None]:
    if BINARY is None:
        yield None
        return
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(params=["memory", "redis"])
def state(request: pytest.FixtureRequest, server: RedisServer | None) -> Iterator[State]:
    if request.param == "memory":
        yield LocalState(window=LONG)
        return
    if server is None:
        pytest.skip("redis-server is not installed")
    state = RedisState(server.url, window=LONG, prefix=request.node.name)
    yield state
    state.close()


def granted(answer: Grant | Refusal) -> Grant:
    assert isinstance(answer, Grant), answer
    return answer


def refused(answer: Grant | Refusal) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def test_exactly_as_many_calls_as_the_limit_allows(state: State) -> None:
    candidates = [Candidate("a", (10,)), Candidate("b", (5,))]
    answers = [state.choose("group", candidates, (1,)) for _ in range(20)]
    keys = [answer.key for answer in answers if isinstance(answer, Grant)]
    assert keys == ["a"] * 10 + ["b"] * 5
    refusal = refused(answers[-1])
    assert set(refusal.spent) == {"a", "b"}
    assert refusal.wait is not None and 0 < refusal.wait <= LONG


def test_tokens_are_reserved_and_settled(state: State) -> None:
    candidate = [Candidate("a", (None, 100))]
    first = granted(state.choose("group", candidate, (1, 80)))
    refused(state.choose("group", candidate, (1, 30)))
    state.settle(first, Outcome((1, 20)))
    assert state.used("group", "a") == (1, 20)
    granted(state.choose("group", candidate, (1, 80)))
    refused(state.choose("group", candidate, (1, 1)))


def test_slots_are_given_back(state: State) -> None:
    candidate = [Candidate("a", (), 2)]
    first = granted(state.choose("group", candidate))
    granted(state.choose("group", candidate))
    assert refused(state.choose("group", candidate)) == Refusal(None, {}, {}, ["a"])
    state.settle(first, Outcome(ok=True))
    granted(state.choose("group", candidate))


def test_rests_double_up_to_a_longest(state: State) -> None:
    candidate = [Candidate("a")]
    grants = [granted(state.choose("group", candidate)) for _ in range(2)]
    assert state.settle(grants[0], Outcome(ok=False, rule=AT_ONCE)) == pytest.approx(10, abs=1)
    # The second failure of the same burst does not make it worse.
    assert state.settle(grants[1], Outcome(ok=False, rule=AT_ONCE)) == pytest.approx(10, abs=2)
    refusal = refused(state.choose("group", candidate))
    assert refusal.wait == pytest.approx(10, abs=1) and set(refusal.resting) == {"a"}
    assert set(state.resting("group", ["a", "b"])) == {"a"}
    state.forget("group", ["a"])
    assert granted(state.choose("group", candidate)).key == "a"


def test_what_the_provider_asks_for_is_taken_as_it_is(state: State) -> None:
    grant = granted(state.choose("group", [Candidate("a")]))
    rule = AT_ONCE._replace(asked=300.0)
    assert state.settle(grant, Outcome(ok=False, rule=rule)) == pytest.approx(300, abs=2)
    # A shorter rest that comes later does not cut it short.
    assert state.settle(grant, Outcome(ok=False, rule=AT_ONCE)) == pytest.approx(300, abs=3)


def test_rests_by_count_and_by_share(state: State) -> None:
    forgiving = FailureRule(False, 2, 0.5, 5, 10.0, 10.0)
    share = FailureRule(False, None, 0.5, 5, 10.0, 10.0)
    counted = [granted(state.choose("group", [Candidate("a")], (1,))) for _ in range(3)]
    assert [state.settle(grant, Outcome(ok=False, rule=forgiving)) > 0 for grant in counted] == [
        False,
        False,
        True,
    ]
    shared = [granted(state.choose("group", [Candidate("b")], (1,))) for _ in range(6)]
    assert [state.settle(grant, Outcome(ok=False, rule=share)) > 0 for grant in shared] == [
        False,
        False,
        False,
        True,
        True,
        True,
    ]


def test_preferences(state: State) -> None:
    pair = [Candidate("a", (), None, True), Candidate("b", (), None, True)]
    busy = granted(state.choose("group", pair, (1, 50), "idle"))
    assert busy.key == "a"
    assert granted(state.choose("group", pair, (1, 10), "idle")).key == "b"
    assert granted(state.choose("group", pair, (1, 0), "spare")).key == "b"
    state.settle(busy, Outcome(ok=True, latency=0.5))
    assert granted(state.choose("group", pair, (1, 0), "fast")).key == "b"  # never measured
    other = granted(state.choose("group", pair[1:], (1, 0)))
    state.settle(other, Outcome(ok=True, latency=2.0))
    assert granted(state.choose("group", pair, (1, 0), "fast")).key == "a"
    for _ in range(3):
        state.settle(granted(state.choose("group", pair[:1])), Outcome(ok=True, latency=9.0, history=2))
    assert granted(state.choose("group", pair, (1, 0), "fast")).key == "b"


def test_holds_are_all_or_none(state: State) -> None:
    holds = [Hold("tag", 4.0, 10.0, 60.0), Hold("user", 1.0, 5.0)]
    first = state.reserve("budget", holds)
    second = state.reserve("budget", holds)
    assert isinstance(first, Reservation) and isinstance(second, Reservation)
    missing = state.reserve("budget", holds)
    assert isinstance(missing, Shortage)
    assert (missing.hold.key, missing.spent) == ("tag", 8.0)
    assert missing.wait == pytest.approx(60, abs=2)
    assert state.spent("budget", "user") == 2.0
    state.adjust(first, [0.25, 0.0])
    assert (state.spent("budget", "tag"), state.spent("budget", "user")) == (4.25, 1.0)
    assert isinstance(state.reserve("budget", holds), Reservation)


def test_holds_from_many_threads_never_pass_the_limit(state: State) -> None:
    answers: list[Any] = []

    def hold() -> None:
        answers.extend(state.reserve("budget", [Hold("all", 1.0, 10.0)]) for _ in range(10))

    threads = [threading.Thread(target=hold) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(answer, Reservation) for answer in answers) == 10


def test_values_have_a_time_to_live(state: State) -> None:
    assert state.get("key") is None
    state.set("key", b"\x00value")
    assert state.get("key") == b"\x00value"
    state.delete("key", "other")
    assert state.get("key") is None
    assert state.increment("number", 2, 60) == 2.0
    assert state.increment("number", 0.5) == 2.5


def test_the_asynchronous_twins(state: State) -> None:
    async def use() -> None:
        candidates = [Candidate("a", (10,), None, True)]
        answers = await asyncio.gather(*[state.choose_async("group", candidates, (1,)) for _ in range(50)])
        grants = [answer for answer in answers if isinstance(answer, Grant)]
        assert len(grants) == 10
        assert all(rest == 0 for rest in [await state.settle_async(grant, Outcome()) for grant in grants])
        held = await state.reserve_async("budget", [Hold("a", 1.0, 1.0)])
        assert isinstance(held, Reservation)
        await state.adjust_async(held, [0.5])
        await state.set_async("value", b"1", 60)
        assert await state.get_async("value") == b"1"

    asyncio.run(use())
    assert state.spent("budget", "a") == 0.5


def test_a_window_ends() -> None:
    now = [1000.0]
    state = LocalState(clock=lambda: now[0], window=60.0)
    candidate = [Candidate("a", (2,))]
    assert [isinstance(state.choose("g", candidate, (1,)), Grant) for _ in range(3)] == [True, True, False]
    assert refused(state.choose("g", candidate, (1,))).wait == 20.0
    now[0] += 20.0
    assert [isinstance(state.choose("g", candidate, (1,)), Grant) for _ in range(3)] == [True, True, False]


def test_strikes_double_the_rest_and_a_success_forgives() -> None:
    now = [0.0]
    state = LocalState(clock=lambda: now[0])
    rests = []
    for _ in range(4):
        grant = granted(state.choose("g", [Candidate("a")]))
        rests.append(state.settle(grant, Outcome(ok=False, rule=AT_ONCE)))
        now[0] += rests[-1]
    assert rests == [10.0, 20.0, 25.0, 25.0]
    state.settle(granted(state.choose("g", [Candidate("a")])), Outcome(ok=True))
    grant = granted(state.choose("g", [Candidate("a")]))
    assert state.settle(grant, Outcome(ok=False, rule=AT_ONCE)) == 10.0


def test_an_address_says_where() -> None:
    from edgequake_python.state.connection import Address

    sentinel = Address("valkey+sentinel://:pass@one:1,two:2/primary/3")
    assert (sentinel.kind, sentinel.nodes, sentinel.service) == (
        "sentinel",
        [("one", 1), ("two", 2)],
        "primary",
    )
    assert sentinel.options == {"password": "pass", "db": 3}
    cluster = Address(options={"startup_nodes": [{"host": "a", "port": 7000}]})
    assert (cluster.kind, cluster.nodes) == ("cluster", [("a", 7000)])
    assert "pass" not in repr(sentinel)
    for wrong in ("localhost:6379", "http://localhost"):
        with pytest.raises(ValueError):
            Address(wrong)
    with pytest.raises(ValueError):
        Address()
