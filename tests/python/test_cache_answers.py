"""What is kept of answers of every kind, huge ones too, and what keeps two of them apart."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from edgequake_python.caching import Cache, InMemoryCache, RedisCache
from loopback import MESSAGES, Loopback, Reply, chat, event
from redis_server import RedisServer


def _huge(kind: str) -> dict[str, Any]:
    if kind == "text":
        return chat("x" * 5_000_000)
    calls = [
        {"id": f"call_{n}", "type": "function", "function": {"name": "f", "arguments": json.dumps({"n": n})}}
        for n in range(2000)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    return chat(choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}])


@pytest.mark.parametrize("kind", ["text", "tools"])
@pytest.mark.parametrize("place", ["local", "disk", "redis"])
def test_huge_answers(
    server: Loopback, tmp_path: Path, request: pytest.FixtureRequest, place: str, kind: str
) -> None:
    more: dict[str, Any] = {"disk": {"disk_cache_dir": str(tmp_path)}}.get(place, {})
    if place == "redis":
        more = {"url": request.getfixturevalue("redis_server").url, "namespace": "huge"}
    edgequake_python.cache = Cache(type=place, **more)
    server.handler = lambda _: _huge(kind)
    first = edgequake_python.completion(**server.call())
    again = edgequake_python.completion(**server.call())
    assert len(server.requests) == 1
    assert again.model_dump() == first.model_dump()
    stream = list(edgequake_python.completion(stream=True, **server.call()))
    whole = edgequake_python.stream_chunk_builder(stream)
    assert whole is not None and len(server.requests) == 1
    assert (whole.choices[0].message.content or "") == (first.choices[0].message.content or "")
    calls = [message.choices[0].message.tool_calls or [] for message in (whole, first)]
    assert [call.model_dump() for call in calls[0]] == [call.model_dump() for call in calls[1]]


def test_memory_is_bounded_in_bytes() -> None:
    memory = InMemoryCache(max_size_per_item=4, max_bytes=10_000)
    for name in "abc":
        memory.set_cache(name, b"x" * 4000)
    assert memory.batch_get_cache(["a", "b", "c"]) == [None, b"x" * 4000, b"x" * 4000]
    memory.set_cache("b", b"small")
    memory.set_cache("d", b"x" * 4000)
    memory.delete_cache("c")
    memory.set_cache("e", b"x" * 4000)
    assert [name for name in "bcde" if memory.get_cache(name) is not None] == ["b", "d", "e"]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_text_completions_are_kept(server: Loopback, asynchronous: bool) -> None:
    edgequake_python.cache = Cache()
    choice = {"index": 0, "text": "one", "finish_reason": "stop", "logprobs": None}
    server.handler = lambda _: {
        "id": "cmpl-1",
        "object": "text_completion",
        "model": "m",
        "choices": [choice],
    }
    call: dict[str, Any] = {"model": "text-completion-openai/m", "prompt": "Hi", "api_key": "sk-1"}
    call["api_base"] = server.base_url
    first: Any = edgequake_python.text_completion(**call)
    again: Any = (
        asyncio.run(edgequake_python.atext_completion(**call))
        if asynchronous
        else edgequake_python.text_completion(**call)
    )
    assert len(server.requests) == 1 and again.model_dump() == first.model_dump()
    assert again._hidden_params["cache_hit"] is True
    edgequake_python.text_completion(**{**call, "prompt": "Ho"})
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("status", "kept"), [("completed", True), ("failed", False), ("in_progress", False), ("queued", False)]
)
def test_a_response_that_is_none_yet_is_not_kept(server: Loopback, status: str, kept: bool) -> None:
    edgequake_python.cache = Cache()
    server.handler = lambda _: {"id": "resp_1", "object": "response", "status": status, "output": []}
    call: dict[str, Any] = {"model": "openai/m", "input": "Hi", "api_key": "sk-1"}
    for _ in range(2):
        edgequake_python.responses(api_base=server.base_url, **call)
    assert len(server.requests) == (1 if kept else 2)


def test_a_stream_comes_back_with_all_that_was_said_beside_the_text(server: Loopback) -> None:
    edgequake_python.cache = Cache()
    token = {"token": "Hi", "logprob": -0.1, "bytes": [72, 105], "top_logprobs": []}
    source = {"type": "url_citation", "url_citation": {"url": "http://a.test", "title": "a"}}
    last = json.loads(event(delta={}, finish_reason="stop")[6:])
    pieces = [
        event(delta={"role": "assistant", "content": "Hi"}, logprobs={"content": [token]}),
        event(delta={"content": " there"}, logprobs={"content": [{**token, "token": " there"}]}),
        event(delta={"annotations": [source]}),
        b"data: " + json.dumps({**last, "citations": ["http://a.test"], "service_tier": "flex"}).encode(),
        b"\n\ndata: [DONE]\n\n",
    ]
    server.handler = lambda _: Reply(iter(pieces))
    built = [
        edgequake_python.stream_chunk_builder(
            list(edgequake_python.completion(stream=True, **server.call(logprobs=True)))
        )
        for _ in range(2)
    ]
    assert len(server.requests) == 1
    first, again = [one.model_dump() for one in built if one is not None]
    assert again == first
    assert first["citations"] == ["http://a.test"] and first["service_tier"] == "flex"
    assert [told["token"] for told in first["choices"][0]["logprobs"]["content"]] == ["Hi", " there"]


def test_lists_of_embeddings_are_kept_text_by_text_by_programs_too(server: Loopback) -> None:
    call: dict[str, Any] = {"model": "openai/m", "api_base": server.base_url, "api_key": "sk-1"}
    answer = edgequake_python.embedding(input=["a", "b"], **call)
    edgequake_python.cache = cache = Cache()
    asyncio.run(cache.async_add_cache_pipeline(answer, input=["a", "b"], **call))
    again = edgequake_python.embedding(input=["b", "a"], **call)
    assert len(server.requests) == 1
    assert [part["embedding"] for part in again.data] == [
        answer.data[1]["embedding"],
        answer.data[0]["embedding"],
    ]


def test_who_pays_and_who_watches_is_not_part_of_the_key() -> None:
    cache, call = Cache(), {"model": "openai/m", "messages": MESSAGES}
    key = cache.get_cache_key(**call)
    for name, value in {
        "budgets": edgequake_python.Budgets(),
        "proxy": "http://a.test",
        "force_timeout": 3,
        "langfuse_public_key": "pk",
        "langsmith_api_key": "x",
    }.items():
        assert cache.get_cache_key(**call, **{name: value}) == key, name


def test_namespaces_and_clients_are_apart_by_meaning_too(server: Loopback) -> None:
    cache = Cache(type="semantic", similarity_threshold=0.9, embedding=lambda text: [1.0, float(len(text))])
    edgequake_python.cache = cache
    edgequake_python.completion(**server.call())
    assert edgequake_python.completion(**server.call())._hidden_params["similarity"] == 1
    edgequake_python.completion(**server.call(cache={"namespace": "other"}))
    other = edgequake_python.Client(cache=cache, headers={"x-team": "two"})
    other.completion(**server.call())
    assert len(server.requests) == 3
    cache.flush_cache()
    edgequake_python.completion(**server.call())
    assert len(server.requests) == 4


def test_a_cache_in_redis_is_emptied_without_the_rest(redis_server: RedisServer) -> None:
    mine, other = (RedisCache(url=redis_server.url, namespace=name) for name in ("flush*", "flushed"))
    for one in (mine, other):
        one.set_cache("a", {"n": 1})
    mine.flush_cache()
    assert mine.get_cache("a") is None and other.get_cache("a") == {"n": 1}


def test_memory_that_a_program_empties_itself_keeps_on() -> None:
    cache = InMemoryCache(max_bytes=100)
    for _ in range(5):
        cache.set_cache("key", b"x" * 90)
        cache.cache_dict.clear()
    cache.set_cache("key", b"x" * 90)
    assert cache.get_cache("key") == b"x" * 90


def test_a_cache_of_the_programs_own_may_give_json(server: Loopback) -> None:
    edgequake_python.cache = cache = Cache()

    def answers(found: Any) -> None:
        # As programs do it: the methods of the object are put in another's place.
        cache.get_cache = lambda *_, **__: found  # type: ignore[method-assign]

    answers({"id": "c", "choices": [{"index": 0, "message": {"content": "known"}, "finish_reason": "stop"}]})
    answer: Any = edgequake_python.completion(**server.call())
    assert answer.choices[0].message.content == "known" and answer._hidden_params["cache_hit"] is True
    chunks: Any = edgequake_python.completion(stream=True, **server.call())
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "known"
    answers({"id": "t", "choices": [{"index": 0, "text": "known", "finish_reason": "stop"}]})
    call: dict[str, Any] = {"model": "openai/m", "api_base": server.base_url, "api_key": "sk-1"}
    text: Any = edgequake_python.text_completion(prompt="Hi", **call)
    assert text.choices[0].text == "known" and text._hidden_params["custom_llm_provider"] == "openai"
    texts: Any = edgequake_python.text_completion(prompt="Hi", stream=True, **call)
    assert "".join(chunk.choices[0].text for chunk in texts) == "known"
    answers({"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]})
    for given in ("a", ["a"]):
        vectors: Any = edgequake_python.embedding(input=given, **call)
        assert vectors.data[0]["embedding"] == [0.5] and vectors._hidden_params["cache_hit"] is True
    assert server.requests == []
    # What is no answer is none.
    answers("junk")
    assert edgequake_python.completion(**server.call()).choices[0].message.content == "Hello!"
    assert len(server.requests) == 1
