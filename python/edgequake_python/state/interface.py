"""The interface to shared state, and the values that cross it.

Three families of operations, each atomic:

* `choose` and `settle`: which of some candidates takes a call, and how the call went;
* `reserve` and `adjust`: amounts held against limits before they are spent, all of them or none;
* `get`, `set`, `delete`, `increment`: values with a time to live.

Everything decided together belongs to one *scope*, a name. In a Redis Cluster a scope lives on one node.
Times are seconds.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Callable, Literal, NamedTuple, Optional, Protocol, Union

    Prefer = Literal["first", "idle", "spare", "fast"]
else:
    from collections import namedtuple

    Protocol = object

#: What sums of fractions may be off by: three times 0.1 fits into 0.3.
ROUNDING = 1.0 + 1e-12

if TYPE_CHECKING:

    class Candidate(NamedTuple):
        """One that could take the call.

        Attributes:
            key: its name within the scope.
            limits: the most that may be used in a window, in the order of the amounts; None for no limit.
            slots: how many calls it may have in flight at once; None for any number.
            counted: whether its calls in flight are counted although there is no limit to them.
        """

        key: str
        limits: tuple[Optional[float], ...] = ()
        slots: Optional[int] = None
        counted: bool = False

    class FailureRule(NamedTuple):
        """When a failure makes a candidate rest, and for how long.

        Attributes:
            immediate: at once.
            allowed: how many failures a window forgives; None for the share below.
            share: rests when a greater share of the window's calls than this failed, ...
            minimum: ... and there were at least this many calls.
            duration: for how long; doubled each time it fails again right after a rest.
            longest: the most that doubling leads to.
            asked: how long the provider itself asked for; taken as it is.
        """

        immediate: bool
        allowed: Optional[int]
        share: float
        minimum: int
        duration: float
        longest: float
        asked: Optional[float] = None

    class Grant(NamedTuple):
        """A candidate took the call; to be settled once.

        Attributes:
            scope, key: which.
            amounts: what was charged.
            window: the window it was charged to.
            lease: the slot it holds, or None.
            struck: whether its last call failed; a success has to be told then.
            shared: whether it was granted by Redis.
        """

        scope: str
        key: str
        amounts: tuple[float, ...]
        window: int
        lease: Optional[str]
        struck: bool
        shared: bool

    class Refusal(NamedTuple):
        """No candidate can take the call now.

        Attributes:
            wait: seconds until one might, or None when only the end of a call in flight helps.
            resting: seconds of rest left, for those that rest after failures.
            spent: seconds until the window ends, for those whose limit is reached.
            full: those whose slots are all taken.
        """

        wait: Optional[float]
        resting: Mapping[str, float]
        spent: Mapping[str, float]
        full: Sequence[str]

    class Outcome(NamedTuple):
        """How a call went.

        Attributes:
            amounts: what it really used, in the order of the amounts charged; None: as charged.
            ok: whether it succeeded; None when it says nothing about the candidate (cancelled, ...).
            latency: what `prefer="fast"` compares; smaller is better.
            history: over how many latencies the mean is taken.
            rule: after a failure, when to rest.
        """

        amounts: Optional[tuple[float, ...]] = None
        ok: Optional[bool] = None
        latency: Optional[float] = None
        history: int = 10
        rule: Optional[FailureRule] = None

    class Hold(NamedTuple):
        """An amount to hold against a limit.

        Attributes:
            key: what is charged: a budget, a user, ...
            amount: how much.
            limit: the most there may be in a period.
            period: seconds, counted from the first charge on; None: for ever.
        """

        key: str
        amount: float
        limit: float
        period: Optional[float] = None

    class Reservation(NamedTuple):
        """All holds were granted; to be adjusted once, when what was really spent is known.

        Attributes:
            scope, holds: what was asked for.
            shared: whether it was granted by Redis.
            name: what Redis knows it by, or would.
        """

        scope: str
        holds: tuple[Hold, ...]
        shared: bool
        name: str = ""

    class Shortage(NamedTuple):
        """A hold did not fit, so none was taken: which, what has been spent, and when its period ends."""

        hold: Hold
        spent: float
        wait: Optional[float]

else:
    Candidate = namedtuple("Candidate", "key limits slots counted", defaults=((), None, False))
    FailureRule = namedtuple(
        "FailureRule", "immediate allowed share minimum duration longest asked", defaults=(None,)
    )
    Grant = namedtuple("Grant", "scope key amounts window lease struck shared")
    Refusal = namedtuple("Refusal", "wait resting spent full")
    Outcome = namedtuple("Outcome", "amounts ok latency history rule", defaults=(None, None, None, 10, None))
    Hold = namedtuple("Hold", "key amount limit period", defaults=(None,))
    Reservation = namedtuple("Reservation", "scope holds shared name", defaults=("",))
    Shortage = namedtuple("Shortage", "hold spent wait")


class State(Protocol):
    """Shared state. Each operation has a twin in ``_async`` that waits without blocking the event loop.

    `remote` says whether operations wait for something: when it is False the plain ones may be used anywhere.
    None of them raises because the state is unreachable.

    Attributes:
        remote: whether it is outside the process.
        window: seconds in a window of limits. Windows begin at multiples of it, as minutes do.
        clock: the time in seconds that rests are measured by.
    """

    if TYPE_CHECKING:
        remote: bool
        window: float
        clock: Callable[[], float]

        def choose(
            self,
            scope: str,
            candidates: Sequence[Candidate],
            amounts: tuple[float, ...] = (),
            prefer: Prefer = "first",
        ) -> Union[Grant, Refusal]:
            """Charge the first candidate that can take the call; or the best, by ``prefer``.

            ``idle``: with the fewest calls in flight. ``spare``: with the least of the second amount (tokens)
            used. ``fast``: with the smallest mean latency, those never measured first.
            """

        async def choose_async(
            self,
            scope: str,
            candidates: Sequence[Candidate],
            amounts: tuple[float, ...] = (),
            prefer: Prefer = "first",
        ) -> Union[Grant, Refusal]:
            """As `choose`."""

        def settle(self, grant: Grant, outcome: Outcome) -> float:
            """Give the slot back, correct what was charged, and return how long the candidate now rests."""

        async def settle_async(self, grant: Grant, outcome: Outcome) -> float:
            """As `settle`."""

        def settle_soon(self, grant: Grant, outcome: Outcome) -> None:
            """As `settle`, without waiting for anything: for finalizers and cancelled tasks."""

        def resting(self, scope: str, keys: Sequence[str]) -> Mapping[str, float]:
            """Seconds of rest left, for those of ``keys`` that rest."""

        def used(self, scope: str, key: str) -> tuple[float, ...]:
            """What has been charged to a candidate in the window."""

        def forget(self, scope: str, keys: Sequence[str]) -> None:
            """Forget everything about some candidates."""

        def reserve(self, scope: str, holds: Sequence[Hold]) -> Union[Reservation, Shortage]:
            """Hold every amount, or none when one does not fit.

            It does not when ``spent + amount > limit``, or when nothing is left.
            """

        async def reserve_async(self, scope: str, holds: Sequence[Hold]) -> Union[Reservation, Shortage]:
            """As `reserve`."""

        def adjust(self, reservation: Reservation, amounts: Sequence[float]) -> None:
            """Replace what was held by what was spent, in the order of the holds; 0 releases.

            The holds of a process that ended without doing so are released after a while.
            """

        async def adjust_async(self, reservation: Reservation, amounts: Sequence[float]) -> None:
            """As `adjust`."""

        def adjust_soon(self, reservation: Reservation, amounts: Sequence[float]) -> None:
            """As `adjust`, without waiting for anything: for finalizers and cancelled tasks."""

        def spent(self, scope: str, key: str) -> float:
            """What is held and spent in the current period."""

        def get(self, key: str) -> Optional[bytes]:
            """The value, or None."""

        async def get_async(self, key: str) -> Optional[bytes]:
            """As `get`."""

        def set(self, key: str, value: bytes, ttl: Optional[float] = None) -> None:
            """Keep a value, for ``ttl`` seconds when given."""

        async def set_async(self, key: str, value: bytes, ttl: Optional[float] = None) -> None:
            """As `set`."""

        def delete(self, *keys: str) -> None:
            """Forget values."""

        def increment(self, key: str, amount: float = 1.0, ttl: Optional[float] = None) -> float:
            """Add to a number that starts at zero; its time to live starts with the first addition."""

        def close(self) -> None:
            """Close connections and stop threads. Slots that are still held expire by themselves.

            Whoever uses the state again opens it again.
            """


def rest_after(rule: FailureRule, failed: float, calls: float, strikes: int) -> float:
    """Seconds of rest that a failure leads to, or 0.

    Args:
        rule: when and for how long.
        failed: failures in the window, this one included.
        calls: calls in the window.
        strikes: rests before this one without a success in between.
    """
    if rule.allowed is not None:
        due = failed > rule.allowed
    else:
        due = rule.immediate or (calls >= rule.minimum and failed > rule.share * calls)
    if not due:
        return 0.0
    if rule.asked is not None:
        return max(rule.asked, 0.0)
    return min(rule.duration * 2.0 ** min(strikes, 30), max(rule.longest, rule.duration))
