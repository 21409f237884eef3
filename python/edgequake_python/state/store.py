"""Amounts held against limits, and values, in Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import calls
from .interface import Reservation, Shortage
from .link import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from .calls import Command
    from .interface import Hold
    from .local import LocalState


class Store(Link):
    """The part of a `RedisState` that has nothing to do with candidates."""

    if TYPE_CHECKING:
        _local: LocalState

    # Holding.

    def reserve(self, scope: str, holds: Sequence[Hold]) -> Reservation | Shortage:
        """See `State.reserve`."""
        wanted = Reservation(scope, tuple(holds), True, self._name())
        return self._reserved(self._ask(self._reserving(wanted)), wanted)

    async def reserve_async(self, scope: str, holds: Sequence[Hold]) -> Reservation | Shortage:
        """See `State.reserve`."""
        wanted = Reservation(scope, tuple(holds), True, self._name())
        command = self._reserving(wanted)
        try:
            answer = await self._ask_async(command)
        except BaseException:
            # Cancelled after it was sent, perhaps: what was held meanwhile is not spent.
            nothing = calls.adjust(self._keys, wanted, [0.0] * len(holds), self._lease)
            self._undo(command, lambda: self._keeper.soon(self._telling(nothing)))
            raise
        return self._reserved(answer, wanted)

    def _reserving(self, wanted: Reservation) -> Command:
        return calls.reserve(self._keys, wanted.scope, wanted.holds, wanted.name, self._lease)

    def _reserved(self, answer: Any, wanted: Reservation) -> Reservation | Shortage:
        if answer is None:
            granted = self._local.reserve(wanted.scope, wanted.holds)
            # Redis may have held it all the same, before the answer got lost.
            return granted._replace(name=wanted.name) if isinstance(granted, Reservation) else granted
        missing = calls.shortage(answer, wanted.holds)
        if missing is not None:
            return missing
        # The local copy is charged too: an outage must not make a spent budget new.
        self._local.reserve(wanted.scope, [hold._replace(limit=float("inf")) for hold in wanted.holds])
        for key, lease in calls.leases(self._keys, wanted):
            self._keeper.hold(key, lease)
        return wanted

    def adjust(self, reservation: Reservation, amounts: Sequence[float]) -> None:
        """See `State.adjust`. While Redis is away, it is told later."""
        command = self._adjusting(reservation, amounts)
        if self._ask(command) is None:
            self._later(command)

    async def adjust_async(self, reservation: Reservation, amounts: Sequence[float]) -> None:
        """See `State.adjust`."""
        command = self._adjusting(reservation, amounts)
        try:
            answer = await self._ask_async(command)
        except BaseException:
            self._later(command)  # cancelled: it may not have been sent
            raise
        if answer is None:
            self._later(command)

    def adjust_soon(self, reservation: Reservation, amounts: Sequence[float]) -> None:
        """See `State.adjust_soon`."""
        self._later(self._adjusting(reservation, amounts))

    def _adjusting(self, reservation: Reservation, amounts: Sequence[float]) -> Command:
        self._local.adjust(reservation, amounts)
        if reservation.shared:
            for key, lease in calls.leases(self._keys, reservation):
                self._keeper.release(key, lease)
        return calls.adjust(self._keys, reservation, amounts, self._lease)

    def _later(self, command: Command) -> None:
        self._keeper.when_found(self._telling(command))

    def _telling(self, command: Command) -> Callable[[], None]:
        """What tells Redis a command, and again when it is found while it is away."""

        def task() -> None:
            if self._ask(command) is None:
                self._keeper.when_found(task)

        return task

    def spent(self, scope: str, key: str) -> float:
        """See `State.spent`."""
        answer = self._ask(calls.spent(self._keys, scope, key))
        return self._local.spent(scope, key) if answer is None else float(answer)

    # Values.

    def get(self, key: str) -> bytes | None:
        """See `State.get`."""
        return self._read(self._keys.value(key), lambda: self._local.get(key))

    async def get_async(self, key: str) -> bytes | None:
        """See `State.get`."""
        return await self._read_async(self._keys.value(key), lambda: self._local.get(key))

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
