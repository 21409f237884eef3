"""Cancelling a task closes the connection of the call that it waits for."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

import pytest

import edgequake_python
from raw_server import GUARD, Exchange, RawServer, hold


async def abegin(server: RawServer) -> Any:
    return await edgequake_python.acompletion(**server.call(stream=True))


async def cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def arrived(server: RawServer) -> Exchange:
    return await asyncio.get_running_loop().run_in_executor(None, server.arrivals.get, True, GUARD)


class TestCancellation:
    @pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
    def test_while_the_answer_has_not_begun(self, stream: bool) -> None:
        async def main(server: RawServer) -> None:
            task = asyncio.create_task(edgequake_python.acompletion(**server.call(stream=stream)))
            await arrived(server)
            await cancelled(task)
            server.wait_hangup()

        with RawServer(hold()) as server:
            asyncio.run(main(server))

    def test_a_plain_call_in_the_middle_of_its_body(self) -> None:
        def handler(exchange: Exchange) -> None:
            exchange.start(kind="application/json")
            exchange.send(b'{"id": ')
            begun.set()
            exchange.until_hangup()

        async def main(server: RawServer) -> None:
            task = asyncio.create_task(edgequake_python.acompletion(**server.call()))
            await asyncio.get_running_loop().run_in_executor(None, begun.wait, GUARD)
            await cancelled(task)
            server.wait_hangup()

        begun = threading.Event()
        with RawServer(handler) as server:
            asyncio.run(main(server))

    def test_between_two_attempts(self) -> None:
        async def main(server: RawServer) -> None:
            task = asyncio.create_task(edgequake_python.acompletion(**server.call(num_retries=5)))
            await arrived(server)
            await asyncio.sleep(0.05)
            await cancelled(task)
            await asyncio.sleep(1.5)

        with RawServer(lambda exchange: exchange.plain(status="503 Overloaded")) as server:
            asyncio.run(main(server))
            assert len(server.requests) == 1

    def test_in_mid_stream(self) -> None:
        async def main(server: RawServer) -> None:
            stream = await abegin(server)
            await stream.__anext__()
            task = asyncio.create_task(stream.__anext__())
            await asyncio.sleep(0.02)
            await cancelled(task)
            server.wait_hangup()
            # It is over, and it is not whole.
            with pytest.raises(edgequake_python.IncompleteStreamError, match="cancelled"):
                await stream.__anext__()

        with RawServer(hold("one")) as server:
            asyncio.run(main(server))

    def test_by_wait_for(self) -> None:
        async def main(server: RawServer) -> None:
            stream = await abegin(server)
            await stream.__anext__()
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(stream.__anext__(), 0.05)
            server.wait_hangup()

        with RawServer(hold("one")) as server:
            asyncio.run(main(server))

    @pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout came with Python 3.11")
    def test_by_a_timeout_block(self) -> None:
        async def main(server: RawServer) -> None:
            seen = []
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    async for chunk in await abegin(server):
                        seen.append(chunk.choices[0].delta.content)
            assert seen == ["one", "two"]
            server.wait_hangup()

        with RawServer(hold("one", "two")) as server:
            asyncio.run(main(server))

    def test_of_all_tasks_at_the_end_of_the_loop(self) -> None:
        async def forever(server: RawServer) -> None:
            async for _ in await abegin(server):
                pass

        async def main(server: RawServer) -> None:
            tasks = [asyncio.ensure_future(forever(server)) for _ in range(5)]
            for _ in tasks:
                await arrived(server)

        with RawServer(hold("one")) as server:
            asyncio.run(main(server))
            for _ in range(5):
                server.wait_hangup()
