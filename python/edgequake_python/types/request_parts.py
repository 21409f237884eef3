"""Tools, tool calls and other pieces of a request or an answer: typed dicts, in OpenAI's vocabulary."""

# ruff: noqa: D101 - the fields are the documentation

from __future__ import annotations

from typing import Any, Literal, Optional, Union

from typing_extensions import Required, TypedDict


class ChatCompletionToolParamFunctionChunk(TypedDict, total=False):
    name: Required[str]
    description: str
    parameters: dict[str, Any]
    strict: bool
    eager_input_streaming: bool


class ChatCompletionToolParam(TypedDict, total=False):
    type: Required[Any]
    function: Required[ChatCompletionToolParamFunctionChunk]
    cache_control: dict[str, Any]
    allowed_callers: list[str]
    eager_input_streaming: bool


class OpenAIChatCompletionToolParam(TypedDict):
    type: Any
    function: ChatCompletionToolParamFunctionChunk


class ChatCompletionToolChoiceFunctionParam(TypedDict):
    name: str


class ChatCompletionToolChoiceObjectParam(TypedDict):
    type: Literal["function"]
    function: ChatCompletionToolChoiceFunctionParam


class ChatCompletionNamedToolChoiceParam(TypedDict):
    function: dict[str, Any]
    type: Literal["function"]


class ChatCompletionToolCallChunk(TypedDict):
    id: Optional[str]
    type: Literal["function"]
    function: dict[str, Any]
    index: int


class ChatCompletionDeltaToolCallChunk(TypedDict, total=False):
    id: str
    type: Literal["function"]
    function: dict[str, Any]
    index: int


class ChatCompletionDeltaChunk(TypedDict, total=False):
    content: Optional[str]
    tool_calls: list[ChatCompletionDeltaToolCallChunk]
    role: str


class ChatCompletionUsageBlock(TypedDict, total=False):
    prompt_tokens: Required[int]
    completion_tokens: Required[int]
    total_tokens: Required[int]
    prompt_tokens_details: Optional[dict[str, Any]]
    completion_tokens_details: Optional[dict[str, Any]]


class ChatCompletionAnnotationURLCitation(TypedDict, total=False):
    end_index: int
    start_index: int
    title: str
    url: str


class ChatCompletionAnnotation(TypedDict, total=False):
    type: Literal["url_citation"]
    url_citation: ChatCompletionAnnotationURLCitation


class ChatCompletionResponseMessage(TypedDict, total=False):
    content: Optional[str]
    annotations: Optional[list[ChatCompletionAnnotation]]
    tool_calls: Optional[list[ChatCompletionToolCallChunk]]
    role: Literal["assistant"]
    function_call: Optional[dict[str, Any]]
    provider_specific_fields: Optional[dict[str, Any]]
    reasoning_content: Optional[str]
    thinking_blocks: Optional[list[Any]]


class OpenAIWebSearchUserLocationApproximate(TypedDict):
    city: str
    country: str
    region: str
    timezone: str


class OpenAIWebSearchUserLocation(TypedDict):
    approximate: OpenAIWebSearchUserLocationApproximate
    type: Literal["approximate"]


class OpenAIWebSearchOptions(TypedDict, total=False):
    search_context_size: Optional[Literal["low", "medium", "high"]]
    user_location: Optional[OpenAIWebSearchUserLocation]


class ChatCompletionAudioParam(TypedDict, total=False):
    format: Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"]
    voice: Any


class ChatCompletionPredictionContentParam(TypedDict, total=False):
    content: Any
    type: Literal["content"]


class ChatCompletionRequest(TypedDict, total=False):
    model: Required[str]
    messages: Required[list[Any]]
    frequency_penalty: float
    logit_bias: dict[str, Any]
    logprobs: bool
    top_logprobs: int
    max_tokens: int
    n: int
    presence_penalty: float
    response_format: dict[str, Any]
    seed: int
    service_tier: str
    safety_identifier: str
    prompt_cache_key: str
    stop: Union[str, list[str]]
    stream_options: dict[str, Any]
    temperature: float
    top_p: float
    tools: list[ChatCompletionToolParam]
    tool_choice: Any
    parallel_tool_calls: bool
    function_call: Any
    functions: list[Any]
    user: str
    metadata: dict[str, Any]
    reasoning_effort: str
    output_config: Any
