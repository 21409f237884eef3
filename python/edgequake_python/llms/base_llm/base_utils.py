"""LiteLLM's import path for response formats."""

from __future__ import annotations

from ...structured import response_format as _response_format

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional


def type_to_response_format_param(response_format: Any, ref_template: Optional[str] = None) -> Any:
    """A pydantic class as a strict ``json_schema``; a dict or None as it is."""
    return None if response_format is None else _response_format(response_format)
