"""Each operation as a command for Redis, and what its answer means. Nothing here waits."""

from __future__ import annotations

from hashlib import sha1

from . import scripts
from .interface import Candidate, Grant, Outcome, Refusal, Shortage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable

    from .interface import Hold, Prefer, Reservation


class Script:
    """A Lua script and its name at the server."""

    __slots__ = ("sha", "text")

    def __init__(self, text: str) -> None:
        self.text: str = text
        self.sha: str = sha1(text.encode()).hexdigest()


CHOOSE, SETTLE = Script(scripts.CHOOSE), Script(scripts.SETTLE)
RESERVE, ADJUST, SPENT = Script(scripts.RESERVE), Script(scripts.ADJUST), Script(scripts.SPENT)
RENEW, INCREMENT = Script(scripts.RENEW), Script(scripts.INCREMENT)


class Command:
    """A script with its keys and arguments.

    Attributes:
        answered: whether it has been carried out.
        unwanted: set when nobody waits for it any more: undoes it once it has been carried out.
    """

    __slots__ = ("answered", "arguments", "keys", "script", "unwanted")

    def __init__(self, script: Script, keys: Sequence[str], arguments: Sequence[Any]) -> None:
        self.script: Script = script
        self.keys: Sequence[str] = keys
        self.arguments: Sequence[Any] = arguments
        self.answered: bool = False
        self.unwanted: Callable[[], None] | None = None

    def by_name(self) -> tuple[Any, ...]:
        """For a server that has seen the script."""
        return ("EVALSHA", self.script.sha, len(self.keys), *self.keys, *self.arguments)

    def by_text(self) -> tuple[Any, ...]:
        """For one that has not."""
        return ("EVAL", self.script.text, len(self.keys), *self.keys, *self.arguments)


class Keys:
    """Names at the server. What is in braces decides the Cluster's node, so a scope stays together."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def _scope(self, scope: str) -> str:
        return f"{self.prefix}:{{{scope.replace('{', '(').replace('}', ')')}}}"

    def records(self, scope: str, keys: Sequence[str]) -> list[str]:
        """The hashes of candidates."""
        start = self._scope(scope)
        return [f"{start}:d:{key}" for key in keys]

    def slots(self, scope: str, keys: Sequence[str]) -> list[str]:
        """Their slots."""
        start = self._scope(scope)
        return [f"{start}:f:{key}" for key in keys]

    def charged(self, scope: str, keys: Sequence[str]) -> list[str]:
        """What is held and spent."""
        start = self._scope(scope)
        return [f"{start}:b:{key}" for key in keys]

    def holds(self, scope: str, keys: Sequence[str]) -> list[str]:
        """Who holds how much of it."""
        start = self._scope(scope)
        return [f"{start}:h:{key}" for key in keys]

    def value(self, key: str) -> str:
        """A value."""
        return f"{self.prefix}:v:{key}"


def choose(
    keys: Keys,
    scope: str,
    candidates: Sequence[Candidate],
    amounts: tuple[float, ...],
    prefer: Prefer,
    lease: str,
    lifetime: float,
    window: float,
) -> Command:
    """The command behind `State.choose`."""
    wide = len(amounts)
    arguments: list[Any] = [prefer, lease, int(lifetime * 1000), window, wide, *amounts]
    for candidate in candidates:
        counted = candidate.counted or candidate.slots is not None
        arguments.append("1" if counted else "0")
        arguments.append(-1 if candidate.slots is None else candidate.slots)
        for place in range(wide):
            limit = candidate.limits[place] if place < len(candidate.limits) else None
            arguments.append("-" if limit is None else limit)
    names = [candidate.key for candidate in candidates]
    return Command(CHOOSE, keys.records(scope, names) + keys.slots(scope, names), arguments)


def chosen(
    answer: Any, scope: str, candidates: Sequence[Candidate], amounts: tuple[float, ...], lease: str
) -> tuple[Grant | None, Refusal]:
    """What `choose` found; beside a grant, what kept the candidates before it from the call."""
    place, window, struck, leased = (int(part) for part in answer[:4])
    resting: dict[str, float] = {}
    spent: dict[str, float] = {}
    full: list[str] = []
    for report in answer[4:]:
        text = report.decode()
        digits = len(text) - len(text.lstrip("0123456789"))
        key, why = candidates[int(text[:digits]) - 1].key, text[digits]
        if why == "f":
            full.append(key)
        else:
            (resting if why == "r" else spent)[key] = float(text[digits + 1 :]) / 1000
    waits = [*resting.values(), *spent.values()]
    refusal = Refusal(min(waits) if waits else None, resting, spent, full)
    if place == 0:
        return None, refusal
    key = candidates[place - 1].key
    return Grant(scope, key, amounts, window, lease if leased else None, bool(struck), True), refusal


def settle(keys: Keys, grant: Grant, outcome: Outcome, window: float) -> Command:
    """The command behind `State.settle`."""
    rule = outcome.rule
    arguments: list[Any] = [
        grant.lease or "",
        grant.window,
        window,
        "" if outcome.ok is None else "1" if outcome.ok else "0",
        "" if outcome.latency is None else repr(outcome.latency),
        outcome.history,
    ]
    if rule is None:
        arguments += ["", -1, 0, 0, 0, 0, -1]
    else:
        arguments += [
            "1" if rule.immediate else "0",
            -1 if rule.allowed is None else rule.allowed,
            rule.share,
            rule.minimum,
            int(rule.duration * 1000),
            int(rule.longest * 1000),
            -1 if rule.asked is None else int(rule.asked * 1000),
        ]
    if outcome.amounts is None:
        arguments += ["0"] * len(grant.amounts)
    else:
        changes = (real - held for held, real in zip(grant.amounts, outcome.amounts))
        arguments += [repr(change) if change else "0" for change in changes]
    records = keys.records(grant.scope, (grant.key,))
    return Command(SETTLE, records + keys.slots(grant.scope, (grant.key,)), arguments)


def says_something(grant: Grant, outcome: Outcome) -> bool:
    """Whether settling changes anything at the server."""
    if grant.lease is not None or outcome.latency is not None or outcome.rule is not None:
        return True
    if outcome.ok and grant.struck:
        return True
    return outcome.amounts is not None and outcome.amounts != grant.amounts


def _held(keys: Keys, scope: str, holds: Sequence[Hold]) -> list[str]:
    names = [hold.key for hold in holds]
    return keys.charged(scope, names) + keys.holds(scope, names)


def reserve(keys: Keys, scope: str, holds: Sequence[Hold], name: str, lifetime: float) -> Command:
    """The command behind `State.reserve`."""
    arguments: list[Any] = [name, int(lifetime * 1000)]
    for hold in holds:
        arguments += [repr(hold.amount), repr(hold.limit), _period(hold)]
    return Command(RESERVE, _held(keys, scope, holds), arguments)


def leases(keys: Keys, reservation: Reservation) -> list[tuple[str, str]]:
    """What a reservation's holds are called, each with the key it is kept under."""
    names = keys.holds(reservation.scope, [hold.key for hold in reservation.holds])
    return [
        (name, f"{reservation.name}.{place}|{hold.amount!r}")
        for place, (name, hold) in enumerate(zip(names, reservation.holds), 1)
    ]


def shortage(answer: Any, holds: Sequence[Hold]) -> Shortage | None:
    """What `reserve` found, or None when everything was taken."""
    if not answer:
        return None
    place, spent, wait = int(answer[0]), float(answer[1]), int(answer[2])
    return Shortage(holds[place - 1], spent, wait / 1000 if wait >= 0 else None)


def adjust(keys: Keys, reservation: Reservation, amounts: Sequence[float], lifetime: float) -> Command:
    """The command behind `State.adjust`. Sent twice, within twice the time a lease lives, it counts once."""
    arguments: list[Any] = [reservation.name, int(lifetime * 2000)]
    for hold, amount in zip(reservation.holds, amounts):
        arguments += [repr(hold.amount), repr(amount), _period(hold)]
    return Command(ADJUST, _held(keys, reservation.scope, reservation.holds), arguments)


def spent(keys: Keys, scope: str, key: str) -> Command:
    """The command behind `State.spent`."""
    return Command(SPENT, keys.charged(scope, (key,)) + keys.holds(scope, (key,)), ())


def _period(hold: Hold) -> Any:
    return "-" if hold.period is None else max(1, int(hold.period * 1000))
