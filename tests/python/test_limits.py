"""Hostile servers and values are bounded: swollen answers, endless headers, old TLS, smuggled lines."""

from __future__ import annotations

import gzip
import json
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from certificates import Authority
from child import run
from loopback import Loopback, Reply, Request, chat, event
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


class TestResponses:
    """How large an answer may be: a gigabyte, or as the call, its client or the package says."""

    MOST = 20_000

    @pytest.fixture(params=["call", "client", "package"])
    def ask(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
        """`completion` with the limit, given in each place."""
        if request.param == "call":
            return lambda **call: edgequake_python.completion(max_response_bytes=self.MOST, **call)
        if request.param == "client":
            client = edgequake_python.Client(max_response_bytes=self.MOST)
            request.addfinalizer(client.close)
            return client.completion
        monkeypatch.setattr(edgequake_python, "max_response_bytes", self.MOST)
        return edgequake_python.completion

    @pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
    @pytest.mark.parametrize("framed", [False, True], ids=["whole", "pieces"])
    def test_an_answer(self, ask: Any, packed: bool, framed: bool) -> None:
        sizes = iter([self.MOST - 1000, self.MOST + 1000])

        def handler(request: Request) -> Reply:
            body = json.dumps(chat("x" * next(sizes))).encode()
            headers = {"content-type": "application/json"}
            if packed:
                body, headers["content-encoding"] = gzip.compress(body), "gzip"
                assert len(body) < 1000
            return Reply([body[:100], body[100:]] if framed else body, headers=headers)

        with Loopback(handler) as server:
            assert len(ask(**server.call()).choices[0].message.content) == self.MOST - 1000
            with pytest.raises(edgequake_python.APIResponseValidationError, match="max_response_bytes"):
                ask(**server.call())
            assert len(server.requests) == 2, "what is too large once is so again"

    def test_a_refusal_is_cut_off_but_stays_what_it_is(self, ask: Any) -> None:
        swollen = {"error": {"message": "no", "more": "x" * 100_000}}
        with Loopback(lambda request: Reply(swollen, 429)) as server:
            with pytest.raises(edgequake_python.RateLimitError) as caught:
                ask(**server.call(num_retries=0))
            assert len(caught.value.response.content) <= self.MOST

    def test_an_endless_refusal(self, ask: Any) -> None:
        def handler(exchange: Exchange) -> None:
            exchange.start(status="500 Broken")
            while True:
                exchange.send(b"x" * 10_000)

        with RawServer(handler) as server, pytest.raises(edgequake_python.InternalServerError):
            ask(**server.call())

    @pytest.mark.parametrize("way", ["openai", "ollama_chat", "gemini"])
    def test_an_event(self, ask: Any, way: str) -> None:
        def handler(request: Request) -> Reply:
            small, large = (self.event(way, size) for size in (self.MOST // 2, self.MOST + 1))
            return Reply([small, small, small, large])

        with Loopback(handler) as server:
            call = server.call(model=f"{way}/m", num_retries=0, stream=True)
            stream = ask(**call)
            seen = 0
            with pytest.raises(edgequake_python.APIResponseValidationError, match="max_response_bytes"):
                for chunk in stream:
                    seen += len(chunk.choices[0].delta.content or "")
            assert seen == 3 * (self.MOST // 2), "a stream as a whole may be larger"

    def event(self, way: str, size: int) -> bytes:
        text = "x" * size
        if way == "openai":
            return event(delta={"content": text})
        if way == "gemini":
            google = {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}}]}
            return b"data: " + json.dumps(google).encode() + b"\n\n"
        told = {"model": "m", "message": {"role": "assistant", "content": text}, "done": False}
        return json.dumps(told).encode() + b"\n"

    @pytest.mark.parametrize("wrong", [0, -1, True, "much", 1.5])
    def test_what_is_no_size(self, server: Loopback, wrong: Any) -> None:
        with pytest.raises(edgequake_python.BadRequestError, match="max_response_bytes"):
            edgequake_python.completion(**server.call(max_response_bytes=wrong))
        with pytest.raises(ValueError, match="max_response_bytes"):
            edgequake_python.Client(max_response_bytes=wrong)
        assert server.requests == []


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\t", "\0"])
def test_an_address_with_a_line_end_in_it(server: Loopback, content: Any, end: str) -> None:
    for base in (f"{server.base_url}{end}x-smuggled: 1", f"http://127{end}.0.0.1:1/v1"):
        with pytest.raises(edgequake_python.BadRequestError, match="control characters") as caught:
            content(**server.call(api_base=base))
        assert end not in caught.value.message
    assert server.requests == []


def test_headers_without_end_are_refused(content: Any) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(20_000):
            exchange.connection.sendall(b"x-%d: %s\r\n" % (number, b"y" * 1000))

    with RawServer(handler) as server, pytest.raises(edgequake_python.APIConnectionError):
        content(**server.call())


@pytest.mark.parametrize(("lines", "size"), [(101, 1), (1, 2_000_000)])
def test_headers_have_a_limit(content: Any, lines: int, size: int) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.plain(**{f"x-{number}": "y" * size for number in range(lines)})

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

    def test_checking_nobody_is_warned_of_once(self, tmp_path: Path) -> None:
        program = """
import logging, io, sys
told = io.StringIO()
logging.basicConfig(stream=told)
for _ in range(3):
    eq.completion(**call, ssl_verify=False)
print(told.getvalue().count("certificates are not checked"))
"""
        authority = Authority(tmp_path)
        with RawServer(self.answers, authority.context()) as server:
            assert run(program, server.base_url) == "1\n"
            # Without a word where nobody listens.
            assert run("eq.completion(**call, ssl_verify=False)", server.base_url) == ""

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
