"""A cache by meaning compares the question alone and never crosses tools or instructions."""

from __future__ import annotations

PROOFS = [
    "test_cache.py::test_only_the_question_is_compared_by_meaning",
]
