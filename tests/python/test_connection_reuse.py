"""What is read to its end leaves its connection open, and the next call uses it if it still is."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

import edgequake_python
from raw_server import GUARD, Exchange, RawServer, chunk, event, read


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_sync(stream: bool) -> None:
    with RawServer(lambda exchange: exchange.answer("one", "two")) as server:
        for _ in range(5):
            answer = edgequake_python.completion(**server.call(stream=stream))
            assert not stream or len(list(answer)) == 3
        assert (server.connections, len(server.requests)) == (1, 5)


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("loops", [1, 5])
def test_async(stream: bool, loops: int) -> None:
    async def main(server: RawServer) -> None:
        for _ in range(5 // loops):
            answer = await edgequake_python.acompletion(**server.call(stream=stream))
            assert not stream or len([chunk async for chunk in answer]) == 3
            await asyncio.sleep(0.05)  # the connection is put back in the background

    with RawServer(lambda exchange: exchange.answer("one", "two")) as server:
        for _ in range(loops):
            asyncio.run(main(server))
        assert (server.connections, len(server.requests)) == (1, 5)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_stream_whose_body_ends_after_its_done(mode: str) -> None:
    """Servers often send `[DONE]` and the end of the body apart."""

    def handler(exchange: Exchange) -> None:
        exchange.start()
        exchange.events("one")
        exchange.send(event(chunk(finish="stop")) + event("[DONE]"))
        assert read_to_done.acquire(timeout=GUARD)
        exchange.connection.sendall(b"0\r\n\r\n")
        ended.release()

    read_to_done, ended = threading.Semaphore(0), threading.Semaphore(0)
    with RawServer(handler) as server:
        for _ in range(3):
            reading = read(mode, **server.call())
            assert (reading.text, reading.error) == ("one", None)
            read_to_done.release()
            assert ended.acquire(timeout=GUARD)
            time.sleep(0.05)  # the connection is put back in the background
        assert (server.connections, len(server.requests)) == (1, 3)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_not_when_the_server_has_closed_it(mode: str) -> None:
    """A server closes what rests too long; that is noticed before the next call, not by its failure."""

    def handler(exchange: Exchange) -> None:
        exchange.answer("one")
        assert answered.acquire(timeout=GUARD)
        raise OSError("closes the connection")

    async def main(call: dict[str, Any]) -> Any:
        return await edgequake_python.acompletion(**call)

    answered = threading.Semaphore(0)
    with RawServer(handler) as server:
        for number in range(1, 6):
            call = server.call()
            answer = edgequake_python.completion(**call) if mode == "sync" else asyncio.run(main(call))
            assert answer.choices[0].message.content == "one"
            answered.release()
            server.closed.get(timeout=GUARD)
            time.sleep(0.02)  # the asynchronous side learns of it in the background
            assert (server.connections, len(server.requests)) == (number, number)
