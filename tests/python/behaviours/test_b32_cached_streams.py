"""A stream comes back from the cache whole; trouble with the cache breaks no call."""

from __future__ import annotations

PROOFS = [
    "test_cache.py::test_a_stream_comes_back_as_a_stream",
    "test_cache.py::test_what_failed_is_not_kept",
    "test_cache.py::test_trouble_with_the_place_is_said_once_and_calls_go_on",
    "test_cache_redis.py::test_calls_go_on_while_redis_is_away",
]
