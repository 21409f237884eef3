"""Every failure has its class, catchable by OpenAI's names, with status, headers, body and request id."""

from __future__ import annotations

PROOFS = [
    "test_errors.py",
    "test_exceptions.py::test_openai_catches_ours",
    "test_alias.py::test_openais_names_catch_our_errors",
]
