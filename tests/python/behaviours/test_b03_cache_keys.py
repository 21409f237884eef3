"""Whatever can change an answer changes its cache key."""

from __future__ import annotations

PROOFS = [
    "test_cache.py::test_whatever_can_change_the_answer_changes_the_key",
    "test_cache.py::test_what_cannot_change_the_answer_does_not",
    "test_cache.py::test_the_order_of_arguments_makes_no_difference",
    "test_cache.py::test_a_fallback_keeps_its_answer_under_its_own_name",
]
