"""State in a real Redis: several processes, one of them killed, and Redis going away and coming back."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Callable

import pytest

import edgequake_python
import state_processes
from edgequake_python import Router, RouterRateLimitError
from edgequake_python.state import Candidate, Grant, Hold, Outcome, RedisState, Refusal, Reservation
from loopback import MESSAGES, Loopback
from redis_server import BINARY, RedisServer, needs_redis, opened
from state_processes import LONG, entries

pytestmark = needs_redis

PROCESSES = 5
_spawn = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(PROCESSES, mp_context=_spawn) as pool:
        yield pool


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


# Several processes.


def test_limits_are_exact_across_processes(
    redis: RedisServer, server: Loopback, processes: ProcessPoolExecutor
) -> None:
    runs = [
        processes.submit(state_processes.admitted, redis.url, server.base_url, 12, number % 2 == 1)
        for number in range(PROCESSES)
    ]
    counts = [run.result(60) for run in runs]
    assert sum(counts) == 20 == len(server.requests)


def test_no_spending_is_lost_or_counted_twice(redis: RedisServer, processes: ProcessPoolExecutor) -> None:
    runs = [processes.submit(state_processes.spending, redis.url, 40) for _ in range(PROCESSES)]
    spent = sum(run.result(60) for run in runs)
    with opened(redis.url, prefix="spending") as state:
        assert state.spent("budget", "all") == spent == state.spent("budget", "mine")
    assert 49.0 <= spent <= 50.0


def test_a_killed_processs_slot_is_free_again(redis: RedisServer) -> None:
    process = _spawn.Process(target=state_processes.holding, args=(redis.url, 1.0, 60.0))
    process.start()
    with opened(redis.url, prefix="holding") as state:
        eventually(lambda: state.get("held") is not None)
        time.sleep(1.2)  # longer than a lease lives without its process
        assert isinstance(state.choose("group", [Candidate("a", (), 1)]), Refusal)
        process.kill()
        process.join()
        eventually(lambda: isinstance(state.choose("group", [Candidate("a", (), 1)]), Grant))


def test_a_rest_is_everybodys(redis: RedisServer, server: Loopback, processes: ProcessPoolExecutor) -> None:
    with opened(redis.url, prefix="resting") as state:
        router = Router(entries(server.base_url, 2), state=state, num_retries=0)
        router.completion("group", MESSAGES)
        processes.submit(state_processes.resting, redis.url).result(60)
        for _ in range(10):
            assert router.completion("group", MESSAGES)._hidden_params["model_id"] == "d1"
        found = router.get_available_deployment("group")
        assert found["model_info"]["id"] == "d1"


def test_after_a_fork_the_child_has_connections_of_its_own(redis: RedisServer) -> None:
    with opened(redis.url, prefix="fork", window=LONG) as state:
        candidate = [Candidate("a", (10,), 5)]
        grant = state.choose("group", candidate, (1,))
        assert isinstance(grant, Grant)
        pid = os.fork()
        if pid == 0:
            good = isinstance(state.choose("group", candidate, (1,)), Grant) and state.connected
            os._exit(0 if good else 1)
        assert os.waitpid(pid, 0)[1] == 0
        state.settle(grant, Outcome(ok=True))
        assert state.used("group", "a") == (2.0,)


def test_many_calls_share_a_round_trip(redis: RedisServer) -> None:
    import redis as client

    with (
        opened(redis.url, prefix="together", window=LONG) as state,
        client.Redis.from_url(redis.url) as other,
    ):

        async def use() -> int:
            candidates = [Candidate("a", (None, None))]
            await state.choose_async("group", candidates, (1.0, 0.0))
            answers = await asyncio.gather(
                *[state.choose_async("group", candidates, (1.0, 0.0)) for _ in range(500)]
            )
            assert len(other.client_list()) <= 4
            return sum(isinstance(answer, Grant) for answer in answers)

        assert asyncio.run(use()) == 500
        assert asyncio.run(use()) == 500  # another event loop
        assert state.used("group", "a")[0] == 1002.0


# Redis goes away.


def warnings(caplog: pytest.LogCaptureFixture) -> int:
    return sum(record.levelno == logging.WARNING for record in caplog.records)


def test_redis_is_killed_and_comes_back(
    redis_server: RedisServer, server: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(redis_server.url, window=LONG) as state:
        router = Router(
            entries(server.base_url, 1, rpm=10, max_parallel_requests=50), state=state, num_retries=0
        )
        for _ in range(4):
            router.completion("group", MESSAGES)
        redis_server.kill()
        # This process goes on from what it knows it was granted: six of ten are left.
        for _ in range(6):
            router.completion("group", MESSAGES)
        with pytest.raises(RouterRateLimitError):
            router.completion("group", MESSAGES)
        assert not state.connected and warnings(caplog) == 1
        redis_server.start()
        eventually(lambda: state.connected)
        router.flush_cache()
        for _ in range(10):
            router.completion("group", MESSAGES)
        with pytest.raises(RouterRateLimitError):
            router.completion("group", MESSAGES)
        assert state.used("group", "d0") == (10.0,)
        assert warnings(caplog) == 1


@pytest.mark.parametrize("way", ["stopped", "paused"])
def test_a_split_network_loses_no_call(
    redis_server: RedisServer, server: Loopback, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    import redis as client

    with opened(redis_server.url, window=LONG, timeout=0.2) as state:
        router = Router(entries(server.base_url, 2, max_parallel_requests=50), state=state, num_retries=0)
        router.completion("group", MESSAGES)
        if way == "stopped":
            redis_server.pause()
        else:
            with client.Redis.from_url(redis_server.url) as other:
                other.client_pause(1500, all=True)
        for _ in range(5):
            assert router.completion("group", MESSAGES).choices

        async def use() -> list[Any]:
            return await asyncio.gather(*[router.acompletion("group", MESSAGES) for _ in range(20)])

        assert len(asyncio.run(use())) == 20
        if way == "stopped":
            redis_server.resume()
        eventually(lambda: state.connected)
        assert len(asyncio.run(use())) == 20
        assert warnings(caplog) == 1
        assert len(server.requests) == 46


def test_what_was_spent_while_redis_was_away_is_told_it_later(redis_server: RedisServer) -> None:
    with opened(redis_server.url, timeout=0.2) as state:
        held = state.reserve("budget", [Hold("a", 4.0, 10.0)])
        assert isinstance(held, Reservation) and held.shared
        redis_server.pause()
        state.adjust(held, [1.5])
        assert not state.connected and state.spent("budget", "a") == 1.5
        redis_server.resume()
        eventually(lambda: state.connected and state.spent("budget", "a") == 1.5)


def test_redis_was_never_there(server: Loopback, caplog: pytest.LogCaptureFixture) -> None:
    router = Router(entries(server.base_url, 1, rpm=2), redis_host="127.0.0.1", redis_port=1, num_retries=0)
    assert router.completion("group", MESSAGES).choices
    assert asyncio.run(router.acompletion("group", MESSAGES)).choices
    with pytest.raises(RouterRateLimitError):
        router.completion("group", MESSAGES)
    assert warnings(caplog) == 1
    router.discard()


def test_passwords_are_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with opened("redis://:sesame@127.0.0.1:1/0") as state:
        assert state.get("x") is None
        assert "sesame" not in caplog.text + repr(state._address)


# Other forms of Redis.


def test_a_cluster(tmp_path: Path) -> None:
    import redis as client

    node = RedisServer(tmp_path, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf")
    try:
        with client.Redis(port=node.port) as admin:
            admin.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            eventually(
                lambda: b"cluster_state:ok" in admin.execute_command("CLUSTER", "INFO", NEVER_DECODE=True)
            )
        with opened(f"redis+cluster://127.0.0.1:{node.port}", window=LONG) as state:
            use_everything(state)
            assert state.connected
    finally:
        node.stop()


def test_sentinels(redis: RedisServer, tmp_path: Path) -> None:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = tmp_path / "sentinel.conf"
    settings.write_text(f"port {port}\nbind 127.0.0.1\nsentinel monitor primary 127.0.0.1 {redis.port} 1\n")
    assert BINARY is not None
    sentinel = subprocess.Popen([BINARY, str(settings), "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        with opened(f"redis+sentinel://127.0.0.1:{port}/primary", prefix="sentinel", window=LONG) as state:
            eventually(lambda: state.get("x") is None and state.connected)
            use_everything(state)
            assert state.connected
    finally:
        sentinel.kill()
        sentinel.wait(10)


def use_everything(state: RedisState) -> None:
    """Each operation once, in blocking code and in a coroutine."""
    candidates = [Candidate("a", (2,), 5), Candidate("b", (2,), 5)]
    grants = [state.choose("some {odd} group", candidates, (1,)) for _ in range(3)]
    assert all(isinstance(grant, Grant) and grant.shared for grant in grants)
    for grant in grants:
        assert isinstance(grant, Grant)
        state.settle(grant, Outcome(ok=True, latency=0.1))
    held = state.reserve("budget", [Hold("x", 1.0, 2.0), Hold("y", 1.0, 2.0)])
    assert isinstance(held, Reservation)
    state.adjust(held, [0.5, 0.5])
    state.set("one", b"1", 60)
    state.set("two", b"2")
    assert (state.get("one"), state.get("two")) == (b"1", b"2")
    state.delete("one", "two")
    assert state.increment("n", 2.0, 60) == 2.0
    assert state.resting("some {odd} group", ["a"]) == {}
    state.forget("some {odd} group", ["a", "b"])

    async def use() -> None:
        answer = await state.choose_async("group", candidates, (1,))
        assert isinstance(answer, Grant) and answer.shared
        await state.settle_async(answer, Outcome(ok=True))
        await state.set_async("three", b"3")
        assert await state.get_async("three") == b"3"

    asyncio.run(use())


def test_what_the_cache_is_told_does_not_disturb_the_state(server: Loopback, redis: RedisServer) -> None:
    import redis as client

    given: dict[str, Any] = {"namespace": "team", "ttl": 60, "supported_call_types": ["completion"]}
    where: dict[str, Any] = {"redis_host": "127.0.0.1", "redis_port": redis.port, "cache_kwargs": given}
    router = Router(entries(server.base_url, 1, rpm=2), cache_responses=True, num_retries=0, **where)
    for _ in range(2):
        router.completion("group", MESSAGES)
    assert len(server.requests) == 1
    edgequake_python.cache = None
    router.discard()
    names: Any = client.Redis(port=redis.port).keys("*team:*")
    kinds = {name.decode().partition("{")[0] for name in names}
    assert len(names) >= 2, kinds
