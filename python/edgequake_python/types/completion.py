"""LiteLLM's import path for a chat request; its messages have the openai package's names."""

from __future__ import annotations

from typing import Any, Optional, Union

from pydantic import Field

from .base import Model
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

__all__ = [
    "ChatCompletionAssistantMessageParam",
    "ChatCompletionFunctionMessageParam",
    "ChatCompletionMessageParam",
    "ChatCompletionSystemMessageParam",
    "ChatCompletionToolMessageParam",
    "ChatCompletionUserMessageParam",
    "CompletionRequest",
]


class CompletionRequest(Model):
    """The arguments of a chat call, checked."""

    model: str
    messages: list[Any] = Field(default_factory=list)
    timeout: Optional[Union[float, int]] = None
    temperature: Optional[float] = None
    top_p: Optional[float] = None
    n: Optional[int] = None
    stream: Optional[bool] = None
    stop: Optional[Any] = None
    max_tokens: Optional[int] = None
    presence_penalty: Optional[float] = None
    frequency_penalty: Optional[float] = None
    logit_bias: Optional[dict[str, float]] = None
    user: Optional[str] = None
    response_format: Optional[dict[str, Any]] = None
    seed: Optional[int] = None
    tools: Optional[list[Any]] = None
    tool_choice: Optional[Any] = None
    logprobs: Optional[bool] = None
    top_logprobs: Optional[int] = None
    deployment_id: Optional[str] = None
    functions: Optional[list[Any]] = None
    function_call: Optional[Any] = None
    base_url: Optional[str] = None
    api_version: Optional[str] = None
    api_key: Optional[str] = None
    model_list: Optional[list[Any]] = None
