"""least-busy: the fewest calls in flight."""

from __future__ import annotations

from .index import Index, Ranked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ...state.interface import Prefer
    from ..member import Member


class LeastBusy(Ranked):
    """Members by their calls in flight."""

    prefer: Prefer = "idle"
    watches: frozenset[str] = frozenset(("flying",))


def make(members: Sequence[Member], arguments: Mapping[str, Any]) -> Index:
    """An index of this strategy, which takes no arguments."""
    return LeastBusy(members, lambda member: member.flying)
