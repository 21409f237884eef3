"""Members in an order that says who is best, kept up to date by small changes.

A decision costs no look at every member: an index knows its best ones at any time. Nothing here locks; the
pool that owns an index does.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right, insort

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Callable

    from ...state.interface import Prefer
    from ..member import Member

#: Greater than any member's number.
_LAST = float("inf")


class Index:
    """What a pool needs of one.

    Attributes:
        prefer: how shared state chooses among several offers.
        watches: which of ``flying``, ``tokens`` and ``latency`` it wants to be told of.
    """

    prefer: Prefer = "first"
    watches: frozenset[str] = frozenset()

    def add(self, member: Member) -> None:
        """A member that can take calls again."""
        raise NotImplementedError

    def remove(self, member: Member) -> None:
        """A member that cannot."""
        raise NotImplementedError

    def changed(self, member: Member) -> None:
        """Something that the index watches is another now."""

    def begin(self) -> None:
        """A window began: nobody has used a token."""

    def best(self) -> Member | None:
        """The best, or one of several equally good; None when there is nobody."""
        raise NotImplementedError

    def offers(self, count: int) -> list[Member]:
        """At most ``count`` members, the best first."""
        raise NotImplementedError


class Ranked(Index):
    """Members sorted by a number, the smallest first; among equals, or those near enough, chance decides.

    Args:
        members: all of them healthy.
        rank: a member's number.
        spread: how much greater than the smallest still counts as equal, as a share of it.
    """

    def __init__(
        self, members: Sequence[Member], rank: Callable[[Member], float], spread: float = 0.0
    ) -> None:
        self._rank = rank
        self._spread = 1.0 + spread
        self._ranks = {member.number: rank(member) for member in members}
        self._members = {member.number: member for member in members}
        self._order: list[tuple[float, float]] = sorted(
            (number, place) for place, number in self._ranks.items()
        )

    def add(self, member: Member) -> None:
        """See `Index.add`."""
        if member.number not in self._ranks:
            rank = self._ranks[member.number] = self._rank(member)
            self._members[member.number] = member
            insort(self._order, (rank, member.number))

    def remove(self, member: Member) -> None:
        """See `Index.remove`."""
        rank = self._ranks.pop(member.number, None)
        if rank is not None:
            del self._members[member.number]
            del self._order[bisect_left(self._order, (rank, member.number))]

    def changed(self, member: Member) -> None:
        """See `Index.changed`."""
        before = self._ranks.get(member.number)
        if before is not None:
            rank = self._rank(member)
            if rank != before:
                del self._order[bisect_left(self._order, (before, member.number))]
                self._ranks[member.number] = rank
                insort(self._order, (rank, member.number))

    def begin(self) -> None:
        """See `Index.begin`."""
        self._ranks = {number: self._rank(member) for number, member in self._members.items()}
        self._order = sorted((rank, number) for number, rank in self._ranks.items())

    def _equals(self) -> int:
        """How many at the front are equally good."""
        return bisect_right(self._order, (self._order[0][0] * self._spread, _LAST))

    def best(self) -> Member | None:
        """See `Index.best`."""
        if not self._order:
            return None
        equals = self._equals()
        place = 0 if equals == 1 else int(random.random() * equals)
        return self._members[int(self._order[place][1])]

    def offers(self, count: int) -> list[Member]:
        """See `Index.offers`."""
        if not self._order:
            return []
        equals = self._equals()
        if equals >= count:
            places = random.sample(range(equals), count)
        else:
            places = random.sample(range(equals), equals)
            places += range(equals, min(count, len(self._order)))
        return [self._members[int(self._order[place][1])] for place in places]
