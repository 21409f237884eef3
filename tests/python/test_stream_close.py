"""Every way to leave a stream closes its connection at once."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
from typing import Any, Callable

import pytest

import edgequake_python
from raw_server import GUARD, RawServer, hold


def begin(server: RawServer) -> Any:
    return edgequake_python.completion(**server.call(stream=True))


def by_break(server: RawServer) -> None:
    for _ in begin(server):
        break


def by_deleting(server: RawServer) -> None:
    stream = begin(server)
    next(stream)
    del stream


def by_deleting_unread(server: RawServer) -> None:
    begin(server)


def by_close(server: RawServer) -> Any:
    stream = begin(server)
    next(stream)
    stream.close()
    return stream


def by_close_unread(server: RawServer) -> Any:
    stream = begin(server)
    stream.close()
    return stream


def by_with(server: RawServer) -> Any:
    with begin(server) as stream:
        next(stream)
    return stream


def by_an_exception_in_with(server: RawServer) -> Any:
    with pytest.raises(ZeroDivisionError), begin(server) as stream:
        for _ in stream:
            raise ZeroDivisionError
    return stream


def by_an_exception_of_the_reader(server: RawServer) -> None:
    def consume() -> None:
        for _ in begin(server):
            raise ZeroDivisionError

    with contextlib.suppress(ZeroDivisionError):
        consume()


def by_garbage_collection(server: RawServer) -> None:
    cycle: list[Any] = [begin(server)]
    cycle.append(cycle)
    next(cycle[0])
    del cycle
    gc.collect()


def by_ending_a_generator(server: RawServer) -> None:
    def texts() -> Any:
        for chunk in begin(server):
            yield chunk.choices[0].delta.content

    generator = texts()
    assert next(generator) == "one"
    generator.close()


def by_ending_a_thread(server: RawServer) -> None:
    thread = threading.Thread(target=lambda: next(begin(server)))
    thread.start()
    thread.join(GUARD)


def by_close_in_another_thread(server: RawServer) -> Any:
    stream = begin(server)
    rest: list[Any] = []
    reader = threading.Thread(target=lambda: rest.extend(stream))
    reader.start()
    while not rest:  # the reader waits for more than there is
        pass
    stream.close()
    reader.join(GUARD)
    assert not reader.is_alive() and len(rest) <= 3
    return stream


SYNC = [
    by_break,
    by_deleting,
    by_deleting_unread,
    by_close,
    by_close_unread,
    by_with,
    by_an_exception_in_with,
    by_an_exception_of_the_reader,
    by_garbage_collection,
    by_ending_a_generator,
    by_ending_a_thread,
    by_close_in_another_thread,
]


@pytest.mark.parametrize("leave", SYNC)
def test_leaving_a_synchronous_stream_hangs_up(leave: Callable[[RawServer], Any]) -> None:
    """Nobody calls the library afterwards: the connection is closed by the leaving itself."""
    with RawServer(hold("one", "two", "three")) as server:
        stream = leave(server)
        server.wait_hangup()
        if stream is not None:
            assert list(stream) == []  # reading a closed stream ends


async def abegin(server: RawServer) -> Any:
    return await edgequake_python.acompletion(**server.call(stream=True))


async def aby_break(server: RawServer) -> None:
    async for _ in await abegin(server):
        break


async def aby_deleting_unread(server: RawServer) -> None:
    await abegin(server)
    await asyncio.sleep(0)  # asyncio holds what a task awaited until the task awaits something else


async def aby_close(server: RawServer) -> Any:
    stream = await abegin(server)
    await stream.__anext__()
    stream.close()
    return stream


async def aby_aclose(server: RawServer) -> Any:
    stream = await abegin(server)
    await stream.__anext__()
    await stream.aclose()
    return stream


async def aby_async_with(server: RawServer) -> Any:
    async with await abegin(server) as stream:
        await stream.__anext__()
    return stream


async def aby_an_exception_in_async_with(server: RawServer) -> Any:
    with pytest.raises(ZeroDivisionError):
        async with await abegin(server) as stream:
            async for _ in stream:
                raise ZeroDivisionError
    return stream


async def aby_garbage_collection(server: RawServer) -> None:
    cycle: list[Any] = [await abegin(server)]
    cycle.append(cycle)
    await cycle[0].__anext__()
    del cycle
    gc.collect()


async def aby_ending_a_generator(server: RawServer) -> None:
    async def texts() -> Any:
        async for chunk in await abegin(server):
            yield chunk.choices[0].delta.content

    generator = texts()
    assert await generator.__anext__() == "one"
    await generator.aclose()


ASYNC = [
    aby_break,
    aby_deleting_unread,
    aby_close,
    aby_aclose,
    aby_async_with,
    aby_an_exception_in_async_with,
    aby_garbage_collection,
    aby_ending_a_generator,
]


@pytest.mark.parametrize("leave", ASYNC)
def test_leaving_an_asynchronous_stream_hangs_up(leave: Callable[[RawServer], Any]) -> None:
    async def main(server: RawServer) -> None:
        stream = await leave(server)
        # The loop stands still: closing needs nothing of it.
        server.wait_hangup()
        if stream is not None:
            assert [chunk async for chunk in stream] == []

    with RawServer(hold("one", "two", "three")) as server:
        asyncio.run(main(server))


def test_the_end_of_a_loop_with_a_forgotten_stream_hangs_up() -> None:
    kept = []

    async def main(server: RawServer) -> None:
        stream = await abegin(server)
        await stream.__anext__()
        kept.append(stream)

    with RawServer(hold("one")) as server:
        asyncio.run(main(server))
        kept.clear()
        server.wait_hangup()
