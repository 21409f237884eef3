"""The key is in the request's header alone: in no text, attribute or pickle of an error, and in no log."""

from __future__ import annotations

import logging
import pickle
import socket
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python import completion
from edgequake_python.exceptions import APIConnectionError, AuthenticationError, EdgeQuakeError
from loopback import CUT, Loopback, Reply, Request, chat, error, event
from telltale import KEY, shown


@pytest.fixture(autouse=True)
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything the library has to say is logged, and none of it holds the key."""
    loggers = [logging.getLogger(name) for name in ("edgequake_python", "LiteLLM", "LiteLLM Router")]
    levels = [logger.level for logger in loggers]
    caplog.set_level(logging.DEBUG)
    edgequake_python._turn_on_debug()
    yield caplog
    edgequake_python._logging.set_level(None)
    for logger, level in zip(loggers, levels):
        logger.setLevel(level)
    assert "canary" not in caplog.text


def fails(run: Any, **call: Any) -> EdgeQuakeError:
    """The error of a call, in which the key must not be."""
    with pytest.raises(EdgeQuakeError) as caught:
        run(**call)
    assert "canary" not in shown(caught.value)
    return caught.value


def echoing(status: int) -> Any:
    """A handler that repeats the key it was given, in the message, in a field of its own, and in text."""

    def handler(request: Request) -> Reply:
        key = request.headers["authorization"].split(" ", 1)[1]
        return error(
            status,
            f"Incorrect API key provided: {key}. Find yours at ...",
            {"retry-after-ms": "1"},
            given=key,
            nested=[{"key": key}],
        )

    return handler


class TestEchoes:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
    def test_in_a_refusal(self, server: Loopback, content: Any, status: int) -> None:
        server.handler = echoing(status)
        failure = fails(content, **server.call(api_key=KEY, num_retries=1))
        assert failure.status_code == status
        assert "Incorrect API key provided" in str(failure)
        assert len(server.requests) == (2 if status in (429, 500) else 1)

    @pytest.mark.parametrize(
        "key", [f" {KEY}\n", f'{KEY}"/\\+', "canary-8"], ids=["spaces", "escapes", "short"]
    )
    def test_of_odd_keys(self, server: Loopback, complete: Any, key: str) -> None:
        server.handler = echoing(401)
        failure = fails(complete, **server.call(api_key=key))
        assert isinstance(failure, AuthenticationError)

    def test_in_a_page(self, server: Loopback, complete: Any) -> None:
        server.handler = lambda request: Reply(f"<html>{request.headers['authorization']}</html>", 500)
        fails(complete, **server.call(api_key=KEY, num_retries=0))

    def test_in_a_header(self, server: Loopback, complete: Any) -> None:
        server.handler = lambda request: error(401, headers={"x-echo": request.headers["authorization"]})
        fails(complete, **server.call(api_key=KEY))

    def test_in_a_good_answer_that_cannot_be_read(self, server: Loopback, complete: Any) -> None:
        server.handler = lambda request: Reply(f"not json {request.headers['authorization']}")
        fails(complete, **server.call(api_key=KEY))

    def test_in_an_error_inside_a_200(self, server: Loopback, complete: Any) -> None:
        server.handler = lambda request: {"error": {"message": request.headers["authorization"], "code": 401}}
        assert isinstance(fails(complete, **server.call(api_key=KEY)), AuthenticationError)

    def test_of_an_authorization_header_of_the_callers(self, server: Loopback, complete: Any) -> None:
        server.handler = echoing(401)
        headers = {"Authorization": f"Bearer {KEY}"}
        fails(complete, **server.call(api_key=None, extra_headers=headers))

    def test_in_an_error_inside_a_stream(self, server: Loopback, streamed: Any) -> None:
        def handler(request: Request) -> Reply:
            text = f'data: {{"error": {{"message": "no: {request.headers["authorization"]}"}}}}\n\n'
            return Reply([event(delta={"content": "Hel"}), text.encode()])

        server.handler = handler
        fails(streamed, **server.call(api_key=KEY))


class TestTransport:
    @pytest.mark.parametrize(
        "base", ["http://127.0.0.1:1/v1", "https://127.0.0.1:1", "http://nonexistent.invalid/v1"]
    )
    def test_unreachable(self, server: Loopback, content: Any, base: str) -> None:
        failure = fails(content, **server.call(api_base=base, api_key=KEY, num_retries=0))
        assert isinstance(failure, APIConnectionError)
        assert failure.llm_provider == "openai"
        assert failure.model == "unknown"

    def test_silence(self, server: Loopback, content: Any) -> None:
        def handler(request: Request) -> Any:
            request.server.pause(10)
            return chat()

        server.handler = handler
        fails(content, **server.call(api_key=KEY, timeout=0.05, num_retries=0))

    def test_a_stream_cut_off(self, server: Loopback, streamed: Any) -> None:
        server.handler = lambda request: Reply([event(delta={"content": "Hel"}), CUT])
        failure = fails(streamed, **server.call(api_key=KEY))
        assert failure.partial == "Hel"

    def test_where_https_is_spoken_to_http(self, server: Loopback, complete: Any) -> None:
        base = server.base_url.replace("http:", "https:")
        fails(complete, **server.call(api_base=base, api_key=KEY, num_retries=0))

    def test_in_the_url(self, server: Loopback, complete: Any) -> None:
        address = server.base_url.split("//")[1]
        base = f"http://user:canary@{address}?key=canary"
        server.handler = lambda request: error(401)
        failure = fails(complete, **server.call(api_base=base, extra_query={"token": "canary"}))
        assert failure.request.url == server.base_url + "/chat/completions"

    def test_at_a_port_that_does_not_speak_http(self, complete: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            call = {"model": "openai/m", "messages": [{"role": "user", "content": "x"}], "timeout": 0.1}
            fails(complete, **call, api_base=f"http://127.0.0.1:{port}", api_key=KEY, num_retries=0)


def test_in_what_is_known_about_a_good_answer(server: Loopback) -> None:
    answer = completion(**server.call(api_key=KEY))
    for text in (repr(answer), repr(answer._hidden_params), repr(answer.headers), answer.model_dump_json()):
        assert "canary" not in text
    assert b"canary" not in pickle.dumps(answer)


def test_something_is_logged(server: Loopback, logged: pytest.LogCaptureFixture) -> None:
    completion(**server.call(api_key=KEY))
    assert any(record.name == "edgequake_python" for record in logged.records)
