"""The response classes under the import path that LiteLLM's users know."""

from __future__ import annotations

from .base import add_provider_specific_fields
from .call_types import CallTypes
from .chat import Choices, ModelResponse, ModelResponseBase, ModelResponseStream, StreamingChoices
from .embedding import Embedding, EmbeddingResponse
from .finish_reason import map_finish_reason
from .ids import generate_id
from .ids import generate_id as _generate_id
from .images import ImageObject, ImageResponse, ImageUsage, ImageUsageInputTokensDetails
from .logging_payload import *  # noqa: F403 - what callbacks are told
from .logprobs import ChatCompletionTokenLogprob, ChoiceLogprobs, Logprobs, TopLogprob
from .message import ChatCompletionAudioResponse, Delta, Message
from .model_facts import ModelInfo, ModelInfoBase
from .parameters import all_litellm_params
from .provider_names import LlmProviders, LlmProvidersSet
from .request_parts import ChatCompletionUsageBlock
from .small_dicts import (
    CostPerToken,
    CustomHuggingfaceTokenizer,
    GenericImageParsingChunk,
    GenericStreamingChunk,
    ProviderField,
    SearchContextCostPerQuery,
    SelectTokenizerResponse,
)
from .small_models import (
    AdapterCompletionStreamWrapper,
    BudgetConfig,
    CredentialItem,
    LiteLLMFineTuningJob,
    SafeAttributeModel,
    TokenCountResponse,
)
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
from .usage import CompletionTokensDetailsWrapper as CompletionTokensDetails
from .usage import PromptTokensDetailsWrapper as PromptTokensDetails

__all__ = [
    "AdapterCompletionStreamWrapper",
    "BudgetConfig",
    "CacheCreationTokenDetails",
    "CallTypes",
    "ChatCompletionAudioResponse",
    "ChatCompletionDeltaCustomToolCall",
    "ChatCompletionDeltaCustomToolCallPayload",
    "ChatCompletionDeltaToolCall",
    "ChatCompletionMessageCustomToolCall",
    "ChatCompletionMessageCustomToolCallPayload",
    "ChatCompletionMessageToolCall",
    "ChatCompletionTokenLogprob",
    "ChatCompletionUsageBlock",
    "ChoiceLogprobs",
    "Choices",
    "CompletionTokensDetails",
    "CompletionTokensDetailsWrapper",
    "CostPerToken",
    "CredentialItem",
    "CustomHuggingfaceTokenizer",
    "Delta",
    "Embedding",
    "EmbeddingResponse",
    "Function",
    "FunctionCall",
    "GenericImageParsingChunk",
    "GenericStreamingChunk",
    "HiddenParams",
    "ImageObject",
    "ImageResponse",
    "ImageUsage",
    "ImageUsageInputTokensDetails",
    "LiteLLMFineTuningJob",
    "LlmProviders",
    "LlmProvidersSet",
    "Logprobs",
    "Message",
    "ModelInfo",
    "ModelInfoBase",
    "ModelResponse",
    "ModelResponseBase",
    "ModelResponseStream",
    "PromptTokensDetails",
    "PromptTokensDetailsWrapper",
    "ProviderField",
    "SafeAttributeModel",
    "SearchContextCostPerQuery",
    "SelectTokenizerResponse",
    "ServerToolUse",
    "StreamingChoices",
    "TextChoices",
    "TextCompletionResponse",
    "TokenCountResponse",
    "TopLogprob",
    "Usage",
    "_generate_id",
    "add_provider_specific_fields",
    "all_litellm_params",
    "generate_id",
    "map_finish_reason",
]


def __getattr__(name: str) -> object:
    """Names of LiteLLM's that live elsewhere in the package."""
    from .._names import find_for

    return find_for(__name__, name)
