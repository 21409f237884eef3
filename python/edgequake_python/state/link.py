"""The way to Redis: connections, and what happens while it is away."""

from __future__ import annotations

import itertools
import logging
import os
from threading import Lock
from typing import TYPE_CHECKING

from .. import _logging  # noqa: F401 - gives the package's logger its handler, so that nothing is printed
from . import calls
from .batch import Batch
from .connection import Address, sentinels_of
from .keeper import Keeper
from .reads import AsyncReads, Reads

if TYPE_CHECKING:
    from typing import Any, Callable, TypeVar

    from .calls import Command

    T = TypeVar("T")

_logger = logging.getLogger("edgequake_python.state")


class Link:
    """Sends commands to Redis, and knows whether it is there.

    Args:
        address: where it is.
        lease: seconds a slot is held without being renewed.
        prefix: what the names of all keys start with.
    """

    def __init__(self, address: Address, lease: float, prefix: str) -> None:
        import redis

        self._errors = (redis.RedisError, OSError)
        self._unknown = redis.exceptions.NoScriptError
        self._broken = redis.ConnectionError
        self._refused = redis.ResponseError
        self._late = redis.TimeoutError
        self._address = address
        self._lease = lease
        self._keys = calls.Keys(prefix)
        self._lock = Lock()
        self._serial = itertools.count()
        self._keeper = Keeper(self._renew, self._look, self._found, lease)
        self._own()

    def _own(self) -> None:
        """After a fork: connections, and names of leases, are the parent's."""
        self._pid = os.getpid()
        self._client: Any = None
        self._reads: Reads | None = None
        self._batches: dict[Any, Batch] = {}
        self._away = False
        self._holder = f"{os.urandom(6).hex()}{self._pid:x}."

    def _name(self) -> str:
        """One that nobody else has, for a slot or a reservation."""
        if self._pid != os.getpid():
            self._own()
        return f"{self._holder}{next(self._serial):x}"

    @property
    def connected(self) -> bool:
        """Whether Redis was there when it was last needed."""
        return not self._away

    # Going there and back.

    def _ask(self, command: Command) -> Any:
        """The answer, or None when Redis is away."""
        if self._pid != os.getpid():
            self._own()
        if self._away:
            return None
        try:
            client = self._blocking()
            try:
                return client.execute_command(*command.by_name())
            except self._unknown:
                return client.execute_command(*command.by_text())
        except self._errors as error:
            self._lost(error)
            return None

    def _blocking(self) -> Any:
        """The client of blocking code."""
        client = self._client
        if client is None:
            with self._lock:
                client = self._client
                if client is None:
                    client = self._address.sync()
                    if self._address.may_read_apart:
                        self._reads = Reads(client, self._broken)
                    self._client = client
        return client

    async def _ask_async(self, command: Command) -> Any:
        """As `_ask`."""
        if self._pid != os.getpid():
            self._own()
        if self._away:
            return None
        try:
            return await self._batch().ask(command)
        except self._errors as error:
            self._lost(error)
            return None

    def _undo(self, command: Command, undo: Callable[[], None]) -> None:
        """Nobody waits for a command any more: undo it when it has been carried out, not before.

        A Cluster's commands share no round trip, so nobody sees their answers then.
        """
        if command.answered or self._address.kind == "cluster":
            undo()
        else:
            command.unwanted = undo

    def _batch(self) -> Batch:
        import asyncio

        loop = asyncio.get_running_loop()
        batch = self._batches.get(loop)
        if batch is None:
            for old in [old for old in self._batches if old.is_closed()]:
                del self._batches[old]
            client, reads = self._address.asynchronous(), None
            if self._address.may_read_apart:
                reads = AsyncReads(client, self._broken, self._refused, self._late, self._address.timeout)
            together = self._address.kind != "cluster"
            batch = self._batches[loop] = Batch(client, self._unknown, together, reads)
        return batch

    def _lost(self, error: BaseException) -> None:
        with self._lock:
            if self._away:
                return
            self._away = True
        _logger.warning(
            "%r is away (%s): limits, rests and budgets are this process's own until it is back",
            self._address,
            type(error).__name__,
        )
        self._keeper.search()

    def _look(self) -> bool:
        try:
            client = self._address.sync()
            try:
                client.ping()
                # A pause lets pings through on some servers; what counts is that a write goes through.
                client.execute_command("SET", self._keys.value("there"), "1", "PX", "1000")
            finally:
                _close(client)
        except self._errors:
            return False
        return True

    def _found(self) -> None:
        self._away = False
        _logger.info("%r is there again", self._address)

    def _renew(self, leases: dict[str, list[str]]) -> None:
        for key, held in leases.items():
            self._ask(calls.Command(calls.RENEW, [key], [int(self._lease * 1000), *held]))

    def _direct(self, act: Callable[[Any], T], instead: Callable[[], T]) -> T:
        """Plain commands, for what is rare."""
        if self._pid != os.getpid():
            self._own()
        if not self._away:
            try:
                return act(self._blocking())
            except self._errors as error:
                self._lost(error)
        return instead()

    async def _direct_async(self, act: Callable[[Any], Any], instead: Callable[[], Any]) -> Any:
        if self._pid != os.getpid():
            self._own()
        if not self._away:
            try:
                return await self._batch().act(act)
            except self._errors as error:
                self._lost(error)
        return instead()

    def _read(self, name: str, instead: Callable[[], bytes | None]) -> bytes | None:
        """The bytes under a name."""
        if self._pid != os.getpid():
            self._own()
        if not self._away:
            try:
                client = self._blocking()
                reads = self._reads
                found: bytes | None = (client if reads is None else reads).get(name)
            except self._errors as error:
                self._lost(error)
            else:
                return found
        return instead()

    async def _read_async(self, name: str, instead: Callable[[], bytes | None]) -> bytes | None:
        if self._pid != os.getpid():
            self._own()
        if not self._away:
            try:
                return await self._batch().get(name)
            except self._errors as error:
                self._lost(error)
        return instead()

    def close(self) -> None:
        """See `State.close`."""
        self._keeper.close()
        reads, self._reads = self._reads, None
        client, self._client = self._client, None
        if reads is not None:
            reads.close()
        if client is not None:
            _close(client)


def _close(client: Any) -> None:
    for one in (client, *sentinels_of(client)):
        one.close()
