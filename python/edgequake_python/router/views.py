"""Some members of a group, in levels of ``order``, each in an order that makes the next choice cheap."""

from __future__ import annotations

from .strategies import make_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from typing import Any

    from .member import Member
    from .strategies.index import Index

#: Ranks before everything else when no order is given.
_UNORDERED = float("-inf")


class View:
    """Members that share a request's tags, in levels of ``order``; each level has an index of its own."""

    __slots__ = ("key", "levels", "members")

    def __init__(
        self, levels: Sequence[Index], members: Mapping[int, int], key: frozenset[int] | None
    ) -> None:
        self.key: frozenset[int] | None = key  # what it is kept by; None: everybody's
        self.levels: Sequence[Index] = levels
        self.members: Mapping[int, int] = members  # a member's number -> its level


def view_of(
    members: Sequence[Member],
    resting: Container[int],
    strategy: str,
    arguments: Mapping[str, Any],
    key: frozenset[int] | None = None,
) -> View:
    """The view of some members; those that rest are in none of its indexes."""
    orders = sorted({_UNORDERED if member.order is None else member.order for member in members})
    if _UNORDERED in orders and len(orders) > 1:
        # LiteLLM asks for the lowest order there is; those without one come after all others.
        orders = [*orders[1:], _UNORDERED]
    places = {order: place for place, order in enumerate(orders)}
    level_of = {
        member.number: places[_UNORDERED if member.order is None else member.order] for member in members
    }
    levels = [
        make_index(
            strategy,
            [
                member
                for member in members
                if level_of[member.number] == place and member.number not in resting
            ],
            arguments,
        )
        for place in range(len(orders))
    ]
    return View(levels, level_of, key)
