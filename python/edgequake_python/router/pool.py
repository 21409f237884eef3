"""The deployments of one group: who is healthy, in an order that makes the next choice cheap."""

from __future__ import annotations

import heapq
from collections import deque
from threading import Lock

from .answers import Answers
from .views import View, view_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence, Set
    from typing import Any, Callable

    from .member import Member

    Allowed = Callable[[Member], bool]

#: More sets of tags asked for than this and the views of all are made anew.
_VIEWS = 256
#: Seconds between two looks for latencies too old to count.
_TIDY = 60.0
#: The members of no view.
_NOBODY: frozenset[int] = frozenset()


class Pool:
    """A group's deployments.

    Args:
        name: the group's name, which is the scope in shared state.
        members: its deployments.
        strategy, arguments: how to choose.
        window: seconds in a window of limits.
        before: the group's pool until now, whose calls are still under way.
    """

    def __init__(
        self,
        name: str,
        members: Iterable[Member],
        strategy: str,
        arguments: Mapping[str, Any],
        window: float,
        before: Pool | None = None,
    ) -> None:
        self.name = name
        self.members: list[Member] = list(members)
        self.by_id: dict[str, Member] = {member.id: member for member in self.members}
        self._strategy = strategy
        self._arguments = arguments
        self._lifetime = float(arguments.get("ttl") or 3600.0)
        self.history: int = int(arguments.get("max_latency_list_size") or 10)
        #: Seconds that the last calls took, for hedging.
        self.durations: deque[float] = deque(maxlen=200) if before is None else before.durations
        self.answers: Answers = Answers(self.members, None if before is None else before.answers)
        self._length = window
        self._window = -1
        self._tidied = 0.0
        self._lock: Lock = Lock() if before is None else before._lock
        self._resting: dict[int, float] = {}  # a member's number -> until when
        self._wake: list[tuple[float, int, Member]] = []
        self._views: dict[frozenset[int] | None, View] = {}
        self._tagged: dict[tuple[Any, ...], frozenset[int] | None] = {}
        self._heir: Pool | None = None
        with self._lock:
            if before is not None:
                numbers = {member.number for member in self.members}
                self._resting = {n: until for n, until in before._resting.items() if n in numbers}
                self._wake = [waking for waking in before._wake if waking[1] in numbers]
                heapq.heapify(self._wake)
                # Whose call there ends from here on tells this one too.
                before._heir = self
            self._all = self._make_view(self.members)
        self.watches: frozenset[str] = self._all.levels[0].watches if self._all.levels else frozenset()
        self.prefer = self._all.levels[0].prefer if self._all.levels else "first"
        #: Whether tokens have to be estimated before a call and counted after it.
        self.counts_tokens: bool = "tokens" in self.watches or any(
            any(limit is not None for limit in member.candidate.limits[1:]) for member in self.members
        )
        if "flying" in self.watches:
            for member in self.members:
                member.candidate = member.candidate._replace(counted=True)

    def _make_view(self, members: Sequence[Member], key: frozenset[int] | None = None) -> View:
        return view_of(members, self._resting, self._strategy, self._arguments, key)

    def tagged(self, tags: tuple[Any, ...], find: Callable[[], Sequence[Member] | None]) -> View:
        """The view of the members that ``find`` finds for these tags; looked for once."""
        with self._lock:
            key = self._tagged.get(tags, _NOBODY)
            view = self._all if key is None else self._views.get(key)
        if view is not None:
            return view
        view = self.view(find())
        with self._lock:
            if len(self._tagged) >= _VIEWS:
                self._tagged.clear()
            # The very same object: to compare two large sets takes long.
            self._tagged[tags] = view.key
        return view

    def view(self, members: Sequence[Member] | None) -> View:
        """The view of some members, or of all; the same members give the same view."""
        if members is None:
            return self._all
        key = frozenset(member.number for member in members)
        with self._lock:
            view = self._views.get(key)
            if view is None:
                if len(self._views) >= _VIEWS:
                    self._views.clear()
                view = self._views[key] = self._make_view(members, key)
            return view

    # Choosing.

    def best(self, view: View, now: float) -> Member | None:
        """The best member that is healthy."""
        with self._lock:
            self._tidy(now)
            for level in view.levels:
                member = level.best()
                if member is not None:
                    return member
            return None

    def offers(
        self, view: View, now: float, count: int, allowed: Allowed | None, level: int = 0
    ) -> list[Member]:
        """At most ``count`` healthy members that are allowed, of the first level that has any."""
        with self._lock:
            self._tidy(now)
            for index in view.levels[level:]:
                offered = index.offers(count)
                if allowed is not None:
                    some = [member for member in offered if allowed(member)]
                    if not some and len(offered) == count:
                        some = [member for member in index.offers(len(view.members)) if allowed(member)]
                    offered = some[:count]
                if offered:
                    return offered
            return []

    def healthy(self, now: float) -> list[Member]:
        """Everybody who does not rest."""
        with self._lock:
            self._tidy(now)
            return [member for member in self.members if member.number not in self._resting]

    def standing(self, now: float, only: Sequence[Member] | None, failed: Set[int]) -> tuple[int, int, int]:
        """How many members there are, or of ``only``; how many do not rest; and how many of these are not
        among the ``failed``.
        """
        with self._lock:
            self._tidy(now)
            if only is not None:
                awake = [member.number for member in only if member.number not in self._resting]
                return len(only), len(awake), sum(number not in failed for number in awake)
            healthy = len(self.members) - len(self._resting)
            spent = sum(number in self._all.members and number not in self._resting for number in failed)
            return len(self.members), healthy, healthy - spent

    def _tidy(self, now: float) -> None:
        wake = self._wake
        while wake and wake[0][0] <= now:
            until, number, member = heapq.heappop(wake)
            if self._resting.get(number) == until:
                del self._resting[number]
                for view in self._every_view():
                    place = view.members.get(number)
                    if place is not None:
                        view.levels[place].add(member)
        if "tokens" in self.watches and int(now // self._length) != self._window:
            self._window = int(now // self._length)
            for member in self.members:
                member.tokens = 0.0
            for view in self._every_view():
                for index in view.levels:
                    index.begin()
        if "latency" in self.watches and now >= self._tidied + _TIDY:
            self._tidied = now
            for member in self.members:
                if member.latencies and member.seen + self._lifetime < now:
                    member.latencies, member.mean = [], 0.0
                    self._changed(member)

    def _line(self) -> list[Pool]:
        """This pool, and those that came after it while calls were under way; the last is the group's."""
        line = [self]
        while line[-1]._heir is not None:
            line.append(line[-1]._heir)
        return line

    def _every_view(self) -> list[View]:
        return [self._all, *self._views.values()]

    def _changed(self, member: Member) -> None:
        for view in self._every_view():
            place = view.members.get(member.number)
            if place is not None:
                view.levels[place].changed(member)

    # What happened.

    def rest(self, member: Member, until: float) -> None:
        """``member`` takes no calls until then."""
        with self._lock:
            for pool in self._line():
                pool._rest(member, until)

    def _rest(self, member: Member, until: float) -> None:
        if self._resting.get(member.number, 0.0) >= until or self.by_id.get(member.id) is not member:
            return
        fresh = member.number not in self._resting
        self._resting[member.number] = until
        heapq.heappush(self._wake, (until, member.number, member))
        if fresh:
            for view in self._every_view():
                place = view.members.get(member.number)
                if place is not None:
                    view.levels[place].remove(member)

    def resting(self, now: float) -> dict[str, float]:
        """Seconds of rest left, by id."""
        with self._lock:
            self._tidy(now)
            return {
                member.id: self._resting[member.number] - now
                for member in self.members
                if member.number in self._resting
            }

    def wake_all(self) -> None:
        """Nobody rests any more."""
        with self._lock:
            resting, self._resting, self._wake = self._resting, {}, []
            for member in self.members:
                if member.number in resting:
                    for view in self._every_view():
                        place = view.members.get(member.number)
                        if place is not None:
                            view.levels[place].add(member)

    def started(self, member: Member) -> None:
        """A call to ``member`` begins."""
        if "flying" in self.watches:
            with self._lock:
                member.flying += 1
                for pool in self._line() if self._heir is not None else (self,):
                    pool._changed(member)

    def ended(self, member: Member, now: float, tokens: float = 0.0, latency: float | None = None) -> None:
        """A call to ``member`` ended."""
        watches = self.watches
        if not watches:
            return
        with self._lock:
            line = self._line() if self._heir is not None else (self,)
            if "flying" in watches:
                member.flying = max(0, member.flying - 1)
            if "tokens" in watches:
                line[-1]._tidy(now)
                member.tokens += tokens
            if "latency" in watches and latency is not None:
                member.latencies.append(latency)
                del member.latencies[: -self.history]
                member.mean = sum(member.latencies) / len(member.latencies)
                member.seen = now
            for pool in line:
                pool._changed(member)
