"""Every argument is sent, refused or reported as dropped."""

from __future__ import annotations

PROOFS = [
    "test_parameters.py",
    "test_providers.py::test_what_means_nothing_to_a_provider_is_reported",
    "test_anthropic.py::test_what_has_no_place_is_reported",
    "test_native_wires.py::test_what_a_dialect_cannot_say_is_refused_or_reported",
]
