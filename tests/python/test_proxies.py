"""Proxies of the environment: taken, passed by where that is said, and never shown a key of an HTTPS call."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from certificates import HOST, Authority
from raw_server import GUARD, MESSAGES, Exchange, RawServer, read

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def answers(exchange: Exchange) -> None:
    exchange.answer("one", "two")


@pytest.fixture
def server(authority: Authority) -> Iterator[RawServer]:
    with RawServer(answers, authority.context()) as server:
        yield server


@pytest.fixture(params=["sync", "async"])
def mode(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


def ask(mode: str, server: RawServer, **more: Any) -> str:
    call = server.call(**more)
    if mode == "sync":
        answer = edgequake_python.completion(**call)
    else:
        answer = asyncio.run(edgequake_python.acompletion(**call))
    text: str = answer.choices[0].message.content
    return text


def tunnel(port: int) -> Any:
    """A proxy's answer to CONNECT: whatever was asked for, it leads to ``port`` of this machine."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def handler(exchange: Exchange) -> None:
        assert exchange.head.startswith("CONNECT ")
        with socket.create_connection(("127.0.0.1", port), GUARD) as upstream:
            upstream.settimeout(None)
            exchange.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(upstream, exchange.connection), daemon=True)
            back.start()
            pump(exchange.connection, upstream)
            back.join(GUARD)

    return handler


class TestProxies:
    @pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
    def test_http(self, mode: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with RawServer(answers) as proxy:
            monkeypatch.setenv(variable, f"http://user:word@127.0.0.1:{proxy.port}")
            assert ask(mode, proxy, api_base=f"http://{HOST}/v1") == "onetwo"
            head = proxy.requests[0].head
        assert head.startswith(f"POST http://{HOST}/v1/chat/completions HTTP/1.1\r\n")
        assert "proxy-authorization: basic dxnlcjp3b3jk" in head.lower()

    @pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
    def test_https_through_a_tunnel(
        self,
        mode: str,
        variable: str,
        server: RawServer,
        authority: Authority,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with RawServer(tunnel(server.port)) as proxy:
            monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
            call = {"api_base": f"https://{HOST}/v1", "ssl_verify": str(authority.ca)}
            assert ask(mode, server, **call) == "onetwo"
            assert read(mode, **server.call(**call)).text == "onetwo"
            heads = [exchange.head for exchange in proxy.requests]
        assert heads and all(head.startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n") for head in heads)
        assert not any("sk-raw-server" in head for head in heads)  # the proxy sees no key

    def test_no_proxy_for_some(self, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with RawServer(answers) as server, RawServer(answers) as proxy:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
            ask(mode, server)
            assert (len(server.requests), len(proxy.requests)) == (0, 1)
            monkeypatch.setenv("NO_PROXY", "elsewhere.invalid,127.0.0.1")
            ask(mode, server)
            assert (len(server.requests), len(proxy.requests)) == (1, 1)

    def test_a_dead_proxy_is_not_passed_by(self, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        with RawServer(answers) as server:
            with pytest.raises(edgequake_python.APIConnectionError):
                ask(mode, server)
            assert server.requests == []

    def test_the_built_in_simulator_needs_none(self, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, "http://127.0.0.1:9")
        assert read(mode, model="sim/gpt-4o", messages=MESSAGES).text == "1, 2, 3, 4, 5"
