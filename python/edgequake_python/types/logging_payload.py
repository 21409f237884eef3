"""What callbacks are told about a call: typed dicts."""

# ruff: noqa: D101 - the fields are the documentation

from __future__ import annotations

from typing import Any, Literal, Optional

from typing_extensions import Required, TypedDict


class StandardLoggingUserAPIKeyMetadata(TypedDict):
    user_api_key_hash: Optional[str]
    user_api_key_alias: Optional[str]
    user_api_key_spend: Optional[float]
    user_api_key_max_budget: Optional[float]
    user_api_key_budget_reset_at: Optional[str]
    user_api_key_user_spend: Optional[float]
    user_api_key_user_max_budget: Optional[float]
    user_api_key_team_spend: Optional[float]
    user_api_key_team_max_budget: Optional[float]
    user_api_key_org_id: Optional[str]
    user_api_key_org_alias: Optional[str]
    user_api_key_team_id: Optional[str]
    user_api_key_project_id: Optional[str]
    user_api_key_project_alias: Optional[str]
    user_api_key_user_id: Optional[str]
    user_api_key_user_email: Optional[str]
    user_api_key_team_alias: Optional[str]
    user_api_key_end_user_id: Optional[str]
    user_api_key_request_route: Optional[str]
    user_api_key_auth_metadata: Optional[dict[str, Any]]


class StandardLoggingPromptManagementMetadata(TypedDict):
    prompt_id: str
    prompt_variables: Optional[dict[str, Any]]
    prompt_integration: str


class StandardLoggingVectorStoreRequest(TypedDict, total=False):
    vector_store_id: Optional[str]
    custom_llm_provider: Optional[str]
    query: Optional[str]
    vector_store_search_response: Any
    start_time: Optional[float]
    end_time: Optional[float]


class StandardLoggingMCPToolCall(TypedDict, total=False):
    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    mcp_server_name: Optional[str]
    mcp_server_logo_url: Optional[str]
    namespaced_tool_name: Optional[str]
    mcp_server_cost_info: Any
    mcp_session_id: Optional[str]
    mcp_auth_mode: Optional[str]
    mcp_server_resource: Optional[str]


class StandardLoggingMetadata(TypedDict):
    user_api_key_hash: Optional[str]
    user_api_key_alias: Optional[str]
    user_api_key_spend: Optional[float]
    user_api_key_max_budget: Optional[float]
    user_api_key_budget_reset_at: Optional[str]
    user_api_key_user_spend: Optional[float]
    user_api_key_user_max_budget: Optional[float]
    user_api_key_team_spend: Optional[float]
    user_api_key_team_max_budget: Optional[float]
    user_api_key_org_id: Optional[str]
    user_api_key_org_alias: Optional[str]
    user_api_key_team_id: Optional[str]
    user_api_key_project_id: Optional[str]
    user_api_key_project_alias: Optional[str]
    user_api_key_user_id: Optional[str]
    user_api_key_user_email: Optional[str]
    user_api_key_team_alias: Optional[str]
    user_api_key_end_user_id: Optional[str]
    user_api_key_request_route: Optional[str]
    user_api_key_auth_metadata: Optional[dict[str, Any]]
    spend_logs_metadata: Optional[dict[str, Any]]
    requester_ip_address: Optional[str]
    user_agent: Optional[str]
    requester_metadata: Optional[dict[str, Any]]
    requester_custom_headers: Optional[dict[str, Any]]
    prompt_management_metadata: Optional[StandardLoggingPromptManagementMetadata]
    mcp_tool_call_metadata: Optional[StandardLoggingMCPToolCall]
    vector_store_request_metadata: Optional[list[StandardLoggingVectorStoreRequest]]
    routing_decision: Any
    applied_guardrails: Optional[list[str]]
    usage_object: Optional[dict[str, Any]]
    cold_storage_object_key: Optional[str]
    team_alias: Optional[str]
    team_id: Optional[str]
    used_client_oauth_token: Optional[bool]


class StandardLoggingAdditionalHeaders(TypedDict, total=False):
    x_ratelimit_limit_requests: int
    x_ratelimit_limit_tokens: int
    x_ratelimit_remaining_requests: int
    x_ratelimit_remaining_tokens: int
    x_ratelimit_reset_requests: str
    x_ratelimit_reset_tokens: str


class StandardLoggingHiddenParams(TypedDict):
    model_id: Optional[str]
    cache_key: Optional[str]
    api_base: Optional[str]
    response_cost: Any
    litellm_overhead_time_ms: Optional[float]
    additional_headers: Optional[StandardLoggingAdditionalHeaders]
    batch_models: Optional[list[str]]
    batch_successful_requests: Optional[int]
    batch_failed_requests: Optional[int]
    litellm_model_name: Optional[str]
    usage_object: Optional[dict[str, Any]]


class StandardLoggingModelInformation(TypedDict):
    model_map_key: str
    model_map_value: Any


class StandardLoggingPayloadErrorInformation(TypedDict, total=False):
    error_code: Optional[str]
    error_class: Optional[str]
    llm_provider: Optional[str]
    traceback: Optional[str]
    error_message: Optional[str]
    error_provider_request_id: Optional[str]
    error_rate_limit_category: Optional[str]
    error_rate_limit_type: Optional[str]
    error_budget_entity_type: Optional[str]
    error_budget_entity_id: Optional[str]
    error_budget_limit: Optional[float]
    error_budget_spend: Optional[float]
    normalized_error: Optional[str]


class StandardLoggingPayloadStatusFields(TypedDict, total=False):
    llm_api_status: Literal["success", "failure"]
    guardrail_status: Literal[
        "success", "guardrail_flagged", "guardrail_intervened", "guardrail_failed_to_respond", "not_run"
    ]


class StandardLoggingGuardrailInformation(TypedDict, total=False):
    guardrail_name: Optional[str]
    guardrail_provider: Optional[str]
    guardrail_mode: Any
    guardrail_request: Any
    guardrail_response: Any
    guardrail_status: Literal[
        "success", "guardrail_flagged", "guardrail_intervened", "guardrail_failed_to_respond", "not_run"
    ]
    start_time: Optional[float]
    end_time: Optional[float]
    duration: Optional[float]
    masked_entity_count: Optional[dict[str, Any]]
    guardrail_id: Optional[str]
    policy_template: Optional[str]
    detection_method: Optional[str]
    confidence_score: Optional[float]
    classification: Any
    match_details: Any
    patterns_checked: Optional[int]
    alert_recipients: Optional[list[str]]
    risk_score: Optional[float]
    violation_categories: Optional[list[str]]
    guardrail_action: Optional[str]
    guardrail_usage: Any
    guardrail_cost: Optional[float]
    guardrail_cost_by_unit: Any
    guardrail_cost_in_spend: Optional[bool]


class StandardLoggingModelCostFailureDebugInformation(TypedDict, total=False):
    error_str: Required[str]
    traceback_str: Required[str]
    model: str
    cache_hit: Optional[bool]
    custom_llm_provider: Optional[str]
    base_model: Optional[str]
    call_type: str
    custom_pricing: Optional[bool]


class CostBreakdown(TypedDict, total=False):
    service_tier: Optional[str]
    data_residency: Optional[str]
    vertex_location: Optional[str]
    input_cost: float
    cache_read_cost: float
    cache_creation_cost: float
    output_cost: float
    reasoning_cost: float
    total_cost: float
    tool_usage_cost: float
    guardrail_cost: float
    additional_costs: dict[str, Any]
    original_cost: float
    discount_percent: float
    discount_amount: float
    margin_percent: float
    margin_fixed_amount: float
    margin_total_amount: float


class StandardBuiltInToolsParams(TypedDict, total=False):
    web_search_options: Any
    file_search: Any


class StandardLoggingPayload(TypedDict, total=False):
    classifier_input: Any
    originating_request_masked: Any
    id: Required[str]
    trace_id: Required[str]
    session_id: Required[str]
    litellm_call_id: Required[Optional[str]]
    call_type: Required[str]
    stream: Required[Optional[bool]]
    response_cost: Required[float]
    cost_breakdown: Required[Optional[CostBreakdown]]
    autorouter_savings: Required[Optional[float]]
    autorouter_savings_estimate: Required[Any]
    autorouter_baseline_observation: Required[Optional[str]]
    response_cost_failure_debug_info: Required[Optional[StandardLoggingModelCostFailureDebugInformation]]
    zero_cost_diagnostic: Any
    status: Required[Literal["success", "failure"]]
    status_fields: Required[StandardLoggingPayloadStatusFields]
    custom_llm_provider: Required[Optional[str]]
    total_tokens: Required[int]
    prompt_tokens: Required[int]
    completion_tokens: Required[int]
    startTime: Required[float]
    endTime: Required[float]
    completionStartTime: Required[float]
    response_time: Required[float]
    model_map_information: Required[StandardLoggingModelInformation]
    model: Required[str]
    model_id: Required[Optional[str]]
    model_group: Required[Optional[str]]
    api_base: Required[str]
    metadata: Required[StandardLoggingMetadata]
    cache_hit: Required[Optional[bool]]
    cache_key: Required[Optional[str]]
    saved_cache_cost: Required[float]
    request_tags: Required[list[Any]]
    request_model_access_groups: Any
    end_user: Required[Optional[str]]
    requester_ip_address: Required[Optional[str]]
    user_agent: Required[Optional[str]]
    messages: Required[Any]
    response: Required[Any]
    error_str: Required[Optional[str]]
    error_information: Required[Optional[StandardLoggingPayloadErrorInformation]]
    model_parameters: Required[dict[str, Any]]
    hidden_params: Required[StandardLoggingHiddenParams]
    guardrail_information: Required[Optional[list[StandardLoggingGuardrailInformation]]]
    standard_built_in_tools_params: Required[Optional[StandardBuiltInToolsParams]]


class StandardCallbackDynamicParams(TypedDict, total=False):
    langfuse_public_key: Optional[str]
    langfuse_secret: Optional[str]
    langfuse_secret_key: Optional[str]
    langfuse_host: Optional[str]
    langfuse_environment: Optional[str]
    langfuse_span_scope: Optional[Literal["full", "llm_only"]]
    langfuse_prompt_version: Optional[int]
    gcs_bucket_name: Optional[str]
    gcs_path_service_account: Optional[str]
    langsmith_api_key: Optional[str]
    langsmith_project: Optional[str]
    langsmith_base_url: Optional[str]
    langsmith_sampling_rate: Optional[float]
    langsmith_tenant_id: Optional[str]
    humanloop_api_key: Optional[str]
    arize_api_key: Optional[str]
    arize_space_key: Optional[str]
    arize_space_id: Optional[str]
    arize_success_sampling_rate: Optional[float]
    arize_error_sampling_rate: Optional[float]
    arize_otlp_protocol: Optional[Literal["grpc", "http/protobuf"]]
    posthog_api_key: Optional[str]
    posthog_api_url: Optional[str]
    wandb_api_key: Optional[str]
    weave_project_id: Optional[str]
    dd_api_key: Optional[str]
    dd_site: Optional[str]
    dd_agent_host: Optional[str]
    dd_agent_port: Optional[str]
    newrelic_api_key: Optional[str]
    newrelic_region: Optional[str]
    signoz_ingestion_endpoint: Optional[str]
    signoz_ingestion_key: Optional[str]
    turn_off_message_logging: Optional[bool]
    litellm_disabled_callbacks: Optional[list[str]]


class RawRequestTypedDict(TypedDict, total=False):
    raw_request_api_base: Optional[str]
    raw_request_body: Optional[dict[str, Any]]
    raw_request_headers: Optional[dict[str, Any]]
    error: Optional[str]
