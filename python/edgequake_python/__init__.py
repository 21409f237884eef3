"""A drop-in replacement for LiteLLM with a Rust core.

``import edgequake_python as litellm`` and go on. Importing it loads neither pydantic nor asyncio and touches
no network; both load when first needed.
"""

# ruff: noqa: F401, F405 - a package's names are its interface; lazy names stand here for type checkers

from __future__ import annotations

from . import _eq_core
from ._eq_core import Simulator, __version__
from ._timeouts import Timeouts
from .config import *  # noqa: F403 - every switch is an attribute of the package
from .config import (
    _async_failure_callback,
    _async_input_callback,
    _async_success_callback,
    _current_cost,
)
from .config_kept import *  # noqa: F403
from .exceptions import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    AuthenticationError,
    AzureOpenAIError,
    BadGatewayError,
    BadRequestError,
    BudgetExceededError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    ImageFetchError,
    InternalServerError,
    InvalidRequestError,
    JSONSchemaValidationError,
    LiteLLMUnknownProvider,
    MockException,
    NotFoundError,
    OpenAIError,
    PermissionDeniedError,
    RateLimitError,
    RouterRateLimitError,
    ServiceUnavailableError,
    Timeout,
    UnprocessableEntityError,
    UnsupportedParamsError,
)
from .streaming import CustomStreamWrapper

from .completion import acompletion, completion  # isort: skip - needs the attributes above
from .embedding import aembedding, embedding  # isort: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._logging import _turn_on_debug, verbose_logger
    from .anthropic.messages import anthropic_messages, anthropic_messages_handler
    from .audio import aspeech, atranscription, speech, transcription
    from .batches import (
        acancel_batch,
        acreate_batch,
        alist_batches,
        aretrieve_batch,
        cancel_batch,
        create_batch,
        list_batches,
        retrieve_batch,
    )
    from .binary import HttpxBinaryResponseContent
    from .chunk_builder import stream_chunk_builder
    from .exceptions import (
        LITELLM_EXCEPTION_TYPES,
        EdgeQuakeError,
        IncompleteStreamError,
        InternalError,
        ModelNotMappedError,
        PaymentRequiredError,
        VectorStoreSearchError,
    )
    from .files import (
        acreate_file,
        afile_content,
        afile_delete,
        afile_list,
        afile_retrieve,
        create_file,
        file_content,
        file_delete,
        file_list,
        file_retrieve,
    )
    from .images import (
        aimage_edit,
        aimage_generation,
        aimage_variation,
        image_edit,
        image_generation,
        image_variation,
    )
    from .models import alist_models, list_models
    from .moderations import amoderation, moderation
    from .reranking import arerank, rerank
    from .responses.main import (
        acancel_responses,
        acompact_responses,
        adelete_responses,
        aget_responses,
        alist_input_items,
        aresponses,
        cancel_responses,
        compact_responses,
        delete_responses,
        get_responses,
        list_input_items,
        responses,
    )
    from .text_completions import TextCompletionStreamWrapper, atext_completion, text_completion
    from .types import (
        ChatCompletionMessageToolCall,
        Choices,
        Delta,
        EmbeddingResponse,
        Function,
        ImageResponse,
        Message,
        ModelResponse,
        ModelResponseStream,
        RerankResponse,
        ResponsesAPIResponse,
        StreamingChoices,
        TextChoices,
        TextCompletionResponse,
        TranscriptionResponse,
        Usage,
    )

__all__ = [
    "LITELLM_EXCEPTION_TYPES",
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "AuthenticationError",
    "AzureOpenAIError",
    "BadGatewayError",
    "BadRequestError",
    "BudgetExceededError",
    "ChatCompletionMessageToolCall",
    "Choices",
    "ContentPolicyViolationError",
    "ContextWindowExceededError",
    "CustomStreamWrapper",
    "Delta",
    "EdgeQuakeError",
    "EmbeddingResponse",
    "Function",
    "HttpxBinaryResponseContent",
    "ImageFetchError",
    "ImageResponse",
    "IncompleteStreamError",
    "InternalError",
    "InternalServerError",
    "InvalidRequestError",
    "JSONSchemaValidationError",
    "LiteLLMUnknownProvider",
    "Message",
    "MockException",
    "ModelNotMappedError",
    "ModelResponse",
    "ModelResponseStream",
    "NotFoundError",
    "OpenAIError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "RerankResponse",
    "ResponsesAPIResponse",
    "RouterRateLimitError",
    "ServiceUnavailableError",
    "Simulator",
    "StreamingChoices",
    "TextChoices",
    "TextCompletionResponse",
    "TextCompletionStreamWrapper",
    "Timeout",
    "Timeouts",
    "TranscriptionResponse",
    "UnprocessableEntityError",
    "UnsupportedParamsError",
    "Usage",
    "VectorStoreSearchError",
    "__version__",
    "acancel_batch",
    "acancel_responses",
    "acompact_responses",
    "acompletion",
    "acreate_batch",
    "acreate_file",
    "adelete_responses",
    "aembedding",
    "afile_content",
    "afile_delete",
    "afile_list",
    "afile_retrieve",
    "aget_responses",
    "aimage_edit",
    "aimage_generation",
    "aimage_variation",
    "alist_batches",
    "alist_input_items",
    "alist_models",
    "amoderation",
    "anthropic_messages",
    "anthropic_messages_handler",
    "api_base",
    "api_key",
    "api_version",
    "arerank",
    "aresponses",
    "aretrieve_batch",
    "aspeech",
    "atext_completion",
    "atranscription",
    "cancel_batch",
    "cancel_responses",
    "compact_responses",
    "completion",
    "create_batch",
    "create_file",
    "delete_responses",
    "drop_params",
    "embedding",
    "file_content",
    "file_delete",
    "file_list",
    "file_retrieve",
    "get_responses",
    "headers",
    "http2",
    "image_edit",
    "image_generation",
    "image_variation",
    "list_batches",
    "list_input_items",
    "list_models",
    "moderation",
    "num_retries",
    "openai_key",
    "organization",
    "project",
    "request_timeout",
    "rerank",
    "responses",
    "retrieve_batch",
    "set_verbose",
    "speech",
    "ssl_certificate",
    "ssl_verify",
    "stream_chunk_builder",
    "suppress_debug_info",
    "telemetry",
    "text_completion",
    "transcription",
    "user_url_allowed_hosts",
    "user_url_validation",
    "verbose_logger",
]

if _eq_core.DEBUG_BUILD:
    import warnings

    warnings.warn(
        "edgequake_python runs on a debug build of its core, many times slower; build with --release",
        RuntimeWarning,
        stacklevel=2,
    )
    del warnings

_LAZY = {
    "HttpxBinaryResponseContent": "binary",
    "TextCompletionStreamWrapper": "text_completions",
    "_turn_on_debug": "_logging",
    "acancel_batch": "batches",
    "acancel_responses": "responses.main",
    "acompact_responses": "responses.main",
    "acreate_batch": "batches",
    "acreate_file": "files",
    "adelete_responses": "responses.main",
    "afile_content": "files",
    "afile_delete": "files",
    "afile_list": "files",
    "afile_retrieve": "files",
    "aget_responses": "responses.main",
    "aimage_edit": "images",
    "aimage_generation": "images",
    "aimage_variation": "images",
    "alist_batches": "batches",
    "alist_input_items": "responses.main",
    "alist_models": "models",
    "amoderation": "moderations",
    "anthropic_messages": "anthropic.messages",
    "anthropic_messages_handler": "anthropic.messages",
    "arerank": "reranking",
    "aresponses": "responses.main",
    "aretrieve_batch": "batches",
    "aspeech": "audio",
    "atext_completion": "text_completions",
    "atranscription": "audio",
    "cancel_batch": "batches",
    "cancel_responses": "responses.main",
    "compact_responses": "responses.main",
    "create_batch": "batches",
    "create_file": "files",
    "delete_responses": "responses.main",
    "file_content": "files",
    "file_delete": "files",
    "file_list": "files",
    "file_retrieve": "files",
    "get_responses": "responses.main",
    "image_edit": "images",
    "image_generation": "images",
    "image_variation": "images",
    "list_batches": "batches",
    "list_input_items": "responses.main",
    "list_models": "models",
    "moderation": "moderations",
    "rerank": "reranking",
    "responses": "responses.main",
    "retrieve_batch": "batches",
    "speech": "audio",
    "stream_chunk_builder": "chunk_builder",
    "text_completion": "text_completions",
    "transcription": "audio",
    "verbose_logger": "_logging",
}


def __getattr__(name: str) -> Any:
    """Names that cost an import: response classes, rare exceptions, loggers, submodules."""
    from importlib import import_module

    # Not `from . import types`, which would ask this function for it.
    exceptions = import_module(".exceptions", __name__)
    types = import_module(".types", __name__)
    if name in exceptions.LAZY_TOP_LEVEL:
        return getattr(exceptions, name)
    if name in types.__all__:
        value = getattr(types, name)
    elif name in _LAZY:
        value = getattr(import_module(f".{_LAZY[name]}", __name__), name)
    elif name in ("anthropic", "structured", "chunk_builder", "_logging", "cli", "demo"):
        return import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value
