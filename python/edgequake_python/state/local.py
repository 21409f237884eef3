"""State of one process."""

from __future__ import annotations

import functools
import time
from threading import Lock

from .interface import ROUNDING, Grant, Outcome, Refusal, Reservation, Shortage, rest_after
from .values import LocalValues

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Callable

    from .interface import Candidate, Hold, Prefer


# Seconds that go on while a machine sleeps, where the system counts them.
_ticks: Callable[[], float] = (
    functools.partial(time.clock_gettime, time.CLOCK_BOOTTIME)
    if hasattr(time, "CLOCK_BOOTTIME")
    else time.monotonic
)
_BEGINNING = time.time() - _ticks()


def steady() -> float:
    """The time, as it was set when the program began: a clock that is set back must not make rests, or
    windows of limits, longer.
    """
    return _BEGINNING + _ticks()


class _Record:
    """What is known about one candidate."""

    __slots__ = ("charged", "failed", "flying", "latencies", "mean", "resting_until", "strikes", "window")

    def __init__(self) -> None:
        self.window = -1
        self.charged: list[float] = []
        self.failed = 0
        self.flying = 0
        self.resting_until = 0.0
        self.strikes = 0
        self.latencies: list[float] = []
        self.mean = 0.0

    def enter(self, window: int) -> None:
        if window != self.window:
            self.window = window
            self.charged = []
            self.failed = 0


class LocalState(LocalValues):
    """Limits, rests, slots, holds and values in memory; safe to use from many threads.

    Args:
        clock: seconds since some fixed moment; for tests.
        window: length of the windows of limits, in seconds.
    """

    remote = False

    def __init__(self, clock: Callable[[], float] = steady, window: float = 60.0) -> None:
        self.clock = clock
        self.window = window
        self._lock = Lock()
        self._records: dict[tuple[str, str], _Record] = {}
        self._spent: dict[tuple[str, str], list[float]] = {}  # amount, end of the period
        self._start_values()

    # Choosing.

    def choose(
        self,
        scope: str,
        candidates: Sequence[Candidate],
        amounts: tuple[float, ...] = (),
        prefer: Prefer = "first",
    ) -> Grant | Refusal:
        """See `State.choose`."""
        now = self.clock()
        window = int(now // self.window)
        resting: dict[str, float] = {}
        spent: dict[str, float] = {}
        full: list[str] = []
        best: tuple[float, Candidate, _Record] | None = None
        with self._lock:
            for candidate in candidates:
                record = self._records.get((scope, candidate.key))
                if record is None:
                    record = self._records[scope, candidate.key] = _Record()
                if record.resting_until > now:
                    resting[candidate.key] = record.resting_until - now
                    continue
                record.enter(window)
                if candidate.slots is not None and record.flying >= candidate.slots:
                    full.append(candidate.key)
                    continue
                if candidate.limits and not _fits(record.charged, candidate.limits, amounts):
                    spent[candidate.key] = (window + 1) * self.window - now
                    continue
                if prefer == "first":
                    best = (0.0, candidate, record)
                    break
                score = _score(record, prefer)
                if best is None or score < best[0]:
                    best = (score, candidate, record)
            if best is not None:
                return self._charge(scope, best[1], best[2], amounts)
        waits = [*resting.values(), *spent.values()]
        return Refusal(min(waits) if waits else None, resting, spent, full)

    @staticmethod
    def _charge(scope: str, candidate: Candidate, record: _Record, amounts: tuple[float, ...]) -> Grant:
        charged = record.charged
        if charged:
            record.charged = [before + amount for before, amount in zip(charged, amounts)]
        else:
            record.charged = list(amounts)
        lease = None
        if candidate.counted or candidate.slots is not None:
            record.flying += 1
            lease = "here"
        return Grant(scope, candidate.key, amounts, record.window, lease, record.strikes > 0, False)

    def charge(self, grant: Grant) -> None:
        """Note what another state granted, so that this one can go on from there when the other goes away."""
        with self._lock:
            record = self._records.setdefault((grant.scope, grant.key), _Record())
            record.enter(int(self.clock() // self.window))
            charged = record.charged or [0.0] * len(grant.amounts)
            record.charged = [before + amount for before, amount in zip(charged, grant.amounts)]

    async def choose_async(
        self,
        scope: str,
        candidates: Sequence[Candidate],
        amounts: tuple[float, ...] = (),
        prefer: Prefer = "first",
    ) -> Grant | Refusal:
        """See `State.choose`."""
        return self.choose(scope, candidates, amounts, prefer)

    def settle(self, grant: Grant, outcome: Outcome) -> float:
        """See `State.settle`."""
        with self._lock:
            record = self._records.get((grant.scope, grant.key))
            if record is None:
                return 0.0
            if grant.lease is not None and record.flying:
                record.flying -= 1
            now = self.clock()
            record.enter(int(now // self.window))
            used = outcome.amounts
            if used is not None and record.window == grant.window and record.charged:
                record.charged = [
                    max(0.0, total - held + real)
                    for total, held, real in zip(record.charged, grant.amounts, used)
                ]
            if outcome.latency is not None:
                record.latencies.append(outcome.latency)
                del record.latencies[: -max(1, outcome.history)]
                record.mean = sum(record.latencies) / len(record.latencies)
            if outcome.ok:
                record.strikes = 0
            elif outcome.rule is not None:
                record.failed += 1
                calls = record.charged[0] if record.charged else record.failed
                # What else fails while it rests was under way before: the same burst, the same rest.
                anew = record.resting_until <= now
                strikes = record.strikes if anew else max(0, record.strikes - 1)
                rest = rest_after(outcome.rule, record.failed, calls, strikes)
                if rest > 0.0:
                    record.strikes = strikes + 1
                    record.resting_until = max(record.resting_until, now + rest)
            return max(0.0, record.resting_until - now)

    async def settle_async(self, grant: Grant, outcome: Outcome) -> float:
        """See `State.settle`."""
        return self.settle(grant, outcome)

    def settle_soon(self, grant: Grant, outcome: Outcome) -> None:
        """See `State.settle_soon`."""
        self.settle(grant, outcome)

    def resting(self, scope: str, keys: Sequence[str]) -> Mapping[str, float]:
        """See `State.resting`."""
        now = self.clock()
        with self._lock:
            records = ((key, self._records.get((scope, key))) for key in keys)
            return {
                key: record.resting_until - now
                for key, record in records
                if record is not None and record.resting_until > now
            }

    def used(self, scope: str, key: str) -> tuple[float, ...]:
        """See `State.used`."""
        with self._lock:
            record = self._records.get((scope, key))
            if record is None or record.window != int(self.clock() // self.window):
                return ()
            return tuple(record.charged)

    def forget(self, scope: str, keys: Sequence[str]) -> None:
        """See `State.forget`. Calls in flight stay counted, or their end would count below zero."""
        with self._lock:
            for key in keys:
                record = self._records.pop((scope, key), None)
                if record is not None and record.flying:
                    fresh = self._records[scope, key] = _Record()
                    fresh.flying = record.flying

    # Holding.

    def reserve(self, scope: str, holds: Sequence[Hold]) -> Reservation | Shortage:
        """See `State.reserve`."""
        now = self.clock()
        wanted: dict[str, float] = {}
        with self._lock:
            for hold in holds:
                spent, end = self._current(scope, hold.key, now)
                before = spent + wanted.get(hold.key, 0.0)
                if before >= hold.limit or before + hold.amount > hold.limit * ROUNDING:
                    return Shortage(hold, spent, end - now if end else None)
                wanted[hold.key] = before - spent + hold.amount
            for hold in holds:
                spent, end = self._current(scope, hold.key, now)
                if not end and hold.period is not None:
                    end = now + hold.period
                self._spent[scope, hold.key] = [spent + hold.amount, end]
        return Reservation(scope, tuple(holds), False)

    def _current(self, scope: str, key: str, now: float) -> tuple[float, float]:
        spent, end = self._spent.get((scope, key), (0.0, 0.0))
        return (spent, end) if not end or end > now else (0.0, 0.0)

    async def reserve_async(self, scope: str, holds: Sequence[Hold]) -> Reservation | Shortage:
        """See `State.reserve`."""
        return self.reserve(scope, holds)

    def adjust(self, reservation: Reservation, amounts: Sequence[float]) -> None:
        """See `State.adjust`."""
        now = self.clock()
        with self._lock:
            for hold, amount in zip(reservation.holds, amounts):
                spent, end = self._current(reservation.scope, hold.key, now)
                if not end and hold.period is not None:
                    # Its period is over; what was spent late counts in the next one, what was held does not.
                    spent, end = hold.amount, now + hold.period
                self._spent[reservation.scope, hold.key] = [max(0.0, spent - hold.amount + amount), end]

    async def adjust_async(self, reservation: Reservation, amounts: Sequence[float]) -> None:
        """See `State.adjust`."""
        self.adjust(reservation, amounts)

    def adjust_soon(self, reservation: Reservation, amounts: Sequence[float]) -> None:
        """See `State.adjust_soon`."""
        self.adjust(reservation, amounts)

    def spent(self, scope: str, key: str) -> float:
        """See `State.spent`."""
        with self._lock:
            return self._current(scope, key, self.clock())[0]

    def close(self) -> None:
        """Nothing to close."""


def _fits(charged: list[float], limits: tuple[float | None, ...], amounts: tuple[float, ...]) -> bool:
    if not charged:
        charged = [0.0] * len(amounts)
    for before, limit, amount in zip(charged, limits, amounts):
        if limit is not None and before + amount > limit:
            return False
    return True


def _score(record: _Record, prefer: Prefer) -> float:
    if prefer == "idle":
        return record.flying
    if prefer == "spare":
        return record.charged[1] if len(record.charged) > 1 else 0.0
    return record.mean
