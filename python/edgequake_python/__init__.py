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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._logging import _turn_on_debug, verbose_logger
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
    from .response_cost import response_cost_calculator
    from .router import Router
    from .tokens import (
        create_pretrained_tokenizer,
        create_tokenizer,
        decode,
        encode,
        get_token_count,
        token_counter,
    )

    model_cost: dict[str, dict[str, Any]]
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

_LAZY = {
    "AsyncClient": "client",
    "BudgetManager": "budget_manager",
    "Budgets": "budget",
    "Cache": "caching.caching",
    "Client": "client",
    "DiskCache": "caching.disk_cache",
    "DualCache": "caching.dual_cache",
    "HttpxBinaryResponseContent": "binary",
    "InMemoryCache": "caching.in_memory_cache",
    "RedisCache": "caching.redis_cache",
    "Router": "router",
    "TextCompletionStreamWrapper": "text_completions",
    "_turn_on_debug": "_logging",
    "acancel_batch": "batches.main",
    "acancel_responses": "responses.main",
    "acompact_responses": "responses.main",
    "acreate_batch": "batches.main",
    "acreate_file": "files.main",
    "add_known_models": "model_table",
    "adelete_responses": "responses.main",
    "afile_content": "files.main",
    "afile_delete": "files.main",
    "afile_list": "files.main",
    "afile_retrieve": "files.main",
    "aget_responses": "responses.main",
    "aimage_edit": "images.main",
    "aimage_generation": "images.main",
    "aimage_variation": "images.main",
    "alist_batches": "batches.main",
    "alist_input_items": "responses.main",
    "alist_models": "models",
    "amoderation": "moderations",
    "anthropic_messages": "anthropic.messages",
    "anthropic_messages_handler": "anthropic.messages",
    "arerank": "rerank_api.main",
    "aresponses": "responses.main",
    "aretrieve_batch": "batches.main",
    "aspeech": "audio",
    "atext_completion": "text_completions",
    "atranscription": "audio",
    "cancel_batch": "batches.main",
    "cancel_responses": "responses.main",
    "compact_responses": "responses.main",
    "completion_cost": "cost",
    "cost_per_token": "cost",
    "create_batch": "batches.main",
    "create_file": "files.main",
    "create_pretrained_tokenizer": "tokens",
    "create_tokenizer": "tokens",
    "decode": "tokens",
    "delete_responses": "responses.main",
    "disable_cache": "caching.switches",
    "enable_cache": "caching.switches",
    "encode": "tokens",
    "file_content": "files.main",
    "file_delete": "files.main",
    "file_list": "files.main",
    "file_retrieve": "files.main",
    "get_llm_provider": "providers",
    "get_max_tokens": "model_info",
    "get_model_info": "model_info",
    "get_responses": "responses.main",
    "get_supported_openai_params": "providers",
    "get_supported_regions": "model_info",
    "get_token_count": "tokens",
    "image_edit": "images.main",
    "image_generation": "images.main",
    "image_variation": "images.main",
    "list_batches": "batches.main",
    "list_input_items": "responses.main",
    "list_models": "models",
    "moderation": "moderations",
    "provider_info": "providers",
    "refresh_model_cost": "model_table",
    "register_model": "model_table",
    "register_provider": "providers",
    "rerank": "rerank_api.main",
    "response_cost_calculator": "response_cost",
    "responses": "responses.main",
    "retrieve_batch": "batches.main",
    "speech": "audio",
    "stream_chunk_builder": "chunk_builder",
    "supports_assistant_prefill": "model_info",
    "supports_audio_input": "model_info",
    "supports_audio_output": "model_info",
    "supports_computer_use": "model_info",
    "supports_embedding_image_input": "model_info",
    "supports_function_calling": "model_info",
    "supports_httpx_timeout": "model_info",
    "supports_native_streaming": "model_info",
    "supports_native_structured_output": "model_info",
    "supports_none_reasoning_effort": "model_info",
    "supports_parallel_function_calling": "model_info",
    "supports_pdf_input": "model_info",
    "supports_prompt_caching": "model_info",
    "supports_reasoning": "model_info",
    "supports_response_schema": "model_info",
    "supports_system_messages": "model_info",
    "supports_tool_choice": "model_info",
    "supports_url_context": "model_info",
    "supports_video_input": "model_info",
    "supports_vision": "model_info",
    "supports_web_search": "model_info",
    "text_completion": "text_completions",
    "token_counter": "tokens",
    "transcription": "audio",
    "unregister_provider": "providers",
    "update_cache": "caching.switches",
    "validate_environment": "providers",
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
    elif name == "model_cost":
        return import_module(".model_table", __name__).table()
    elif name in _LAZY:
        value = getattr(import_module(f".{_LAZY[name]}", __name__), name)
    elif (model_table := import_module(".model_table", __name__)).is_collection(name):
        value = model_table.names(name)
    else:
        names = import_module("._names", __name__)
        value = names.find(name)
        if type(value) is type(names):
            return value
    globals()[name] = value
    return value


#: Aider walks ``dir()`` and refuses to start over a name ending in ``Error`` that its own list lacks; these
#: are not on the list of every version of it.
_UNLISTED = frozenset(("BadGatewayError", "ImageFetchError", "PermissionDeniedError"))


def __dir__() -> list[str]:
    return sorted(set(globals()) - _UNLISTED)
