"""Amounts held against limits, and values, in Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import calls
from .interface import Hold, Reservation, Shortage
from .link import Link

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .calls import Command
    from .local import LocalState


class Store(Link):
    """The part of a `RedisState` that has nothing to do with candidates."""

    if TYPE_CHECKING:
        _local: LocalState

    # Holding.

    def reserve(self, scope: str, holds: Sequence[Hold]) -> Reservation | Shortage:
        """See `State.reserve`."""
        return self._reserved(self._ask(calls.reserve(self._keys, scope, holds)), scope, holds)

    async def reserve_async(self, scope: str, holds: Sequence[Hold]) -> Reservation | Shortage:
        """See `State.reserve`."""
        return self._reserved(await self._ask_async(calls.reserve(self._keys, scope, holds)), scope, holds)

    def _reserved(self, answer: Any, scope: str, holds: Sequence[Hold]) -> Reservation | Shortage:
        if answer is None:
            return self._local.reserve(scope, holds)
        missing = calls.shortage(answer, holds)
        if missing is not None:
            return missing
        # The local copy is charged too: an outage must not make a spent budget new.
        self._local.reserve(scope, [hold._replace(limit=float("inf")) for hold in holds])
        return Reservation(scope, tuple(holds), True)

    def adjust(self, reservation: Reservation, amounts: Sequence[float]) -> None:
        """See `State.adjust`. While Redis is away, it is told later."""
        self._local.adjust(reservation, amounts)
        if reservation.shared:
            command = calls.adjust(self._keys, reservation.scope, reservation.holds, amounts)
            if self._ask(command) is None:
                self._later(command)

    async def adjust_async(self, reservation: Reservation, amounts: Sequence[float]) -> None:
        """See `State.adjust`."""
        self._local.adjust(reservation, amounts)
        if reservation.shared:
            command = calls.adjust(self._keys, reservation.scope, reservation.holds, amounts)
            if await self._ask_async(command) is None:
                self._later(command)

    def _later(self, command: Command) -> None:
        def task() -> None:
            if self._ask(command) is None:
                self._keeper.when_found(task)

        self._keeper.when_found(task)

    def spent(self, scope: str, key: str) -> float:
        """See `State.spent`."""
        name = self._keys.charged(scope, (key,))[0]
        return self._direct(
            lambda client: float(client.get(name) or 0), lambda: self._local.spent(scope, key)
        )

    # Values.

    def get(self, key: str) -> bytes | None:
        """See `State.get`."""
        name = self._keys.value(key)
        value: bytes | None = self._direct(lambda client: client.get(name), lambda: self._local.get(key))
        return value

    async def get_async(self, key: str) -> bytes | None:
        """See `State.get`."""
        name = self._keys.value(key)
        value: bytes | None = await self._direct_async(
            lambda client: client.get(name), lambda: self._local.get(key)
        )
        return value

    def set(self, key: str, value: bytes, ttl: float | None = None) -> None:
        """See `State.set`."""
        name, life = self._keys.value(key), _milliseconds(ttl)
        self._direct(
            lambda client: client.set(name, value, px=life), lambda: self._local.set(key, value, ttl)
        )

    async def set_async(self, key: str, value: bytes, ttl: float | None = None) -> None:
        """See `State.set`."""
        name, life = self._keys.value(key), _milliseconds(ttl)
        await self._direct_async(
            lambda client: client.set(name, value, px=life), lambda: self._local.set(key, value, ttl)
        )

    def delete(self, *keys: str) -> None:
        """See `State.delete`."""
        self._local.delete(*keys)

        def act(client: Any) -> None:
            for key in keys:  # one by one: a Cluster keeps them on different nodes
                client.delete(self._keys.value(key))

        self._direct(act, lambda: None)

    def increment(self, key: str, amount: float = 1.0, ttl: float | None = None) -> float:
        """See `State.increment`."""
        life = "-" if ttl is None else _milliseconds(ttl)
        command = calls.Command(calls.INCREMENT, [self._keys.value(key)], [repr(amount), life])
        answer = self._ask(command)
        return self._local.increment(key, amount, ttl) if answer is None else float(answer)


def _milliseconds(ttl: float | None) -> int | None:
    return None if ttl is None else max(1, int(ttl * 1000))
