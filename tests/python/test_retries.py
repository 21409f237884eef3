"""How often a call is tried, and how long it waits in between."""

from __future__ import annotations

import email.utils
import time
from typing import Any

import pytest

import edgequake_python
from edgequake_python import completion
from edgequake_python.exceptions import (
    APIConnectionError,
    EdgeQuakeError,
    IncompleteStreamError,
    RateLimitError,
    Timeout,
)
from loopback import CUT, DROP, MESSAGES, Loopback, Reply, Request, chat, error, event

SOON = {"retry-after-ms": "1"}


def refuse(status: int, times: int | None = None, headers: dict[str, str] | None = None) -> Any:
    """A handler that refuses the first ``times`` requests, or all of them."""
    waits = SOON if headers is None else headers

    def handler(request: Request) -> Any:
        server = request.server
        if times is None or len(server.requests) <= times:
            return error(status, headers=waits)
        server.handler = usual
        return usual(request)

    return handler


def usual(request: Request) -> Any:
    if request.json.get("stream"):
        return Reply([event(delta={"content": "good"}, finish_reason="stop"), b"data: [DONE]\n\n"])
    return chat("good")


def fails(run: Any, **call: Any) -> EdgeQuakeError:
    with pytest.raises(EdgeQuakeError) as caught:
        run(**call)
    return caught.value


class TestCount:
    @pytest.mark.parametrize(
        ("status", "retries"),
        [(429, 0), (500, 0), (429, 3), (500, 3), *((status, 1) for status in (408, 409, 502, 503, 504, 529))],
    )
    def test_exactly_one_more_than_retries(
        self, server: Loopback, content: Any, status: int, retries: int
    ) -> None:
        server.handler = refuse(status)
        failure = fails(content, **server.call(num_retries=retries))
        assert len(server.requests) == retries + 1
        assert failure.num_retries == (retries or None)
        assert len({request.body for request in server.requests}) == 1

    @pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 413, 415, 422, 451])
    def test_what_will_not_change_is_not_repeated(self, server: Loopback, content: Any, status: int) -> None:
        server.handler = refuse(status)
        failure = fails(content, **server.call(num_retries=3))
        assert len(server.requests) == 1
        assert failure.num_retries is None
        assert "Retried" not in str(failure)

    def test_two_by_default(self, server: Loopback, content: Any) -> None:
        server.handler = refuse(500)
        failure = fails(content, **server.call())
        assert len(server.requests) == 3
        assert failure.num_retries == 2
        assert "Retried: 2 times" in str(failure)

    @pytest.mark.parametrize(
        ("given", "requests"),
        [({"max_retries": 0}, 1), ({"max_retries": 1}, 2), ({"max_retries": 5, "num_retries": 1}, 2)],
    )
    def test_max_retries(self, server: Loopback, complete: Any, given: dict[str, int], requests: int) -> None:
        server.handler = refuse(500)
        fails(complete, **server.call(**given))
        assert len(server.requests) == requests

    def test_the_setting_persists(self, server: Loopback, complete: Any) -> None:
        server.handler = refuse(500)
        edgequake_python.num_retries = 1
        for calls in (1, 2, 3):
            fails(complete, **server.call())
            assert len(server.requests) == 2 * calls
        assert edgequake_python.num_retries == 1

    def test_a_connection_that_is_dropped(self, server: Loopback, content: Any) -> None:
        server.handler = lambda request: DROP
        fails(content, **server.call(num_retries=1))
        assert len(server.requests) == 2

    def test_nobody_there(self, server: Loopback, content: Any) -> None:
        failure = fails(content, **server.call(api_base="http://127.0.0.1:1", num_retries=1))
        assert isinstance(failure, APIConnectionError)
        assert failure.num_retries == 1

    def test_a_timeout(self, server: Loopback, content: Any) -> None:
        server.handler = silent
        failure = fails(content, **server.call(timeout=0.05, num_retries=1))
        assert isinstance(failure, Timeout)
        assert len(server.requests) == 2

    def test_a_plain_answer_that_breaks_off(self, server: Loopback, complete: Any) -> None:
        server.handler = lambda request: Reply([b'{"id"', CUT])
        fails(complete, **server.call(num_retries=1))
        assert len(server.requests) == 2

    def test_never_after_a_chunk(self, server: Loopback, streamed: Any) -> None:
        server.handler = lambda request: Reply([event(delta={"content": "Hel"}), CUT])
        assert isinstance(fails(streamed, **server.call(num_retries=3)), IncompleteStreamError)
        assert len(server.requests) == 1

    @pytest.mark.parametrize(("status", "asked", "requests"), [(500, "false", 1), (400, "true", 2)])
    def test_the_server_may_ask(
        self, server: Loopback, complete: Any, status: int, asked: str, requests: int
    ) -> None:
        server.handler = refuse(status, headers={**SOON, "x-should-retry": asked})
        fails(complete, **server.call(num_retries=1))
        assert len(server.requests) == requests

    def test_embeddings(self, server: Loopback) -> None:
        server.handler = refuse(503)
        with pytest.raises(EdgeQuakeError):
            edgequake_python.embedding(
                model="openai/e", input="x", api_base=server.base_url, api_key="k", num_retries=1
            )
        assert len(server.requests) == 2


class TestSuccess:
    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_after_failures(self, server: Loopback, content: Any, status: int) -> None:
        server.handler = refuse(status, times=2)
        assert content(**server.call()) == "good"
        assert len(server.requests) == 3

    def test_says_how_often(self, complete: Any, request: pytest.FixtureRequest) -> None:
        model = f"sim/429?retry_after_ms=1&times=2&test={request.node.name}"
        answer = complete(model=model, messages=MESSAGES)
        assert answer._hidden_params["attempts"] == 3
        assert complete(model=model, messages=MESSAGES)._hidden_params["attempts"] == 1

    def test_a_stream_says_so_too(self, server: Loopback) -> None:
        server.handler = refuse(500, times=1)
        with completion(**server.call(), stream=True) as stream:
            assert stream._hidden_params["attempts"] == 2


class TestWaiting:
    """Lower bounds are exact: never earlier than asked."""

    @pytest.mark.parametrize(
        ("headers", "least"),
        [
            ({"retry-after-ms": "300"}, 0.3),
            ({"retry-after": "0.3"}, 0.3),
            ({"retry-after-ms": "200", "retry-after": "30"}, 0.2),
        ],
        ids=str,
    )
    def test_as_long_as_asked(
        self, server: Loopback, complete: Any, headers: dict[str, str], least: float
    ) -> None:
        server.handler = refuse(429, times=1, headers=headers)
        begun = time.monotonic()
        complete(**server.call())
        elapsed = time.monotonic() - begun
        assert least <= elapsed < least + 10
        assert len(server.requests) == 2

    def test_whole_seconds(self, server: Loopback) -> None:
        server.handler = refuse(429, times=1, headers={"retry-after": "1"})
        begun = time.monotonic()
        completion(**server.call())
        assert time.monotonic() - begun >= 1

    def test_until_the_date_asked(self, server: Loopback) -> None:
        # A date has whole seconds, so this one is between one and two seconds ahead.
        due = int(time.time()) + 2
        headers = {"retry-after": email.utils.formatdate(due, usegmt=True)}
        server.handler = refuse(503, times=1, headers=headers)
        completion(**server.call())
        assert time.time() >= due

    @pytest.mark.parametrize("headers", [{"retry-after": "soon"}, {"retry-after": "-5"}, {}], ids=str)
    def test_odd_wishes_are_no_reason_to_hang(self, server: Loopback, headers: dict[str, str]) -> None:
        server.handler = refuse(429, times=1, headers=headers)
        begun = time.monotonic()
        completion(**server.call())
        assert time.monotonic() - begun < 10
        assert len(server.requests) == 2

    @pytest.mark.parametrize("headers", [{"retry-after": "61"}, {"retry-after-ms": "3600000"}], ids=str)
    def test_not_more_than_a_minute(self, server: Loopback, content: Any, headers: dict[str, str]) -> None:
        server.handler = refuse(429, headers=headers)
        begun = time.monotonic()
        failure = fails(content, **server.call(num_retries=5))
        assert time.monotonic() - begun < 30
        assert len(server.requests) == 1
        assert isinstance(failure, RateLimitError)
        assert failure.retry_after in (61, 3600)

    def test_not_beyond_the_total(self, server: Loopback, content: Any) -> None:
        server.handler = refuse(429, headers={"retry-after": "50"})
        begun = time.monotonic()
        failure = fails(content, **server.call(timeout={"total": 5}, num_retries=5))
        assert time.monotonic() - begun < 30
        assert isinstance(failure, RateLimitError)
        assert len(server.requests) == 1


def silent(request: Request) -> Any:
    """Says nothing for longer than any test waits."""
    request.server.pause(30)
    return chat()
