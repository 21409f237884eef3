"""latency-based-routing: the smallest mean latency.

Of a plain call, seconds for each token of the answer; of a stream, seconds to its first content. Who was
never measured, or not for ``ttl`` seconds, comes first.
"""

from __future__ import annotations

from .index import Index, Ranked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ...state.interface import Prefer
    from ..member import Member


class Fastest(Ranked):
    """Members by their mean latency."""

    prefer: Prefer = "fast"
    watches: frozenset[str] = frozenset(("latency",))


def make(members: Sequence[Member], arguments: Mapping[str, Any]) -> Index:
    """An index of this strategy.

    ``lowest_latency_buffer``: how much slower than the fastest is still as good, as a share (0).
    """
    spread = float(arguments.get("lowest_latency_buffer") or 0.0)
    return Fastest(members, lambda member: member.mean, spread)
