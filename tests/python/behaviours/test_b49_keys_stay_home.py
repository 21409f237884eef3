"""A key is sent to its own provider's host alone; a missing one is an error before anything is sent."""

from __future__ import annotations

PROOFS = [
    "test_providers.py::test_every_row_answers_plainly_with_its_own_key_and_nobody_elses",
    "test_providers.py::test_a_key_of_the_environment_stays_away_from_another_providers_host",
    "test_settings.py::TestMissingKey",
    "test_settings.py::TestOrder::test_a_key_does_not_travel_to_another_provider",
]
