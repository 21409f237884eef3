"""LiteLLM's import path for its providers' base classes."""

from __future__ import annotations

from ...._absent import missing_class
from ...._sdk_errors import BaseLLMException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BaseConfig: type[Any] = missing_class(
    "BaseConfig", "register_provider() adds a provider that speaks OpenAI's dialect, CustomLLM any other"
)

__all__ = ["BaseConfig", "BaseLLMException"]
