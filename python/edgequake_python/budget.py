"""Limits on what calls may cost, in USD: held before a call is sent, settled when its cost is known.

A call is admitted only if the most it can cost still fits, so calls that run at the same time cannot
overspend together. Where amounts are kept is the business of `state`: in this process, or in Redis for many.
"""

from __future__ import annotations

import re
import time

from .exceptions import BudgetExceededError
from .state import Hold, LocalState, Shortage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, NamedTuple

    from .state import Reservation, State
else:
    from collections import namedtuple

_SCOPE = "budgets"
#: How long a limit that Redis says is reached counts as that, in seconds.
_LOOK = 0.5
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "mo": 2592000, "y": 31536000}

if TYPE_CHECKING:

    class Limit(NamedTuple):
        """The most that may be spent, in USD, in a period of so many seconds; None: for ever."""

        amount: float
        period: float | None = None

else:
    Limit = namedtuple("Limit", "amount period", defaults=(None,))


def seconds(duration: float | str | None) -> float | None:
    """A length of time in seconds: a number of them, or ``30s``, ``5m``, ``12h``, ``1d``, ``2w``, ``1mo``,
    ``1y``.

    Raises:
        ValueError: for anything else.
    """
    if duration is None or isinstance(duration, (int, float)):
        return duration
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|mo|m|h|d|w|y)\s*", duration)
    if found is None:
        raise ValueError(f"{duration!r} is no length of time such as 30s, 12h, 1d or 1mo")
    return float(found[1]) * _UNITS[found[2]]


def limit(given: Any) -> Limit:
    """A limit as programs write it: a number of USD, a `Limit`, or LiteLLM's dict.

    LiteLLM's dict has ``budget_limit`` or ``max_budget``, and ``time_period`` or ``budget_duration``.

    Raises:
        ValueError: for a limit that is none.
    """
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return Limit(float(given))
    if isinstance(given, tuple):
        return Limit(*given)
    read = given.get if hasattr(given, "get") else lambda name: getattr(given, name, None)
    amount = read("budget_limit")
    amount = read("max_budget") if amount is None else amount
    if amount is None:
        raise ValueError(f"{given!r} says no limit")
    return Limit(float(amount), seconds(read("time_period") or read("budget_duration")))


class Budgets:
    """Several limits at once: all of them must leave room for a call.

    ``edgequake_python.budgets = Budgets(...)`` puts them in force for every call; a Router has its own.

    Args:
        total: of all calls together.
        providers: by the provider's name.
        deployments: by the id of a Router's deployment.
        tags: by a call's tag (``metadata={"tags": [...]}``, ``tags=[...]``).
        users: by a call's ``user``.
        state: where amounts are kept; in this process by default. `RedisState` shares them.

    Each limit is a number of USD, ``(usd, seconds)``, or LiteLLM's dict
    ``{"budget_limit": usd, "time_period": "1d"}``. A period begins with the first call in it.
    """

    def __init__(
        self,
        total: Any = None,
        *,
        providers: Mapping[str, Any] | None = None,
        deployments: Mapping[str, Any] | None = None,
        tags: Mapping[str, Any] | None = None,
        users: Mapping[str, Any] | None = None,
        state: State | None = None,
    ) -> None:
        self.state: State = LocalState() if state is None else state
        self._reached: dict[str, float] = {}  # a key -> until when nobody asks again
        self._limits: dict[str, Limit] = {} if total is None else {"all": limit(total)}
        for kind, given in (
            ("provider", providers),
            ("deployment", deployments),
            ("tag", tags),
            ("user", users),
        ):
            for name, value in (given or {}).items():
                self._limits[f"{kind}:{name}"] = limit(value)

    def set(self, key: str, given: Any) -> None:
        """Set a limit: ``all``, ``provider:NAME``, ``deployment:ID``, ``tag:NAME``, ``user:NAME``."""
        self._limits[key] = limit(given)

    def limits(self) -> dict[str, Limit]:
        """All limits, by their keys."""
        return dict(self._limits)

    def applying(self, keys: Iterable[str]) -> list[tuple[str, Limit]]:
        """The limits among those of a call."""
        return [(key, self._limits[key]) for key in keys if key in self._limits]

    def spent(self, key: str = "all") -> float:
        """USD spent, and held by calls under way, in the current period."""
        return self.state.spent(_SCOPE, key)

    def has_room(self, keys: Iterable[str]) -> bool:
        """Whether none of these limits is reached."""
        return all(self.spent(key) < bound.amount for key, bound in self.applying(keys))

    def reached(self) -> frozenset[str]:
        """The limits that have refused a call and leave room for none now, as far as this process knows."""
        if not self._reached:
            return frozenset()
        now, found = time.monotonic(), []
        for key, until in list(self._reached.items()):
            # What is in memory is looked at; Redis is asked again after a while, by the next call.
            if (until > now) if self.state.remote else not self.has_room((key,)):
                found.append(key)
            else:
                self._reached.pop(key, None)
        return frozenset(found)

    # What the chain around a call uses.

    def holds(self, keys: Sequence[str], amount: float) -> list[Hold]:
        """What a call that may cost ``amount`` has to hold."""
        return [Hold(key, amount, bound.amount, bound.period) for key, bound in self.applying(keys)]

    def granted(self, answer: Reservation | Shortage, model: str) -> Reservation:
        """The reservation; raises `BudgetExceededError` when there is none."""
        if isinstance(answer, Shortage):
            kind, _, name = answer.hold.key.partition(":")
            if answer.spent >= answer.hold.limit:
                self._reached[answer.hold.key] = time.monotonic() + _LOOK
            raise BudgetExceededError(
                current_cost=answer.spent,
                max_budget=answer.hold.limit,
                message=(
                    f"Budget has been exceeded! {answer.hold.key}: {answer.spent:.6f} USD are spent or held, "
                    f"{model} may cost {answer.hold.amount:.6f}, the limit is {answer.hold.limit:.6f}"
                ),
                entity_type=kind,
                entity_id=name or None,
            )
        return answer

    def reserve(self, holds: Sequence[Hold], model: str, guessed: bool = False) -> Reservation:
        """Hold the amounts, or raise `BudgetExceededError`.

        Args:
            holds: the amounts.
            model: who is called, for the error.
            guessed: whether nobody said how long the answer may be, so that the amounts are for the longest
                that the model can give. One that is more than its whole limit takes what is left of that:
                such calls are made one after another, until the limit is spent.
        """
        wanted, answer = holds, self.state.reserve(_SCOPE, holds)
        while guessed and isinstance(answer, Shortage) and (holds := _what_is_left(wanted, holds, answer)):
            answer = self.state.reserve(_SCOPE, holds)
        return self.granted(answer, model)

    async def reserve_async(self, holds: Sequence[Hold], model: str, guessed: bool = False) -> Reservation:
        """As `reserve`."""
        wanted, answer = holds, await self.state.reserve_async(_SCOPE, holds)
        while guessed and isinstance(answer, Shortage) and (holds := _what_is_left(wanted, holds, answer)):
            answer = await self.state.reserve_async(_SCOPE, holds)
        return self.granted(answer, model)

    def settle(self, held: Reservation, cost: float) -> None:
        """Replace what was held by what the call cost."""
        self.state.adjust(held, [cost] * len(held.holds))

    async def settle_async(self, held: Reservation, cost: float) -> None:
        """As `settle`."""
        await self.state.adjust_async(held, [cost] * len(held.holds))

    def settle_soon(self, held: Reservation, cost: float) -> None:
        """As `settle`, without waiting for anything: for finalizers and cancelled tasks."""
        self.state.adjust_soon(held, [cost] * len(held.holds))


def _what_is_left(wanted: Sequence[Hold], holds: Sequence[Hold], shortage: Shortage) -> Sequence[Hold]:
    """The holds, with what is left of the limit that was short; none when that has room at another time."""
    key, left = shortage.hold.key, shortage.hold.limit - shortage.spent
    if left <= 0.0 or not any(hold.key == key and hold.amount > hold.limit for hold in wanted):
        return ()
    smaller = [hold._replace(amount=min(hold.amount, left)) if hold.key == key else hold for hold in holds]
    return smaller if smaller != holds else ()
