"""Events of a streamed response, one class each; an event that is not known here is a `GenericEvent`."""

from __future__ import annotations

from enum import Enum
from typing import Any, Optional

from ..base import Open
from ..open import OpenObject, build_open, opened
from .api import ResponsesAPIResponse, response_from_json
from .main import CLASSES


class ResponsesAPIStreamEvents(str, Enum):
    """Names of events, as the provider sends them in ``type``."""

    RESPONSE_CREATED = "response.created"
    RESPONSE_IN_PROGRESS = "response.in_progress"
    RESPONSE_COMPLETED = "response.completed"
    RESPONSE_FAILED = "response.failed"
    RESPONSE_INCOMPLETE = "response.incomplete"
    RESPONSE_PART_ADDED = "response.reasoning_summary_part.added"
    REASONING_SUMMARY_TEXT_DELTA = "response.reasoning_summary_text.delta"
    REASONING_SUMMARY_TEXT_DONE = "response.reasoning_summary_text.done"
    REASONING_SUMMARY_PART_DONE = "response.reasoning_summary_part.done"
    OUTPUT_ITEM_ADDED = "response.output_item.added"
    OUTPUT_ITEM_DONE = "response.output_item.done"
    CONTENT_PART_ADDED = "response.content_part.added"
    CONTENT_PART_DONE = "response.content_part.done"
    OUTPUT_TEXT_DELTA = "response.output_text.delta"
    OUTPUT_TEXT_ANNOTATION_ADDED = "response.output_text.annotation.added"
    OUTPUT_TEXT_DONE = "response.output_text.done"
    REFUSAL_DELTA = "response.refusal.delta"
    REFUSAL_DONE = "response.refusal.done"
    FUNCTION_CALL_ARGUMENTS_DELTA = "response.function_call_arguments.delta"
    FUNCTION_CALL_ARGUMENTS_DONE = "response.function_call_arguments.done"
    CUSTOM_TOOL_CALL_INPUT_DELTA = "response.custom_tool_call_input.delta"
    CUSTOM_TOOL_CALL_INPUT_DONE = "response.custom_tool_call_input.done"
    FILE_SEARCH_CALL_IN_PROGRESS = "response.file_search_call.in_progress"
    FILE_SEARCH_CALL_SEARCHING = "response.file_search_call.searching"
    FILE_SEARCH_CALL_COMPLETED = "response.file_search_call.completed"
    WEB_SEARCH_CALL_IN_PROGRESS = "response.web_search_call.in_progress"
    WEB_SEARCH_CALL_SEARCHING = "response.web_search_call.searching"
    WEB_SEARCH_CALL_COMPLETED = "response.web_search_call.completed"
    MCP_LIST_TOOLS_IN_PROGRESS = "response.mcp_list_tools.in_progress"
    MCP_LIST_TOOLS_COMPLETED = "response.mcp_list_tools.completed"
    MCP_LIST_TOOLS_FAILED = "response.mcp_list_tools.failed"
    MCP_CALL_IN_PROGRESS = "response.mcp_call.in_progress"
    MCP_CALL_ARGUMENTS_DELTA = "response.mcp_call_arguments.delta"
    MCP_CALL_ARGUMENTS_DONE = "response.mcp_call_arguments.done"
    MCP_CALL_COMPLETED = "response.mcp_call.completed"
    MCP_CALL_FAILED = "response.mcp_call.failed"
    IMAGE_GENERATION_PARTIAL_IMAGE = "image_generation.partial_image"
    SHELL_CALL_IN_PROGRESS = "response.shell_call.in_progress"
    SHELL_CALL_COMPLETED = "response.shell_call.completed"
    SHELL_CALL_OUTPUT = "response.shell_call_output.done"
    ERROR = "error"


class _Event(OpenObject):
    """``type`` names the event."""

    type: Open[str]


class GenericEvent(_Event):
    """An event that has no class of its own."""


class _WithResponse(_Event):
    response: Open[ResponsesAPIResponse]


class _OfItem(_Event):
    item_id: Open[Optional[str]] = None
    output_index: Open[int] = 0


class _WithItem(_Event):
    output_index: Open[int] = 0
    item: Open[Any]


class _OfContent(_OfItem):
    content_index: Open[int] = 0


class ResponseCreatedEvent(_WithResponse):
    """The response has begun."""


class ResponseInProgressEvent(_WithResponse):
    """The response is under way."""


class ResponseCompletedEvent(_WithResponse):
    """The response is whole: the last event of a good stream."""


class ResponseFailedEvent(_WithResponse):
    """The response failed; ``response.error`` says why. The last event."""


class ResponseIncompleteEvent(_WithResponse):
    """The response ended early; ``response.incomplete_details`` says why. The last event."""


class OutputItemAddedEvent(_WithItem):
    """An item begins."""


class OutputItemDoneEvent(_WithItem):
    """An item is whole."""


class ContentPartAddedEvent(_OfContent):
    """A part of a message begins."""

    part: Open[Any]


class ContentPartDoneEvent(_OfContent):
    """A part of a message is whole."""

    part: Open[Any]


class OutputTextDeltaEvent(_OfContent):
    """More text."""

    delta: Open[str]


class OutputTextDoneEvent(_OfContent):
    """The text is whole."""

    text: Open[str]


class OutputTextAnnotationAddedEvent(_OfContent):
    """A source of the text."""

    annotation_index: Open[int] = 0
    annotation: Open[Any]


class RefusalDeltaEvent(_OfContent):
    """More of a refusal."""

    delta: Open[str]


class RefusalDoneEvent(_OfContent):
    """The refusal is whole."""

    refusal: Open[str]


class FunctionCallArgumentsDeltaEvent(_OfItem):
    """More of a function's arguments."""

    delta: Open[str]


class FunctionCallArgumentsDoneEvent(_OfItem):
    """A function's arguments are whole."""

    arguments: Open[str]


class CustomToolCallInputDeltaEvent(_OfItem):
    """More of a custom tool's input."""

    delta: Open[str]


class CustomToolCallInputDoneEvent(_OfItem):
    """A custom tool's input is whole."""

    input: Open[str]


class _OfSummary(_OfItem):
    summary_index: Open[int] = 0


class ResponsePartAddedEvent(_OfSummary):
    """A part of the summary of the reasoning begins."""

    part: Open[Any]


class ReasoningSummaryPartDoneEvent(_OfSummary):
    """A part of the summary of the reasoning is whole."""

    part: Open[Any]


class ReasoningSummaryTextDeltaEvent(_OfSummary):
    """More of the summary of the reasoning."""

    delta: Open[str]


class ReasoningSummaryTextDoneEvent(_OfSummary):
    """The summary of the reasoning is whole."""

    text: Open[str]


class FileSearchCallInProgressEvent(_OfItem):
    """A file search begins."""


class FileSearchCallSearchingEvent(_OfItem):
    """A file search is under way."""


class FileSearchCallCompletedEvent(_OfItem):
    """A file search is over."""


class WebSearchCallInProgressEvent(_OfItem):
    """A web search begins."""


class WebSearchCallSearchingEvent(_OfItem):
    """A web search is under way."""


class WebSearchCallCompletedEvent(_OfItem):
    """A web search is over."""


class MCPListToolsInProgressEvent(_OfItem):
    """A server's tools are being listed."""


class MCPListToolsCompletedEvent(_OfItem):
    """A server's tools are listed."""


class MCPListToolsFailedEvent(_OfItem):
    """A server's tools could not be listed."""


class MCPCallInProgressEvent(_OfItem):
    """A server's tool is being called."""


class MCPCallArgumentsDeltaEvent(_OfItem):
    """More of the arguments of a call to a server's tool."""

    delta: Open[str]


class MCPCallArgumentsDoneEvent(_OfItem):
    """The arguments of a call to a server's tool are whole."""

    arguments: Open[str]


class MCPCallCompletedEvent(_OfItem):
    """A call to a server's tool is over."""


class MCPCallFailedEvent(_OfItem):
    """A call to a server's tool failed."""


class ImageGenerationPartialImageEvent(_Event):
    """An image so far."""

    partial_image_index: Open[int] = 0
    b64_json: Open[Optional[str]] = None


class ErrorEventError(OpenObject):
    """What an error event says."""

    type: Open[Optional[str]] = None
    code: Open[Optional[str]] = None
    message: Open[Optional[str]] = None
    param: Open[Optional[str]] = None


class ErrorEvent(_Event):
    """Something went wrong. A stream raises the exception of that error instead of giving this event."""

    sequence_number: Open[int] = 0
    error: Open[Any]


_E = ResponsesAPIStreamEvents
EVENT_CLASSES: dict[str, type[_Event]] = {
    _E.RESPONSE_CREATED.value: ResponseCreatedEvent,
    _E.RESPONSE_IN_PROGRESS.value: ResponseInProgressEvent,
    _E.RESPONSE_COMPLETED.value: ResponseCompletedEvent,
    _E.RESPONSE_FAILED.value: ResponseFailedEvent,
    _E.RESPONSE_INCOMPLETE.value: ResponseIncompleteEvent,
    _E.RESPONSE_PART_ADDED.value: ResponsePartAddedEvent,
    _E.REASONING_SUMMARY_TEXT_DELTA.value: ReasoningSummaryTextDeltaEvent,
    _E.REASONING_SUMMARY_TEXT_DONE.value: ReasoningSummaryTextDoneEvent,
    _E.REASONING_SUMMARY_PART_DONE.value: ReasoningSummaryPartDoneEvent,
    _E.OUTPUT_ITEM_ADDED.value: OutputItemAddedEvent,
    _E.OUTPUT_ITEM_DONE.value: OutputItemDoneEvent,
    _E.CONTENT_PART_ADDED.value: ContentPartAddedEvent,
    _E.CONTENT_PART_DONE.value: ContentPartDoneEvent,
    _E.OUTPUT_TEXT_DELTA.value: OutputTextDeltaEvent,
    _E.OUTPUT_TEXT_ANNOTATION_ADDED.value: OutputTextAnnotationAddedEvent,
    _E.OUTPUT_TEXT_DONE.value: OutputTextDoneEvent,
    _E.REFUSAL_DELTA.value: RefusalDeltaEvent,
    _E.REFUSAL_DONE.value: RefusalDoneEvent,
    _E.FUNCTION_CALL_ARGUMENTS_DELTA.value: FunctionCallArgumentsDeltaEvent,
    _E.FUNCTION_CALL_ARGUMENTS_DONE.value: FunctionCallArgumentsDoneEvent,
    _E.CUSTOM_TOOL_CALL_INPUT_DELTA.value: CustomToolCallInputDeltaEvent,
    _E.CUSTOM_TOOL_CALL_INPUT_DONE.value: CustomToolCallInputDoneEvent,
    _E.FILE_SEARCH_CALL_IN_PROGRESS.value: FileSearchCallInProgressEvent,
    _E.FILE_SEARCH_CALL_SEARCHING.value: FileSearchCallSearchingEvent,
    _E.FILE_SEARCH_CALL_COMPLETED.value: FileSearchCallCompletedEvent,
    _E.WEB_SEARCH_CALL_IN_PROGRESS.value: WebSearchCallInProgressEvent,
    _E.WEB_SEARCH_CALL_SEARCHING.value: WebSearchCallSearchingEvent,
    _E.WEB_SEARCH_CALL_COMPLETED.value: WebSearchCallCompletedEvent,
    _E.MCP_LIST_TOOLS_IN_PROGRESS.value: MCPListToolsInProgressEvent,
    _E.MCP_LIST_TOOLS_COMPLETED.value: MCPListToolsCompletedEvent,
    _E.MCP_LIST_TOOLS_FAILED.value: MCPListToolsFailedEvent,
    _E.MCP_CALL_IN_PROGRESS.value: MCPCallInProgressEvent,
    _E.MCP_CALL_ARGUMENTS_DELTA.value: MCPCallArgumentsDeltaEvent,
    _E.MCP_CALL_ARGUMENTS_DONE.value: MCPCallArgumentsDoneEvent,
    _E.MCP_CALL_COMPLETED.value: MCPCallCompletedEvent,
    _E.MCP_CALL_FAILED.value: MCPCallFailedEvent,
    _E.IMAGE_GENERATION_PARTIAL_IMAGE.value: ImageGenerationPartialImageEvent,
    _E.ERROR.value: ErrorEvent,
}
"""The class of an event by its ``type``."""


def event_from_json(values: dict[str, Any], meta: Any = None) -> Any:
    """An event from parsed JSON, which is used up."""
    for key, below in values.items():
        # Most events are pieces of text: nothing in them is an object.
        if below.__class__ is dict:
            values[key] = response_from_json(below, meta) if key == "response" else opened(below, CLASSES)
        elif below and below.__class__ is list:
            values[key] = opened(below, CLASSES)
    return build_open(EVENT_CLASSES.get(values.get("type", ""), GenericEvent), values)
