"""Messages and their parts as programs write them: typed dicts, in OpenAI's vocabulary."""

# ruff: noqa: D101 - the fields are the documentation

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Optional, Union

from typing_extensions import Required, TypedDict


class ChatCompletionCachedContent(TypedDict, total=False):
    type: Required[Literal["ephemeral"]]
    ttl: Literal["5m", "1h"]


class ChatCompletionTextObject(TypedDict, total=False):
    type: Required[Literal["text"]]
    text: Required[str]
    cache_control: ChatCompletionCachedContent


class ChatCompletionImageUrlObject(TypedDict, total=False):
    url: Required[str]
    detail: str
    format: str


class ChatCompletionImageObject(TypedDict):
    type: Literal["image_url"]
    image_url: Union[str, ChatCompletionImageUrlObject]


class ChatCompletionAudioObject(TypedDict, total=False):
    input_audio: Any
    type: Literal["input_audio"]
    prompt_cache_breakpoint: Any


class ChatCompletionFileObjectFile(TypedDict, total=False):
    file_data: str
    file_id: str
    filename: str
    format: str
    detail: str
    video_metadata: dict[str, Any]


class ChatCompletionFileObject(TypedDict):
    type: Literal["file"]
    file: ChatCompletionFileObjectFile


class ChatCompletionVideoUrlObject(TypedDict, total=False):
    url: Required[str]
    detail: str


class ChatCompletionVideoObject(TypedDict):
    type: Literal["video_url"]
    video_url: Union[str, ChatCompletionVideoUrlObject]


class DocumentObject(TypedDict):
    type: Literal["text"]
    media_type: str
    data: str


class CitationsObject(TypedDict):
    enabled: bool


class ChatCompletionDocumentObject(TypedDict):
    type: Literal["document"]
    source: DocumentObject
    title: str
    context: str
    citations: Optional[CitationsObject]


class ChatCompletionThinkingBlock(TypedDict, total=False):
    type: Required[Literal["thinking"]]
    thinking: str
    signature: Optional[str]
    cache_control: Any


class ChatCompletionRedactedThinkingBlock(TypedDict, total=False):
    type: Required[Literal["redacted_thinking"]]
    data: str
    cache_control: Any


class ChatCompletionReasoningSummaryTextBlock(TypedDict, total=False):
    type: Required[Literal["summary_text"]]
    text: str


class ChatCompletionReasoningItem(TypedDict, total=False):
    type: Required[Literal["reasoning"]]
    id: str
    encrypted_content: Optional[str]
    summary: list[ChatCompletionReasoningSummaryTextBlock]


class ChatCompletionToolCallFunctionChunk(TypedDict, total=False):
    name: Optional[str]
    arguments: str
    provider_specific_fields: Optional[dict[str, Any]]


class ChatCompletionAssistantToolCall(TypedDict):
    id: Optional[str]
    type: Literal["function"]
    function: ChatCompletionToolCallFunctionChunk


class ChatCompletionUserMessage(TypedDict, total=False):
    role: Required[Literal["user"]]
    content: Required[Union[str, Iterable[Any]]]
    cache_control: ChatCompletionCachedContent


class ChatCompletionAssistantMessage(TypedDict, total=False):
    role: Required[Literal["assistant"]]
    content: Optional[Union[str, Iterable[Any]]]
    name: Optional[str]
    tool_calls: Optional[list[ChatCompletionAssistantToolCall]]
    function_call: Optional[ChatCompletionToolCallFunctionChunk]
    reasoning_content: Optional[str]
    cache_control: ChatCompletionCachedContent
    thinking_blocks: Optional[list[Any]]
    reasoning_items: Optional[list[ChatCompletionReasoningItem]]


class ChatCompletionSystemMessage(TypedDict, total=False):
    role: Required[Literal["system"]]
    content: Required[Union[str, list[Any]]]
    name: str
    cache_control: ChatCompletionCachedContent


class ChatCompletionDeveloperMessage(TypedDict, total=False):
    role: Required[Literal["developer"]]
    content: Required[Union[str, list[Any]]]
    name: str
    cache_control: ChatCompletionCachedContent


class ChatCompletionToolMessage(TypedDict):
    role: Literal["tool"]
    content: Union[str, Iterable[Any]]
    tool_call_id: str


class ChatCompletionFunctionMessage(TypedDict):
    role: Literal["function"]
    content: Optional[Union[str, Iterable[Any]]]
    name: str
    tool_call_id: Optional[str]


class GenericChatCompletionMessage(TypedDict):
    role: str
    content: Union[str, list[Any]]


class OpenAIChatCompletionTextObject(TypedDict):
    type: Literal["text"]
    text: str


class OpenAIChatCompletionUserMessage(TypedDict):
    role: Literal["user"]
    content: Union[str, Iterable[Any]]


class OpenAIChatCompletionAssistantMessage(TypedDict, total=False):
    role: Required[Literal["assistant"]]
    content: Optional[Union[str, Iterable[Any]]]
    name: Optional[str]
    tool_calls: Optional[list[ChatCompletionAssistantToolCall]]
    function_call: Optional[ChatCompletionToolCallFunctionChunk]
    reasoning_content: Optional[str]


class OpenAIChatCompletionSystemMessage(TypedDict, total=False):
    role: Required[Literal["system"]]
    content: Required[Union[str, list[Any]]]
    name: str


class OpenAIChatCompletionDeveloperMessage(TypedDict, total=False):
    role: Required[Literal["developer"]]
    content: Required[Union[str, list[Any]]]
    name: str


class OpenAITextCompletionUserMessage(TypedDict):
    role: Literal["user"]
    content: Any


class ImageURLObject(TypedDict, total=False):
    url: Required[str]
    detail: Optional[str]


class ImageFileObject(TypedDict):
    file_id: str
    detail: Optional[str]


AllMessageValues = Union[
    ChatCompletionUserMessage,
    ChatCompletionAssistantMessage,
    ChatCompletionToolMessage,
    ChatCompletionSystemMessage,
    ChatCompletionFunctionMessage,
    ChatCompletionDeveloperMessage,
]
OpenAIMessageContentListBlock = Union[
    ChatCompletionTextObject,
    ChatCompletionImageObject,
    ChatCompletionAudioObject,
    ChatCompletionDocumentObject,
    ChatCompletionVideoObject,
    ChatCompletionFileObject,
]
OpenAIMessageContent = Union[str, Iterable[OpenAIMessageContentListBlock]]
AllPromptValues = Union[str, list[str], Iterable[int], Iterable[Iterable[int]], None]
AllEmbeddingInputValues = Union[str, list[str], list[int], list[list[int]]]

_USER_PARTS = (
    "text image_url input_audio audio_url document guarded_text grounding_source query video_url file"
)
ValidUserMessageContentTypes: list[str] = _USER_PARTS.split()
ValidAssistantMessageContentTypes: list[str] = ["text", "thinking", "redacted_thinking", "image_url"]
ValidChatCompletionMessageContentTypes: list[str] = [
    *ValidUserMessageContentTypes,
    "thinking",
    "redacted_thinking",
]
