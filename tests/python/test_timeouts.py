"""Time limits: which one runs out is what the error names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from edgequake_python import Timeouts, completion
from edgequake_python.exceptions import APIConnectionError, EdgeQuakeError, Timeout
from full_backlog import FullBacklog
from loopback import MESSAGES, Loopback, Reply, Request, chat, error, event

LIMIT = 0.05
#: Longer than anything here takes; only a failing test takes as long.
LONG = 30.0


def silent(request: Request) -> Any:
    request.server.pause(LONG)
    return chat()


def pausing(request: Request) -> Any:
    """Sends the head and a piece of the body, then nothing."""

    def pieces() -> Iterator[bytes]:
        yield event(delta={"content": "Hel"}) if request.json.get("stream") else b'{"id":'
        request.server.pause(LONG)

    return Reply(pieces())


def dripping(request: Request) -> Any:
    """Never silent for long, and never done."""

    def pieces() -> Iterator[bytes]:
        yield b"" if request.json.get("stream") else b"{"
        for _ in range(int(LONG / 0.02)):
            request.server.pause(0.02)
            yield event(delta={"content": "x"}) if request.json.get("stream") else b" "

    return Reply(piece for piece in pieces() if piece)


def runs_out(run: Any, name: str, **call: Any) -> Timeout:
    begun = time.monotonic()
    with pytest.raises(EdgeQuakeError) as caught:
        run(**{"num_retries": 0, **call})
    assert LIMIT <= time.monotonic() - begun < LONG / 2
    assert type(caught.value) is Timeout
    assert not isinstance(caught.value, APIConnectionError)
    assert caught.value.status_code == 408
    assert name in str(caught.value)
    assert str(LIMIT) in str(caught.value)
    assert str(caught.value).startswith("litellm.Timeout: ")
    return caught.value


class TestLimits:
    @pytest.mark.parametrize(
        "limits", [{"first_token": LIMIT}, Timeouts(first_token=LIMIT, idle=LONG, total=LONG)], ids=repr
    )
    def test_first_token(self, server: Loopback, content: Any, limits: Any) -> None:
        server.handler = silent
        runs_out(content, "`first_token`", **server.call(timeout=limits))

    def test_first_token_counts_the_body_and_not_the_head(self, content: Any) -> None:
        call = {"model": f"sim/slow_first?ms={int(LONG * 1000)}", "messages": MESSAGES}
        runs_out(content, "`first_token`", **call, timeout={"first_token": LIMIT})

    @pytest.mark.parametrize("limits", [{"idle": LIMIT}, Timeouts(first_token=LONG, idle=LIMIT)], ids=repr)
    def test_idle(self, server: Loopback, content: Any, limits: Any) -> None:
        server.handler = pausing
        runs_out(content, "`idle`", **server.call(timeout=limits))

    def test_idle_keeps_what_a_stream_had_said(self, server: Loopback, streamed: Any) -> None:
        server.handler = pausing
        failure = runs_out(streamed, "`idle`", **server.call(timeout={"idle": LIMIT}))
        assert failure.partial == "Hel"

    @pytest.mark.parametrize("handler", [silent, pausing, dripping])
    def test_total(self, server: Loopback, content: Any, handler: Any) -> None:
        server.handler = handler
        runs_out(content, "`total`", **server.call(timeout={"total": LIMIT}))

    def test_total_covers_the_retries(self, server: Loopback, content: Any) -> None:
        server.handler = lambda request: error(500, headers={"retry-after-ms": "20"})
        begun = time.monotonic()
        with pytest.raises(EdgeQuakeError):
            content(**server.call(timeout={"total": 0.3}, num_retries=1000))
        assert time.monotonic() - begun < LONG / 2
        assert 1 < len(server.requests) <= 16

    def test_connect(self, server: Loopback, content: Any) -> None:
        with FullBacklog() as base:
            runs_out(content, "`connect`", **server.call(api_base=base, timeout={"connect": LIMIT}))

    def test_connect_gives_way_to_total(self, server: Loopback, content: Any) -> None:
        with FullBacklog() as base:
            limits = {"connect": LONG, "total": LIMIT}
            runs_out(content, "`total`", **server.call(api_base=base, timeout=limits))


class TestNumbers:
    """A number: no silence longer than that, and no plain attempt longer than that."""

    @pytest.mark.parametrize(
        ("name", "given"),
        [("timeout", LIMIT), ("timeout", str(LIMIT)), ("timeout", f" {LIMIT}\n"), ("request_timeout", LIMIT)],
    )
    def test_of_a_silent_server(self, server: Loopback, content: Any, name: str, given: Any) -> None:
        server.handler = silent
        runs_out(content, "timed out", **server.call(**{name: given}))

    def test_of_a_server_that_pauses(self, server: Loopback, content: Any) -> None:
        server.handler = pausing
        runs_out(content, "timed out", **server.call(timeout=LIMIT))

    def test_a_plain_answer_in_all(self, server: Loopback, complete: Any) -> None:
        server.handler = dripping
        runs_out(complete, "timed out", **server.call(timeout=LIMIT))

    def test_not_a_stream_that_keeps_talking(self, streamed: Any) -> None:
        # Ten chunks, each well within the limit, take longer than it in all.
        text = streamed(model="sim/tokens?n=15&ms=40", messages=MESSAGES, timeout=0.5, num_retries=0)
        assert text

    def test_an_integer(self, server: Loopback) -> None:
        assert completion(**server.call(timeout=30)).choices

    def test_no_limit(self, server: Loopback, content: Any) -> None:
        assert content(**server.call(timeout=float("inf"))) == "Hello!"
        assert content(**server.call(timeout={"first_token": None, "idle": None})) == "Hello!"

    def test_stream_timeout_is_of_streams(self, server: Loopback, streamed: Any) -> None:
        server.handler = silent
        runs_out(streamed, "timed out", **server.call(stream_timeout=LIMIT, timeout=LONG))

    def test_stream_timeout_is_not_of_plain_calls(self, server: Loopback, complete: Any) -> None:
        def slow(request: Request) -> Any:
            request.server.pause(2 * LIMIT)
            return chat()

        server.handler = slow
        assert complete(**server.call(stream_timeout=LIMIT, timeout=LONG, num_retries=0)).choices


class TestHttpx:
    def test_read(self, server: Loopback, content: Any) -> None:
        server.handler = silent
        limits = httpx.Timeout(LONG, read=LIMIT)
        runs_out(content, "timed out", **server.call(timeout=limits))

    def test_connect(self, server: Loopback, content: Any) -> None:
        with FullBacklog() as base:
            limits = httpx.Timeout(LONG, connect=LIMIT)
            runs_out(content, "`connect`", **server.call(api_base=base, timeout=limits))

    def test_none(self, server: Loopback, complete: Any) -> None:
        assert complete(**server.call(timeout=httpx.Timeout(None))).choices


class TestTimeouts:
    def test_object(self) -> None:
        assert Timeouts() == Timeouts(None, 600.0, 600.0, None)
        assert Timeouts(total=5) != Timeouts()
        assert hash(Timeouts(1, 2, 3, 4)) == hash(Timeouts(1, 2, 3, 4))
        assert repr(Timeouts(total=5)) == "Timeouts(connect=None, first_token=600.0, idle=600.0, total=5)"
        assert Timeouts() != 600

    def test_is_not_changed(self, server: Loopback) -> None:
        limits = Timeouts(connect=5, first_token=6, idle=7, total=8)
        completion(**server.call(timeout=limits))
        assert limits == Timeouts(5, 6, 7, 8)
