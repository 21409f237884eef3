"""usage-based-routing, and its second version: the fewest tokens used in the window."""

from __future__ import annotations

from .index import Index, Ranked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ...state.interface import Prefer
    from ..member import Member


class LeastUsed(Ranked):
    """Members by their tokens."""

    prefer: Prefer = "spare"
    watches: frozenset[str] = frozenset(("tokens",))


def make(members: Sequence[Member], arguments: Mapping[str, Any]) -> Index:
    """An index of this strategy, which takes no arguments."""
    return LeastUsed(members, lambda member: member.tokens)
