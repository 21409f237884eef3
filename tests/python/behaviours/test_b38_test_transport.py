"""Calls can be answered in-process and recorded, without a network."""

from __future__ import annotations

PROOFS = [
    "test_mocks.py",
]
