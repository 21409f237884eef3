"""The response classes under the import path that LiteLLM's users know."""

from __future__ import annotations

from .base import add_provider_specific_fields
from .chat import Choices, ModelResponse, ModelResponseBase, ModelResponseStream, StreamingChoices
from .embedding import Embedding, EmbeddingResponse
from .finish_reason import map_finish_reason
from .ids import generate_id
from .ids import generate_id as _generate_id
from .logprobs import ChatCompletionTokenLogprob, ChoiceLogprobs, Logprobs, TopLogprob
from .message import ChatCompletionAudioResponse, Delta, Message
from .text import HiddenParams, TextChoices, TextCompletionResponse
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

__all__ = [
    "CacheCreationTokenDetails",
    "ChatCompletionAudioResponse",
    "ChatCompletionDeltaCustomToolCall",
    "ChatCompletionDeltaCustomToolCallPayload",
    "ChatCompletionDeltaToolCall",
    "ChatCompletionMessageCustomToolCall",
    "ChatCompletionMessageCustomToolCallPayload",
    "ChatCompletionMessageToolCall",
    "ChatCompletionTokenLogprob",
    "ChoiceLogprobs",
    "Choices",
    "CompletionTokensDetailsWrapper",
    "Delta",
    "Embedding",
    "EmbeddingResponse",
    "Function",
    "FunctionCall",
    "HiddenParams",
    "Logprobs",
    "Message",
    "ModelResponse",
    "ModelResponseBase",
    "ModelResponseStream",
    "PromptTokensDetailsWrapper",
    "ServerToolUse",
    "StreamingChoices",
    "TextChoices",
    "TextCompletionResponse",
    "TopLogprob",
    "Usage",
    "_generate_id",
    "add_provider_specific_fields",
    "generate_id",
    "map_finish_reason",
]
