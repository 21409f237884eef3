"""LiteLLM's import path for the messages of a chat request, under the openai package's names."""

from __future__ import annotations

from .messages import (
    AllMessageValues as ChatCompletionMessageParam,
)
from .messages import (
    ChatCompletionAssistantMessage as ChatCompletionAssistantMessageParam,
)
from .messages import (
    ChatCompletionFunctionMessage as ChatCompletionFunctionMessageParam,
)
from .messages import (
    ChatCompletionSystemMessage as ChatCompletionSystemMessageParam,
)
from .messages import (
    ChatCompletionToolMessage as ChatCompletionToolMessageParam,
)
from .messages import (
    ChatCompletionUserMessage as ChatCompletionUserMessageParam,
)
from .request_parts import ChatCompletionRequest as CompletionRequest

__all__ = [
    "ChatCompletionAssistantMessageParam",
    "ChatCompletionFunctionMessageParam",
    "ChatCompletionMessageParam",
    "ChatCompletionSystemMessageParam",
    "ChatCompletionToolMessageParam",
    "ChatCompletionUserMessageParam",
    "CompletionRequest",
]
