"""A hundred calls at once cannot overspend; streams, cancelled calls and fallbacks are counted."""

from __future__ import annotations

PROOFS = [
    "test_budgets.py",
    "test_state_redis.py::test_no_spending_is_lost_or_counted_twice",
]
