"""Keys of the cache, over every parameter that `completion` documents; and caches used from many loops."""

from __future__ import annotations

import asyncio
import inspect
import warnings
from typing import Any

import pytest

import edgequake_python
from edgequake_python.caching import Cache
from edgequake_python.caching.keys import NOT_SEMANTIC, key_of
from edgequake_python.exceptions import IncompleteStreamError
from redis_server import RedisServer

CALL: dict[str, Any] = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}
PARAMETERS = [
    name
    for name, parameter in inspect.signature(edgequake_python.completion).parameters.items()
    if parameter.kind is not inspect.Parameter.VAR_KEYWORD
]
#: What may be said with any call and has nothing to do with its answer.
INDIFFERENT = ("api_key", "timeout", "num_retries", "metadata", "callbacks", "stream", "stream_options", "id")


@pytest.mark.parametrize("name", [name for name in PARAMETERS if name not in NOT_SEMANTIC])
def test_a_parameter_changes_the_key(name: str) -> None:
    without = {other: value for other, value in CALL.items() if other != name}
    keys = {key_of("chat", {**without, name: value}) for value in ("one", "another", ["one"], 1, 1.0, True)}
    assert len({*keys, key_of("chat", CALL)}) == 7


def test_only_what_cannot_change_an_answer_is_left_out() -> None:
    assert {name for name in PARAMETERS if name in NOT_SEMANTIC} <= {
        *INDIFFERENT,
        "shared_session",
        "request_timeout",
    }
    for name in INDIFFERENT:
        assert key_of("chat", {**CALL, name: "x"}) == key_of("chat", CALL), name


def test_clients_with_settings_of_their_own_are_apart(
    openai_simulated: edgequake_python.Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edgequake_python, "cache", None)
    shared = Cache()
    first: Any = edgequake_python.Client(cache=shared, headers={"x-team": "one"})
    second: Any = edgequake_python.Client(cache=shared, headers={"x-team": "two"})
    first.completion(**CALL)
    assert first.completion(**CALL)._hidden_params.get("cache_hit") is True
    assert not second.completion(**CALL)._hidden_params.get("cache_hit")
    assert len(shared.cache.cache_dict) == 2


def test_a_stream_that_is_cut_or_left_is_not_kept(
    openai_simulated: edgequake_python.Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache()
    monkeypatch.setattr(edgequake_python, "cache", cache)
    stream = edgequake_python.completion(stream=True, **CALL)
    next(iter(stream))
    stream.close()
    cut: dict[str, Any] = {**CALL, "model": "openai/sim/cut", "num_retries": 0}
    with pytest.raises(IncompleteStreamError):
        list(edgequake_python.completion(stream=True, **cut))
    assert not cache.cache.cache_dict
    list(edgequake_python.completion(stream=True, **CALL))
    assert len(cache.cache.cache_dict) == 1


def test_one_cache_for_threads_and_loops(
    openai_simulated: edgequake_python.Simulator,
    monkeypatch: pytest.MonkeyPatch,
    redis_server: RedisServer,
) -> None:
    cache = Cache("redis", url=redis_server.url, namespace="loops")
    monkeypatch.setattr(edgequake_python, "cache", cache)
    text = edgequake_python.completion(**CALL).choices[0].message.content
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(5):
            answer = asyncio.run(edgequake_python.acompletion(**CALL))
            assert answer._hidden_params["cache_hit"] is True
            assert answer.choices[0].message.content == text
            assert edgequake_python.completion(**CALL)._hidden_params["cache_hit"] is True
