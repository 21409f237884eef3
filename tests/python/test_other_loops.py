"""Calls from trio, and from anyio on either loop, through the documented bridge."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from typing import Any

import pytest

import edgequake_python
from child import run
from edgequake_python.other_loops import bridged
from raw_server import Exchange, RawServer, hold

anyio = pytest.importorskip("anyio")
trio = pytest.importorskip("trio")

ask = bridged(edgequake_python.acompletion)


def answers(exchange: Exchange) -> None:
    exchange.answer("one", "two")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_anyio(backend: str) -> None:
    async def main() -> tuple[str, str]:
        texts: list[str] = []

        async def one() -> None:
            answer = await ask(**server.call())
            texts.append(answer.choices[0].message.content)

        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(one)
        stream = await ask(**server.call(stream=True))
        streamed = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
        return "".join(texts), streamed

    with RawServer(answers) as server:
        assert anyio.run(main, backend=backend) == ("onetwo" * 10, "onetwo")


def test_a_cancelled_scope_closes_the_connection() -> None:
    async def main() -> None:
        with trio.move_on_after(0.2) as scope:
            await ask(**server.call())
        assert scope.cancelled_caught
        server.wait_hangup()

    with RawServer(hold()) as server:
        trio.run(main)


def test_a_scope_cancelled_before_the_call() -> None:
    async def main() -> None:
        with trio.CancelScope() as scope:
            scope.cancel()
            await ask(**server.call())
        assert scope.cancelled_caught

    with RawServer(answers) as server:
        trio.run(main)


def test_a_stream_left_half_read() -> None:
    async def main() -> None:
        with trio.move_on_after(0.3):
            async with await ask(**server.call(stream=True)) as stream:
                assert (await stream.__anext__()).choices[0].delta.content == "one"
                await stream.__anext__()
        stream = await ask(**server.call(stream=True))
        await stream.__anext__()
        await stream.aclose()
        for _ in range(2):
            server.wait_hangup()

    with RawServer(hold("one")) as server:
        trio.run(main)


def test_errors_are_the_callers() -> None:
    async def main() -> None:
        with pytest.raises(edgequake_python.RateLimitError):
            await ask(model="sim/429", messages=[{"role": "user", "content": "hi"}], num_retries=0)

    trio.run(main)


def test_context_variables_reach_the_call() -> None:
    who: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")

    async def reads(**call: Any) -> tuple[str, str]:
        return who.get(), threading.current_thread().name

    async def main() -> None:
        who.set("trio's task")
        assert await bridged(reads)() == ("trio's task", "edgequake-other-loops")

    trio.run(main)


def test_in_no_loop_it_says_so() -> None:
    coroutine = ask(model="sim/x", messages=[])
    with pytest.raises(RuntimeError):
        coroutine.send(None)


def test_asyncio_pays_nothing() -> None:
    async def where(**call: Any) -> str:
        return threading.current_thread().name

    assert asyncio.run(bridged(where)()) == threading.current_thread().name


def test_it_ends_with_its_program() -> None:
    program = """
import trio
from edgequake_python.other_loops import bridged
async def main():
    print(text(await bridged(eq.acompletion)(**call)))
trio.run(main)
"""
    with RawServer(answers) as server:
        assert run(program, server.base_url) == "onetwo\n"
