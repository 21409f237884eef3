"""Cost is what a pencil says: cached, written, audio and reasoning tokens, tiers."""

from __future__ import annotations

PROOFS = [
    "test_cost.py",
    "test_types_usage.py",
]
