"""Values of one call never reach another's, from many threads."""

from __future__ import annotations

PROOFS = [
    "test_settings.py::TestThreads",
    "test_registered_providers.py::test_threads_register_and_call_at_once",
]
