"""Proxies of the environment: taken, passed by where that is said, and never shown a key of an HTTPS call."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
from typing import Any

import pytest

import edgequake_python
from certificates import HOST, Authority
from certified import answers, ask, authority, mode, server
from raw_server import GUARD, MESSAGES, Exchange, RawServer, read
from telltale import shown

__all__ = ["authority", "mode", "server"]
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")


def join(client: socket.socket, port: int, greeting: bytes) -> None:
    """Greets the client, and from then on it talks with ``port`` of this machine."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    with socket.create_connection(("127.0.0.1", port), GUARD) as upstream:
        upstream.settimeout(None)
        client.sendall(greeting)
        back = threading.Thread(target=pump, args=(upstream, client), daemon=True)
        back.start()
        pump(client, upstream)
        back.join(GUARD)


def tunnel(port: int, proof: str = "") -> Any:
    """A proxy's answer to CONNECT: whatever was asked for, it leads to ``port``, with the right proof."""

    def handler(exchange: Exchange) -> None:
        assert exchange.head.startswith("CONNECT ")
        if f"proxy-authorization: {proof}".lower() not in exchange.head.lower() and proof:
            told = b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n"
            exchange.connection.sendall(told + b"content-length: 0\r\n\r\n")
            return
        join(exchange.connection, port, b"HTTP/1.1 200 Connection established\r\n\r\n")

    return handler


class Socks:
    """A SOCKS5 proxy (RFC 1928, RFC 1929): whatever was asked for leads to ``port``."""

    def __init__(self, port: int, user: str = "", word: str = "") -> None:
        self.upstream = port
        self.user, self.word = user.encode(), word.encode()
        #: What was asked for: the kind of address, the address and the port.
        self.asked: list[tuple[int, bytes, int]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        def take(count: int) -> bytes:
            return connection.recv(count, socket.MSG_WAITALL)

        with connection, contextlib.suppress(OSError):
            version, count = take(2)
            methods = take(count)
            assert version == 5
            wanted = 2 if self.user else 0
            if wanted not in methods:
                connection.sendall(b"\x05\xff")
                return
            connection.sendall(bytes([5, wanted]))
            if wanted:
                user = take(take(2)[1])
                word = take(take(1)[0])
                good = (user, word) == (self.user, self.word)
                connection.sendall(b"\x01\x00" if good else b"\x01\x01")
                if not good:
                    return
            _, _, _, kind = take(4)
            address = take({1: 4, 4: 16}.get(kind) or take(1)[0])
            self.asked.append((kind, address, int.from_bytes(take(2), "big")))
            join(connection, self.upstream, b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")

    def __enter__(self) -> Socks:
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


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

    @pytest.mark.parametrize("given", ["environment", "client"])
    def test_a_tunnel_asks_for_a_password(
        self, given: str, server: RawServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def through(user: str) -> str:
            proxy = f"http://{user}@127.0.0.1:{gate.port}"
            own = proxy if given == "client" else None
            if given == "environment":
                monkeypatch.setenv("HTTPS_PROXY", proxy)
            call = server.call(api_base=f"https://{HOST}/v1", ssl_verify=str(authority.ca))
            with edgequake_python.Client(proxy=own) as client:
                answer: Any = client.completion(**call)
            text: str = answer.choices[0].message.content
            return text

        # "some one:canary word", in base64.
        with RawServer(tunnel(server.port, "Basic c29tZSBvbmU6Y2FuYXJ5IHdvcmQ=")) as gate:
            assert through("some%20one:canary%20word") == "onetwo"
            for wrong in ("some%20one:canary-wrong", "canary", ""):
                with pytest.raises(edgequake_python.APIConnectionError) as caught:
                    through(wrong)
                assert "canary" not in shown(caught.value)
            assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("entries", "direct"),
        [
            ("*", True),
            ("127.0.0.0/8", True),
            ("127.0.0.1:{port}", True),
            ("127.0.0.1:1", False),
            ("10.0.0.0/8,.example", False),
        ],
    )
    def test_forms_of_no_proxy(self, entries: str, direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        with RawServer(answers) as server, RawServer(answers) as proxy:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv("NO_PROXY", entries.replace("{port}", str(server.port)))
            ask("sync", server)
            assert (len(server.requests), len(proxy.requests)) == (int(direct), int(not direct))

    @pytest.mark.parametrize(
        "name", [".example.invalid", "*.example.invalid", "example.invalid:80", "invalid"]
    )
    def test_names_below_a_domain(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with RawServer(answers) as proxy:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv("NO_PROXY", name)
            with pytest.raises(edgequake_python.APIConnectionError):
                ask("sync", proxy, api_base="http://a.example.invalid/v1")
            assert proxy.requests == []
            assert ask("sync", proxy, api_base="http://notexample.invalid.example/v1") == "onetwo"

    @pytest.mark.parametrize("variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "proxy"])
    def test_what_is_no_proxy(self, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with RawServer(answers) as server:
            address = "quic://user:canary@127.0.0.1:1"
            own = address if variable == "proxy" else None
            if own is None:
                monkeypatch.setenv(variable, address)
            expected = pytest.raises(edgequake_python.BadRequestError, match=f"{variable} is no URL")
            with edgequake_python.Client(proxy=own) as client, expected as caught:
                scheme = "https" if variable == "HTTPS_PROXY" else "http"
                client.completion(**server.call(api_base=f"{scheme}://127.0.0.1:{server.port}/v1"))
            assert "canary" not in shown(caught.value) and server.requests == []

    @pytest.mark.parametrize("wrong", ["quic://127.0.0.1:1", "http://", "http://a:b:c"])
    def test_what_is_no_proxy_hurts_only_whom_it_is_for(
        self, mode: str, wrong: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with RawServer(answers) as server:
            monkeypatch.setenv("HTTPS_PROXY", wrong)
            assert ask(mode, server) == "onetwo"
            # It is the one for this address, unless the address is passed by.
            monkeypatch.setenv("HTTP_PROXY", wrong)
            with pytest.raises(edgequake_python.BadRequestError, match="HTTP_PROXY is no URL"):
                ask(mode, server)
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            assert ask(mode, server) == "onetwo"
            assert len(server.requests) == 2
            # And nothing goes past the one of the other scheme.
            monkeypatch.delenv("NO_PROXY")
            monkeypatch.delenv("HTTP_PROXY")
            with pytest.raises(edgequake_python.BadRequestError, match="HTTPS_PROXY is no URL"):
                ask(mode, server, api_base="https://a.example.invalid/v1")


class TestSocks:
    def through(self, socks: Socks, scheme: str, user: str, **call: Any) -> str:
        with edgequake_python.Client(proxy=f"{scheme}://{user}127.0.0.1:{socks.port}") as client:
            answer: Any = client.completion(**call)
        text: str = answer.choices[0].message.content
        return text

    def test_the_proxy_looks_names_up(self, server: RawServer, authority: Authority) -> None:
        call = server.call(api_base=f"https://{HOST}/v1", ssl_verify=str(authority.ca))
        with Socks(server.port, "user", "word") as socks:
            assert self.through(socks, "socks5h", "user:word@", **call) == "onetwo"
            assert socks.asked == [(3, HOST.encode(), 443)]

    def test_names_are_looked_up_here(self) -> None:
        with RawServer(answers) as server, Socks(server.port) as socks:
            assert self.through(socks, "socks5", "", **server.call()) == "onetwo"
            assert socks.asked == [(1, bytes([127, 0, 0, 1]), server.port)]

    def test_of_the_environment(self, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with RawServer(answers) as server, Socks(server.port) as socks:
            monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{socks.port}")
            assert ask(mode, server) == "onetwo"
            assert len(socks.asked) == 1

    def test_a_wrong_password(self) -> None:
        with RawServer(answers) as server, Socks(server.port, "user", "word") as socks:
            for user in ("user:canary-wrong@", "canary-user:x@", ""):
                with pytest.raises(edgequake_python.APIConnectionError) as caught:
                    self.through(socks, "socks5", user, **server.call())
                assert "canary" not in shown(caught.value)
            assert server.requests == [] and socks.asked == []
