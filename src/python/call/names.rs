//! Names of arguments that are neither the request's nor the transport's. This is the only list of them.

/// Names that describe a call to whoever watches it, or say how something above this library treats it. Sorted.
const LABELS: &[&str] = &[
    "_agentic_loop_api_surface",
    "_agentic_loop_depth",
    "_agentic_loop_fingerprints",
    "_code_interpreter_interception_active",
    "_code_interpreter_interception_converted_stream",
    "_code_interpreter_interception_sandbox_key",
    "_code_interpreter_interception_session_scoped",
    "_context_compaction_state",
    "_headroom_interception_converted_stream",
    "_litellm_addressed_response_id",
    "_litellm_strip_stream_usage",
    "_router_weights",
    "_websearch_interception_converted_stream",
    "_websearch_interception_emit_native_blocks",
    "acompletion",
    "adaptive_router_config",
    "adaptive_router_default_model",
    "aembedding",
    "aimg_generation",
    "allm_passthrough_route",
    "allow_client_keepalive_override",
    "allowed_model_region",
    "anthropic_disable_workload_identity_federation",
    "anthropic_federation_rule_id",
    "anthropic_federation_workspace_id",
    "anthropic_identity_source",
    "anthropic_identity_token",
    "anthropic_identity_token_file",
    "anthropic_issuer_audience",
    "anthropic_issuer_signing_key_ref",
    "anthropic_issuer_subject",
    "anthropic_issuer_ttl_seconds",
    "anthropic_issuer_url",
    "anthropic_keycloak_auth_method",
    "anthropic_keycloak_client_id",
    "anthropic_keycloak_client_secret_ref",
    "anthropic_keycloak_scope",
    "anthropic_keycloak_token_url",
    "anthropic_organization_id",
    "anthropic_service_account_id",
    "arize_api_key",
    "arize_error_sampling_rate",
    "arize_otlp_protocol",
    "arize_space_id",
    "arize_space_key",
    "arize_success_sampling_rate",
    "async_call",
    "atext_completion",
    "attempted_targets",
    "auto_router_config",
    "auto_router_config_path",
    "auto_router_default_model",
    "auto_router_embedding_model",
    "auto_router_max_input_chars",
    "auto_router_model_compression",
    "auto_router_routing_compression",
    "azure",
    "base_model",
    "bedrock_tags",
    "budget_duration",
    "cache",
    "cache_key",
    "caching",
    "caching_groups",
    "client_side_timeout",
    "completion_call_id",
    "complexity_router_config",
    "complexity_router_default_model",
    "configurable_clientside_auth_params",
    "cooldown_time",
    "data_residency",
    "dd_agent_host",
    "dd_agent_port",
    "dd_api_key",
    "dd_site",
    "default_api_key_rpm_limit",
    "default_api_key_tpm_limit",
    "disable_add_transform_inline_image_block",
    "disable_fallbacks",
    "enable_prompt_caching",
    "enable_tag_filtering",
    "fallback_depth",
    "fastest_response",
    "fireworks_forward_user_id",
    "force_timeout",
    "gcs_bucket_name",
    "gcs_path_service_account",
    "humanloop_api_key",
    "id",
    "itpm",
    "keepalive_seconds",
    "langfuse_environment",
    "langfuse_host",
    "langfuse_prompt_version",
    "langfuse_public_key",
    "langfuse_secret",
    "langfuse_secret_key",
    "langfuse_span_scope",
    "langsmith_api_key",
    "langsmith_base_url",
    "langsmith_project",
    "langsmith_sampling_rate",
    "langsmith_tenant_id",
    "litellm_call_id",
    "litellm_disabled_callbacks",
    "litellm_logging_obj",
    "litellm_metadata",
    "litellm_request_debug",
    "litellm_session_id",
    "litellm_trace_id",
    "litellm_trusted_callback_vars",
    "log_client_error_tracebacks",
    "logger_fn",
    "max_agentic_loops",
    "max_budget",
    "max_fallbacks",
    "max_file_size_mb",
    "max_parallel_requests",
    "metadata",
    "model_config",
    "model_file_id_mapping",
    "model_info",
    "newrelic_api_key",
    "newrelic_region",
    "no-log",
    "openai_identity_provider_id",
    "openai_identity_token_file",
    "openai_service_account_id",
    "order",
    "otpm",
    "output_vector_size",
    "posthog_api_key",
    "posthog_api_url",
    "preset_cache_key",
    "prompt_environment",
    "provider_affinity_header",
    "proxy_server_request",
    "quality_router_config",
    "quality_router_default_model",
    "retry_strategy",
    "routing_strategy",
    "rpm",
    "rust",
    "s3_access_key_id",
    "s3_bucket_name",
    "s3_bucket_owner",
    "s3_encryption_key_id",
    "s3_endpoint_url",
    "s3_output_bucket_name",
    "s3_region_name",
    "s3_secret_access_key",
    "search_tool_name",
    "secret_fields",
    "self",
    "shared_session",
    "signoz_ingestion_endpoint",
    "signoz_ingestion_key",
    "silent_model",
    "stream_chunk_size",
    "stream_response",
    "stream_timeout_by_service_tier",
    "tag_regex",
    "tags",
    "text_completion",
    "tiered_pricing",
    "timeout_by_service_tier",
    "tpm",
    "ttl",
    "turn_off_message_logging",
    "use_chat_completions_api",
    "use_client",
    "use_in_pass_through",
    "use_xai_oauth",
    "verbose",
    "wandb_api_key",
    "weave_project_id",
    "weight",
];

/// Names of [`LABELS`] and of custom prices; nothing of them is the provider's.
pub(super) fn is_label(name: &str) -> bool {
    LABELS.binary_search(&name).is_ok()
        || name.contains("cost_per_")
        || name.contains("token_cost")
        || name.starts_with("regional_")
}

/// Credentials and addresses that only some providers know: they must never end up in a body.
pub(super) fn is_credential(name: &str) -> bool {
    ["azure_", "aws_", "vertex_", "watsonx_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || matches!(
            name,
            "api_version"
                | "api_type"
                | "tenant_id"
                | "client_id"
                | "client_secret"
                | "model_id"
                | "litellm_credential_name"
                | "use_litellm_proxy"
                | "region_name"
        )
}

/// What changes the course of a call. The Python side takes away what it has done; what arrives here is better refused than
/// lost. Sorted.
const UNAVAILABLE: &[&str] = &[
    "assistant_continue_message",
    "bos_token",
    "cache_control_injection_points",
    "callbacks",
    "client",
    "complete_response",
    "context_window_fallback_dict",
    "custom_prompt_dict",
    "deployment_id",
    "enable_json_schema_validation",
    "ensure_alternating_roles",
    "eos_token",
    "failure_callback",
    "fallbacks",
    "final_prompt_value",
    "guardrails",
    "hf_model_name",
    "initial_prompt_value",
    "litellm_system_prompt",
    "merge_reasoning_content_in_choices",
    "mock_delay",
    "mock_response",
    "mock_timeout",
    "mock_tool_calls",
    "model_alias_map",
    "model_list",
    "prompt_id",
    "prompt_label",
    "prompt_variables",
    "prompt_version",
    "provider_specific_header",
    "retry_policy",
    "roles",
    "success_callback",
    "supports_system_message",
    "user_continue_message",
];

pub(super) fn is_unavailable(name: &str) -> bool {
    UNAVAILABLE.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_apart() {
        assert!(LABELS.is_sorted());
        assert!(UNAVAILABLE.is_sorted());
        assert!(
            LABELS
                .iter()
                .all(|name| !is_unavailable(name) && !is_credential(name))
        );
    }
}
