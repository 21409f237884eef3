"""Whom a connection trusts, as whom it comes, and which proxy it takes."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from child import run
from raw_server import GUARD, MESSAGES, Exchange, RawServer, hold, read

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")

#: A name that resolves nowhere: only a proxy can reach it.
HOST = "provider.invalid"


class Authority:
    """A certificate authority that nobody knows, and what it has signed; files of PEM."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = folder / "ca.pem"
        key = folder / "ca.key"
        self._openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority",
            "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", str(key), "-out", str(self.ca),
        )  # fmt: skip
        self.server = self._sign("server", f"subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:{HOST}")
        self.elsewhere = self._sign("elsewhere", "subjectAltName=DNS:elsewhere.invalid")
        self.client = self._sign("client", "extendedKeyUsage=clientAuth")

    def _sign(self, name: str, extension: str) -> Path:
        request, key, extensions = (self.folder / f"{name}.{kind}" for kind in ("csr", "key", "ext"))
        certificate, both = self.folder / f"{name}.crt", self.folder / f"{name}.pem"
        extensions.write_text(f"basicConstraints=CA:FALSE\n{extension}\n")
        self._openssl(
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
            "-keyout", str(key), "-out", str(request),
        )  # fmt: skip
        self._openssl(
            "x509", "-req", "-days", "2", "-in", str(request), "-out", str(certificate),
            "-CA", str(self.ca), "-CAkey", str(self.folder / "ca.key"), "-CAcreateserial", "-extfile", str(extensions),
        )  # fmt: skip
        both.write_text(certificate.read_text() + key.read_text())
        return both

    @staticmethod
    def _openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)

    def context(self, certificate: Path | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate or self.server)
        return context


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


class TestTrust:
    def test_not_whom_nobody_vouches_for(self, mode: str, server: RawServer) -> None:
        with pytest.raises(edgequake_python.APIConnectionError, match=r"(?i)certificate") as caught:
            ask(mode, server)
        assert "sk-raw-server" not in str(caught.value) + repr(vars(caught.value))
        assert server.requests == []

    def test_an_authority_named_in_the_call(self, mode: str, server: RawServer, authority: Authority) -> None:
        assert ask(mode, server, ssl_verify=str(authority.ca)) == "onetwo"
        assert ask(mode, server, ssl_verify=authority.ca) == "onetwo"

    def test_for_streams_and_embeddings_too(self, mode: str, server: RawServer, authority: Authority) -> None:
        assert read(mode, **server.call(ssl_verify=str(authority.ca))).text == "onetwo"
        assert isinstance(read(mode, **server.call()).error, edgequake_python.APIConnectionError)
        call = {name: value for name, value in server.call().items() if name != "messages"}
        with pytest.raises(edgequake_python.APIConnectionError, match=r"(?i)certificate"):
            edgequake_python.embedding(input=["x"], **call)

    def test_an_authority_named_for_the_module(
        self, mode: str, server: RawServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(edgequake_python, "ssl_verify", str(authority.ca))
        assert ask(mode, server) == "onetwo"
        with pytest.raises(edgequake_python.APIConnectionError):
            ask(mode, server, ssl_verify=True)

    @pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "SSL_VERIFY"])
    def test_an_authority_named_in_the_environment(
        self, variable: str, server: RawServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(variable, str(authority.ca))
        program = "print(text(eq.completion(**call)), text(asyncio.run(eq.acompletion(**call))), streamed())"
        assert run(program, server.base_url) == "onetwo onetwo onetwo\n"

    def test_nobody_is_checked_on_request(
        self, mode: str, server: RawServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert ask(mode, server, ssl_verify=False) == "onetwo"
        monkeypatch.setattr(edgequake_python, "ssl_verify", False)
        assert ask(mode, server) == "onetwo"
        with pytest.raises(edgequake_python.APIConnectionError):
            ask(mode, server, ssl_verify=True)

    def test_not_a_certificate_for_another_name(self, mode: str, authority: Authority) -> None:
        with (
            RawServer(answers, authority.context(authority.elsewhere)) as server,
            pytest.raises(edgequake_python.APIConnectionError, match=r"(?i)certificate"),
        ):
            ask(mode, server, ssl_verify=str(authority.ca))

    def test_a_file_that_is_none(self, mode: str, server: RawServer, tmp_path: Path) -> None:
        (tmp_path / "empty.pem").write_text("nothing\n")
        for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
            with pytest.raises(edgequake_python.BadRequestError, match=path.name):
                ask(mode, server, ssl_verify=str(path))
            with pytest.raises(edgequake_python.BadRequestError, match=path.name):
                ask(mode, server, ssl_certificate=str(path))

    def test_nothing_of_it_reaches_the_provider(self, server: RawServer, authority: Authority) -> None:
        ask("sync", server, ssl_verify=str(authority.ca), ssl_certificate=str(authority.client), http2=False)
        assert set(server.requests[0].json) == {"model", "messages"}


class TestClientCertificate:
    @pytest.fixture
    def strict(self, authority: Authority) -> Iterator[RawServer]:
        """A server that answers only those whom the authority knows."""
        context = authority.context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority.ca)
        with RawServer(answers, context) as server:
            yield server

    def test_by_argument(self, mode: str, strict: RawServer, authority: Authority) -> None:
        trust = str(authority.ca)
        assert ask(mode, strict, ssl_verify=trust, ssl_certificate=str(authority.client)) == "onetwo"
        with pytest.raises(edgequake_python.APIConnectionError):
            ask(mode, strict, ssl_verify=trust)

    def test_by_module_and_environment(
        self, mode: str, strict: RawServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trust = str(authority.ca)
        monkeypatch.setenv("SSL_CERTIFICATE", str(authority.client))
        assert ask(mode, strict, ssl_verify=trust) == "onetwo"
        monkeypatch.delenv("SSL_CERTIFICATE")
        monkeypatch.setattr(edgequake_python, "ssl_certificate", str(authority.client))
        assert ask(mode, strict, ssl_verify=trust) == "onetwo"


class TestProtocol:
    @pytest.mark.parametrize(
        ("http2", "offered", "chosen"),
        [
            (True, ["h2", "http/1.1"], "h2"),
            (False, ["h2", "http/1.1"], "http/1.1"),
            (True, ["http/1.1"], "http/1.1"),
        ],
    )
    def test_http2_is_offered_on_request(
        self, mode: str, authority: Authority, http2: bool, offered: list[str], chosen: str
    ) -> None:
        def handler(exchange: Exchange) -> None:
            if exchange.head.startswith("PRI * HTTP/2.0"):
                raise OSError("this server only pretends to know HTTP/2")
            exchange.answer("one")

        context = authority.context()
        context.set_alpn_protocols(offered)
        with RawServer(handler, context) as server, contextlib.ExitStack() as stack:
            if chosen == "h2":
                stack.enter_context(pytest.raises(edgequake_python.APIConnectionError))
            assert ask(mode, server, ssl_verify=str(authority.ca), http2=http2) == "one"
        assert server.protocols[0] == chosen

    def test_streams_over_tls_are_closed_and_connections_kept(self, mode: str, authority: Authority) -> None:
        trust = str(authority.ca)
        with RawServer(answers, authority.context()) as server:
            for _ in range(5):
                assert read(mode, **server.call(ssl_verify=trust)).text == "onetwo"
            assert server.connections == 1
        with RawServer(hold("one"), authority.context()) as server:
            for _ in edgequake_python.completion(**server.call(stream=True, ssl_verify=trust)):
                break
            server.wait_hangup()


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
