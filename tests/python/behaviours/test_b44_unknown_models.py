"""A model nobody has heard of works, costs None, and keeps its name."""

from __future__ import annotations

PROOFS = [
    "test_cost.py::test_a_model_of_unknown_price_works_and_costs_none",
    "test_model_info.py::test_an_unknown_model_is_no_error_until_its_facts_are_asked_for",
    "test_budgets.py::test_a_model_of_unknown_price_is_admitted",
]
