"""Headers, request id, rate limits and dropped parameters: the same on every answer, stream and error."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest

import edgequake_python
from edgequake_python.rate_limits import RateLimit, rate_limits_of, seconds
from loopback import Loopback, Reply, Request, chat, embeddings, error, events

HEADERS = {
    "x-request-id": "req-7",
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "59",
    "x-ratelimit-reset-requests": "1m30s",
    "x-ratelimit-limit-tokens": "150000",
    "x-ratelimit-remaining-tokens": "149984",
    "x-ratelimit-reset-tokens": "6ms",
}


def check(known: Any) -> None:
    assert known.request_id == "req-7"
    assert known.headers["x-ratelimit-limit-requests"] == "60"
    assert known.rate_limits.requests == RateLimit(60, 59, 90.0)
    assert known.rate_limits.tokens == RateLimit(150000, 149984, 0.006)


@pytest.fixture
def answering(server: Loopback) -> Loopback:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/embeddings"):
            return Reply(embeddings(request), headers=HEADERS)
        if request.path.endswith("/audio/speech"):
            return Reply(b"sound", headers=HEADERS)
        if request.path.endswith("/moderations"):
            return Reply({"id": "m", "model": "m", "results": []}, headers=HEADERS)
        if request.path.endswith("/completions") and request.json.get("stream"):
            return Reply(events("a", "b"), headers={**HEADERS, "content-type": "text/event-stream"})
        return Reply(chat(), headers=HEADERS)

    server.handler = answer
    return server


def test_plain_answers_of_every_kind(answering: Loopback) -> None:
    where: dict[str, Any] = {
        "model": "openai/unknown",
        "api_base": answering.base_url,
        "api_key": "sk-loopback",
    }
    check(edgequake_python.completion(**answering.call()))
    check(edgequake_python.embedding(input=["a"], **where))
    check(edgequake_python.text_completion(prompt="a", **where))
    check(edgequake_python.moderation(input="a", **where))
    check(edgequake_python.anthropic.messages.create(10, [{"role": "user", "content": "a"}], **where))
    speech = edgequake_python.speech(input="a", voice="alloy", **where)
    check(speech)
    assert speech.dropped_params == []
    check(asyncio.run(edgequake_python.acompletion(**answering.call())))


def test_streams_before_the_first_chunk(answering: Loopback) -> None:
    stream: Any
    where: dict[str, Any] = {
        "model": "openai/unknown",
        "api_base": answering.base_url,
        "api_key": "sk-loopback",
    }
    for stream in (
        edgequake_python.completion(stream=True, **answering.call()),
        edgequake_python.text_completion(prompt="a", stream=True, **where),
        edgequake_python.responses(
            input="a", stream=True, model="together_ai/m", api_base=answering.base_url, api_key="k" * 9
        ),
    ):
        check(stream)
        assert stream.dropped_params == []
        stream.close()

    async def asynchronous() -> None:
        stream = await edgequake_python.acompletion(stream=True, **answering.call())
        check(stream)
        await stream.aclose()

    asyncio.run(asynchronous())


def test_errors_say_it_too(server: Loopback) -> None:
    server.handler = lambda request: error(429, "slow down", {**HEADERS, "retry-after": "7"})
    call = server.call(model="groq/m", num_retries=0, seed=1, additional_drop_params=["seed"])
    for raised in ("plain", "stream"):
        with pytest.raises(edgequake_python.RateLimitError) as caught:
            edgequake_python.completion(stream=raised == "stream", **call)
        check(caught.value)
        assert caught.value.rate_limits.retry_after == 7.0
        assert caught.value.dropped_params == ["seed"]
        copy = pickle.loads(pickle.dumps(caught.value))
        check(copy)
        assert copy.dropped_params == ["seed"]


def test_a_broken_stream_says_it(server: Loopback) -> None:
    def broken(request: Request) -> Reply:
        return Reply(list(events("a"))[:1], headers={**HEADERS, "content-type": "text/event-stream"})

    server.handler = broken
    stream = edgequake_python.completion(stream=True, **server.call())
    with pytest.raises(edgequake_python.IncompleteStreamError) as caught:
        list(stream)
    check(caught.value)


@pytest.mark.parametrize(
    ("headers", "requests", "tokens"),
    [
        (
            {
                "date": "Wed, 25 Nov 2026 10:00:00 GMT",
                "anthropic-ratelimit-requests-limit": "50",
                "anthropic-ratelimit-requests-remaining": "49",
                "anthropic-ratelimit-requests-reset": "2026-11-25T10:00:30Z",
                "anthropic-ratelimit-tokens-limit": "40000",
                "anthropic-ratelimit-tokens-remaining": "39000",
                "anthropic-ratelimit-tokens-reset": "2026-11-25T10:01:00Z",
            },
            RateLimit(50, 49, 30.0),
            RateLimit(40000, 39000, 60.0),
        ),
        (
            {"X-RateLimit-Remaining-Requests": "5", "x-ratelimit-remaining-tokens": "900"},
            RateLimit(None, 5, None),
            RateLimit(None, 900, None),
        ),
        (
            {
                "x-ratelimit-limit-requests-day": "14400",
                "x-ratelimit-remaining-requests-day": "14370",
                "x-ratelimit-reset-requests-day": "33011.38",
                "x-ratelimit-limit-tokens-minute": "60000",
            },
            RateLimit(14400, 14370, 33011.38),
            RateLimit(60000, None, None),
        ),
        (
            {"ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "99", "ratelimit-reset": "20"},
            RateLimit(100, 99, 20.0),
            RateLimit(),
        ),
        (
            {"x-ratelimit-limit-requests": "many", "x-ratelimit-reset-requests": "soon"},
            RateLimit(),
            RateLimit(),
        ),
        ({}, RateLimit(), RateLimit()),
    ],
)
def test_forms_of_limits(headers: dict[str, str], requests: RateLimit, tokens: RateLimit) -> None:
    limits = rate_limits_of(headers)
    assert (limits.requests, limits.tokens) == (requests, tokens)
    assert bool(limits) == bool(requests or tokens)


def test_times_of_a_reset() -> None:
    date = "Wed, 25 Nov 2026 10:00:00 GMT"
    assert seconds("1h2m3.5s") == 3723.5
    assert seconds("120ms") == 0.12
    assert seconds("12") == 12.0
    assert seconds("1795600830", date) == 30.0
    assert seconds("1795600830000", date) == 30.0
    assert seconds("2026-11-25T10:00:05.5+00:00", date) == 5.5
    assert seconds("-3") is None
    assert seconds("nan") is None
    assert seconds("3x") is None
    assert seconds(None) is None
