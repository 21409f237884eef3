"""Requests of the Responses API and about stored things: typed dicts."""

# ruff: noqa: D101 - the fields are the documentation

from __future__ import annotations

from typing import Any, Literal, Optional, Union

from typing_extensions import Required, TypedDict


class ResponsesAPIOptionalRequestParams(TypedDict, total=False):
    include: Optional[list[Any]]
    instructions: Optional[str]
    max_output_tokens: Optional[int]
    metadata: Optional[dict[str, Any]]
    parallel_tool_calls: Optional[bool]
    previous_response_id: Optional[str]
    reasoning: Any
    store: Optional[bool]
    background: Optional[bool]
    stream: Optional[bool]
    temperature: Optional[float]
    text: Any
    tool_choice: Any
    tools: Optional[list[Any]]
    top_p: Optional[float]
    truncation: Optional[Literal["auto", "disabled"]]
    user: Optional[str]
    service_tier: Optional[str]
    safety_identifier: Optional[str]
    prompt: Any
    max_tool_calls: Optional[int]
    prompt_cache_key: Optional[str]
    prompt_cache_retention: Optional[str]
    prompt_cache_options: Any
    stream_options: Any
    top_logprobs: Optional[int]
    partial_images: Optional[int]
    context_management: Optional[list[Any]]


class ResponsesAPIRequestParams(TypedDict, total=False):
    include: Optional[list[Any]]
    instructions: Optional[str]
    max_output_tokens: Optional[int]
    metadata: Optional[dict[str, Any]]
    parallel_tool_calls: Optional[bool]
    previous_response_id: Optional[str]
    reasoning: Any
    store: Optional[bool]
    background: Optional[bool]
    stream: Optional[bool]
    temperature: Optional[float]
    text: Any
    tool_choice: Any
    tools: Optional[list[Any]]
    top_p: Optional[float]
    truncation: Optional[Literal["auto", "disabled"]]
    user: Optional[str]
    service_tier: Optional[str]
    safety_identifier: Optional[str]
    prompt: Any
    max_tool_calls: Optional[int]
    prompt_cache_key: Optional[str]
    prompt_cache_retention: Optional[str]
    prompt_cache_options: Any
    stream_options: Any
    top_logprobs: Optional[int]
    partial_images: Optional[int]
    context_management: Optional[list[Any]]
    input: Required[Any]
    model: Required[str]


class FileExpiresAfter(TypedDict):
    anchor: Literal["created_at"]
    seconds: int


class CreateFileRequest(TypedDict, total=False):
    file: Required[Any]
    purpose: Required[Literal["assistants", "batch", "fine-tune", "messages"]]
    expires_after: Any
    extra_headers: Optional[dict[str, Any]]
    extra_body: Optional[dict[str, Any]]
    timeout: Optional[float]


class FileContentRequest(TypedDict, total=False):
    file_id: str
    extra_headers: Optional[dict[str, Any]]
    extra_body: Optional[dict[str, Any]]
    timeout: Optional[float]


class CreateBatchRequest(TypedDict, total=False):
    completion_window: Literal["24h"]
    endpoint: str
    input_file_id: str
    metadata: Optional[dict[str, Any]]
    output_expires_after: Any
    extra_headers: Optional[dict[str, Any]]
    extra_body: Optional[dict[str, Any]]
    timeout: Optional[float]


class RetrieveBatchRequest(TypedDict, total=False):
    batch_id: str
    extra_headers: Optional[dict[str, Any]]
    extra_body: Optional[dict[str, Any]]
    timeout: Optional[float]


class CancelBatchRequest(TypedDict, total=False):
    batch_id: str
    extra_headers: Optional[dict[str, Any]]
    extra_body: Optional[dict[str, Any]]
    timeout: Optional[float]


class ListBatchRequest(TypedDict, total=False):
    after: Any


ResponseInputParam = Union[str, list[Any]]
