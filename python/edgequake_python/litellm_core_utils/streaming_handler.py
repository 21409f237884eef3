"""LiteLLM's import path for streams, and for the types that programs import beside them."""

from __future__ import annotations

from ..streaming import CustomStreamWrapper
from ..types.utils import Delta, ModelResponse, ModelResponseStream, StreamingChoices, Usage

__all__ = [
    "CustomStreamWrapper",
    "Delta",
    "ModelResponse",
    "ModelResponseStream",
    "StreamingChoices",
    "Usage",
]
