"""Response classes with LiteLLM's names and behaviour.

Importing this package imports neither pydantic nor the classes: each name loads its module when first used.
"""

from __future__ import annotations

from importlib import import_module

# A type checker takes this name for true whatever its value; importing `typing` costs more than all of this.
TYPE_CHECKING = False

_MODULE_OF = {
    "CompletionTokensDetailsWrapper": "usage",
    "PromptTokensDetailsWrapper": "usage",
    "CacheCreationTokenDetails": "usage",
    "ServerToolUse": "usage",
    "Usage": "usage",
    "Function": "tool_call",
    "FunctionCall": "tool_call",
    "ChatCompletionMessageToolCall": "tool_call",
    "ChatCompletionMessageCustomToolCall": "tool_call",
    "ChatCompletionMessageCustomToolCallPayload": "tool_call",
    "ChatCompletionDeltaToolCall": "tool_call",
    "ChatCompletionDeltaCustomToolCall": "tool_call",
    "ChatCompletionDeltaCustomToolCallPayload": "tool_call",
    "ChatCompletionAudioResponse": "message",
    "Message": "message",
    "Delta": "message",
    "ChatCompletionTokenLogprob": "logprobs",
    "ChoiceLogprobs": "logprobs",
    "TopLogprob": "logprobs",
    "Logprobs": "logprobs",
    "Choices": "chat",
    "StreamingChoices": "chat",
    "ModelResponseBase": "chat",
    "ModelResponse": "chat",
    "ModelResponseStream": "chat",
    "Embedding": "embedding",
    "EmbeddingResponse": "embedding",
    "HiddenParams": "text",
    "TextChoices": "text",
    "TextCompletionResponse": "text",
    "map_finish_reason": "finish_reason",
    "ImageObject": "images",
    "ImageResponse": "images",
    "ImageUsage": "images",
    "LiteLLMBatch": "stored",
    "OpenAIFileObject": "stored",
    "OpenAIModerationResponse": "moderation",
    "RerankResponse": "rerank",
    "TranscriptionResponse": "audio",
    "ResponsesAPIResponse": "responses.api",
}

#: LiteLLM's submodules, attributes without having been imported.

if TYPE_CHECKING:
    from typing import Any

    from .audio import TranscriptionResponse
    from .chat import Choices, ModelResponse, ModelResponseBase, ModelResponseStream, StreamingChoices
    from .embedding import Embedding, EmbeddingResponse
    from .finish_reason import map_finish_reason
    from .images import ImageObject, ImageResponse, ImageUsage
    from .logprobs import ChatCompletionTokenLogprob, ChoiceLogprobs, Logprobs, TopLogprob
    from .message import ChatCompletionAudioResponse, Delta, Message
    from .moderation import OpenAIModerationResponse
    from .rerank import RerankResponse
    from .responses.api import ResponsesAPIResponse
    from .stored import LiteLLMBatch, OpenAIFileObject
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
    "ImageObject",
    "ImageResponse",
    "ImageUsage",
    "LiteLLMBatch",
    "Logprobs",
    "Message",
    "ModelResponse",
    "ModelResponseBase",
    "ModelResponseStream",
    "OpenAIFileObject",
    "OpenAIModerationResponse",
    "PromptTokensDetailsWrapper",
    "RerankResponse",
    "ResponsesAPIResponse",
    "ServerToolUse",
    "StreamingChoices",
    "TextChoices",
    "TextCompletionResponse",
    "TopLogprob",
    "TranscriptionResponse",
    "Usage",
    "map_finish_reason",
]


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        from .._names import submodule

        return submodule(__name__, name)
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
