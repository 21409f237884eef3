"""Connect, first token, idle and total mean the same for every provider and raise Timeout."""

from __future__ import annotations

PROOFS = [
    "test_time_limits.py",
    "test_timeouts.py",
    "test_stream_faults.py",
    "test_timeouts_page.py",
]
