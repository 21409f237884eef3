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
    from .types import (
        ChatCompletionMessageToolCall,
        Choices,
        Delta,
        EmbeddingResponse,
        Function,
        Message,
        ModelResponse,
        ModelResponseStream,
        ResponsesAPIResponse,
        StreamingChoices,
        TextChoices,
        TextCompletionResponse,
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
    "ImageFetchError",
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
    "ResponsesAPIResponse",
    "RouterRateLimitError",
    "ServiceUnavailableError",
    "Simulator",
    "StreamingChoices",
    "TextChoices",
    "TextCompletionResponse",
    "Timeout",
    "Timeouts",
    "UnprocessableEntityError",
    "UnsupportedParamsError",
    "Usage",
    "VectorStoreSearchError",
    "__version__",
    "acancel_responses",
    "acompact_responses",
    "acompletion",
    "adelete_responses",
    "aembedding",
    "aget_responses",
    "alist_input_items",
    "api_base",
    "api_key",
    "api_version",
    "aresponses",
    "cancel_responses",
    "compact_responses",
    "completion",
    "delete_responses",
    "drop_params",
    "embedding",
    "get_responses",
    "headers",
    "http2",
    "list_input_items",
    "num_retries",
    "openai_key",
    "organization",
    "project",
    "request_timeout",
    "responses",
    "set_verbose",
    "ssl_certificate",
    "ssl_verify",
    "stream_chunk_builder",
    "suppress_debug_info",
    "telemetry",
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
    "_turn_on_debug": "_logging",
    "acancel_responses": "responses.main",
    "acompact_responses": "responses.main",
    "adelete_responses": "responses.main",
    "aget_responses": "responses.main",
    "alist_input_items": "responses.main",
    "aresponses": "responses.main",
    "cancel_responses": "responses.main",
    "compact_responses": "responses.main",
    "delete_responses": "responses.main",
    "get_responses": "responses.main",
    "list_input_items": "responses.main",
    "responses": "responses.main",
    "stream_chunk_builder": "chunk_builder",
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
    elif name in ("structured", "chunk_builder", "_logging", "cli", "demo"):
        return import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value
