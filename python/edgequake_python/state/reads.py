"""Plain reads from a single Redis, over connections of their own.

The official client takes a connection from its pool for each command, looks whether it is still good, times
the command and gives the connection back: more than half of what a GET of it costs. Its connections are used
here without that. Whether one is still good shows when it is used: a read can be done again, by the client.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any


class Reads:
    """GETs of blocking code: a connection for each thread that waits at the same time.

    Args:
        client: the official client, whose pool makes the connections.
        broken: what it raises when a connection is gone.
    """

    def __init__(self, client: Any, broken: type[BaseException]) -> None:
        self._client = client
        self._broken = broken
        self._idle: list[Any] = []

    def get(self, name: str) -> bytes | None:
        """The bytes that are kept under a name."""
        try:
            line = self._idle.pop()
        except IndexError:
            line = self._client.connection_pool.make_connection()
        try:
            line.send_packed_command((_asking(name),))
            value: bytes | None = line.read_response()
            if moved(line):
                line.disconnect()
        except self._broken:
            line.disconnect()
            value = self._client.get(name)
        except BaseException:
            line.disconnect()  # the answer may still come
            raise
        finally:
            # One that was disconnected connects again when it is used.
            self._idle.append(line)
        return value

    def close(self) -> None:
        """Close the connections that nobody uses now."""
        while self._idle:
            self._idle.pop().disconnect()


class AsyncReads:
    """GETs of one event loop: one connection for any number of calls.

    Who finds nobody waiting reads for itself. Those that come meanwhile are sent together after it.

    Args:
        client: the official asynchronous client, whose pool makes the connection.
        broken: what it raises when a connection is gone.
        refused: what it raises when the server answers with an error.
        late: what it raises when an answer takes longer than ``timeout``.
        timeout: seconds that one answer may take.
    """

    def __init__(
        self,
        client: Any,
        broken: type[BaseException],
        refused: type[BaseException],
        late: type[BaseException],
        timeout: float,
    ) -> None:
        self._client = client
        self._broken = broken
        self._refused = refused
        self._late = late
        self._timeout = timeout
        #: When the answer that is awaited comes too late, by the loop's clock, and whether it did.
        self._deadline = 0.0
        self._expired = False
        #: Looks after the exchanges. One for many of them: a timer for each would cost more than the look.
        self._guard: asyncio.TimerHandle | None = None
        self._line: Any = None
        self._busy = False
        self._waiting: list[tuple[str, asyncio.Future[Any]]] = []
        #: Tasks that nobody waits for; the event loop itself would let them be collected.
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(self, name: str) -> bytes | None:
        """The bytes that are kept under a name."""
        if self._busy:
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            self._waiting.append((name, future))
            waited: bytes | None = await future
            return waited
        self._busy = True
        try:
            value: Any = (await self._exchange((name,)))[0]
        finally:
            if self._waiting:
                self._start(self._send())
            else:
                self._busy = False
        if isinstance(value, BaseException):
            raise value
        found: bytes | None = value
        return found

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self) -> None:
        """Sends what waits, again and again, until nothing does."""
        batch: list[tuple[str, asyncio.Future[Any]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                try:
                    values = await self._exchange([name for name, _ in batch])
                except Exception as error:
                    values = [error] * len(batch)
                for (_, future), value in zip(batch, values):
                    if future.done():
                        continue
                    if isinstance(value, BaseException):
                        future.set_exception(value)
                    else:
                        future.set_result(value)
        finally:
            self._busy = False
            # The loop ends: nobody sends these.
            for _, future in [*batch, *self._waiting]:
                future.cancel()
            self._waiting = []

    async def _exchange(self, names: Sequence[str]) -> list[Any]:
        """The values, an exception in the place of one that was refused."""
        line = self._line
        if line is None:
            line = self._line = self._client.connection_pool.make_connection()
            # The connection would make a task for each command to bound it.
            line.socket_timeout = None
        self._expired = False
        loop = asyncio.get_running_loop()
        self._deadline = loop.time() + self._timeout
        if self._guard is None:
            self._guard = loop.call_at(self._deadline, self._look)
        try:
            await line.send_packed_command(b"".join([_asking(name) for name in names]))
            values: list[Any] = []
            for _ in names:
                try:
                    values.append(await line.read_response())
                except self._refused as error:
                    values.append(error)
                if len(names) > 1:
                    self._deadline = loop.time() + self._timeout
            if moved(line):
                await line.disconnect()
        except self._broken:
            await line.disconnect()
            if self._expired:
                raise self._late("Timeout reading from socket") from None
            return [await self._client.get(name) for name in names]
        except BaseException:
            await line.disconnect(nowait=True)  # the answers may still come
            raise
        return values

    def _look(self) -> None:
        """Ends an exchange that takes too long: who reads finds the connection gone."""
        self._guard = None
        if not self._busy:
            return
        loop = asyncio.get_running_loop()
        if loop.time() < self._deadline:
            self._guard = loop.call_at(self._deadline, self._look)
        else:
            self._expired = True
            self._start(self._line.disconnect(nowait=True))

    async def close(self) -> None:
        """Close the connection."""
        if self._guard is not None:
            self._guard.cancel()
        if self._line is not None:
            await self._line.disconnect()


def _asking(name: str) -> bytes:
    """The command as the server reads it."""
    encoded = name.encode()
    return b"*2\r\n$3\r\nGET\r\n$%d\r\n%b\r\n" % (len(encoded), encoded)


def moved(line: Any) -> bool:
    """Whether the server has said that it goes elsewhere; older clients do not know of that."""
    asked = getattr(line, "should_reconnect", None)
    return asked is not None and bool(asked())
