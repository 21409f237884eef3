"""Event loops one after another, side by side and of another make; many threads; many calls at once."""

from __future__ import annotations

import asyncio
import builtins
import concurrent.futures
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from child import run
from raw_server import GUARD, MESSAGES, Exchange, RawServer, hold


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(lambda exchange: exchange.answer("one", "two")) as server:
        yield server


async def both(server: RawServer) -> tuple[str, str]:
    """A plain call and a stream."""
    answer = await edgequake_python.acompletion(**server.call())
    stream = await edgequake_python.acompletion(**server.call(stream=True))
    return answer.choices[0].message.content, "".join(
        [c.choices[0].delta.content or "" async for c in stream]
    )


WHOLE = ("onetwo", "onetwo")


def test_loops_one_after_another(server: RawServer) -> None:
    assert [asyncio.run(both(server)) for _ in range(10)] == [WHOLE] * 10
    assert len(server.requests) == 20


def test_a_loop_of_its_own_in_each_thread(server: RawServer) -> None:
    def work(_: int) -> list[tuple[str, str]]:
        return [asyncio.run(both(server)) for _ in range(3)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [[WHOLE] * 3] * 8
    assert len(server.requests) == 48


def test_uvloop(server: RawServer) -> None:
    uvloop = pytest.importorskip("uvloop")

    async def main() -> list[tuple[str, str]]:
        assert type(asyncio.get_running_loop()).__module__.startswith("uvloop")
        return await asyncio.gather(*(both(server) for _ in range(20)))

    for _ in range(3):
        loop = uvloop.new_event_loop()
        try:
            assert loop.run_until_complete(main()) == [WHOLE] * 20
        finally:
            loop.close()


def test_uvloop_cancelled(server: RawServer) -> None:
    uvloop = pytest.importorskip("uvloop")

    async def main(silent: RawServer) -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(edgequake_python.acompletion(**silent.call()), 0.1)
        silent.wait_hangup()

    with RawServer(hold()) as silent:
        loop = uvloop.new_event_loop()
        try:
            loop.run_until_complete(main(silent))
        finally:
            loop.close()


def test_a_loop_that_runs_in_turns(server: RawServer) -> None:
    """Between two turns answers arrive; the next turn finds them."""
    loop = asyncio.new_event_loop()
    try:
        task = loop.create_task(both(server))
        for _ in range(2000):
            loop.run_until_complete(asyncio.sleep(0.001))
            if task.done():
                break
        assert task.result() == WHOLE
    finally:
        loop.close()


def test_many_threads(server: RawServer) -> None:
    def work(number: int) -> tuple[str, str]:
        answer = edgequake_python.completion(**server.call())
        stream = edgequake_python.completion(**server.call(stream=True))
        return answer.choices[0].message.content, "".join(c.choices[0].delta.content or "" for c in stream)

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        assert list(pool.map(work, range(96))) == [WHOLE] * 96
    assert len(server.requests) == 192


def test_a_stalled_thread_does_not_hold_up_the_others(server: RawServer) -> None:
    with RawServer(hold("one")) as silent:
        stalled = edgequake_python.completion(**silent.call(stream=True))
        reader = threading.Thread(target=lambda: list(stalled))
        reader.start()
        answers = [edgequake_python.completion(**server.call()) for _ in range(10)]
        assert [answer.choices[0].message.content for answer in answers] == ["onetwo"] * 10
        assert reader.is_alive()
        stalled.close()
        reader.join(GUARD)
        assert not reader.is_alive()


def test_two_hundred_calls_at_once() -> None:
    """Truly at once: the server answers when all have arrived."""
    gate = threading.Barrier(200)

    def handler(exchange: Exchange) -> None:
        gate.wait(GUARD)
        exchange.plain(exchange.json["user"])

    async def main(server: RawServer) -> list[Any]:
        calls = (edgequake_python.acompletion(**server.call(user=str(number))) for number in range(200))
        return await asyncio.gather(*calls)

    with RawServer(handler) as server:
        answers = asyncio.run(main(server))
        assert len(server.requests) == 200
    assert [answer.choices[0].message.content for answer in answers] == [str(number) for number in range(200)]


class Unwatched(asyncio.SelectorEventLoop):
    """A loop that cannot watch sockets for others, as Windows' usual one."""

    def add_reader(self, fd: Any, callback: Any, *args: Any) -> Any:  # type: ignore[override]
        raise NotImplementedError


@pytest.mark.parametrize("kind", [asyncio.SelectorEventLoop, Unwatched])
def test_a_loop_has_turns_for_others_while_thousands_end_at_once(kind: Any) -> None:
    calls, turns = 2_000, [0]

    async def one(model: str) -> None:
        answer: Any = await edgequake_python.acompletion(model=model, messages=MESSAGES)
        assert answer.choices[0].message.content
        turns[-1] += 1

    def turn() -> None:
        # What has ended since the loop came round the last time.
        if turns[-1]:
            turns.append(0)
        asyncio.get_running_loop().call_soon(turn)

    async def all_at_once() -> None:
        await one("sim/warm-up")
        waiting = [asyncio.ensure_future(one("sim/gpt-4o")) for _ in range(calls)]
        # All are sent, and while this loop is busy with something else they are answered.
        await asyncio.sleep(0)
        time.sleep(1)
        turns[:] = [0]
        asyncio.get_running_loop().call_soon(turn)
        await asyncio.gather(*waiting)

    event_loop = kind()
    try:
        event_loop.run_until_complete(all_at_once())
    finally:
        event_loop.close()
    assert sum(turns) == calls
    assert max(turns) <= 256


def test_a_synchronous_call_inside_a_running_loop(server: RawServer) -> None:
    async def main() -> str:
        answer = edgequake_python.completion(**server.call())
        stream = edgequake_python.completion(**server.call(stream=True))
        texts = [chunk.choices[0].delta.content or "" for chunk in stream]
        return answer.choices[0].message.content + "".join(texts)

    assert asyncio.run(main()) == "onetwoonetwo"


def test_a_stream_made_in_one_task_and_read_in_others(server: RawServer) -> None:
    async def main() -> list[str]:
        make = asyncio.create_task(edgequake_python.acompletion(**server.call(stream=True)))
        stream = await make
        texts: list[str] = []
        while True:
            try:
                chunk = await asyncio.create_task(stream.__anext__())
            except StopAsyncIteration:
                return texts
            texts.append(chunk.choices[0].delta.content)

    assert asyncio.run(main()) == ["one", "two", None]


@pytest.mark.skipif(sys.version_info < (3, 10), reason="anext came with Python 3.10")
def test_anext(server: RawServer) -> None:
    async def main() -> list[Any]:
        stream = await edgequake_python.acompletion(**server.call(stream=True))
        anext = builtins.anext  # type: ignore[attr-defined,unused-ignore]
        return [await anext(stream, "end") for _ in range(5)]

    chunks = asyncio.run(main())
    assert [getattr(chunk, "object", chunk) for chunk in chunks] == ["chat.completion.chunk"] * 3 + [
        "end"
    ] * 2


def test_a_stream_is_left_when_its_loop_closes(server: RawServer) -> None:
    """Another loop may read on, or close it."""
    with RawServer(hold("one", "two")) as silent:
        loop = asyncio.new_event_loop()
        stream = loop.run_until_complete(edgequake_python.acompletion(**silent.call(stream=True)))
        loop.run_until_complete(stream.__anext__())
        loop.close()
        assert asyncio.run(both(server)) == WHOLE
        stream.close()
        silent.wait_hangup()


def test_debug_mode_has_nothing_to_say(server: RawServer) -> None:
    program = """
async def main():
    asyncio.get_running_loop().slow_callback_duration = 5
    await asyncio.gather(*(astreamed() for _ in range(20)))
    await asyncio.gather(*(eq.acompletion(**call) for _ in range(20)))
    task = asyncio.create_task(eq.acompletion(**call))
    await asyncio.sleep(0)
    task.cancel()
    print(len(await asyncio.gather(task, return_exceptions=True)))
import logging
logging.basicConfig(level=logging.WARNING)
for _ in range(3):
    asyncio.run(main(), debug=True)
"""
    assert run(program, server.base_url) == "1\n1\n1\n"
