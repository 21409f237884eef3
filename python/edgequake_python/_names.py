"""Where each name lives that is loaded when first asked for, and what is said of those that are not here."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PACKAGE = __package__

#: Module: the names that are asked of the package, of `utils` or of `main`, and live there.
_HERE: dict[str, str] = {
    "_logging": "verbose_logger verbose_router_logger verbose_proxy_logger _turn_on_debug _turn_on_json "
    "print_verbose set_level log_level",
    "_version": "version",
    "alias": "install_as_litellm uninstall_as_litellm",
    "anthropic.messages": "anthropic_messages anthropic_messages_handler",
    "arguments": "jsonify_tools validate_and_fix_openai_tools validate_chat_completion_tool_choice "
    "validate_openai_optional_params get_standard_openai_params get_non_default_completion_params "
    "filter_out_litellm_params add_openai_metadata add_dummy_tool should_run_mock_completion "
    "is_prompt_caching_valid_prompt return_raw_request get_end_user_id_for_cost_tracking "
    "get_first_chars_messages get_logging_id get_utc_datetime modify_url read_config_args",
    "audio": "aspeech atranscription speech transcription",
    "batches.main": "acancel_batch acreate_batch alist_batches aretrieve_batch cancel_batch create_batch "
    "list_batches retrieve_batch",
    "batching": "batch_completion batch_completion_models batch_completion_models_all_responses",
    "binary": "HttpxBinaryResponseContent",
    "budget": "Budgets",
    "budget_manager": "BudgetManager",
    "caching.caching": "Cache",
    "caching.disk_cache": "DiskCache",
    "caching.dual_cache": "DualCache",
    "caching.in_memory_cache": "InMemoryCache",
    "caching.redis_cache": "RedisCache",
    "caching.switches": "disable_cache enable_cache update_cache",
    "chunk_builder": "stream_chunk_builder stream_chunk_builder_text_completion",
    "client": "AsyncClient Client",
    "client_cache": "in_memory_llm_clients_cache LLMClientCache module_level_client module_level_aclient",
    "constants": "DEFAULT_ALLOWED_FAILS DEFAULT_BATCH_SIZE DEFAULT_FLUSH_INTERVAL_SECONDS "
    "DEFAULT_IN_MEMORY_TTL DEFAULT_MAX_RETRIES DEFAULT_MAX_TOKENS DEFAULT_SOFT_BUDGET "
    "REPEATED_STREAMING_CHUNK_LIMIT ROUTER_MAX_FALLBACKS AZURE_DEFAULT_API_VERSION "
    "COHERE_DEFAULT_EMBEDDING_INPUT_TYPE DEFAULT_MOCK_RESPONSE_PROMPT_TOKEN_COUNT "
    "DEFAULT_MOCK_RESPONSE_COMPLETION_TOKEN_COUNT DEFAULT_REPLICATE_POLLING_RETRIES "
    "DEFAULT_REPLICATE_POLLING_DELAY_SECONDS",
    "conversation": "trim_messages get_response_string convert_to_dict convert_list_message_to_dict "
    "has_tool_call_blocks is_cached_message is_base64_encoded remove_index_from_tool_calls "
    "validate_chat_completion_user_messages validate_and_fix_openai_messages "
    "validate_and_fix_thinking_param any_assistant_message_has_thinking_blocks "
    "last_assistant_with_tool_calls_has_no_thinking_blocks shorten_message_to_fit_limit process_messages "
    "get_formatted_prompt cleanup_none_field_in_message",
    "cost": "completion_cost cost_per_token",
    "credentials": "get_secret get_secret_str get_secret_bool load_credentials_from_list CredentialAccessor",
    "files.main": "acreate_file afile_content afile_delete afile_list afile_retrieve create_file "
    "file_content file_delete file_list file_retrieve",
    "function_schema": "function_to_dict",
    "health": "ahealth_check check_valid_key",
    "image_cost": "default_image_cost_calculator",
    "images.main": "aimage_edit aimage_generation aimage_variation image_edit image_generation "
    "image_variation",
    "integrations.custom_batch_logger": "CustomBatchLogger",
    "integrations.custom_guardrail": "CustomGuardrail",
    "integrations.custom_logger": "CustomLogger",
    "limits": "timeout calculate_max_parallel_requests get_base_model_from_metadata",
    "litellm_core_utils.exception_mapping_utils": "exception_type",
    "litellm_core_utils.logging_callback_manager": "logging_callback_manager LoggingCallbackManager",
    "litellm_core_utils.prompt_templates.common_utils": "get_content_from_model_response "
    "get_completion_messages",
    "litellm_core_utils.thread_pool_executor": "executor",
    "llms.base_llm.base_utils": "type_to_response_format_param",
    "llms.custom_llm": "CustomLLM CustomLLMError custom_chat_llm_router",
    "mock": "mock_completion",
    "model_info": "get_max_tokens get_model_info get_supported_regions supports_assistant_prefill "
    "supports_audio_input supports_audio_output supports_computer_use supports_embedding_image_input "
    "supports_function_calling supports_httpx_timeout supports_native_streaming "
    "supports_native_structured_output supports_none_reasoning_effort supports_parallel_function_calling "
    "supports_pdf_input supports_prompt_caching supports_reasoning supports_response_schema "
    "supports_system_messages supports_tool_choice supports_url_context supports_video_input "
    "supports_vision supports_web_search",
    "model_substitutes": "azure_llms longer_context_model_fallback_dict",
    "model_table": "_invalidate_model_cost_lowercase_map add_known_models refresh_model_cost register_model",
    "models": "alist_models list_models",
    "moderations": "amoderation moderation",
    "observers.delivery": "flush flush_async",
    "openai_client": "LiteLLM Chat Completions AsyncCompletions",
    "optional_params": "get_optional_params get_optional_params_embeddings get_optional_params_image_gen",
    "prompt_templates": "register_prompt_template",
    "provider_config": "ProviderConfigManager responses_api_bridge_check get_valid_models get_api_base "
    "get_provider_fields",
    "provider_lists": "openai_compatible_endpoints openai_compatible_providers "
    "openai_text_completion_compatible_providers _openai_like_providers LITELLM_CHAT_PROVIDERS "
    "BEDROCK_CONVERSE_MODELS provider_list",
    "providers": "get_llm_provider get_supported_openai_params provider_info register_provider "
    "unregister_provider validate_environment",
    "rerank_api.main": "arerank rerank",
    "response_cost": "rerank_cost transcription_cost response_cost_calculator",
    "responses.main": "acancel_responses acompact_responses adelete_responses aget_responses "
    "alist_input_items aresponses cancel_responses compact_responses delete_responses get_responses "
    "list_input_items responses",
    "retry_rules": "_should_retry _calculate_retry_after completion_with_retries acompletion_with_retries "
    "responses_with_retries aresponses_with_retries",
    "router": "Router",
    "size_classes": "get_model_params_and_category",
    "text_completions": "TextCompletionStreamWrapper atext_completion text_completion",
    "tiktoken_encoding": "encoding",
    "tokens": "get_modified_max_tokens select_tokenizer create_pretrained_tokenizer create_tokenizer decode "
    "encode get_token_count token_counter",
    "types.call_types": "CallTypes",
    "types.logging_payload": "StandardLoggingPayload StandardCallbackDynamicParams",
    "types.messages": "AllMessageValues OpenAIMessageContent AllPromptValues AllEmbeddingInputValues "
    "ChatCompletionCachedContent ChatCompletionTextObject ChatCompletionImageUrlObject "
    "ChatCompletionImageObject ChatCompletionAudioObject ChatCompletionFileObjectFile "
    "ChatCompletionFileObject ChatCompletionVideoUrlObject ChatCompletionVideoObject DocumentObject "
    "CitationsObject ChatCompletionDocumentObject ChatCompletionThinkingBlock "
    "ChatCompletionRedactedThinkingBlock ChatCompletionReasoningItem "
    "ChatCompletionReasoningSummaryTextBlock ChatCompletionToolCallFunctionChunk "
    "ChatCompletionAssistantToolCall ChatCompletionUserMessage ChatCompletionAssistantMessage "
    "ChatCompletionSystemMessage ChatCompletionDeveloperMessage ChatCompletionToolMessage "
    "ChatCompletionFunctionMessage GenericChatCompletionMessage OpenAIChatCompletionTextObject "
    "OpenAIChatCompletionUserMessage OpenAIChatCompletionAssistantMessage "
    "OpenAIChatCompletionSystemMessage OpenAIChatCompletionDeveloperMessage "
    "OpenAITextCompletionUserMessage ImageURLObject ImageFileObject OpenAIMessageContentListBlock "
    "ValidUserMessageContentTypes ValidAssistantMessageContentTypes ValidChatCompletionMessageContentTypes",
    "types.parameters": "OPENAI_CHAT_COMPLETION_PARAMS all_litellm_params OPENAI_FINISH_REASONS",
    "types.provider_names": "LlmProviders LlmProvidersSet",
    "types.request_parts": "ChatCompletionToolParamFunctionChunk ChatCompletionToolParam "
    "OpenAIChatCompletionToolParam ChatCompletionToolChoiceFunctionParam "
    "ChatCompletionToolChoiceObjectParam ChatCompletionNamedToolChoiceParam ChatCompletionToolCallChunk "
    "ChatCompletionDeltaToolCallChunk ChatCompletionDeltaChunk ChatCompletionUsageBlock "
    "ChatCompletionAnnotationURLCitation ChatCompletionAnnotation ChatCompletionResponseMessage "
    "OpenAIWebSearchUserLocationApproximate OpenAIWebSearchUserLocation OpenAIWebSearchOptions "
    "ChatCompletionAudioParam ChatCompletionPredictionContentParam ChatCompletionRequest",
    "types.router": "RetryPolicy AllowedFailsPolicy ModelInfo Deployment updateDeployment LiteLLM_Params "
    "GenericLiteLLMParams CredentialLiteLLMParams updateLiteLLMParams ModelGroupInfo RoutingStrategy "
    "RouterErrors RouterGeneralSettings RouterConfig UpdateRouterConfig AlertingConfig "
    "CustomRoutingStrategyBase",
    "types.small_dicts": "GenericStreamingChunk CostPerToken ProviderField",
}

#: Names under which the same thing is known.
_ALSO = {
    "acreate": "acompletion",
    "turn_on_debug": "_turn_on_debug",
    "_select_tokenizer": "select_tokenizer",
    "_get_base_model_from_metadata": "get_base_model_from_metadata",
    "_openai_completion_params": "OPENAI_CHAT_COMPLETION_PARAMS",
    "_openai_finish_reasons": "OPENAI_FINISH_REASONS",
}

#: Modules that are attributes of the package without having been imported.
_SUBMODULE_NAMES = (
    "_logging _version alias anthropic batches budget_manager caching chunk_builder cli completion_extras "
    "constants cost_calculator demo exceptions experimental_mcp_client files google_genai images "
    "integrations litellm_core_utils llms main provider_lists providers rerank_api router scheduler "
    "secret_managers structured testing types utils"
)
_SUBMODULES = frozenset(_SUBMODULE_NAMES.split())

_MODULE_OF = {name: module for module, names in _HERE.items() for name in names.split()}


def find(name: str, asked: str = _PACKAGE) -> Any:
    """What ``name`` stands for, loaded if need be.

    Args:
        name: the attribute that was asked for.
        asked: the module it was asked of, for the message.

    Raises:
        AttributeError: for a name that neither this package nor LiteLLM has.
    """
    package = import_module(_PACKAGE)
    if name in _ALSO:
        return getattr(package, _ALSO[name])
    module = _MODULE_OF.get(name)
    if module is not None:
        return getattr(import_module(f"{_PACKAGE}.{module}"), name)
    if asked == _PACKAGE and name in _SUBMODULES:
        try:
            return import_module(f"{_PACKAGE}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{_PACKAGE}.{name}":
                raise
    model_table = import_module(f"{_PACKAGE}.model_table")
    if model_table.is_collection(name):
        return model_table.names(name)
    from ._absent import stand_in

    value = stand_in(name)
    if value is None:
        raise AttributeError(f"module {asked!r} has no attribute {name!r}")
    return value


def find_for(module: str, name: str) -> Any:
    """As `find`, for a module that hands on names of the whole package (`utils`, `main`)."""
    if name.startswith("__"):
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    package = import_module(_PACKAGE)
    value = vars(package).get(name)
    if value is not None:
        return value
    try:
        return getattr(package, name)
    except AttributeError:
        return find(name, module)


def submodule(package: str, name: str) -> Any:
    """The module ``name`` of ``package``, for ``litellm.integrations.custom_logger`` and the like.

    Raises:
        AttributeError: when there is none.
    """
    if not name.startswith("_"):
        try:
            return import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{package}.{name}":
                raise
    raise AttributeError(f"module {package!r} has no attribute {name!r}")
