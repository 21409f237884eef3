"""Calls of tools: in a message (whole) and in a delta (a piece of one)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Optional, Union

from pydantic import BaseModel

from .base import ItemAssignable, Open, coerce
from .ids import new_uuid


def _argument_text(arguments: Any, params: dict[str, Any]) -> str:
    """Arguments as JSON text: "" when there are none; ``parameters`` is another name some providers use."""
    if arguments is None:
        arguments = params.pop("parameters", None)
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


class Function(ItemAssignable):
    """The function a model wants called: ``arguments`` is JSON text (in a delta, the next piece of it)."""

    arguments: Open[str]
    name: Open[Optional[str]] = None

    def __init__(
        self, arguments: Union[str, dict[str, Any], None] = None, name: Optional[str] = None, **params: Any
    ):
        self._fill(arguments=_argument_text(arguments, params), name=name, **params)


class FunctionCall(ItemAssignable):
    """The older, tool-less form of a function call."""

    arguments: Open[str]
    name: Open[Optional[str]] = None

    def __init__(
        self, arguments: Union[str, dict[str, Any], None] = None, name: Optional[str] = None, **params: Any
    ):
        self._fill(arguments=_argument_text(arguments, params), name=name, **params)


class ChatCompletionMessageToolCall(ItemAssignable):
    """One call of a function tool. ``id`` links the tool's answer to it."""

    function: Open[Function]
    id: Open[str]
    type: Open[Optional[str]] = "function"

    if TYPE_CHECKING:
        provider_specific_fields: dict[str, Any]

    def __init__(
        self,
        function: Union[Function, dict[str, Any]],
        id: Optional[str] = None,
        type: Optional[str] = None,
        **params: Any,
    ) -> None:
        self._fill(
            function=coerce(Function, function), id=id or new_uuid(), type=type or "function", **params
        )


class ChatCompletionMessageCustomToolCallPayload(ItemAssignable):
    """A custom tool's name and its free-text input."""

    name: Open[Optional[str]] = None
    input: Open[str] = ""


class ChatCompletionMessageCustomToolCall(ItemAssignable):
    """One call of a custom tool, whose input is text and not JSON."""

    custom: Open[ChatCompletionMessageCustomToolCallPayload]
    id: Open[str]
    type: Open[Optional[str]] = "custom"

    def __init__(
        self,
        custom: Union[ChatCompletionMessageCustomToolCallPayload, dict[str, Any]],
        id: Optional[str] = None,
        type: Optional[str] = None,
        **params: Any,
    ) -> None:
        self._fill(
            custom=coerce(ChatCompletionMessageCustomToolCallPayload, custom),
            id=id or new_uuid(),
            type=type or "custom",
            **params,
        )


class ChatCompletionDeltaToolCall(ItemAssignable):
    """A piece of a tool call. ``index`` says which; id, type and name come with its first piece."""

    id: Open[Optional[str]] = None
    function: Open[Function]
    type: Open[Optional[str]] = None
    index: Open[int]


class ChatCompletionDeltaCustomToolCallPayload(ItemAssignable):
    """A piece of a custom tool's input."""

    name: Open[Optional[str]] = None
    input: Open[Optional[str]] = None


class ChatCompletionDeltaCustomToolCall(ItemAssignable):
    """A piece of a custom tool's call."""

    id: Open[Optional[str]] = None
    custom: Open[ChatCompletionDeltaCustomToolCallPayload]
    type: Open[Optional[str]] = "custom"
    index: Open[int]


MessageToolCall = Union[ChatCompletionMessageToolCall, ChatCompletionMessageCustomToolCall]
DeltaToolCall = Union[ChatCompletionDeltaToolCall, ChatCompletionDeltaCustomToolCall]


def _values(call: Any, done: tuple[type, ...]) -> Any:
    """The call as a dict, unless it is of one of the classes ``done`` already."""
    return call.model_dump() if isinstance(call, BaseModel) and not isinstance(call, done) else call


def message_tool_calls(calls: Optional[list[Any]]) -> Optional[list[Any]]:
    """A message's tool calls as classes; None when there are none."""
    return [_message_tool_call(call) for call in calls] if calls else None


def _message_tool_call(call: Any) -> Any:
    call = _values(call, (ChatCompletionMessageToolCall, ChatCompletionMessageCustomToolCall))
    if not isinstance(call, dict):
        return call
    if call.get("type") == "custom":
        return ChatCompletionMessageCustomToolCall(**call)
    return ChatCompletionMessageToolCall(**call)


def delta_tool_calls(calls: Optional[list[Any]]) -> Optional[list[Any]]:
    """A delta's tool calls as classes, None when there are none. A missing index is the place in the list."""
    return [_delta_tool_call(position, call) for position, call in enumerate(calls)] if calls else None


def _delta_tool_call(position: int, call: Any) -> Any:
    call = _values(call, (ChatCompletionDeltaToolCall, ChatCompletionDeltaCustomToolCall))
    if not isinstance(call, dict):
        return call
    given = {name: value for name, value in call.items() if value is not None}
    given.setdefault("index", position)
    if given.get("type") == "custom":
        given.setdefault("custom", {})
        return ChatCompletionDeltaCustomToolCall(**given)
    given.setdefault("type", "function")
    given.setdefault("function", {})
    return ChatCompletionDeltaToolCall(**given)
