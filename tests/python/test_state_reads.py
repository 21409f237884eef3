"""Plain reads from a real Redis, over connections of their own: shared, lost, refused, late, cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from edgequake_python.state import RedisState
from redis_server import RedisServer, needs_redis, opened

pytestmark = needs_redis


def admin(url: str) -> Any:
    import redis

    return redis.Redis.from_url(url)


def connections(client: Any) -> list[dict[str, Any]]:
    """Those that were used to read."""
    return [one for one in client.client_list() if one["cmd"] == "get"]


BINARY = b"\r\n$5\r\nhello\r\n\x00\xff" * 50


def test_values_come_as_they_are(redis: RedisServer) -> None:
    long = bytes(range(256)) * 20_000
    with opened(redis.url) as state:
        for value in (b"", BINARY, long):
            state.set("as-is", value)
            assert state.get("as-is") == value
        assert state.get("nothing") is None

        async def later() -> None:
            assert await state.get_async("as-is") == long
            assert await state.get_async("nothing") is None
            values = await asyncio.gather(*(state.get_async(name) for name in ("as-is", "nothing", "as-is")))
            assert values == [long, None, long]

        asyncio.run(later())


@pytest.mark.parametrize("later", [False, True], ids=["blocking", "asyncio"])
def test_a_connection_that_the_server_closed_is_no_outage(redis: RedisServer, later: bool) -> None:
    client = admin(redis.url)
    with opened(redis.url, prefix=f"closed-{later}") as state:
        state.set("key", b"value")

        async def read() -> None:
            for _ in range(3):
                assert await state.get_async("key") == b"value"
                client.client_kill_filter(_type="normal", skipme=True)

        if later:
            asyncio.run(read())
        else:
            for _ in range(3):
                assert state.get("key") == b"value"
                client.client_kill_filter(_type="normal", skipme=True)
        assert state.connected
    client.close()


def test_any_number_of_coroutines_share_one_connection(redis: RedisServer) -> None:
    client = admin(redis.url)
    with opened(redis.url, prefix="shared") as state:
        for number in range(500):
            state.set(str(number), str(number).encode() * 10)

        async def read() -> None:
            values = await asyncio.gather(*(state.get_async(str(number)) for number in range(500)))
            assert values == [str(number).encode() * 10 for number in range(500)]
            assert len(connections(client)) == 1

        asyncio.run(read())
        assert state.connected
    client.close()


@pytest.mark.parametrize("later", [False, True], ids=["blocking", "asyncio"])
def test_who_bounds_the_connections_gets_no_more(redis: RedisServer, later: bool) -> None:
    client = admin(redis.url)
    before = len(client.client_list())
    with opened(redis.url, prefix="bounded", max_connections=1) as state:

        async def read() -> None:
            for _ in range(3):
                await state.set_async("key", b"value")
                assert await state.get_async("key") == b"value"
            assert len(client.client_list()) == before + 1

        if later:
            asyncio.run(read())
        else:
            for _ in range(3):
                state.set("key", b"value")
                assert state.get("key") == b"value"
            assert len(client.client_list()) == before + 1
        assert state.connected
    client.close()


def test_as_many_threads_as_one_likes(redis: RedisServer) -> None:
    count = 150
    with opened(redis.url, prefix="threads") as state, ThreadPoolExecutor(count) as pool:
        state.set("key", b"value")
        together = threading.Barrier(count)

        def read() -> bytes | None:
            together.wait(30)
            return state.get("key")

        assert [future.result(60) for future in [pool.submit(read) for _ in range(count)]] == [
            b"value"
        ] * count
        assert state.connected


@pytest.mark.parametrize("later", [False, True], ids=["blocking", "asyncio"])
def test_what_is_refused_is_refused_alone(redis: RedisServer, later: bool) -> None:
    client = admin(redis.url)
    with opened(redis.url, prefix=f"refused-{later}") as state:
        state.set("key", b"value")
        client.rpush(f"refused-{later}:v:list", "no text")
        if later:
            asyncio.run(_refused(state))
        else:
            # It counts as an outage, since nothing says that it is none; the connection is good all the same.
            assert state.get("list") is None
            assert not state.connected
    client.close()


async def _refused(state: RedisState) -> None:
    reads = [state.get_async(name) for name in ("key", "key", "list", "key")]
    assert await asyncio.gather(*reads) == [b"value", b"value", None, b"value"]


def test_cancelling_one_read_gives_its_answer_to_nobody_else(redis: RedisServer) -> None:
    with opened(redis.url, prefix="cancelled") as state:
        for number in range(20):
            state.set(str(number), str(number).encode())

        async def read() -> None:
            for round in range(10):
                tasks = [asyncio.ensure_future(state.get_async(str(number))) for number in range(20)]
                await asyncio.sleep(0)
                for number in (0, 3, 7, round):
                    tasks[number].cancel()
                values = await asyncio.gather(*tasks, return_exceptions=True)
                for number, value in enumerate(values):
                    assert value == str(number).encode() or isinstance(value, asyncio.CancelledError)
            assert await state.get_async("5") == b"5"

        asyncio.run(read())
        assert state.connected


@pytest.mark.parametrize("later", [False, True], ids=["blocking", "asyncio"])
def test_a_server_that_says_nothing_is_away(redis_server: RedisServer, later: bool) -> None:
    with opened(redis_server.url, timeout=0.2) as state:
        state.set("key", b"value")

        async def read() -> None:
            assert await state.get_async("key") == b"value"
            redis_server.pause()
            values = await asyncio.gather(*(state.get_async("key") for _ in range(5)))
            assert values == [None] * 5

        if later:
            asyncio.run(read())
        else:
            assert state.get("key") == b"value"
            redis_server.pause()
            assert state.get("key") is None
        assert not state.connected
        redis_server.resume()


def test_each_event_loop_has_its_own(redis: RedisServer) -> None:
    with opened(redis.url, prefix="loops") as state:
        state.set("key", b"value")
        for _ in range(3):
            assert asyncio.run(state.get_async("key")) == b"value"
        with ThreadPoolExecutor(4) as pool:
            reads = [pool.submit(lambda: asyncio.run(state.get_async("key"))) for _ in range(8)]
            assert [read.result(30) for read in reads] == [b"value"] * 8
        assert state.connected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_reads_over_connections_of_its_own(redis: RedisServer) -> None:
    with opened(redis.url, prefix="fork") as state:
        state.set("key", b"parent")
        assert state.get("key") == b"parent"
        child = os.fork()
        if child == 0:
            code = 1
            with contextlib.suppress(BaseException):
                code = 0 if all(state.get("key") == b"parent" for _ in range(50)) else 2
            os._exit(code)
        for _ in range(50):
            assert state.get("key") == b"parent"
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_closing_closes_the_connections(redis: RedisServer, tmp_path: Path) -> None:
    client = admin(redis.url)
    before = len(client.client_list())
    with opened(redis.url, prefix="closing") as state:
        assert state.get("key") is None
        assert len(client.client_list()) > before
    # The server looks at what was closed before it answers the next.
    assert len(client.client_list()) <= before
    client.close()
