"""N retries are exactly N+1 requests, by one layer that obeys Retry-After and the total."""

from __future__ import annotations

PROOFS = [
    "test_retries.py",
    "test_router_failures.py::test_exactly_one_layer_retries",
    "test_router_failures.py::test_retry_after_is_obeyed",
    "test_router_failures.py::test_the_deadline_covers_the_whole_journey",
]
