"""Callbacks are told exactly once, in the caller's context, off the call's path."""

from __future__ import annotations

PROOFS = [
    "test_callbacks.py",
    "test_callback_delivery.py",
]
