"""Commands of one event loop, sent together while others are under way: one connection for any number of
calls.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .connection import sentinels_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from typing import Any, Callable

    from .calls import Command
    from .reads import AsyncReads


class Batch:
    """A client of one event loop.

    Args:
        client: the official asynchronous client.
        unknown: what it raises when the server has not seen a script.
        together: whether commands may share a round trip; a Cluster's may not, they go to different nodes.
        reads: what reads values; None: the client.
    """

    def __init__(
        self, client: Any, unknown: type[BaseException], together: bool, reads: AsyncReads | None = None
    ) -> None:
        self.client = client
        self._unknown = unknown
        self._together = together
        self._reads = reads
        self._waiting: list[tuple[Command, asyncio.Future[Any]]] = []
        self._sender: asyncio.Task[None] | None = None
        self._guard: AsyncGenerator[None, None] | None = None

    async def act(self, act: Callable[[Any], Any]) -> Any:
        """What ``act`` gets from the client."""
        if self._guard is None:
            await self._watch()
        return await act(self.client)

    async def get(self, name: str) -> bytes | None:
        """The bytes under a name."""
        if self._guard is None:
            await self._watch()
        found: bytes | None = await (self.client if self._reads is None else self._reads).get(name)
        return found

    async def ask(self, command: Command) -> Any:
        """The answer to one command."""
        if self._guard is None:
            await self._watch()
        if not self._together:
            try:
                return await self.client.execute_command(*command.by_name())
            except self._unknown:
                return await self.client.execute_command(*command.by_text())
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        if self._sender is None:
            self._sender = asyncio.ensure_future(self._send())
        return await future

    async def _watch(self) -> None:
        self._guard = self._until_the_loop_ends()
        await self._guard.__anext__()

    async def _until_the_loop_ends(self) -> AsyncGenerator[None, None]:
        """An event loop tells its asynchronous generators that it ends; nothing else can close connections
        then.
        """
        try:
            yield
        finally:
            if self._reads is not None:
                await self._reads.close()
            for client in (self.client, *sentinels_of(self.client)):
                await client.aclose()

    async def _send(self) -> None:
        """Sends what waits, again and again, until nothing does."""
        batch: list[tuple[Command, asyncio.Future[Any]]] = []
        try:
            while self._waiting:
                # What is to be undone as soon as it is done is not sent.
                batch = [asked for asked in self._waiting if asked[0].unwanted is None]
                self._waiting = []
                if not batch:
                    break
                answers = await self._exchange([command.by_name() for command, _ in batch])
                strange = [i for i, answer in enumerate(answers) if isinstance(answer, self._unknown)]
                if strange:
                    again = await self._exchange([batch[i][0].by_text() for i in strange])
                    for i, answer in zip(strange, again):
                        answers[i] = answer
                for (command, future), answer in zip(batch, answers):
                    command.answered = True
                    if future.done():
                        if command.unwanted is not None:
                            command.unwanted()
                    elif isinstance(answer, BaseException):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        except BaseException as error:
            for command, future in [*batch, *self._waiting]:
                if command.unwanted is not None and not command.answered:
                    command.unwanted()  # it may have been carried out
                if not future.done():
                    if isinstance(error, Exception):
                        future.set_exception(error)
                    else:
                        future.cancel()
            self._waiting = []
            if not isinstance(error, Exception):
                raise
        finally:
            self._sender = None

    async def _exchange(self, commands: list[tuple[Any, ...]]) -> list[Any]:
        if len(commands) == 1:
            try:
                return [await self.client.execute_command(*commands[0])]
            except self._unknown as error:
                return [error]
        pipeline = self.client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        answers: list[Any] = await pipeline.execute(raise_on_error=False)
        return answers
