"""LiteLLM's import path for what is told to callbacks."""

from __future__ import annotations

from .._absent import missing_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Logging: type[Any] = missing_class(
    "Logging", "calls tell callbacks by themselves; put a CustomLogger into callbacks"
)


def _extract_response_obj_and_hidden_params(
    init_response_obj: Any, original_exception: Exception | None = None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """An answer as a dict, and what is known of how the call went."""
    if init_response_obj is None:
        headers = getattr(original_exception, "litellm_response_headers", None)
        return {}, {"additional_headers": dict(headers)} if headers else None
    hidden = getattr(init_response_obj, "_hidden_params", None)
    if hasattr(init_response_obj, "model_dump"):
        return init_response_obj.model_dump(), hidden
    return (init_response_obj if isinstance(init_response_obj, dict) else {}), hidden


def __getattr__(name: str) -> Any:
    from .._names import find_for

    return find_for(__name__, name)
