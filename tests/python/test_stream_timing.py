"""When chunks reach Python: as they are sent, holding up nobody else, and no faster than they are read."""

from __future__ import annotations

import asyncio
import selectors
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from raw_server import GUARD, Exchange, RawServer, chunk, event

#: A stream that is held back fails by this instead of hanging.
LIMITS = edgequake_python.Timeouts(first_token=GUARD, idle=GUARD)
STEPS = 8


class Stepper:
    """A server that sends each chunk only when the test allows it."""

    def __init__(self, gzip: bool = False) -> None:
        self.gzip = gzip
        self.allowed = threading.Semaphore(0)
        self.sent = 0

    def __call__(self, exchange: Exchange) -> None:
        exchange.start(self.gzip)
        for number in range(STEPS):
            assert self.allowed.acquire(timeout=GUARD)
            self.sent += 1
            exchange.events(f"chunk {number}")
        assert self.allowed.acquire(timeout=GUARD)
        exchange.finish()


@pytest.mark.parametrize("gzip", [False, True], ids=["identity", "gzip"])
class TestAsSent:
    """The server sends a chunk when the one before has been read: whatever buffered would wait for ever."""

    def test_sync(self, gzip: bool) -> None:
        stepper = Stepper(gzip)
        with RawServer(stepper) as server:
            stream = edgequake_python.completion(**server.call(stream=True, timeout=LIMITS))
            assert stepper.sent == 0
            for number in range(STEPS):
                stepper.allowed.release()
                assert next(stream).choices[0].delta.content == f"chunk {number}"
                assert stepper.sent == number + 1
            stepper.allowed.release()
            assert [chunk.choices[0].finish_reason for chunk in stream] == ["stop"]

    def test_async(self, gzip: bool) -> None:
        stepper = Stepper(gzip)

        async def main(server: RawServer) -> None:
            stream = await edgequake_python.acompletion(**server.call(stream=True, timeout=LIMITS))
            assert stepper.sent == 0
            for number in range(STEPS):
                stepper.allowed.release()
                assert (await stream.__anext__()).choices[0].delta.content == f"chunk {number}"
                assert stepper.sent == number + 1
            stepper.allowed.release()
            assert [chunk.choices[0].finish_reason async for chunk in stream] == ["stop"]

        with RawServer(stepper) as server:
            asyncio.run(main(server))


def test_an_event_in_pieces_is_handed_over_with_its_last() -> None:
    data = event(chunk("schön"))
    pieces = threading.Semaphore(0)

    def handler(exchange: Exchange) -> None:
        exchange.start()
        exchange.events("first")
        assert pieces.acquire(timeout=GUARD)
        for position in range(len(data)):
            exchange.send(data[position : position + 1])
        assert pieces.acquire(timeout=GUARD)
        exchange.finish()

    with RawServer(handler) as server:
        stream = edgequake_python.completion(**server.call(stream=True, timeout=LIMITS))
        assert next(stream).choices[0].delta.content == "first"
        pieces.release()
        assert next(stream).choices[0].delta.content == "schön"
        pieces.release()
        assert len(list(stream)) == 1


class Beats:
    """Counts the turns of somebody who must not be held up; the server waits for them between chunks."""

    def __init__(self) -> None:
        self.count = 0
        self.beaten = threading.Condition()

    def beat(self) -> None:
        with self.beaten:
            self.count += 1
            self.beaten.notify_all()

    def wait_more(self, more: int) -> None:
        with self.beaten:
            wanted = self.count + more
            assert self.beaten.wait_for(lambda: self.count >= wanted, GUARD), "nobody else could run"

    def handler(self, exchange: Exchange) -> None:
        self.wait_more(10)
        exchange.start()
        for number in range(4):
            self.wait_more(10)
            exchange.events(f"chunk {number}")
        exchange.finish()


def test_other_threads_run_while_a_stream_waits() -> None:
    beats, over = Beats(), threading.Event()

    def tick() -> None:
        while not over.wait(0.001):
            beats.beat()

    ticker = threading.Thread(target=tick)
    ticker.start()
    try:
        with RawServer(beats.handler) as server:
            chunks = list(edgequake_python.completion(**server.call(stream=True, timeout=LIMITS)))
    finally:
        over.set()
        ticker.join()
    assert len(chunks) == 5


def test_the_event_loop_runs_while_fifty_streams_wait() -> None:
    beats = Beats()

    async def heart() -> None:
        while True:
            await asyncio.sleep(0.001)
            beats.beat()

    async def one(call: dict[str, Any]) -> int:
        stream = await edgequake_python.acompletion(**call)
        return len([chunk async for chunk in stream])

    async def main() -> list[int]:
        beating = asyncio.create_task(heart())
        with RawServer(beats.handler) as server:
            lengths = await asyncio.gather(
                *(one(server.call(stream=True, timeout=LIMITS)) for _ in range(50))
            )
        beating.cancel()
        return lengths

    assert asyncio.run(main()) == [5] * 50


class Counting:
    """The core's stream, with the waits counted: each is a hop to another thread and back."""

    def __init__(self, core: Any) -> None:
        self.core = core
        self.waits = 0

    def wait(self) -> Any:
        self.waits += 1
        return self.core.wait()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.core, name)


def test_what_is_ready_crosses_in_few_hops() -> None:
    many = 500
    written = threading.Event()

    def handler(exchange: Exchange) -> None:
        exchange.start()
        exchange.send(b"".join(event(chunk(f"{number} ")) for number in range(many)))
        exchange.finish()
        written.set()

    async def main(server: RawServer) -> tuple[str, int]:
        stream = await edgequake_python.acompletion(**server.call(stream=True, timeout=LIMITS))
        assert await asyncio.get_running_loop().run_in_executor(None, written.wait, GUARD)
        stream.completion_stream = counting = Counting(stream.completion_stream)
        text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
        return text, counting.waits

    with RawServer(handler) as server:
        text, waits = asyncio.run(main(server))
    assert text == "".join(f"{number} " for number in range(many))
    assert 1 <= waits <= many // 20


class Flood:
    """A server that writes as fast as it can, and says when it cannot any more."""

    PIECES = 4000
    TEXT = "x" * 16_000

    def __init__(self) -> None:
        self.blocked = threading.Event()
        self.written = 0

    def __call__(self, exchange: Exchange) -> None:
        connection = exchange.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 256 * 1024)
        exchange.start()
        # Not select(): after tests with a thousand connections descriptors are too large for it.
        with selectors.DefaultSelector() as writable:
            writable.register(connection, selectors.EVENT_WRITE)
            for number in range(self.PIECES):
                data = event(chunk(f"{number} {self.TEXT}"))
                if not writable.select(0.5):
                    self.blocked.set()
                exchange.send(data)
                self.written += len(data)
        exchange.finish()

    def check(self, before: int) -> None:
        """The server waits for the reader, and what it has sent is not in this process."""
        assert self.blocked.wait(GUARD), "a reader that pauses does not stop the sender"
        assert self.written < self.PIECES * len(self.TEXT) / 2
        assert resident() - before < 16 * 2**20


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")
class TestBackPressure:
    """A paused reader stops the sender; 64 MB in all arrive later, complete and in order."""

    def test_sync(self) -> None:
        flood = Flood()
        with RawServer(flood) as server:
            stream = edgequake_python.completion(**server.call(stream=True, timeout=LIMITS))
            texts = [next(stream).choices[0].delta.content for _ in range(10)]
            flood.check(resident())
            texts += [chunk.choices[0].delta.content for chunk in stream]
        assert [text.split()[0] for text in texts[:-1]] == [str(number) for number in range(flood.PIECES)]
        assert texts[-1] is None

    def test_async(self) -> None:
        flood = Flood()

        async def main(server: RawServer) -> list[str]:
            stream = await edgequake_python.acompletion(**server.call(stream=True, timeout=LIMITS))
            texts = [(await stream.__anext__()).choices[0].delta.content for _ in range(10)]
            # The loop stands still meanwhile; what reads in the background must stop by itself.
            flood.check(resident())
            return texts + [chunk.choices[0].delta.content async for chunk in stream]

        with RawServer(flood) as server:
            texts = asyncio.run(main(server))
        assert [text.split()[0] for text in texts[:-1]] == [str(number) for number in range(flood.PIECES)]
        assert texts[-1] is None
