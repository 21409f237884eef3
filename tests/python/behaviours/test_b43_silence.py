"""Nothing is written to stdout or stderr, and nothing warns."""

from __future__ import annotations

PROOFS = [
    "test_logging.py",
    "test_types_trusted.py::test_clean_under_warnings_as_errors",
    "test_import.py::test_it_prints_nothing",
]
