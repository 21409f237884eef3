"""LiteLLM's import path of OpenAI-shaped types."""

from __future__ import annotations

from ..open import BaseLiteLLMOpenAIResponseObject
from ..responses.api import ResponseAPIUsage, ResponsesAPIResponse
from ..responses.events import *  # noqa: F403 - every event class
from ..responses.main import (
    GenericResponseOutputItem,
    OutputFunctionToolCall,
    OutputText,
)

__all__ = [
    "BaseLiteLLMOpenAIResponseObject",
    "GenericResponseOutputItem",
    "OutputFunctionToolCall",
    "OutputText",
    "ResponseAPIUsage",
    "ResponsesAPIResponse",
]
