"""Limits a minute are exact over threads and processes; rests grow and end."""

from __future__ import annotations

PROOFS = [
    "test_router_choices.py::test_exactly_ten_calls_a_minute",
    "test_router_choices.py::test_exact_from_many_threads_and_tasks",
    "test_state.py",
    "test_state_redis.py::test_limits_are_exact_across_processes",
    "test_router_failures.py::test_waiting_for_the_end_of_a_rest",
    "test_router_failures.py::test_how_long_a_rest_is",
]
