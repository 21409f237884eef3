"""Answers that servers pack for the way, in every manner that RFC 9110 has and servers have besides."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any, Callable

import pytest

import edgequake_python as eq
from loopback import Loopback, Reply, chat, events

TEXT = "a text that is said again, " * 40
PLAIN = json.dumps(chat(TEXT)).encode()
STREAM = b"".join(events("Hel", "lo!"))


def bare(body: bytes) -> bytes:
    """Deflate without zlib's frame, as some servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def members(body: bytes) -> bytes:
    """Several files of gzip in a row, one of them empty, and padding: together they are one."""
    parts = [body[:30], b"", body[30:]]
    return b"".join(gzip.compress(part) for part in parts) + bytes(9)


WAYS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "an older name": ("x-gzip", gzip.compress),
    "capitals": ("GZIP", gzip.compress),
    "members": ("gzip", members),
    "deflate": ("deflate", zlib.compress),
    "bare": ("deflate", bare),
    "identity": ("identity", bytes),
    "both": ("gzip, identity", gzip.compress),
}


@pytest.fixture(params=sorted(WAYS))
def way(request: pytest.FixtureRequest) -> tuple[str, Callable[[bytes], bytes]]:
    return WAYS[request.param]


def test_an_answer(server: Loopback, way: Any) -> None:
    name, pack = way
    server.handler = lambda _: Reply(pack(PLAIN), headers={"content-encoding": name})
    answer: Any = eq.completion(**server.call(num_retries=0))
    assert answer.choices[0].message.content == TEXT
    accepted = server.requests[-1].headers["accept-encoding"]
    assert {part.strip() for part in accepted.split(",")} == {"gzip", "deflate"}


def test_a_stream(server: Loopback, way: Any) -> None:
    name, pack = way
    packed = pack(STREAM)
    pieces = [packed[at : at + 7] for at in range(0, len(packed), 7)]
    server.handler = lambda _: Reply(iter(pieces), headers={"content-encoding": name})
    stream: Any = eq.completion(**server.call(num_retries=0, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "Hello!"


def test_an_error(server: Loopback, way: Any) -> None:
    name, pack = way
    body = pack(json.dumps({"error": {"message": "no such model"}}).encode())
    server.handler = lambda _: Reply(body, 404, {"content-encoding": name})
    with pytest.raises(eq.NotFoundError, match="no such model"):
        eq.completion(**server.call(num_retries=0))


@pytest.mark.parametrize("broken", ["cut", "sum"])
def test_what_is_not_whole_is_no_answer(server: Loopback, broken: str) -> None:
    packed = gzip.compress(PLAIN)
    body = packed[:-12] if broken == "cut" else packed[:-8] + bytes(8)
    server.handler = lambda _: Reply(body, headers={"content-encoding": "gzip"})
    with pytest.raises(eq.APIConnectionError, match="Connection broken"):
        eq.completion(**server.call(num_retries=0))


def test_a_caller_may_ask_for_it_plain(server: Loopback) -> None:
    eq.completion(**server.call(extra_headers={"accept-encoding": "identity"}))
    assert server.requests[-1].headers["accept-encoding"] == "identity"
