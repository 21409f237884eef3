"""Anthropic's request, as LiteLLM names its parts: typed dicts."""

# ruff: noqa: D101 - the fields are the documentation

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Optional, Union

from typing_extensions import Required, TypedDict


class AnthropicThinkingParam(TypedDict, total=False):
    type: Literal["enabled", "adaptive", "disabled"]
    budget_tokens: int
    display: Literal["summarized", "omitted", "updates"]
    block_binding: Any


class AnthropicMessagesRequest(TypedDict, total=False):
    max_tokens: Optional[int]
    metadata: Any
    stop_sequences: Optional[list[str]]
    stream: Optional[bool]
    system: Optional[Union[str, list[Any]]]
    temperature: Optional[float]
    thinking: Optional[dict[str, Any]]
    tool_choice: Any
    tools: Optional[list[Any]]
    top_k: Optional[int]
    inference_geo: Optional[str]
    top_p: Optional[float]
    mcp_servers: Optional[list[Any]]
    context_management: Optional[dict[str, Any]]
    compaction: Any
    container: Optional[dict[str, Any]]
    output_format: Any
    speed: Optional[str]
    output_config: Any
    cache_control: Optional[dict[str, Any]]
    reasoning_effort: Optional[str]
    safeguards: Optional[list[Any]]
    model: Required[str]
    messages: Required[list[Any]]
    litellm_metadata: dict[str, Any]


class AnthropicMessagesTool(TypedDict, total=False):
    name: Required[str]
    description: str
    input_schema: Any
    strict: bool
    type: Literal["custom"]
    cache_control: Any
    defer_loading: bool
    allowed_callers: Optional[list[str]]
    input_examples: Optional[list[Any]]
    eager_input_streaming: bool


class AnthropicMessagesToolChoice(TypedDict, total=False):
    type: Required[Literal["auto", "any", "tool", "none"]]
    name: str
    disable_parallel_tool_use: bool


class AnthropicMessagesTextParam(TypedDict, total=False):
    type: Required[Literal["text"]]
    text: Required[str]
    cache_control: Any
    prompt_cache_breakpoint: Any


class AnthropicMessagesImageParam(TypedDict, total=False):
    type: Required[Literal["image"]]
    source: Required[Any]
    cache_control: Any
    prompt_cache_breakpoint: Any


class AnthropicMessagesToolUseParam(TypedDict, total=False):
    type: Required[Literal["tool_use"]]
    id: str
    name: str
    input: dict[str, Any]
    cache_control: Any
    caller: Any


class AnthropicMessagesToolResultParam(TypedDict, total=False):
    type: Required[Literal["tool_result"]]
    tool_use_id: Required[str]
    is_error: bool
    content: Union[str, Iterable[Any]]
    cache_control: Any


class AnthropicMessagesUserMessageParam(TypedDict):
    role: Literal["user"]
    content: Union[str, Iterable[Any]]


class AnthopicMessagesAssistantMessageParam(TypedDict, total=False):
    content: Required[Union[str, Iterable[Any]]]
    role: Required[Literal["assistant"]]
    name: str


class AnthropicMetadata(TypedDict, total=False):
    user_id: str


class AnthropicSystemMessageContent(TypedDict, total=False):
    type: str
    text: str
    cache_control: Any
    prompt_cache_breakpoint: Any


class AnthropicInputSchema(TypedDict, total=False):
    type: Optional[str]
    properties: Optional[dict[str, Any]]
    additionalProperties: Optional[bool]
    required: Optional[list[str]]
    strict: Optional[bool]


class AnthropicComputerTool(TypedDict, total=False):
    display_width_px: Required[int]
    display_height_px: Required[int]
    display_number: int
    cache_control: Any
    type: Required[str]
    name: Required[str]


class AnthropicHostedTools(TypedDict, total=False):
    type: Required[str]
    name: Required[str]
    cache_control: Any
    defer_loading: Optional[bool]
    allowed_callers: Optional[list[str]]
    input_examples: Optional[list[Any]]
