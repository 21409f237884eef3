"""Places where answers are kept: used by many processes, full, broken, with huge answers."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from edgequake_python.caching import Cache, DiskCache, InMemoryCache
from loopback import MESSAGES, Loopback, Reply, chat, event
from redis_server import RedisServer, redis_server  # noqa: F401 - a fixture

WORKER = """
import sys
import edgequake_python as eq

eq.cache = eq.Cache(type="disk", disk_cache_dir=sys.argv[1])
print("ready", flush=True)
hits = 0
for turn in range(int(sys.argv[2])):
    text = f"answer {turn % 20} " * 20_000
    asked = [{"role": "user", "content": f"question {turn % 20}"}]
    again = {"no-cache": turn % 3 == 0}
    answer = eq.completion("openai/gpt-4o-mini", asked, mock_response=text, cache=again)
    assert answer.choices[0].message.content == text, "torn"
    hits += answer._hidden_params.get("cache_hit") is True
assert hits > int(sys.argv[2]) // 3, hits
"""


CONNECTIONS = """
import asyncio, os, sys, threading
from edgequake_python.caching import DiskCache

disk = DiskCache(sys.argv[1])
disk.set_cache("who", b"parent")
for _ in range(4):
    thread = threading.Thread(target=disk.get_cache, args=("who",))
    thread.start()
    thread.join()
child = os.fork()
if not child:
    assert disk.get_cache("who") == b"parent"
    disk.set_cache("who", b"child")
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert disk.get_cache("who") == b"child"


async def main():
    await asyncio.gather(*(disk.async_get_cache("who") for _ in range(8)))
    await disk.disconnect()
    # Nothing waits for the garbage collector: the last to close a file of this kind removes its journal.
    assert os.listdir(sys.argv[1]) == ["answers.sqlite3"], os.listdir(sys.argv[1])


asyncio.run(main())
assert disk.get_cache("who") == b"child"
"""


@pytest.fixture(autouse=True)
def no_cache() -> Iterator[None]:
    yield
    edgequake_python.cache = None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_connection_to_a_file_is_left_open(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", CONNECTIONS, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_processes_that_share_a_folder_outlive_one_that_is_killed(tmp_path: Path) -> None:
    def start(turns: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WORKER, str(tmp_path), str(turns)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    doomed, others = start(1_000_000), [start(150) for _ in range(3)]
    try:
        assert doomed.stdout is not None and doomed.stdout.readline() == "ready\n"
        disk = DiskCache(str(tmp_path))
        while not any(disk._db().execute("SELECT count(*) FROM answers").fetchone()):
            pass
        doomed.send_signal(signal.SIGKILL)
        for other in others:
            _, errors = other.communicate(timeout=120)
            assert (other.returncode, errors) == (0, "")
    finally:
        for process in (doomed, *others):
            process.kill()
            process.communicate()
    # No lock is left, and nothing is torn.
    assert disk._db().execute("PRAGMA integrity_check").fetchone() == ("ok",)
    disk.set_cache("after", b"1")
    assert disk.get_cache("after") == b"1"


def _open_together(folder: str, barrier: Any, told: Any) -> None:
    barrier.wait()
    try:
        disk = DiskCache(folder)
        disk.set_cache(str(os.getpid()), b"x")
        told.put(disk.get_cache(str(os.getpid())))
    except Exception as error:
        told.put(repr(error))


def test_a_new_folder_opened_by_all_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    for turn in range(15):
        barrier, told = spawn.Barrier(8), spawn.Queue()
        arguments = (str(tmp_path / str(turn)), barrier, told)
        processes = [spawn.Process(target=_open_together, args=arguments) for _ in range(8)]
        for process in processes:
            process.start()
        assert [told.get(timeout=60) for _ in processes] == [b"x"] * 8
        for process in processes:
            process.join()


def test_a_broken_file_is_no_reason_to_fail(
    server: Loopback, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "answers.sqlite3").write_bytes(b"no database" * 500)
    with caplog.at_level(logging.WARNING):
        edgequake_python.cache = Cache(type="disk", disk_cache_dir=str(tmp_path))
        for _ in range(2):
            assert edgequake_python.completion(**server.call()).choices[0].message.content == "Hello!"
    assert len([record for record in caplog.records if "cache of answers" in record.message]) == 1


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
    import asyncio

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
    import asyncio

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


def test_a_cache_in_redis_is_emptied_without_the_rest(redis_server: RedisServer) -> None:  # noqa: F811
    from edgequake_python.caching import RedisCache

    mine, other = (RedisCache(url=redis_server.url, namespace=name) for name in ("flush*", "flushed"))
    for one in (mine, other):
        one.set_cache("a", {"n": 1})
    mine.flush_cache()
    assert mine.get_cache("a") is None and other.get_cache("a") == {"n": 1}


def test_the_least_recently_used_leave_a_disk_that_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgequake_python.caching.disk_cache._NOTED", 0.0)
    disk = DiskCache(str(tmp_path), size_limit=1_000_000)
    for number in range(600):
        disk.set_cache(f"{number}", bytes(10_000))
        assert disk.get_cache("0") is not None, f"{number}: what is used all the time has gone"
    kept = [number for number in range(600) if disk.get_cache(str(number)) is not None]
    assert kept[0] == 0
    # Of the others the last ones, without a gap.
    assert kept[1:] == list(range(kept[1], 600))
    assert 50 <= len(kept) <= 110
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 8_000_000


def test_short_programs_make_room_too(tmp_path: Path) -> None:
    for number in range(60):
        disk = DiskCache(str(tmp_path), size_limit=100_000)
        disk.set_cache(f"{number}", bytes(5_000))
        del disk
    kept = [number for number in range(60) if DiskCache(str(tmp_path)).get_cache(str(number)) is not None]
    assert 59 in kept
    assert 5 <= len(kept) <= 25


def test_a_counter_makes_room_within_its_transaction(tmp_path: Path) -> None:
    disk = DiskCache(str(tmp_path), size_limit=20_000)
    for number in range(200):
        disk.increment_cache(f"{number}" * 100, 1)
    assert disk.increment_cache("199" * 100, 1) == 2


def test_a_limit_is_said_to_the_cache_or_there_is_none(tmp_path: Path) -> None:
    assert Cache(type="disk", disk_cache_dir=str(tmp_path)).cache.size_limit == 1 << 30
    assert Cache(type="disk", disk_cache_dir=str(tmp_path), size_limit=5).cache.size_limit == 5
    free = Cache(type="disk", disk_cache_dir=str(tmp_path), size_limit=None).cache
    for number in range(300):
        free.set_cache(str(number), bytes(1000))
    assert free.get_cache("0") == bytes(1000)


def test_a_file_of_before_is_read_on(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "answers.sqlite3") as old:
        old.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, value BLOB NOT NULL, ends REAL)")
        old.execute("INSERT INTO answers VALUES ('old', x'31', NULL)")
    old.close()
    disk = DiskCache(str(tmp_path))
    disk.set_cache("new", b"2")
    assert (disk.get_cache("old"), disk.get_cache("new")) == (b"1", b"2")


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
