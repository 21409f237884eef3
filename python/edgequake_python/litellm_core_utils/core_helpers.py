"""LiteLLM's import path for finish reasons, metadata and copies."""

from __future__ import annotations

from ..conversation import remove_index_from_tool_calls
from ..types.finish_reason import map_finish_reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = [
    "get_litellm_metadata_from_kwargs",
    "map_finish_reason",
    "remove_index_from_tool_calls",
    "safe_deep_copy",
]


def get_litellm_metadata_from_kwargs(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """What callbacks are told as ``litellm_metadata`` of a call, else its ``metadata``, else nothing."""
    params = kwargs.get("litellm_params") or {}
    metadata: dict[str, Any] = params.get("litellm_metadata") or params.get("metadata") or {}
    return metadata


def safe_deep_copy(data: Any) -> Any:
    """A deep copy, in which what cannot be copied is the thing itself."""
    from copy import deepcopy

    def copied(value: Any) -> Any:
        try:
            return deepcopy(value)
        except Exception:
            return value

    if isinstance(data, dict):
        return {
            name: safe_deep_copy(value) if isinstance(value, dict) else copied(value)
            for name, value in data.items()
        }
    return copied(data)
