"""Limits of tokens, when calls do not say how long their answers may be."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from edgequake_python import Router, RouterRateLimitError
from edgequake_python.state import LocalState, RedisState, State
from loopback import MESSAGES, Loopback, Request, chat, error
from redis_server import RedisServer, needs_redis
from test_router import deployment

#: Longer than any test.
LONG = 1e9


def answering(server: Loopback, tokens: int) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": tokens, "total_tokens": tokens + 3}
    server.handler = lambda request: chat(usage=usage)


def together(router: Router, calls: int, **given: Any) -> int:
    """How many of so many calls at once went through."""

    async def use() -> int:
        answers = await asyncio.gather(
            *[router.acompletion("group", MESSAGES, **given) for _ in range(calls)], return_exceptions=True
        )
        assert all(isinstance(a, RouterRateLimitError) for a in answers if isinstance(a, Exception))
        return sum(not isinstance(answer, Exception) for answer in answers)

    return asyncio.run(use())


def limited(server: Loopback, state: State | None = None, **limits: Any) -> Router:
    entry = deployment(server, "group", "one", max_parallel_requests=1000, **limits)
    return Router([entry], num_retries=0, state=state or LocalState(window=LONG))


def used(router: Router) -> int:
    tokens: int = asyncio.run(router.get_model_group_usage("group"))[0] or 0
    return tokens


@needs_redis
@pytest.mark.parametrize("shared", [False, True])
def test_calls_at_once_are_charged_what_answers_usually_have(
    server: Loopback, tmp_path: Path, shared: bool
) -> None:
    redis = RedisServer(tmp_path) if shared else None
    state = RedisState(redis.url, window=LONG) if redis else LocalState(window=LONG)
    try:
        answering(server, 97)
        router = limited(server, state, tpm=1000)
        router.completion("group", MESSAGES)
        assert together(router, 50) == 9
        assert used(router) == 1000
    finally:
        state.close()
        if redis is not None:
            redis.stop()


def test_the_charge_is_corrected(server: Loopback) -> None:
    """Shorter answers leave room for others; longer ones are counted whole."""
    answering(server, 97)
    router = limited(server, tpm=1000)
    router.completion("group", MESSAGES)
    answering(server, 7)
    assert together(router, 5) == 5
    assert used(router) == 100 + 5 * 10
    answering(server, 500)
    router.completion("group", MESSAGES)
    assert used(router) == 150 + 503


@pytest.mark.parametrize("limits", [{"tpm": 60}, {"otpm": 50}, {"itpm": 5}])
def test_a_call_that_fits_an_empty_window_is_never_refused(server: Loopback, limits: dict[str, Any]) -> None:
    answering(server, 5000)
    router = limited(server, **limits)
    for _ in range(3):
        router.completion("group", MESSAGES)
        router.flush_cache()  # as the next window
    assert len(server.requests) == 3


def test_what_a_call_says_itself_counts(server: Loopback) -> None:
    answering(server, 97)
    router = limited(server, tpm=1000)
    router.completion("group", MESSAGES)
    answering(server, 7)
    assert together(router, 50, max_tokens=7) == 50
    # Answers that were cut short say nothing about the others.
    answering(server, 97)
    assert together(router, 50) == 4


def test_failed_calls_give_their_tokens_back(server: Loopback) -> None:
    answering(server, 97)
    router = limited(server, tpm=1000)
    router.completion("group", MESSAGES)
    server.handler = lambda request: error(400)
    for _ in range(30):
        with pytest.raises(Exception, match="no"):
            router.completion("group", MESSAGES)
    assert used(router) == 100


def test_what_was_learned_stays_when_the_group_changes(server: Loopback) -> None:
    answering(server, 97)
    router = limited(server, tpm=1000)
    router.completion("group", MESSAGES)
    router.upsert_deployment(deployment(server, "group", "one", max_parallel_requests=999, tpm=500))  # type: ignore[arg-type]
    assert together(router, 50) == 4


def test_embeddings_are_charged_no_answer(server: Loopback) -> None:
    """What chats of the same group answer is no matter of theirs."""
    answering(server, 97)
    router = limited(server, tpm=1000)
    router.completion("group", MESSAGES)
    server.handler = _embedded
    for _ in range(100):
        router.embedding("group", ["a"])
    assert used(router) == 200


def _embedded(request: Request) -> Any:
    data = [{"object": "embedding", "index": 0, "embedding": [0.5]}]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return {"object": "list", "data": data, "model": "m", "usage": usage}


@needs_redis
@pytest.mark.parametrize("shared", [False, True])
def test_who_has_no_room_is_not_named(server: Loopback, tmp_path: Path, shared: bool) -> None:
    """`get_available_deployment` charges nothing, and names nobody whose limit is reached."""
    redis = RedisServer(tmp_path) if shared else None
    state = RedisState(redis.url, window=LONG) if redis else LocalState(window=LONG)
    try:
        router = Router(
            [deployment(server, "group", "one", rpm=1), deployment(server, "group", "two", tpm=100)],
            num_retries=0,
            state=state,
        )
        for _ in range(5):
            router.get_available_deployment("one")
        router.completion("one", MESSAGES)
        answering(server, 97)
        for _ in range(6):
            assert router.get_available_deployment("group")["model_info"]["id"] == "two"
        router.completion("two", MESSAGES)
        with pytest.raises(RouterRateLimitError) as refused:
            router.get_available_deployment("group")
        assert refused.value.cooldown_time > 0
    finally:
        state.close()
        if redis is not None:
            redis.stop()
