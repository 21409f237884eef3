"""What a response's output is made of: a class for each ``type``; other types are `OpenObject`."""

from __future__ import annotations

from typing import Any, Optional

from pydantic import Field

from ..base import Open
from ..open import BaseLiteLLMOpenAIResponseObject, OpenObject


class GenericResponseOutputItemContentAnnotation(OpenObject):
    """Where a part of a text comes from."""

    type: Open[Optional[str]] = None
    start_index: Open[Optional[int]] = None
    end_index: Open[Optional[int]] = None
    url: Open[Optional[str]] = None
    title: Open[Optional[str]] = None


class OutputText(OpenObject):
    """A text of a message."""

    type: Open[Optional[str]] = None
    text: Open[Optional[str]] = None
    annotations: Open[Optional[list[Any]]] = None


class GenericResponseOutputItem(OpenObject):
    """A message."""

    type: Open[str]
    id: Open[Optional[str]] = None
    status: Open[Optional[str]] = None
    role: Open[Optional[str]] = None
    content: Open[list[Any]] = Field(default_factory=list)


class OutputFunctionToolCall(OpenObject):
    """A call of a function; ``arguments`` is JSON, as the model wrote it."""

    arguments: Open[Optional[str]] = None
    call_id: Open[Optional[str]] = None
    name: Open[Optional[str]] = None
    type: Open[Optional[str]] = None
    id: Open[Optional[str]] = None
    status: Open[Optional[str]] = None


class ResponseReasoningItem(OpenObject):
    """What the model thought: a summary, or text in ``content``, or encrypted."""

    id: Open[Optional[str]] = None
    summary: Open[list[Any]] = Field(default_factory=list)
    type: Open[Optional[str]] = None


class OutputImageGenerationCall(OpenObject):
    """An image that was made."""

    type: Open[Optional[str]] = None
    id: Open[Optional[str]] = None
    status: Open[Optional[str]] = None
    result: Open[Optional[str]] = None


class OutputCodeInterpreterCall(OpenObject):
    """A run of the code interpreter."""

    type: Open[Optional[str]] = None
    id: Open[Optional[str]] = None
    code: Open[Optional[str]] = None
    container_id: Open[Optional[str]] = None
    status: Open[Optional[str]] = None
    outputs: Open[Optional[list[Any]]] = None


class DeleteResponseResult(OpenObject):
    """That a stored response is gone."""

    id: Open[Optional[str]] = None
    object: Open[Optional[str]] = None
    deleted: Open[Optional[bool]] = None


CLASSES: dict[str, type[OpenObject]] = {
    "message": GenericResponseOutputItem,
    "function_call": OutputFunctionToolCall,
    "reasoning": ResponseReasoningItem,
    "image_generation_call": OutputImageGenerationCall,
    "code_interpreter_call": OutputCodeInterpreterCall,
    "output_text": OutputText,
    "url_citation": GenericResponseOutputItemContentAnnotation,
}
"""The class of an object by its ``type``."""

__all__ = [
    "CLASSES",
    "BaseLiteLLMOpenAIResponseObject",
    "DeleteResponseResult",
    "GenericResponseOutputItem",
    "GenericResponseOutputItemContentAnnotation",
    "OutputCodeInterpreterCall",
    "OutputFunctionToolCall",
    "OutputImageGenerationCall",
    "OutputText",
    "ResponseReasoningItem",
]
