"""A drop-in replacement for LiteLLM with a Rust core.

``import edgequake_python as litellm`` and go on. Importing it loads neither pydantic nor asyncio and touches
no network; both load when first needed.
"""

# ruff: noqa: F401 - a package's names are its interface; lazy names stand here for type checkers

from __future__ import annotations

from . import _eq_core, config
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

# Loaded when first asked for: `_names` says where from, a test that both say the same.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._logging import _turn_on_debug, verbose_logger
    from .anthropic.messages import anthropic_messages, anthropic_messages_handler
    from .audio import aspeech, atranscription, speech, transcription
    from .batches.main import (
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
    from .budget import Budgets
    from .budget_manager import BudgetManager
    from .caching import (
        Cache,
        DiskCache,
        DualCache,
        InMemoryCache,
        RedisCache,
        disable_cache,
        enable_cache,
        update_cache,
    )
    from .chunk_builder import stream_chunk_builder
    from .client import AsyncClient, Client
    from .cost import completion_cost, cost_per_token
    from .exceptions import (
        LITELLM_EXCEPTION_TYPES,
        EdgeQuakeError,
        IncompleteStreamError,
        InternalError,
        ModelNotMappedError,
        PaymentRequiredError,
        VectorStoreSearchError,
    )
    from .files.main import (
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
    from .images.main import (
        aimage_edit,
        aimage_generation,
        aimage_variation,
        image_edit,
        image_generation,
        image_variation,
    )
    from .model_info import (
        get_max_tokens,
        get_model_info,
        get_supported_regions,
        supports_assistant_prefill,
        supports_audio_input,
        supports_audio_output,
        supports_computer_use,
        supports_embedding_image_input,
        supports_function_calling,
        supports_httpx_timeout,
        supports_native_streaming,
        supports_native_structured_output,
        supports_none_reasoning_effort,
        supports_parallel_function_calling,
        supports_pdf_input,
        supports_prompt_caching,
        supports_reasoning,
        supports_response_schema,
        supports_system_messages,
        supports_tool_choice,
        supports_url_context,
        supports_video_input,
        supports_vision,
        supports_web_search,
    )
    from .model_table import add_known_models, refresh_model_cost, register_model
    from .models import alist_models, list_models
    from .moderations import amoderation, moderation
    from .providers import (
        get_llm_provider,
        get_supported_openai_params,
        provider_info,
        register_provider,
        unregister_provider,
        validate_environment,
    )
    from .rerank_api.main import arerank, rerank
    from .response_cost import response_cost_calculator
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
    from .router import Router
    from .text_completions import TextCompletionStreamWrapper, atext_completion, text_completion
    from .tokens import (
        create_pretrained_tokenizer,
        create_tokenizer,
        decode,
        encode,
        get_token_count,
        token_counter,
    )
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

    model_cost: dict[str, dict[str, Any]]

__all__ = [
    "LITELLM_EXCEPTION_TYPES",
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "AsyncClient",
    "AuthenticationError",
    "AzureOpenAIError",
    "BadGatewayError",
    "BadRequestError",
    "BudgetExceededError",
    "BudgetManager",
    "Budgets",
    "Cache",
    "ChatCompletionMessageToolCall",
    "Choices",
    "Client",
    "ContentPolicyViolationError",
    "ContextWindowExceededError",
    "CustomStreamWrapper",
    "Delta",
    "DiskCache",
    "DualCache",
    "EdgeQuakeError",
    "EmbeddingResponse",
    "Function",
    "HttpxBinaryResponseContent",
    "ImageFetchError",
    "ImageResponse",
    "InMemoryCache",
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
    "RedisCache",
    "RerankResponse",
    "ResponsesAPIResponse",
    "Router",
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
    "add_known_models",
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
    "completion_cost",
    "cost_per_token",
    "create_batch",
    "create_file",
    "create_pretrained_tokenizer",
    "create_tokenizer",
    "decode",
    "delete_responses",
    "disable_cache",
    "embedding",
    "enable_cache",
    "encode",
    "file_content",
    "file_delete",
    "file_list",
    "file_retrieve",
    "get_llm_provider",
    "get_max_tokens",
    "get_model_info",
    "get_responses",
    "get_supported_openai_params",
    "get_supported_regions",
    "get_token_count",
    "image_edit",
    "image_generation",
    "image_variation",
    "list_batches",
    "list_input_items",
    "list_models",
    "model_cost",
    "moderation",
    "provider_info",
    "refresh_model_cost",
    "register_model",
    "register_provider",
    "rerank",
    "response_cost_calculator",
    "responses",
    "retrieve_batch",
    "speech",
    "stream_chunk_builder",
    "supports_assistant_prefill",
    "supports_audio_input",
    "supports_audio_output",
    "supports_computer_use",
    "supports_embedding_image_input",
    "supports_function_calling",
    "supports_httpx_timeout",
    "supports_native_streaming",
    "supports_native_structured_output",
    "supports_none_reasoning_effort",
    "supports_parallel_function_calling",
    "supports_pdf_input",
    "supports_prompt_caching",
    "supports_reasoning",
    "supports_response_schema",
    "supports_system_messages",
    "supports_tool_choice",
    "supports_url_context",
    "supports_video_input",
    "supports_vision",
    "supports_web_search",
    "text_completion",
    "token_counter",
    "transcription",
    "unregister_provider",
    "update_cache",
    "validate_environment",
    "verbose_logger",
]
__all__ += config.__all__

if _eq_core.DEBUG_BUILD:
    import warnings

    warnings.warn(
        "edgequake_python runs on a debug build of its core, many times slower; build with --release",
        RuntimeWarning,
        stacklevel=2,
    )
    del warnings


def __getattr__(name: str) -> Any:
    """Names that cost an import: response classes, rare exceptions, functions, loggers, submodules."""
    from importlib import import_module

    # Not `from . import types`, which would ask this function for it.
    exceptions = import_module(".exceptions", __name__)
    types = import_module(".types", __name__)
    if name in exceptions.LAZY_TOP_LEVEL:
        return getattr(exceptions, name)
    if name == "model_cost":
        return import_module(".model_table", __name__).table()
    if name in types.__all__:
        value = getattr(types, name)
    else:
        value = import_module("._names", __name__).find(name)
        if type(value) is type(types):
            return value
    globals()[name] = value
    return value


#: Aider walks ``dir()`` and refuses to start over a name ending in ``Error`` that its own list lacks; these
#: are not on the list of every version of it.
_UNLISTED = frozenset(("BadGatewayError", "ImageFetchError", "PermissionDeniedError"))


def __dir__() -> list[str]:
    return sorted(set(globals()) - _UNLISTED)
