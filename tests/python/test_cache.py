"""Answers that are given again: which calls are equal, what is kept, and that it comes back whole."""

from __future__ import annotations

import asyncio
import json
import logging
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edgequake_python
from edgequake_python.caching import Cache, DiskCache, DualCache, InMemoryCache
from edgequake_python.caching.entries import pack, unpack
from edgequake_python.caching.keys import NOT_SEMANTIC, key_of
from edgequake_python.exceptions import InternalServerError

HI = [{"role": "user", "content": "hi"}]
CALL: dict[str, Any] = {"model": "openai/gpt-4o", "messages": HI}


@pytest.fixture(params=["local", "disk"])
def cache(request: pytest.FixtureRequest, tmp_path: Path, restored_settings: None) -> Iterator[Cache]:
    cache = Cache(request.param, disk_cache_dir=str(tmp_path))
    edgequake_python.cache = cache
    yield cache
    edgequake_python.cache = None


def requests(simulator: edgequake_python.Simulator) -> int:
    return simulator.stats["requests"]


# Which calls are equal.


def test_the_order_of_arguments_makes_no_difference() -> None:
    one = {"model": "a/b", "messages": HI, "extra_body": {"x": 1, "y": [2, {"p": 1, "q": 2}]}}
    other = {"extra_body": {"y": [2, {"q": 2, "p": 1}], "x": 1}, "messages": HI, "model": "a/b"}
    assert key_of("chat", one) == key_of("chat", other)


SEMANTIC = st.one_of(
    st.sampled_from(
        [
            "temperature",
            "tools",
            "response_format",
            "extra_body",
            "api_base",
            "num_ctx",
            "top_k",
            "seed",
            "user",
        ]
    ),
    st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1).filter(
        lambda name: name not in NOT_SEMANTIC and name not in ("model", "messages")
    ),
)
VALUES = st.recursive(
    st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(name=SEMANTIC, one=VALUES, other=VALUES)
def test_whatever_can_change_the_answer_changes_the_key(name: str, one: Any, other: Any) -> None:
    keys = {key_of("chat", {**CALL, name: value}) for value in (one, other)}
    assert (len(keys) == 1) == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))
    assert key_of("chat", CALL) not in keys
    assert key_of("embed", {**CALL, name: one}) != key_of("chat", {**CALL, name: one})


def test_what_cannot_change_the_answer_does_not() -> None:
    key = key_of("chat", CALL)
    for name in NOT_SEMANTIC:
        assert key_of("chat", {**CALL, name: "anything"}) == key, name
    assert key_of("chat", {**CALL, "temperature": None}) == key


def test_messages_of_any_kind_have_a_key() -> None:
    message = edgequake_python.Message(role="user", content="hi")
    frozen = types.MappingProxyType({"role": "user", "content": "hi"})
    assert key_of("chat", {**CALL, "messages": (frozen,)}) == key_of("chat", CALL)
    assert key_of("chat", {**CALL, "messages": [message]}) == key_of("chat", {**CALL, "messages": [message]})
    with pytest.raises(edgequake_python.BadRequestError, match="x has no key"):
        key_of("chat", {**CALL, "x": object()})


def test_a_group_of_a_router_shares_its_answers() -> None:
    def key(base: str, group: str, **metadata: Any) -> str:
        return key_of("chat", {**CALL, "api_base": base, "metadata": {"model_group": group, **metadata}})

    assert key("http://a", "g") == key("http://b", "g")
    assert key("http://a", "g") != key("http://a", "h")
    shared: dict[str, Any] = {"caching_groups": [("g", "h")]}
    assert key("http://a", "g", **shared) == key("http://a", "h", **shared)


# What comes back.


@pytest.mark.parametrize("model", ["gpt-4o", "sim/reasoning", "sim/refusal", "sim/unicode"])
def test_a_stored_answer_is_the_answer(openai_simulated: edgequake_python.Simulator, model: str) -> None:
    answer = edgequake_python.completion(model=f"openai/{model}", messages=HI)
    packed = pack(answer)
    assert packed is not None
    again = unpack(packed)
    assert type(again) is type(answer) and again.model_dump() == answer.model_dump()


def test_a_hit_is_equal_new_and_says_so(
    openai_simulated: edgequake_python.Simulator, cache: Cache, complete: Any
) -> None:
    before = requests(openai_simulated)
    first = complete(**CALL)
    first_dump = first.model_dump()
    first.choices[0].message.content = "changed by the caller"
    second = complete(**CALL)
    third = complete(**CALL)
    assert requests(openai_simulated) == before + 1
    assert second.model_dump() == third.model_dump() == first_dump
    assert second is not third
    assert second._hidden_params["cache_hit"] is True
    assert second._hidden_params["cache_key"] == third._hidden_params["cache_key"]
    assert second._hidden_params["response_cost"] == first._hidden_params["response_cost"] is not None
    assert second._hidden_params["custom_llm_provider"] == "openai"
    assert not first._hidden_params.get("cache_hit")
    complete(**CALL, temperature=0.5)
    assert requests(openai_simulated) == before + 2


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize(
    "extra", [{}, {"tools": TOOLS, "tool_choice": "required"}, {"model": "openai/sim/reasoning"}]
)
def test_a_stream_comes_back_as_a_stream(
    openai_simulated: edgequake_python.Simulator, cache: Cache, asynchronous: bool, extra: dict[str, Any]
) -> None:
    def read(**call: Any) -> Any:
        if asynchronous:

            async def go() -> Any:
                stream = await edgequake_python.acompletion(stream=True, **call)
                return stream, [chunk async for chunk in stream]

            return asyncio.run(go())
        stream = edgequake_python.completion(stream=True, **call)
        return stream, list(stream)

    call = {**CALL, **extra}
    before = requests(openai_simulated)
    _, first = read(**call)
    stream, second = read(**call)
    assert requests(openai_simulated) == before + 1
    assert stream._hidden_params["cache_hit"] is True
    one = edgequake_python.stream_chunk_builder(first, HI)
    other = edgequake_python.stream_chunk_builder(second, HI)
    assert one is not None and other is not None
    assert one.choices[0].model_dump() == other.choices[0].model_dump()
    assert one.usage.model_dump() == other.usage.model_dump()
    assert second[0].choices[0].delta.role == "assistant"
    # The same answer for one who does not want it in pieces.
    whole = edgequake_python.completion(**call)
    assert requests(openai_simulated) == before + 1
    assert whole.choices[0].message.content == one.choices[0].message.content


@pytest.mark.parametrize("fault", ["sim/cut?after=2", "sim/cut_clean", "sim/error_event?status=429"])
def test_what_failed_is_not_kept(
    openai_simulated: edgequake_python.Simulator, cache: Cache, fault: str
) -> None:
    call: dict[str, Any] = {"model": f"openai/{fault}", "messages": HI, "num_retries": 0}
    before = requests(openai_simulated)
    for _ in range(2):
        with pytest.raises(edgequake_python.EdgeQuakeError):
            list(edgequake_python.completion(stream=True, **call))
    assert requests(openai_simulated) == before + 2
    # Nor one that nobody read to its end.
    stream = edgequake_python.completion(stream=True, **CALL)
    next(stream)
    stream.close()
    edgequake_python.completion(**CALL)
    assert requests(openai_simulated) == before + 4


# What a call may say.


def test_controls(openai_simulated: edgequake_python.Simulator, cache: Cache) -> None:
    def asked(**controls: Any) -> int:
        before = requests(openai_simulated)
        edgequake_python.completion(**CALL, **controls)
        return requests(openai_simulated) - before

    assert asked(cache={"no-store": True}) == 1
    assert asked() == 1
    assert asked() == 0
    assert asked(cache={"no-cache": True}) == 1
    assert asked(caching=False) == 1
    assert asked(cache={"s-maxage": 600}) == 0
    assert asked(cache={"s-maxage": 0}) == 1
    assert asked(cache={"namespace": "other"}) == 1
    assert asked(cache={"namespace": "other"}) == 0
    assert asked(cache_key="mine") == 1
    assert asked(cache_key="mine", temperature=0.9) == 0
    # The controls are this library's business and reach nobody else.
    assert b"cache" not in openai_simulated.requests[-1]["body"]


def test_only_when_asked(openai_simulated: edgequake_python.Simulator, restored_settings: None) -> None:
    edgequake_python.cache = Cache(mode="default_off")
    before = requests(openai_simulated)
    edgequake_python.completion(**CALL)
    edgequake_python.completion(**CALL, cache={"use-cache": True})
    edgequake_python.completion(**CALL, cache={"use-cache": True})
    assert requests(openai_simulated) == before + 2
    edgequake_python.cache = Cache(max_messages=1)
    edgequake_python.completion(model="openai/gpt-4o", messages=HI * 2)
    edgequake_python.completion(model="openai/gpt-4o", messages=HI * 2)
    assert requests(openai_simulated) == before + 4


def test_a_key_of_the_programs_own(openai_simulated: edgequake_python.Simulator, cache: Cache) -> None:
    seen: list[dict[str, Any]] = []

    def key(**kwargs: Any) -> str:
        seen.append(kwargs)
        return "always the same"

    cache.get_cache_key = key  # type: ignore[method-assign]
    first = edgequake_python.completion(**CALL)
    second = edgequake_python.completion(**{**CALL, "temperature": 1})
    assert first.id == second.id
    assert seen[0]["model"] == "openai/gpt-4o" and seen[0]["messages"] == HI


def test_embeddings_are_kept_text_by_text(openai_simulated: edgequake_python.Simulator, cache: Cache) -> None:
    call: dict[str, Any] = {"model": "openai/text-embedding-3-small"}
    first = edgequake_python.embedding(input=["a", "b"], **call)
    second = edgequake_python.embedding(input=["b", "c", "a"], **call)
    assert json.loads(openai_simulated.requests[-1]["body"])["input"] == ["c"]
    assert second.data[0]["embedding"] == first.data[1]["embedding"]
    assert second.data[2]["embedding"] == first.data[0]["embedding"]
    assert [entry["index"] for entry in second.data] == [0, 1, 2]
    before = requests(openai_simulated)
    third = edgequake_python.embedding(input=["a", "b"], **call)
    assert requests(openai_simulated) == before
    assert third._hidden_params["cache_hit"] is True
    assert third.usage is not None and first.usage is not None
    assert third.usage.prompt_tokens == first.usage.prompt_tokens


def test_a_fallback_keeps_its_answer_under_its_own_name(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-simulated")
    with edgequake_python.Simulator() as simulator:
        monkeypatch.setenv("OPENAI_API_BASE", simulator.base_url)
        call: dict[str, Any] = {"model": "openai/sim/500?times=1", "messages": HI, "num_retries": 0}
        answer = edgequake_python.completion(**call, fallbacks=["openai/gpt-4o"])
        hit = edgequake_python.completion(**CALL)
        assert hit._hidden_params["cache_hit"] is True and hit.id == answer.id
        # The model that failed has no answer yet.
        before = requests(simulator)
        edgequake_python.completion(**call)
        assert requests(simulator) == before + 1


# Places.


def test_trouble_with_the_place_is_said_once_and_calls_go_on(
    openai_simulated: edgequake_python.Simulator, restored_settings: None, caplog: pytest.LogCaptureFixture
) -> None:
    cache = Cache()

    class Broken(InMemoryCache):
        def get_cache(self, key: str, **kwargs: Any) -> Any:
            raise ConnectionError("gone")

        def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
            raise ConnectionError("gone")

    cache.cache = Broken()
    edgequake_python.cache = cache
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert edgequake_python.completion(**CALL).choices
    assert len([record for record in caplog.records if "cache of answers" in record.message]) == 1
    with pytest.raises(InternalServerError):
        edgequake_python.completion(model="openai/sim/500", messages=HI, num_retries=0)


def test_memory_is_bounded_and_forgets_in_time() -> None:
    now = [0.0]
    memory = InMemoryCache(max_size_in_memory=2, default_ttl=10, max_size_per_item=1, clock=lambda: now[0])
    memory.set_cache("a", b"1")
    memory.set_cache("b", b"2", ttl=5)
    memory.get_cache("a")
    memory.set_cache("c", b"3")
    assert memory.batch_get_cache(["a", "b", "c"]) == [b"1", None, b"3"]
    memory.set_cache("huge", b"x" * 2000)
    assert memory.get_cache("huge") is None
    now[0] = 10.0
    assert memory.get_cache("a") is None
    assert memory.increment_cache("n", 2) == 2 and memory.increment_cache("n") == 3
    memory.flush_cache()
    assert not memory.cache_dict


def test_a_disk_is_shared_and_survives(tmp_path: Path) -> None:
    one, other = DiskCache(str(tmp_path)), DiskCache(str(tmp_path))
    one.set_cache("a", b"bytes")
    one.set_cache("b", {"x": [1]}, ttl=1000)
    one.set_cache("c", 1, ttl=-1)
    assert other.batch_get_cache(["a", "b", "c"]) == [b"bytes", {"x": [1]}, None]
    assert other.increment_cache("n") == 1 and one.increment_cache("n", 2) == 3
    one.delete_cache("a")
    assert other.get_cache("a") is None
    assert asyncio.run(other.async_get_cache("b")) == {"x": [1]}
    other.flush_cache()
    asyncio.run(one.disconnect())
    assert one.get_cache("b") is None


def test_two_caches_in_a_row() -> None:
    near, far = InMemoryCache(), InMemoryCache()
    dual = DualCache(near, far)  # type: ignore[arg-type]
    dual.set_cache("a", 1)
    near.flush_cache()
    assert dual.get_cache("a") == 1 and near.get_cache("a") == 1
    assert asyncio.run(dual.async_increment_cache("n", 2)) == 2
    dual.delete_cache("a")
    assert far.get_cache("a") is None


def test_places_that_are_not_there_are_named(restored_settings: None) -> None:
    with pytest.raises(NotImplementedError, match="disk"):
        Cache("s3")
    with pytest.raises(ValueError, match="similarity_threshold"):
        Cache("semantic")
    with pytest.raises(ValueError, match="nowhere"):
        Cache("nowhere")
    edgequake_python.enable_cache()
    known = edgequake_python.cache
    edgequake_python.enable_cache()
    assert edgequake_python.cache is known
    edgequake_python.update_cache("local", namespace="n")
    assert edgequake_python.cache is not known
    edgequake_python.disable_cache()
    assert edgequake_python.cache is None


# By meaning.


def letters(text: str) -> list[float]:
    return [float(text.lower().count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz0123456789+"]


def test_only_the_question_is_compared_by_meaning(
    openai_simulated: edgequake_python.Simulator, restored_settings: None
) -> None:
    edgequake_python.cache = Cache("semantic", similarity_threshold=0.95, embedding=letters)

    def ask(text: str, **more: Any) -> Any:
        messages = [
            {"role": "system", "content": more.pop("system", "Be kind.")},
            {"role": "user", "content": text},
        ]
        return edgequake_python.completion(model="openai/gpt-4o", messages=messages, **more)

    first = ask("What is the capital of France?")
    hit = ask("what is the capital of france")
    assert hit.id == first.id and 0.95 <= hit._hidden_params["similarity"] <= 1.0
    for other in (
        ask("What is the capital of Portugal, please?"),
        ask("What is the capital of France?", system="Be rude."),
        ask("What is the capital of France?", temperature=0.1),
        ask("What is the capital of France?", tools=TOOLS),
    ):
        assert other.id != first.id and not other._hidden_params.get("cache_hit")
    assert ask("1+1").id != ask("21+1").id
