"""A response_format reaches the provider or is refused."""

from __future__ import annotations

PROOFS = [
    "test_completion.py::TestStructured",
    "test_provider_params.py::test_a_schema_by_a_tool_plain_and_streamed",
    "test_provider_params.py::test_formats_a_provider_does_not_know_are_refused",
    "test_azure.py::test_versions_before_schemas_are_asked_by_a_tool",
]
