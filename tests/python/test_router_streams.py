"""Streams of the Router: no failure before the first content is ever seen; after it, a policy decides."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any, Callable

import pytest

from edgequake_python import IncompleteStreamError, Router, Simulator
from edgequake_python.router import RoutedStream
from loopback import CUT, MESSAGES, Loopback, Reply, Request, event, events
from test_router import deployment

#: Models of the simulator that fail before any content is sent.
BEFORE = (
    "sim/429?retry_after_ms=1",
    "sim/500",
    "sim/error_event?after=0",
    "sim/cut?after=0",
    "sim/stall?after=0",
    "sim/malformed?after=0",
    "sim/cut_clean?after=0",
)
#: The same after three chunks of content.
AFTER = (
    "sim/error_event?after=3",
    "sim/cut?after=3",
    "sim/stall?after=3",
    "sim/malformed?after=3",
    "sim/cut_clean?after=3",
)
Read = Callable[..., "tuple[list[Any], Exception | None, Any]"]


def _read_sync(router: Router, model: str, **more: Any) -> tuple[list[Any], Exception | None, Any]:
    chunks: list[Any] = []
    stream: Any = None
    try:
        stream = router.completion(model, MESSAGES, stream=True, **more)
        for chunk in stream:
            chunks.append(chunk)
    except Exception as error:
        return chunks, error, stream
    return chunks, None, stream


def _read_async(router: Router, model: str, **more: Any) -> tuple[list[Any], Exception | None, Any]:
    chunks: list[Any] = []
    stream: Any = None

    async def read() -> None:
        nonlocal stream
        stream = await router.acompletion(model, MESSAGES, stream=True, **more)
        async for chunk in stream:
            chunks.append(chunk)

    try:
        asyncio.run(read())
    except Exception as error:
        return chunks, error, stream
    return chunks, None, stream


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Read:
    return _read_sync if request.param == "sync" else _read_async


@pytest.fixture
def fresh() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def simulated(simulator: Simulator, group: str, model: str, **params: Any) -> dict[str, Any]:
    where = {"model": f"openai/{model}", "api_base": simulator.base_url, "api_key": "sk-simulated"}
    return {"model_name": group, "litellm_params": {**where, **params}, "model_info": {"id": group}}


def text(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def routed(simulator: Simulator, fault: str, **settings: Any) -> Router:
    entries = [simulated(simulator, "bad", fault), simulated(simulator, "good", "gpt-4o")]
    settings.setdefault("num_retries", 0)
    return Router(entries, fallbacks=[{"bad": ["good"]}], stream_timeout=0.5, **settings)


@pytest.mark.parametrize("fault", BEFORE)
def test_before_the_first_content_a_fallback_is_always_used(fresh: Simulator, read: Read, fault: str) -> None:
    chunks, error, stream = read(routed(fresh, fault), "bad")
    assert error is None
    assert text(chunks).startswith("You said: Hello")
    assert stream._hidden_params["model_id"] == "good"
    assert fresh.stats["requests"] == 2
    assert [choice.finish_reason for choice in chunks[-1].choices] == ["stop"]


@pytest.mark.parametrize("fault", AFTER)
def test_after_it_the_error_is_raised_with_the_partial(fresh: Simulator, read: Read, fault: str) -> None:
    chunks, error, _ = read(routed(fresh, fault), "bad")
    assert error is not None
    assert text(chunks) == error.partial == "You said: Hello"  # type: ignore[attr-defined]
    assert fresh.stats["requests"] == 1


@pytest.mark.parametrize("fault", AFTER)
def test_restarted_elsewhere(fresh: Simulator, read: Read, fault: str) -> None:
    chunks, error, stream = read(routed(fresh, fault, stream_failure="restart"), "bad")
    assert error is None
    anew = [place for place, chunk in enumerate(chunks) if getattr(chunk, "restarted", False)]
    assert len(anew) == 1 == stream.restarts
    assert text(chunks[: anew[0]]) == "You said: Hello"
    assert text(chunks[anew[0] :]).startswith("You said: Hello (")
    assert stream._hidden_params["model_id"] == "good"


@pytest.mark.parametrize("fault", AFTER)
def test_continued_elsewhere(fresh: Simulator, read: Read, fault: str) -> None:
    chunks, error, stream = read(routed(fresh, fault), "bad", stream_failure="continue")
    assert error is None and stream.restarts == 1
    assert len({chunk.id for chunk in chunks}) == 1
    assert [getattr(chunk.choices[0].delta, "role", None) for chunk in chunks if chunk.choices].count(
        "assistant"
    ) == 1
    asked = json_of(fresh.requests[1])["messages"]
    assert asked[:-2] == MESSAGES and asked[-2] == {"role": "assistant", "content": "You said: Hello"}
    assert asked[-1]["role"] == "user"


def json_of(request: Any) -> Any:
    import json

    return json.loads(request["body"])


@pytest.mark.parametrize("policy", ["raise", "continue", "restart"])
def test_fallbacks_that_are_turned_off(fresh: Simulator, read: Read, policy: str) -> None:
    router = routed(fresh, "sim/cut?after=3", stream_failure=policy)
    chunks, error, _ = read(router, "bad", disable_fallbacks=True)
    assert isinstance(error, IncompleteStreamError) and error.partial == text(chunks) == "You said: Hello"
    chunks, error, _ = read(routed(fresh, "sim/500", stream_failure=policy), "bad", disable_fallbacks=True)
    assert error is not None and not chunks
    assert fresh.stats["requests"] == 2


def test_the_other_deployments_of_the_group_come_first(server: Loopback, read: Read) -> None:
    def handle(request: Request) -> Reply:
        if request.json["model"] == "bad":
            return Reply(iter([event(delta={"content": "Hel"}, finish_reason=None), CUT]))
        return Reply(events("Hel", "lo!"))

    server.handler = handle
    entries = [
        deployment(server, "group", "one", "bad", order=1),
        deployment(server, "group", "two", "good", order=2),
        deployment(server, "other", "three", "good"),
    ]
    router = Router(entries, fallbacks=[{"group": ["other"]}], stream_failure="restart")
    chunks, error, stream = read(router, "group")
    assert error is None and text(chunks) == "HelHello!"
    assert stream._hidden_params["model_id"] == "two"


def test_when_nobody_can_go_on_the_first_error_is_raised(server: Loopback, read: Read) -> None:
    server.handler = lambda request: Reply(
        iter([event(delta={"content": request.json["model"]}, finish_reason=None), CUT])
    )
    entries = [deployment(server, name, name, name) for name in ("a", "b")]
    router = Router(entries, fallbacks=[{"a": ["b"]}], stream_failure="restart", num_retries=0)
    chunks, error, _ = read(router, "a")
    assert isinstance(error, IncompleteStreamError)
    assert text(chunks)[:2] == "ab"
    assert len(server.requests) < 6


def test_half_a_tool_call_is_not_continued(server: Loopback, read: Read) -> None:
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a"'}}

    def handle(request: Request) -> Reply:
        if request.json["model"] == "a":
            return Reply(iter([event(delta={"tool_calls": [call]}, finish_reason=None), CUT]))
        return Reply(events("text"))

    server.handler = handle
    entries = [deployment(server, name, name, name) for name in ("a", "b")]
    router = Router(entries, fallbacks=[{"a": ["b"]}], stream_failure="continue", num_retries=0)
    _, error, _ = read(router, "a")
    assert isinstance(error, IncompleteStreamError) and len(server.requests) == 1


def test_slots_are_given_back_however_a_stream_ends(server: Loopback) -> None:
    def handle(request: Request) -> Reply:
        return Reply(events(*["word "] * 5))

    server.handler = handle
    router = Router([deployment(server, "group", "one", max_parallel_requests=1)], num_retries=0)
    for end in ("read", "close", "forgotten", "left"):
        stream = router.completion("group", MESSAGES, stream=True)
        assert isinstance(stream, RoutedStream)
        if end == "read":
            assert text(list(stream)) == "word " * 5
        elif end == "close":
            next(stream)
            stream.close()
            assert list(stream) == []
        elif end == "left":
            with stream:
                next(stream)
        del stream
        gc.collect()

    async def use() -> None:
        for _ in range(2):
            stream = await router.acompletion("group", MESSAGES, stream=True)
            async for _ in stream:
                break
            await stream.aclose()
        task = asyncio.ensure_future(router.acompletion("group", MESSAGES, stream=True))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert (await router.acompletion("group", MESSAGES)).choices

    server.handler = lambda request: (
        Reply(events("a", "b"))
        if request.json.get("stream")
        else {"choices": [{"message": {"content": "x"}}]}
    )
    asyncio.run(use())


def test_a_streams_usage_and_headers(fresh: Simulator) -> None:
    router = routed(fresh, "gpt-4o")
    stream = router.completion("bad", MESSAGES, stream=True, stream_options={"include_usage": True})
    assert stream.request_id and stream.headers
    chunks = list(stream)
    assert stream.usage is not None and stream.usage.total_tokens == chunks[-1].usage.total_tokens
