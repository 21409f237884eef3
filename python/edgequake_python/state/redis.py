"""State of many processes, in Redis; of this one alone while Redis is away."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from . import calls
from .connection import Address
from .interface import Grant, Outcome, Refusal
from .local import LocalState, steady
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from .calls import Command
    from .interface import Candidate, Prefer


class RedisState(Store):
    """Shared state in Redis or Valkey: single, behind Sentinels, or a Cluster.

    Each operation is one round trip of one script, by Redis's clock. When Redis cannot be reached, one
    warning is logged and this process goes on with a state of its own, which knows what it was granted so
    far; a thread looks for Redis and goes back to it.

    Args:
        url: see `Address`.
        window: length of the windows of limits, in seconds; the same in every process.
        lease: seconds after which the slots of a process that was killed, and what it held of budgets, are
            free again.
        timeout: seconds a command may take before Redis counts as away.
        prefix: what the names of all keys start with.
        options: further arguments of the official client.
    """

    remote = True

    def __init__(
        self,
        url: str | None = None,
        *,
        window: float = 60.0,
        lease: float = 30.0,
        timeout: float = 0.5,
        prefix: str = "eq",
        **options: Any,
    ) -> None:
        self.window = window
        self.clock: Callable[[], float] = steady
        self._local = LocalState(window=window)
        super().__init__(Address(url, timeout, options), lease, prefix)

    # Choosing.

    def choose(
        self,
        scope: str,
        candidates: Sequence[Candidate],
        amounts: tuple[float, ...] = (),
        prefer: Prefer = "first",
    ) -> Grant | Refusal:
        """See `State.choose`."""
        lease, command = self._choosing(scope, candidates, amounts, prefer)
        return self._chosen(self._ask(command), scope, candidates, amounts, prefer, lease)

    async def choose_async(
        self,
        scope: str,
        candidates: Sequence[Candidate],
        amounts: tuple[float, ...] = (),
        prefer: Prefer = "first",
    ) -> Grant | Refusal:
        """See `State.choose`."""
        lease, command = self._choosing(scope, candidates, amounts, prefer)
        try:
            answer = await self._ask_async(command)
        except BaseException:
            # Cancelled after it was sent, perhaps: a slot that was given meanwhile is not held.
            self._undo(command, lambda: self._give_back(scope, candidates, lease))
            raise
        return self._chosen(answer, scope, candidates, amounts, prefer, lease)

    def _give_back(self, scope: str, candidates: Sequence[Candidate], lease: str) -> None:
        for candidate in candidates:
            if candidate.counted or candidate.slots is not None:
                orphan = Grant(scope, candidate.key, (), -1, lease, False, True)
                self.settle_soon(orphan, Outcome())

    def _choosing(
        self, scope: str, candidates: Sequence[Candidate], amounts: tuple[float, ...], prefer: Prefer
    ) -> tuple[str, Command]:
        lease = self._name()
        return lease, calls.choose(
            self._keys, scope, candidates, amounts, prefer, lease, self._lease, self.window
        )

    def _chosen(
        self,
        answer: Any,
        scope: str,
        candidates: Sequence[Candidate],
        amounts: tuple[float, ...],
        prefer: Prefer,
        lease: str,
    ) -> Grant | Refusal:
        if answer is None:
            return self._local.choose(scope, candidates, amounts, prefer)
        grant, refusal = calls.chosen(answer, scope, candidates, amounts, lease)
        if grant is None:
            return refusal
        self._local.charge(grant)
        if grant.lease is not None:
            self._keeper.hold(self._keys.slots(scope, (grant.key,))[0], lease)
        return grant

    def settle(self, grant: Grant, outcome: Outcome) -> float:
        """See `State.settle`."""
        command = self._settling(grant, outcome)
        if command is None:
            return self._local.settle(grant, outcome) if not grant.shared else 0.0
        return self._settled(self._ask(command), grant, outcome)

    async def settle_async(self, grant: Grant, outcome: Outcome) -> float:
        """See `State.settle`."""
        command = self._settling(grant, outcome)
        if command is None:
            return self._local.settle(grant, outcome) if not grant.shared else 0.0
        try:
            answer = await self._ask_async(command)
        except BaseException:
            # Cancelled: it may not have been sent. Giving the slot back twice does no harm, other things may.
            self.settle_soon(grant, Outcome())
            raise
        return self._settled(answer, grant, outcome)

    def settle_soon(self, grant: Grant, outcome: Outcome) -> None:
        """See `State.settle_soon`."""
        command = self._settling(grant, outcome)
        if command is not None:
            self._keeper.soon(lambda: self._ask(command))
        elif not grant.shared:
            self._local.settle(grant, outcome)

    def _settling(self, grant: Grant, outcome: Outcome) -> Command | None:
        if not grant.shared:
            return None
        if grant.lease is not None:
            self._keeper.release(self._keys.slots(grant.scope, (grant.key,))[0], grant.lease)
        if not calls.says_something(grant, outcome):
            return None
        return calls.settle(self._keys, grant, outcome, self.window)

    def _settled(self, answer: Any, grant: Grant, outcome: Outcome) -> float:
        if answer is None:
            # Its slot expires by itself; that it failed, this process remembers.
            return self._local.settle(grant._replace(lease=None), outcome)
        return int(answer) / 1000

    def resting(self, scope: str, keys: Sequence[str]) -> Mapping[str, float]:
        """See `State.resting`."""

        def ask(client: Any) -> Mapping[str, float]:
            now = self._now(client)
            found: dict[str, float] = {}
            for key, name in zip(keys, self._keys.records(scope, keys)):
                end = client.hget(name, "c")
                if end is not None and int(end) > now:
                    found[key] = (int(end) - now) / 1000
            return found

        found: Mapping[str, float] = self._direct(ask, lambda: self._local.resting(scope, keys))
        return found

    def _now(self, client: Any) -> int:
        """Milliseconds, by Redis's clock."""
        seconds, micros = client.execute_command("TIME", **self._anywhere())
        return int(seconds) * 1000 + int(micros) // 1000

    def _anywhere(self) -> dict[str, Any]:
        return {"target_nodes": "random"} if self._address.kind == "cluster" else {}

    def used(self, scope: str, key: str) -> tuple[float, ...]:
        """See `State.used`."""

        def ask(client: Any) -> tuple[float, ...]:
            known = client.hgetall(self._keys.records(scope, (key,))[0])
            if int(known.get(b"w", -1)) != int(self._now(client) / 1000 // self.window):
                return ()
            places = itertools.takewhile(lambda place: b"u%d" % place in known, itertools.count(1))
            return tuple(float(known[b"u%d" % place]) for place in places)

        used: tuple[float, ...] = self._direct(ask, lambda: self._local.used(scope, key))
        return used

    def forget(self, scope: str, keys: Sequence[str]) -> None:
        """See `State.forget`."""
        self._local.forget(scope, keys)
        names = self._keys.records(scope, keys)
        if names:
            self._direct(lambda client: client.delete(*names), lambda: None)
