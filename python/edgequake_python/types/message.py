"""What the model said: ``Message`` (whole) and ``Delta`` (one streamed step)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from .base import ItemAssignable, Open, ProviderFields, coerce
from .ids import new_uuid
from .tool_call import (
    DeltaToolCall,
    FunctionCall,
    MessageToolCall,
    delta_tool_calls,
    message_tool_calls,
)


class ChatCompletionAudioResponse(ItemAssignable):
    """Spoken output: ``data`` is base64, ``expires_at`` seconds since the epoch, ``transcript`` the words."""

    id: Open[str]
    data: Open[str]
    expires_at: Open[int]
    transcript: Open[str]

    def __init__(
        self, data: str, expires_at: int, transcript: str, id: Optional[str] = None, **params: Any
    ) -> None:
        self._fill(
            id=new_uuid() if id is None else id,
            data=data,
            expires_at=expires_at,
            transcript=transcript,
            **params,
        )


def _whole_audio(audio: Any) -> Any:
    """A dict that is a whole audio answer becomes the class; a piece of one stays a dict."""
    if isinstance(audio, dict) and {"data", "expires_at", "transcript"} <= audio.keys():
        return ChatCompletionAudioResponse(**audio)
    return audio


class Message(ProviderFields):
    """An assistant's message.

    ``content``, ``role``, ``tool_calls`` and ``function_call`` are always there. The names under
    ``TYPE_CHECKING`` are there only when the provider sent them: use ``hasattr``, ``getattr`` with a default,
    or ``get``.
    """

    content: Open[Optional[str]]
    role: Open[str]
    tool_calls: Open[Optional[list[MessageToolCall]]]
    function_call: Open[Optional[FunctionCall]]

    if TYPE_CHECKING:
        audio: ChatCompletionAudioResponse
        images: list[dict[str, Any]]
        reasoning_content: str
        thinking_blocks: list[dict[str, Any]]
        reasoning_items: list[dict[str, Any]]
        annotations: list[dict[str, Any]]

    def __init__(
        self,
        content: Optional[str] = None,
        role: Optional[str] = "assistant",
        function_call: Union[FunctionCall, dict[str, Any], None] = None,
        tool_calls: Optional[list[Any]] = None,
        audio: Union[ChatCompletionAudioResponse, dict[str, Any], None] = None,
        images: Optional[list[Any]] = None,
        provider_specific_fields: Optional[dict[str, Any]] = None,
        reasoning_content: Optional[str] = None,
        thinking_blocks: Optional[list[Any]] = None,
        reasoning_items: Optional[list[Any]] = None,
        annotations: Optional[list[Any]] = None,
        **params: Any,
    ) -> None:
        given = {
            "provider_specific_fields": provider_specific_fields,
            "reasoning_content": reasoning_content,
            "thinking_blocks": thinking_blocks,
            "reasoning_items": reasoning_items,
            "annotations": annotations,
            "audio": _whole_audio(audio),
            "images": images,
        }
        self._fill(
            content=content,
            role=role or "assistant",
            tool_calls=message_tool_calls(tool_calls),
            function_call=coerce(FunctionCall, function_call),
            **{name: value for name, value in given.items() if value is not None},
            **params,
        )


class Delta(ProviderFields):
    """What one chunk adds to the message.

    ``content``, ``role``, ``function_call``, ``tool_calls`` and ``audio`` are always there; the names under
    ``TYPE_CHECKING`` only when the chunk brings them. ``role`` is set in the first chunk only.
    """

    content: Open[Optional[str]]
    role: Open[Optional[str]]
    function_call: Open[Optional[FunctionCall]]
    tool_calls: Open[Optional[list[DeltaToolCall]]]
    audio: Open[Union[ChatCompletionAudioResponse, dict[str, Any], None]]

    if TYPE_CHECKING:
        images: list[dict[str, Any]]
        reasoning_content: str
        thinking_blocks: list[dict[str, Any]]
        reasoning_items: list[dict[str, Any]]
        annotations: list[dict[str, Any]]

    def __init__(
        self,
        content: Optional[str] = None,
        role: Optional[str] = None,
        function_call: Union[FunctionCall, dict[str, Any], None] = None,
        tool_calls: Optional[list[Any]] = None,
        audio: Union[ChatCompletionAudioResponse, dict[str, Any], None] = None,
        images: Optional[list[Any]] = None,
        reasoning_content: Optional[str] = None,
        thinking_blocks: Optional[list[Any]] = None,
        reasoning_items: Optional[list[Any]] = None,
        annotations: Optional[list[Any]] = None,
        provider_specific_fields: Optional[dict[str, Any]] = None,
        **params: Any,
    ) -> None:
        if reasoning_content is None:
            reasoning_content = params.pop("reasoning", None)
        given = {
            "provider_specific_fields": provider_specific_fields,
            "reasoning_content": reasoning_content,
            "thinking_blocks": thinking_blocks,
            "reasoning_items": reasoning_items,
            "annotations": annotations,
            "images": images,
        }
        self._fill(
            content=content,
            role=role,
            function_call=coerce(FunctionCall, function_call),
            tool_calls=delta_tool_calls(tool_calls),
            audio=_whole_audio(audio),
            **{name: value for name, value in given.items() if value is not None},
            **params,
        )
