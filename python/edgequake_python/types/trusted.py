"""The contract for building response objects without validation, and a reference implementation of it.

The extension module makes objects from answers it has parsed itself. It allocates an instance without calling
``__init__`` and sets the four slots of a pydantic model:

``__dict__``
    The declared fields, all of them and in the order of ``LAYOUTS[cls].fields``; a value nobody sent is None
    (or the field's empty value). Dumps follow this order. One exception: ``ModelResponse.usage`` is left out
    when unknown.
``__pydantic_extra__``
    Always a new dict, in the order to dump: names of ``LAYOUTS[cls].optional`` that have a value, then
    whatever else the provider sent. A name with no value is left out, except that a key of the provider's own
    may be None.
``__pydantic_fields_set__``
    A new set of the names in ``__dict__``.
``__pydantic_private__``
    For classes with ``LAYOUTS[cls].has_meta``: a new dict ``{"_meta": meta}`` with a ``metadata.Meta`` or
    None. For all others: None.

Values are already in their final form, since no constructor runs: nested objects are instances of the classes
named by the fields' annotations, ``finish_reason`` is one of OpenAI's words (the raw word, if it differs,
under ``provider_specific_fields["native_finish_reason"]``), an empty list of tool calls is None, function
arguments are text, and token counts are integers with cache and reasoning counts copied to where ``Usage``
documents them.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Optional, TypeVar

from .base import Model
from .chat import Choices, ModelResponse, ModelResponseStream, StreamingChoices
from .embedding import Embedding, EmbeddingResponse
from .logprobs import ChatCompletionTokenLogprob, ChoiceLogprobs, Logprobs, TopLogprob
from .message import ChatCompletionAudioResponse, Delta, Message
from .text import TextChoices, TextCompletionResponse
from .tool_call import (
    ChatCompletionDeltaCustomToolCall,
    ChatCompletionDeltaCustomToolCallPayload,
    ChatCompletionDeltaToolCall,
    ChatCompletionMessageCustomToolCall,
    ChatCompletionMessageCustomToolCallPayload,
    ChatCompletionMessageToolCall,
    Function,
    FunctionCall,
)
from .usage import (
    CacheCreationTokenDetails,
    CompletionTokensDetailsWrapper,
    PromptTokensDetailsWrapper,
    ServerToolUse,
    Usage,
)

M = TypeVar("M", bound=Model)


class Layout(NamedTuple):
    """Where the names of one class go."""

    fields: tuple[str, ...]
    """Declared fields in order: keys of ``__dict__``."""
    optional: tuple[str, ...] = ()
    """Known names that go into ``__pydantic_extra__`` when they have a value, in dump order."""
    has_meta: bool = False
    """Whether ``__pydantic_private__`` is ``{"_meta": meta}`` rather than None."""


_RESPONSE = ("id", "created", "model", "object", "system_fingerprint", "choices")
_MESSAGE_OPTIONAL = (
    "provider_specific_fields",
    "reasoning_content",
    "thinking_blocks",
    "reasoning_items",
    "annotations",
)

LAYOUTS: dict[type[Model], Layout] = {
    ModelResponse: Layout((*_RESPONSE, "usage"), (), True),
    ModelResponseStream: Layout((*_RESPONSE, "provider_specific_fields"), ("usage",), True),
    Choices: Layout(("finish_reason", "index", "message"), ("logprobs", "provider_specific_fields")),
    StreamingChoices: Layout(("finish_reason", "index", "delta", "logprobs"), ("provider_specific_fields",)),
    Message: Layout(
        ("content", "role", "tool_calls", "function_call"), (*_MESSAGE_OPTIONAL, "audio", "images")
    ),
    Delta: Layout(
        ("content", "role", "function_call", "tool_calls", "audio"), (*_MESSAGE_OPTIONAL, "images")
    ),
    ChatCompletionAudioResponse: Layout(("id", "data", "expires_at", "transcript")),
    Function: Layout(("arguments", "name")),
    FunctionCall: Layout(("arguments", "name")),
    ChatCompletionMessageToolCall: Layout(("function", "id", "type"), ("index", "provider_specific_fields")),
    ChatCompletionMessageCustomToolCall: Layout(("custom", "id", "type")),
    ChatCompletionMessageCustomToolCallPayload: Layout(("name", "input")),
    ChatCompletionDeltaToolCall: Layout(("id", "function", "type", "index"), ("provider_specific_fields",)),
    ChatCompletionDeltaCustomToolCall: Layout(("id", "custom", "type", "index")),
    ChatCompletionDeltaCustomToolCallPayload: Layout(("name", "input")),
    ChoiceLogprobs: Layout(("content",), ("refusal",)),
    ChatCompletionTokenLogprob: Layout(("token", "bytes", "logprob", "top_logprobs")),
    TopLogprob: Layout(("token", "bytes", "logprob")),
    Logprobs: Layout(("text_offset", "token_logprobs", "tokens", "top_logprobs")),
    Usage: Layout(
        (
            "completion_tokens",
            "prompt_tokens",
            "total_tokens",
            "completion_tokens_details",
            "prompt_tokens_details",
        ),
        ("server_tool_use", "cost", "cache_creation_input_tokens", "cache_read_input_tokens"),
    ),
    CompletionTokensDetailsWrapper: Layout(
        (
            "accepted_prediction_tokens",
            "audio_tokens",
            "reasoning_tokens",
            "rejected_prediction_tokens",
            "text_tokens",
            "image_tokens",
            "video_tokens",
        )
    ),
    PromptTokensDetailsWrapper: Layout(
        ("audio_tokens", "cached_tokens", "text_tokens", "image_tokens", "video_tokens"),
        (
            "cache_write_tokens",
            "cache_creation_tokens",
            "cache_creation_token_details",
            "cached_tokens_details",
            "web_search_requests",
            "google_maps_grounding_requests",
            "tool_use_tokens",
            "character_count",
            "image_count",
            "video_length_seconds",
            "audio_length_seconds",
            "query_count",
        ),
    ),
    CacheCreationTokenDetails: Layout(("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")),
    ServerToolUse: Layout(("web_search_requests", "tool_search_requests", "browser_open_requests")),
    Embedding: Layout(("embedding", "index", "object")),
    EmbeddingResponse: Layout(("model", "data", "object", "usage"), (), True),
    TextCompletionResponse: Layout(("id", "object", "created", "model", "choices", "usage"), (), True),
    TextChoices: Layout(("finish_reason", "index", "text", "logprobs"), ("provider_specific_fields",)),
}


def build(
    cls: type[M], fields: dict[str, Any], extra: dict[str, Any], private: Optional[dict[str, Any]]
) -> M:
    """An instance of ``cls`` that owns the given dicts, built as the extension module does it."""
    instance = cls.__new__(cls)
    set_slot = object.__setattr__
    set_slot(instance, "__dict__", fields)
    set_slot(instance, "__pydantic_fields_set__", set(fields))
    set_slot(instance, "__pydantic_extra__", extra)
    set_slot(instance, "__pydantic_private__", private)
    return instance
