"""Other typed dicts of LiteLLM's."""

# ruff: noqa: D101 - the fields are the documentation

from __future__ import annotations

from typing import Any, Literal, Optional

from typing_extensions import Required, TypedDict


class GenericStreamingChunk(TypedDict, total=False):
    text: Required[str]
    tool_use: Optional[dict[str, Any]]
    is_finished: Required[bool]
    finish_reason: Required[str]
    usage: Required[Optional[dict[str, Any]]]
    index: int
    provider_specific_fields: Optional[dict[str, Any]]


class CostPerToken(TypedDict, total=False):
    input_cost_per_token: Required[float]
    output_cost_per_token: Required[float]
    cache_read_input_token_cost: float
    cache_creation_input_token_cost: float


class ProviderField(TypedDict):
    field_name: str
    field_type: Literal["string"]
    field_description: str
    field_value: str


class SelectTokenizerResponse(TypedDict):
    type: Literal["openai_tokenizer", "huggingface_tokenizer"]
    tokenizer: Any


class CustomHuggingfaceTokenizer(TypedDict):
    identifier: str
    revision: str
    auth_token: Optional[str]


class SearchContextCostPerQuery(TypedDict, total=False):
    search_context_size_low: float
    search_context_size_medium: float
    search_context_size_high: float


class GenericImageParsingChunk(TypedDict):
    type: str
    media_type: str
    data: str
