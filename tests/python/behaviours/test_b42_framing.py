"""However a stream is cut into pieces, its events are the same."""

from __future__ import annotations

import json

import pytest

from raw_server import USAGE, Exchange, RawServer, chunk, event, read

PROOFS = [
    "test_streaming.py::TestContent",
    "judges/test_openai_chat.py::test_stream_in_another_dress",
]


TEXTS = ["Gr\u00fc\u00dfe", " \U0001f600", " a\u2028b", ' "quoted"\n']
USUAL = b"".join(event(chunk(text)) for text in TEXTS)


def _odd(text: str) -> bytes:
    data = json.dumps(chunk(text), indent=1).replace("\n", "\r\ndata: ")
    return f"event: message\r\nid: 7\r\ndata: {data}\r\n\r\n: a comment\r\n\r\n".encode()


ODD = b"\xef\xbb\xbf: hello\r\n\r\n" + b"".join(_odd(text) for text in TEXTS)
END = event(chunk(finish="stop", usage=USAGE)) + b"data: [DONE]"


@pytest.mark.parametrize("body", [USUAL + END, ODD + END], ids=["usual", "odd"])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64])
@pytest.mark.parametrize("gzip", [False, True])
def test_cut_into_pieces(body: bytes, size: int, gzip: bool) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.start(gzip)
        for at in range(0, len(body), size):
            exchange.send(body[at : at + size])
        exchange.connection.sendall(b"0\r\n\r\n")

    with RawServer(handler) as server:
        reading = read("sync", **server.call())
    assert reading.error is None
    assert reading.text == "".join(TEXTS)
    assert reading.finishes == ["stop"]


def test_an_event_of_sixteen_megabytes() -> None:
    text = "x" * ((16 << 20) - 1000)
    with RawServer(lambda exchange: exchange.stream(text)) as server:
        reading = read("sync", **server.call())
    assert reading.error is None
    assert reading.text == text
