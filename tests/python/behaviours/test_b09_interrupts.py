"""Ctrl-C ends a blocking call at once and closes its connection; other threads go on meanwhile."""

from __future__ import annotations

PROOFS = [
    "test_interrupts.py",
    "test_stream_timing.py::test_other_threads_run_while_a_stream_waits",
]
