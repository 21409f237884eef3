"""The names whose outsides are compared, by the module in which LiteLLM has them."""

from __future__ import annotations


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """A paragraph a module: its name, a colon, and names. Without a name it is the package itself."""
    paragraphs = (paragraph.partition(":") for paragraph in text.strip().split("\n\n"))
    return {home.strip(): tuple(names.split()) for home, _, names in paragraphs}


#: Functions. Every public one of the package itself is added to them.
FUNCTIONS = _table(
    """
utils:
    trim_messages token_counter encode decode get_token_count get_model_info get_max_tokens register_model
    supports_function_calling supports_vision supports_pdf_input supports_prompt_caching
    supports_tool_choice supports_native_streaming supports_embedding_image_input supports_reasoning
    supports_web_search supports_response_schema supports_audio_input supports_audio_output
    supports_system_messages supports_parallel_function_calling supports_url_context supports_computer_use
    get_supported_openai_params get_optional_params get_optional_params_embeddings
    get_optional_params_image_gen get_llm_provider get_response_string get_secret get_api_base
    get_valid_models get_modified_max_tokens get_base_model_from_metadata validate_environment
    validate_chat_completion_user_messages convert_to_dict convert_list_message_to_dict has_tool_call_blocks
    is_cached_message is_base64_encoded calculate_max_parallel_requests exception_type function_to_dict
    create_tokenizer create_pretrained_tokenizer check_valid_key acreate completion_with_retries
    stream_chunk_builder completion_cost cost_per_token shorten_message_to_fit_limit process_messages
    get_provider_fields get_formatted_prompt client mock_completion_streaming_obj
    async_mock_completion_streaming_obj _select_tokenizer _calculate_retry_after _should_retry modify_url
    load_credentials_from_list read_config_args prompt_token_calculator print_verbose add_dummy_tool
    should_run_mock_completion to_dict get_utc_datetime get_non_default_completion_params
    pick_cheapest_chat_models_from_llm_provider get_end_user_id_for_cost_tracking
    is_prompt_caching_valid_prompt jsonify_tools return_raw_request validate_and_fix_openai_messages
    validate_and_fix_openai_tools validate_and_fix_thinking_param get_standard_openai_params
    add_openai_metadata convert_to_model_response_object cleanup_none_field_in_message
    validate_chat_completion_messages validate_chat_completion_tool_choice validate_openai_optional_params
    get_first_chars_messages get_logging_id remove_index_from_tool_calls executor

main:
    completion acompletion embedding aembedding text_completion atext_completion transcription
    atranscription speech aspeech moderation amoderation mock_completion stream_chunk_builder
    stream_chunk_builder_text_completion batch_completion batch_completion_models
    batch_completion_models_all_responses ahealth_check completion_with_retries acompletion_with_retries
    config_completion

cost_calculator:
    completion_cost cost_per_token response_cost_calculator default_image_cost_calculator rerank_cost
    transcription_cost

responses.main:
    responses aresponses get_responses aget_responses delete_responses adelete_responses cancel_responses
    acancel_responses list_input_items alist_input_items compact_responses acompact_responses

rerank_api.main:
    rerank arerank

images.main:
    image_generation aimage_generation image_edit aimage_edit image_variation aimage_variation

batches.main:
    create_batch acreate_batch retrieve_batch aretrieve_batch list_batches alist_batches cancel_batch
    acancel_batch

files.main:
    create_file acreate_file file_retrieve afile_retrieve file_delete afile_delete file_list afile_list
    file_content afile_content

caching.caching:
    enable_cache update_cache disable_cache

secret_managers.main:
    get_secret get_secret_str get_secret_bool

litellm_core_utils.get_llm_provider_logic:
    get_llm_provider

litellm_core_utils.get_supported_openai_params:
    get_supported_openai_params

litellm_core_utils.token_counter:
    token_counter get_modified_max_tokens

litellm_core_utils.exception_mapping_utils:
    exception_type

litellm_core_utils.core_helpers:
    map_finish_reason safe_deep_copy remove_index_from_tool_calls get_litellm_metadata_from_kwargs

litellm_core_utils.prompt_templates.common_utils:
    convert_content_list_to_str get_content_from_model_response get_completion_messages
    get_str_from_messages is_function_call handle_messages_with_content_list_to_str_conversion
    strip_name_from_messages strip_none_values_from_message unpack_defs get_format_from_file_id
    infer_content_type_from_url_and_content

litellm_core_utils.prompt_templates.factory:
    prompt_factory anthropic_messages_pt custom_prompt convert_to_anthropic_tool_result hf_chat_template
    map_system_message_pt default_pt function_call_prompt ollama_pt
"""
)

#: Classes: fields, public attributes, constructors, signatures of methods.
CLASSES = _table(
    """
types.utils:
    ModelResponse ModelResponseStream ModelResponseBase Message Choices StreamingChoices Delta Usage
    Function FunctionCall ChatCompletionMessageToolCall ChatCompletionDeltaToolCall
    ChatCompletionAudioResponse ChoiceLogprobs ChatCompletionTokenLogprob TopLogprob
    CompletionTokensDetailsWrapper PromptTokensDetailsWrapper ServerToolUse CacheCreationTokenDetails
    EmbeddingResponse Embedding ImageResponse ImageObject ImageUsage TranscriptionResponse
    TextCompletionResponse TextChoices Logprobs HiddenParams LiteLLMBatch LiteLLMFineTuningJob
    TokenCountResponse CredentialItem LlmProviders CallTypes ModelInfo ModelInfoBase StandardLoggingPayload
    StandardLoggingHiddenParams StandardLoggingMetadata StandardLoggingModelInformation
    StandardLoggingPayloadErrorInformation StandardLoggingPayloadStatus GenericStreamingChunk
    ChatCompletionUsageBlock CostPerToken CustomStreamingDecoder ProviderField GenericImageParsingChunk
    SpecialModelInfo ImageUsageInputTokensDetails RawRequestTypedDict SelectTokenizerResponse
    TextCompletionStreamWrapper StreamingChatCompletionChunk

:
    CustomStreamWrapper TextCompletionStreamWrapper Router Cache BudgetManager CustomLLM LiteLLM
    ModelResponse HttpxBinaryResponseContent RerankResponse InMemoryCache RedisCache DualCache
    MockResponsesAPIStreamingIterator

integrations.custom_logger:
    CustomLogger

llms.custom_llm:
    CustomLLM CustomLLMError

budget_manager:
    BudgetManager

main:
    LiteLLM Chat Completions AsyncCompletions

router:
    Router

caching.caching:
    Cache InMemoryCache RedisCache RedisSemanticCache DualCache DiskCache S3Cache QdrantSemanticCache
    LiteLLMCacheType CacheMode

caching.llm_caching_handler:
    LLMClientCache

types.router:
    Deployment LiteLLM_Params GenericLiteLLMParams ModelInfo RouterConfig RetryPolicy AllowedFailsPolicy
    AlertingConfig ModelConfig RouterErrors RouterRateLimitError RouterRateLimitErrorBasic RoutingStrategy
    DeploymentTypedDict LiteLLMParamsTypedDict ModelGroupInfo RouterModelGroupAliasItem
    RouterGeneralSettings updateDeployment updateLiteLLMParams CustomRoutingStrategyBase ModelGroupSettings
    FallbacksModel SearchToolTypedDict OptionalPreCallChecks GuardrailTypedDict

types.llms.openai:
    ResponsesAPIResponse ResponseAPIUsage ResponsesAPIStreamEvents ResponseCompletedEvent
    ResponseCreatedEvent OutputTextDeltaEvent FunctionCallArgumentsDeltaEvent OpenAIFileObject
    OpenAIModerationResponse HttpxBinaryResponseContent ChatCompletionToolCallChunk
    ChatCompletionThinkingBlock ChatCompletionToolCallFunctionChunk ChatCompletionToolParam
    ChatCompletionUserMessage ChatCompletionAssistantMessage ChatCompletionSystemMessage
    ChatCompletionToolMessage ChatCompletionAnnotation

types.rerank:
    RerankResponse RerankBilledUnits RerankResponseMeta RerankTokens

types.responses.main:
    GenericResponseOutputItem OutputFunctionToolCall OutputText

responses.streaming_iterator:
    BaseResponsesAPIStreamingIterator ResponsesAPIStreamingIterator SyncResponsesAPIStreamingIterator
    MockResponsesAPIStreamingIterator

types.llms.base:
    BaseLiteLLMOpenAIResponseObject

types.caching:
    LiteLLMCacheType CachingSupportedCallTypes DynamicCacheControl

types.completion:
    CompletionRequest

types.embedding:
    EmbeddingRequest

scheduler:
    Scheduler FlowItem
"""
)
