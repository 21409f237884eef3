"""Hostile servers and values are bounded: swollen answers, endless headers, old TLS, smuggled lines."""

from __future__ import annotations

import gzip
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from certificates import Authority
from child import run
from loopback import Loopback, Reply, Request
from raw_server import Exchange, RawServer

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")


def test_a_picture_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    swollen = gzip.compress(bytes(50_000_000))
    assert len(swollen) < 100_000, "on the wire it is within the limit"

    def files(request: Request) -> Reply:
        return Reply(swollen, headers={"content-type": "image/png", "content-encoding": "gzip"})

    monkeypatch.setenv("MAX_IMAGE_URL_DOWNLOAD_SIZE_MB", "1")
    with Loopback(files) as host, Loopback() as model:
        monkeypatch.setattr(edgequake_python, "user_url_allowed_hosts", [host.base_url.split("/")[2]])
        parts = [{"type": "image_url", "image_url": {"url": f"{host.base_url}/picture.png"}}]
        with pytest.raises(edgequake_python.ImageFetchError, match="larger than 1048576 bytes"):
            edgequake_python.completion(
                "ollama_chat/llava",
                [{"role": "user", "content": parts}],
                api_base=model.base_url[:-3],
                num_retries=0,
            )
        assert model.requests == []


def test_an_event_that_never_ends_is_refused(streamed: Any) -> None:
    swollen = gzip.compress(b"data: " + b"x" * 70_000_000)

    def handler(request: Request) -> Reply:
        return Reply(swollen, headers={"content-type": "text/event-stream", "content-encoding": "gzip"})

    with Loopback(handler) as server, pytest.raises(edgequake_python.EdgeQuakeError, match="larger"):
        streamed(**server.call(num_retries=0))


def test_headers_without_end_are_refused(content: Any) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(20_000):
            exchange.connection.sendall(b"x-%d: %s\r\n" % (number, b"y" * 1000))

    with RawServer(handler) as server, pytest.raises(edgequake_python.APIConnectionError):
        content(**server.call())


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0"])
def test_no_line_is_smuggled_into_the_head(server: Loopback, content: Any, end: str) -> None:
    smuggled = f"a{end}x-smuggled: 1"
    for more in (
        {"api_key": smuggled},
        {"extra_headers": {"x-own": smuggled}},
        {"extra_headers": {smuggled: "x"}},
        {"organization": smuggled},
    ):
        with pytest.raises(edgequake_python.EdgeQuakeError) as caught:
            content(**server.call(num_retries=0, **more))
        assert smuggled not in str(caught.value)
    assert server.requests == []


@needs_openssl
class TestTls:
    def answers(self, exchange: Exchange) -> None:
        exchange.answer("one")

    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    def test_before_1_2_is_refused(self, tmp_path: Path, content: Any) -> None:
        authority = Authority(tmp_path)
        context = authority.context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with RawServer(self.answers, context) as server:
            for trust in (str(authority.ca), False):
                with pytest.raises(edgequake_python.APIConnectionError):
                    content(**server.call(ssl_verify=trust))
            assert server.requests == []

    def test_1_2_is_spoken(self, tmp_path: Path, content: Any) -> None:
        authority = Authority(tmp_path)
        context = authority.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with RawServer(self.answers, context) as server:
            content(**server.call(ssl_verify=str(authority.ca)))
            assert len(server.requests) == 1

    def test_authorities_in_a_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        authority = Authority(tmp_path)
        folder = tmp_path / "authorities"
        folder.mkdir()
        shutil.copy(authority.ca, folder / "ca.pem")
        subprocess.run(["openssl", "rehash", str(folder)], check=True, capture_output=True, timeout=60)
        monkeypatch.setenv("SSL_CERT_DIR", str(folder))
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        with RawServer(self.answers, authority.context()) as server:
            assert run("print(text(eq.completion(**call)))", server.base_url) == "one\n"
