"""Whom a connection trusts, as whom it comes, and which protocol it speaks."""

from __future__ import annotations

import contextlib
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

import edgequake_python
from certificates import Authority
from certified import answers, ask, authority, mode, server
from child import run
from raw_server import Exchange, RawServer, hold, read

__all__ = ["authority", "mode", "server"]
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")


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

    @pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "SSL_VERIFY"])
    def test_an_authority_named_later(
        self, variable: str, server: RawServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The environment counts as it is at each call, as it does for keys and proxies."""
        with pytest.raises(edgequake_python.APIConnectionError):
            ask("sync", server)
        monkeypatch.setenv(variable, str(authority.ca))
        assert ask("sync", server) == "onetwo"

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
