"""A broken stream falls back before its first content, and as the policy says after it."""

from __future__ import annotations

PROOFS = [
    "test_router_streams.py",
    "test_router_failures.py::test_fallbacks_can_be_turned_off_and_are_not_endless",
]
