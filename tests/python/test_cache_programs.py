"""What programs written for LiteLLM do with its caches themselves: batches, windows, mocks, commands."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

import edgequake_python as eq
from edgequake_python.caching import BaseCache, Cache, DualCache, InMemoryCache, RedisCache, RedisClusterCache
from redis_server import RedisServer

ASKED = [{"role": "user", "content": "the same question"}]


def test_a_mocked_answer_is_for_calls_that_mock_the_same(
    openai_simulated: eq.Simulator, restored_settings: None
) -> None:
    eq.cache = Cache()
    first = eq.completion("gpt-4o-mini", ASKED, mock_response="first")
    assert eq.completion(model="gpt-4o-mini", messages=ASKED, mock_response="first").id == first.id
    second = eq.completion("gpt-4o-mini", ASKED, mock_response="second")
    assert second.choices[0].message.content == "second"
    # A call that is made gets a real answer.
    before = openai_simulated.stats["requests"]
    made = eq.completion("gpt-4o-mini", ASKED)
    assert made.id not in (first.id, second.id) and openai_simulated.stats["requests"] == before + 1


def test_texts_to_embed_one_by_one_and_together(
    openai_simulated: eq.Simulator, restored_settings: None
) -> None:
    eq.cache = Cache()
    heard: list[Any] = []
    eq.success_callback = [lambda kwargs, answer, begun, ended: heard.append(kwargs)]

    def embedded(asked: Any) -> tuple[Any, int, dict[str, Any]]:
        answer = eq.embedding("text-embedding-ada-002", asked)
        assert answer.usage is not None
        return [item["embedding"] for item in answer.data], answer.usage.prompt_tokens, answer._hidden_params

    before = openai_simulated.stats["requests"]
    one, of_one, _ = embedded("one")
    two, of_two, _ = embedded(["two"])
    both, of_both, hidden = embedded(["two", "one"])
    assert both == [*two, *one] and hidden["cache_hit"] is True and of_both == of_one + of_two
    partly, of_partly, hidden = embedded(["one", "three"])
    assert partly[0] == one[0] and hidden["cache_hit"] is True and of_partly > of_one
    assert openai_simulated.stats["requests"] == before + 3
    eq.flush(5)
    # What was asked for has its price, though a part was known.
    assert [told["cache_hit"] for told in heard] == [False, False, True, False]
    assert heard[2]["response_cost"] == 0 < heard[3]["response_cost"]


def test_a_mocked_embedding_may_be_a_text() -> None:
    assert eq.embedding("text-embedding-ada-002", ["a"], mock_response="0.2").data[0].embedding == "0.2"


def test_a_program_asks_a_cache_itself() -> None:
    cache = Cache()
    answer = eq.EmbeddingResponse(
        model="m",
        data=[{"embedding": [float(index)], "index": index, "object": "embedding"} for index in range(2)],
    )
    asyncio.run(cache.async_add_cache_pipeline(answer, model="m", input=["a", "b"]))
    assert cache.get_cache(model="m", input="b").data[0]["embedding"] == [1.0]
    cache.add_cache({"id": "x"}, cache_key="mine")
    assert cache.get_cache(cache_key="mine") == {"id": "x"}


def test_a_window_in_memory_ends_when_it_began_to() -> None:
    near = InMemoryCache(default_ttl=600)
    both = DualCache(near, default_in_memory_ttl=60)
    now = time.time()
    both.set_cache("calls", 1)
    end = near.ttl_dict["calls"]
    assert now + 60 <= end <= time.time() + 60  # as programs read it: seconds of the time of day
    asyncio.run(both.async_set_cache("calls", 2, ttl=900))
    assert near.get_cache("calls") == 2 and near.ttl_dict["calls"] == end
    near.set_cache("gone", 1, ttl=-1)
    near.set_cache("gone", 2, ttl=30)
    assert near.get_cache("gone") == 2

    kept = Cache()
    kept.add_cache({"id": 1}, cache_key="k", cache={"ttl": 5})
    kept.add_cache({"id": 2}, cache_key="k", cache={"ttl": 500})
    assert kept.cache.ttl_dict["k"] > time.time() + 400  # an answer that is given anew lives anew


def test_a_batch_asks_redis_once_for_what_is_not_there() -> None:
    far = MagicMock(spec=RedisCache)
    far.async_batch_get_cache = AsyncMock(return_value={"a": "there", "b": None})
    both = DualCache(redis_cache=far)

    async def use() -> None:
        assert await both.async_batch_get_cache(keys=["a", "b"]) == ["there", None]
        assert await both.async_batch_get_cache(keys=["a", "b"]) == ["there", None]
        assert far.async_batch_get_cache.call_count == 1
        await both.async_batch_get_cache(["b"], throttle_redis=False)
        assert far.async_batch_get_cache.call_args.args == (["b"],)
        await both.async_set_cache("b", 1, local_only=True)
        both.in_memory_cache.delete_cache("b")
        await both.async_batch_get_cache(["b"])
        assert far.async_batch_get_cache.call_count == 3  # it was set meanwhile
        far.async_batch_get_cache.side_effect = RuntimeError("away")
        for _ in range(2):
            assert await both.async_batch_get_cache(["c", "d"]) == [None, None]
        assert far.async_batch_get_cache.call_count == 5

    asyncio.run(use())
    for cache in (both, both.in_memory_cache):
        assert isinstance(cache, BaseCache)


def test_commands_of_redis(redis_server: RedisServer) -> None:
    cache = RedisCache(url=redis_server.url, namespace="n")
    assert cache.redis_client.ping() and cache.redis_kwargs["url"] == redis_server.url

    async def use() -> None:
        client = cache.init_async_client()
        assert await client.ping()
        await client.aclose()
        assert await cache.async_set_cache("once", "first", nx=True) is True
        assert await cache.async_set_cache("once", "second", nx=True) is False
        assert await cache.async_batch_get_cache([None, "once", "no"]) == {"once": "first", "no": None}
        assert await cache.async_get_ttl("once") is None and await cache.async_get_ttl("no") is None
        await cache.async_increment("count", 2, ttl=50)
        assert 45 <= (await cache.async_get_ttl("count") or 0) <= 50
        assert await cache.async_increment("count", 1, ttl=500, refresh_ttl=True) == 3
        assert (await cache.async_get_ttl("count") or 0) > 50
        await cache.async_set_cache_sadd("set", ["a", "b"], ttl=10)
        assert cache.redis_client.smembers("eq-cache:v:n:set") == {b"a", b"b"}
        assert await cache.async_rpush("list", ["x", "y", "z"]) == 3
        assert await cache.async_lpop("list") == "x" and await cache.async_lpop("list", 5) == ["y", "z"]
        assert await cache.async_lpop("list") is None

    asyncio.run(use())
    redis_server.kill()
    assert asyncio.run(cache.async_set_cache("alone", 1, nx=True)) is True
    assert asyncio.run(cache.async_set_cache("alone", 2, nx=True)) is False
    assert asyncio.run(cache.async_get_ttl("alone")) is None
    asyncio.run(cache.disconnect())


def test_how_long_values_live_in_redis(
    redis_server: RedisServer,
    restored_settings: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    monkeypatch.setattr(eq, "default_redis_ttl", 120)
    assert RedisCache().default_ttl == 120 and RedisCache(default_ttl=5).default_ttl == 5
    router = eq.Router(
        [{"model_name": "g", "litellm_params": {"model": "openai/gpt-4o", "api_key": "k"}}],
        redis_url=redis_server.url,
    )
    router.cache.set_cache("mine", {"a": 1})
    assert router.cache.redis_cache.get_cache("mine") == {"a": 1}
    assert issubclass(RedisClusterCache, RedisCache)
