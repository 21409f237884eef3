"""LiteLLM's import path of OpenAI-shaped types."""

from __future__ import annotations

from ..messages import *  # noqa: F403 - every kind of message and part
from ..open import BaseLiteLLMOpenAIResponseObject
from ..request_parts import *  # noqa: F403 - tools, usage, annotations
from ..responses.api import ResponseAPIUsage, ResponsesAPIResponse
from ..responses.events import *  # noqa: F403 - every event class
from ..responses.main import (
    GenericResponseOutputItem,
    OutputFunctionToolCall,
    OutputText,
)
from ..small_models import Thread
from ..stored_requests import *  # noqa: F403 - requests of files, batches and responses

__all__ = [
    "BaseLiteLLMOpenAIResponseObject",
    "GenericResponseOutputItem",
    "OutputFunctionToolCall",
    "OutputText",
    "ResponseAPIUsage",
    "ResponsesAPIResponse",
    "Thread",
]


def __getattr__(name: str) -> object:
    """Names of LiteLLM's that live elsewhere in the package."""
    from ..._names import find_for

    return find_for(__name__, name)
