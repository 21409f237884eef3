"""Importing touches no network and no file, starts no thread, says nothing."""

from __future__ import annotations

PROOFS = [
    "test_import.py",
    "test_tokens.py::test_tokens_are_the_published_ones",
]
