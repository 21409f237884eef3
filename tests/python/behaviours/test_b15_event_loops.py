"""Loops one after another, in threads, uvloop, in a running one: no warning, no second request."""

from __future__ import annotations

PROOFS = [
    "test_event_loops.py",
    "test_lifetimes.py",
]
