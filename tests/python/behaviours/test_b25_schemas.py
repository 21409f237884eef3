"""Schemas reach the model whole, or the constraint that cannot is refused."""

from __future__ import annotations

PROOFS = [
    "test_anthropic.py::test_constraints_of_a_schema_reach_the_model",
    "test_bedrock_by_botocore.py::test_a_schema_by_tool_has_the_services_shape",
    "judges/test_gemini.py",
]
