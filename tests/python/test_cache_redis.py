"""The cache in a real Redis: shared by processes, and gone and back again."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from typing import Any

import pytest

import edgequake_python
from edgequake_python.caching import Cache, RedisCache
from redis_server import RedisServer

CALL: dict[str, Any] = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "hi"}]}


def test_processes_share_answers(
    redis_server: RedisServer,
    openai_simulated: edgequake_python.Simulator,
    restored_settings: None,
) -> None:
    edgequake_python.cache = Cache("redis", url=redis_server.url, namespace="shared")
    first = edgequake_python.completion(**CALL)
    before = openai_simulated.stats["requests"]
    program = (
        "import sys, edgequake_python as e\n"
        "e.cache = e.Cache('redis', url=sys.argv[1], namespace='shared')\n"
        "r = e.completion(model='openai/gpt-4o', messages=[{'role': 'user', 'content': 'hi'}])\n"
        "print(r.id, r._hidden_params['cache_hit'])\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, redis_server.url], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == [first.id, "True"]
    assert openai_simulated.stats["requests"] == before

    async def again() -> Any:
        return await edgequake_python.acompletion(**CALL), await edgequake_python.acompletion(**CALL)

    assert {answer.id for answer in asyncio.run(again())} == {first.id}
    stream = edgequake_python.completion(stream=True, **CALL)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert text == first.choices[0].message.content


def test_calls_go_on_while_redis_is_away(
    redis_server: RedisServer,
    openai_simulated: edgequake_python.Simulator,
    restored_settings: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    edgequake_python.cache = Cache("redis", url=redis_server.url)
    edgequake_python.completion(**CALL)
    redis_server.kill()
    with caplog.at_level(logging.WARNING, logger="edgequake_python"):
        for temperature in (0.1, 0.2, 0.3):
            assert edgequake_python.completion(**CALL, temperature=temperature).choices
    assert len(caplog.records) == 1


def test_values_and_numbers(redis_server: RedisServer) -> None:
    cache = RedisCache(url=redis_server.url, namespace="ns")
    cache.set_cache("a", {"x": 1}, ttl=100)
    cache.set_cache("b", b"bytes")
    assert cache.batch_get_cache(["a", "b", "c"]) == {"a": {"x": 1}, "b": b"bytes", "c": None}
    assert cache.increment_cache("n", 2) == 2 and cache.increment_cache("n") == 3
    cache.delete_cache("a")

    async def asynchronously() -> None:
        await cache.async_set_cache_pipeline([("p", 1), ("q", "two")])
        assert await cache.async_batch_get_cache(["p", "q", "a"]) == {"p": 1, "q": "two", "a": None}
        assert await cache.async_increment("n", 4) == 7
        await cache.async_delete_cache("p")
        assert await cache.async_get_cache("p") is None
        assert await cache.ping()

    asyncio.run(asynchronously())
    asyncio.run(cache.disconnect())


def test_the_environment_says_where_redis_is(
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    cache = RedisCache()
    cache.set_cache("a", 1)
    assert cache.get_cache("a") == 1
    monkeypatch.delenv("REDIS_URL")
    with pytest.raises(ValueError, match="Redis needs"):
        RedisCache()
