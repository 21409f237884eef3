"""cost-based-routing: the lowest price of an input and an output token together."""

from __future__ import annotations

import sys

from .index import Index, Ranked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..member import Member

#: What a token of an unknown model is taken to cost.
_UNKNOWN = 5.0


def price(member: Member) -> float:
    """What an input and an output token cost together: the deployment's own prices, else the table's."""
    total = 0.0
    known: Mapping[str, Any] | None = None
    for name in ("input_cost_per_token", "output_cost_per_token"):
        value = member.prices.get(name)
        if value is None:
            value = member.info.get(name)
        if value is None:
            if known is None:
                known = _table(member)
            value = known.get(name)
        total += _UNKNOWN if value is None else float(value)
    return total


def _table(member: Member) -> Mapping[str, Any]:
    package = sys.modules[__name__.partition(".")[0]]
    table = getattr(package, "model_cost", None) or {}
    model = member.info.get("base_model") or member.model
    found: Mapping[str, Any] = table.get(model) or table.get(model.partition("/")[2]) or {}
    return found


def make(members: Sequence[Member], arguments: Mapping[str, Any]) -> Index:
    """An index of this strategy, which takes no arguments."""
    return Ranked(members, price)
