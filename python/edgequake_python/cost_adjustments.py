"""What agreements make of a price: the package's ``cost_discount_config`` and ``cost_margin_config``."""

from __future__ import annotations

import sys
from decimal import Decimal

from .pricing import NOTHING, decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_package = sys.modules[__package__.partition(".")[0]].__dict__


def adjusted(cost: Decimal, provider: str | None) -> Decimal:
    """A price in USD after the discount of its provider, and with the margin that comes on top."""
    discounts, margins = _package.get("cost_discount_config"), _package.get("cost_margin_config")
    if discounts and provider in discounts:
        cost -= cost * (decimal(discounts[provider]) or NOTHING)
    return with_margin(cost, provider) if margins else cost


def with_margin(cost: Decimal, provider: str | None) -> Decimal:
    """A price with the margin of its provider, or with the one for all."""
    margins: Any = _package.get("cost_margin_config") or {}
    margin = margins[provider] if provider in margins else margins.get("global")
    if isinstance(margin, dict):
        share, fixed = decimal(margin.get("percentage")), decimal(margin.get("fixed_amount"))
    else:
        share, fixed = decimal(margin), None
    return cost + cost * (share or NOTHING) + (fixed or NOTHING)
