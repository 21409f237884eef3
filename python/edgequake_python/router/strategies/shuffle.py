"""simple-shuffle: by chance, weighted by ``weight``, else by ``rpm``, else by ``tpm``, when a member has
one.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from itertools import accumulate

from .index import Index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..member import Member

#: How often a member that was drawn already is drawn again before all are sorted instead.
_PATIENCE = 4
#: How often somebody who has left is drawn before the weights are summed up anew.
_IN_VAIN = 16


class Shuffled(Index):
    """Members by chance.

    The sums of the weights are made for those who were there then. Who has left since is drawn in vain, and
    another is drawn; only when that happens too often, or somebody new comes, are they made anew.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = list(members)
        self._places = {member.number: place for place, member in enumerate(self._members)}
        self._sums: list[float] | None = None
        self._weighed: list[Member] = []
        self._numbers: set[int] = set()  # of the weighed
        self._current = False

    def add(self, member: Member) -> None:
        """See `Index.add`."""
        if member.number not in self._places:
            self._places[member.number] = len(self._members)
            self._members.append(member)
            self._current = self._current and member.number in self._numbers

    def remove(self, member: Member) -> None:
        """See `Index.remove`."""
        place = self._places.pop(member.number, None)
        if place is not None:
            last = self._members.pop()
            if last is not member:
                self._members[place] = last
                self._places[last.number] = place

    def _weigh(self) -> list[float] | None:
        """Sums of the weights up to each member; None when all weigh the same."""
        self._current = True
        self._weighed = list(self._members)
        self._numbers = set(self._places)
        self._sums = None
        for name in ("weight", "rpm", "tpm"):
            weights = [getattr(member, name) for member in self._members]
            if any(weight is not None for weight in weights):
                sums = list(accumulate(max(weight or 0.0, 0.0) for weight in weights))
                if sums[-1] > 0.0:
                    self._sums = sums
                break
        return self._sums

    def best(self) -> Member | None:
        """See `Index.best`."""
        members = self._members
        if not members:
            return None
        sums = self._sums if self._current else self._weigh()
        for _ in range(_IN_VAIN):
            if sums is None:
                break
            place = bisect_right(sums, random.random() * sums[-1])
            member = self._weighed[min(place, len(sums) - 1)]
            if member.number in self._places:
                return member
        else:
            self._weigh()
            return self.best()
        return members[int(random.random() * len(members))]

    def offers(self, count: int) -> list[Member]:
        """See `Index.offers`."""
        members = self._members
        if count * _PATIENCE < len(members):
            drawn: dict[int, Member] = {}
            for _ in range(count * _PATIENCE):
                member = self.best()
                if member is not None:
                    drawn[member.number] = member
                if len(drawn) == count:
                    return list(drawn.values())
        sums = self._weigh()
        if sums is None:
            return random.sample(members, min(count, len(members)))
        # A weighted order without replacement (Efraimidis and Spirakis); weight 0 comes last.
        weights = [after - before for before, after in zip([0.0, *sums], sums)]
        keyed = [
            (random.random() ** (1.0 / weight) if weight > 0.0 else -random.random(), place)
            for place, weight in enumerate(weights)
        ]
        keyed.sort(reverse=True)
        return [members[place] for _, place in keyed[:count]]


def make(members: Sequence[Member], arguments: Mapping[str, Any]) -> Index:
    """An index of this strategy, which takes no arguments."""
    return Shuffled(members)
