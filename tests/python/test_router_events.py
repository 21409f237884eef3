"""Streams beside chat through the Router: they fall back, hold their slot, and are counted as chat's are."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
from typing import Any

import pytest

import edgequake_python
from edgequake_python import IncompleteStreamError, RateLimitError, Router, RouterRateLimitError, Simulator
from edgequake_python.budget import Budgets
from edgequake_python.responses.streaming_iterator import SyncResponsesAPIStreamingIterator
from loopback import MESSAGES
from test_router_methods import entry

STREAMS: list[tuple[str, dict[str, Any]]] = [
    ("text_completion", {"prompt": "Once"}),
    ("responses", {"input": "hello"}),
    ("anthropic_messages", {"messages": MESSAGES, "max_tokens": 50}),
]
every = pytest.mark.parametrize(("method", "given"), STREAMS, ids=[method for method, _ in STREAMS])
_numbers = itertools.count()


def failing(fault: str) -> str:
    return f"s{next(_numbers)}?sim={fault}"


def read(router: Router, method: str, given: dict[str, Any], asynchronous: bool) -> list[Any]:
    if not asynchronous:
        return list(getattr(router, method)(model="group", stream=True, **given))

    async def use() -> list[Any]:
        name = method if method == "anthropic_messages" else f"a{method}"
        stream = await getattr(router, name)(model="group", stream=True, **given)
        return [part async for part in stream]

    return asyncio.run(use())


def ways(method: str) -> tuple[bool, ...]:
    return (True,) if method == "anthropic_messages" else (False, True)


@every
@pytest.mark.parametrize("fault", ["error_event", "cut", "cut_clean", "malformed"])
def test_before_the_first_content_a_fallback_is_used(
    simulator: Simulator, method: str, given: dict[str, Any], fault: str
) -> None:
    for asynchronous in ways(method):
        router = Router(
            [
                entry(simulator, method, "group", "bad", failing(f"{fault}&after=0")),
                entry(simulator, method, "other", "good", "a-model"),
            ],
            fallbacks=[{"group": ["other"]}],
            num_retries=0,
        )
        whole = read(
            Router([entry(simulator, method, "group", "good", "a-model")]), method, given, asynchronous
        )
        assert len(read(router, method, given, asynchronous)) == len(whole)
        assert sum(router.fail_calls.values()) == sum(router.success_calls.values()) == 1


@every
def test_after_it_the_failure_is_raised_and_counted(
    simulator: Simulator, method: str, given: dict[str, Any]
) -> None:
    for asynchronous in ways(method):
        router = Router(
            [
                entry(simulator, method, "group", "bad", failing("cut&after=3"), max_parallel_requests=1),
                entry(simulator, method, "other", "good", "a-model"),
            ],
            fallbacks=[{"group": ["other"]}],
            num_retries=0,
            stream_failure="restart",
        )
        for _ in range(2):  # its slot is free again
            with pytest.raises(Exception, match="IncompleteStream"):
                read(router, method, given, asynchronous)
        assert sum(router.fail_calls.values()) == 2 and not sum(router.success_calls.values())


@pytest.mark.parametrize("how", ["read", "closed", "forgotten"])
def test_a_slot_is_held_while_the_stream_is_read(simulator: Simulator, how: str) -> None:
    router = Router(
        [entry(simulator, "responses", "group", "one", "a-model", max_parallel_requests=1)], num_retries=0
    )
    stream = router.responses("group", "hello", stream=True)
    assert isinstance(stream, SyncResponsesAPIStreamingIterator)
    assert next(stream).type == "response.created"
    with pytest.raises(RateLimitError):
        router.responses("group", "hello")
    if how == "read":
        assert list(stream)[-1].type == "response.completed" and stream.response is not None
        assert router.success_calls == {"openai/a-model": 1}
    elif how == "closed":
        stream.close()
        assert list(stream) == []
    else:
        del stream
    router.responses("group", "hello")


def test_what_the_provider_counted_is_charged(simulator: Simulator) -> None:
    """At the end of a stream of events as well: its tokens take part in the limit."""
    router = Router([entry(simulator, "responses", "group", "one", "a-model", tpm=12)], num_retries=0)
    list(router.responses("group", "hi", stream=True))
    with pytest.raises(RouterRateLimitError):
        router.responses("group", "hi " * 8)


def test_a_hedged_stream_for_blocking_code(simulator: Simulator) -> None:
    router = Router(
        [
            entry(simulator, "responses", "group", "slow", failing("slow_first&ms=20000"), order=1),
            entry(simulator, "responses", "group", "quick", "a-model", order=2),
        ],
        hedge_after=0.01,
        num_retries=0,
    )
    with router.responses("group", "hello", stream=True) as stream:
        assert list(stream)[-1].type == "response.completed"


def test_how_long_a_response_may_be_is_charged_before_it_is_there(simulator: Simulator) -> None:
    """Under the operation's own name for it."""
    router = Router([entry(simulator, "responses", "group", "one", "a-model", tpm=1000)], num_retries=0)
    with pytest.raises(RouterRateLimitError):
        router.responses("group", "hi", max_output_tokens=1001)
    assert router.responses("group", "hi", max_output_tokens=900).output


#: A dollar a token of the answer.
PRICE = {"input_cost_per_token": 0.0, "output_cost_per_token": 1.0}


@every
@pytest.mark.parametrize("how", ["read", "cut", "closed", "forgotten"])
def test_budgets_and_callbacks_know_what_a_stream_has_cost(
    simulator: Simulator, method: str, given: dict[str, Any], how: str
) -> None:
    model = failing("cut&after=4") if how == "cut" else "a-model"
    for asynchronous in ways(method):
        one = entry(simulator, method, "group", "one", model, max_budget=1e6, **PRICE)
        router = Router([one], num_retries=0)
        told: list[Any] = []
        with contextlib.nullcontext() if how != "cut" else pytest.raises(IncompleteStreamError):
            use(router, method, given, asynchronous, how, told)
        gc.collect()
        assert router.budgets is not None
        spent = router.budgets.spent("deployment:one")
        assert 0 < spent < 100 and edgequake_python.flush(10)
        if how != "cut":
            assert told == [spent]


def use(
    router: Router, method: str, given: dict[str, Any], asynchronous: bool, how: str, told: list[Any]
) -> None:
    """Read a stream to its end, or some of it and close or forget it."""
    hear = {"success_callback": [lambda kwargs, *_: told.append(kwargs["response_cost"])]}
    call = {"model": "group", "stream": True, **given, **hear}
    some = 6 if how in ("closed", "forgotten") else None

    async def wait() -> None:
        name = method if method == "anthropic_messages" else f"a{method}"
        stream = await getattr(router, name)(**call)
        parts = 0
        async for _ in stream:
            parts += 1
            if parts == some:
                break
        if how == "closed":
            stream.close()

    if asynchronous:
        return asyncio.run(wait())
    stream = getattr(router, method)(**call)
    for _ in itertools.islice(stream, some):
        pass
    if how == "closed":
        stream.close()


@pytest.mark.parametrize("named", ["litellm_metadata", "metadata"])
def test_tags_count_wherever_they_are(simulator: Simulator, named: str) -> None:
    budgets = Budgets(tags={"mine": 1e6})
    router = Router([entry(simulator, "responses", "group", "one", "a-model", **PRICE)])
    both: dict[str, Any] = {"metadata": {"a": "b"}, "litellm_metadata": {"c": "d"}}
    both[named] = {"tags": ["mine"]}
    router.responses("group", "hi", budgets=budgets, **both)
    assert budgets.spent("tag:mine") > 0
