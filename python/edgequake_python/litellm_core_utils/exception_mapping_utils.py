"""LiteLLM's import path for putting an exception into a class of its own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


def exception_type(
    model: Any,
    original_exception: Exception,
    custom_llm_provider: str | None,
    completion_kwargs: dict[str, Any] | None = None,
    extra_kwargs: dict[str, Any] | None = None,
) -> NoReturn:
    """Raise ``original_exception`` as the class that its status has here; one of ours as it is."""
    from .._pipeline.custom import raised

    error = raised(original_exception, custom_llm_provider or "", str(model or ""))
    if error is original_exception:
        raise error
    raise error from original_exception
