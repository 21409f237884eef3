//! Names of arguments that are neither the request's nor the transport's. This is the only list of them.

/// Names that describe a call to whoever watches it; nothing of them is the provider's.
pub(super) fn is_label(name: &str) -> bool {
    matches!(
        name,
        "metadata"
            | "litellm_metadata"
            | "tags"
            | "litellm_call_id"
            | "litellm_trace_id"
            | "litellm_session_id"
            | "no-log"
            | "logger_fn"
            | "verbose"
            | "turn_off_message_logging"
            | "id"
            | "acompletion"
            | "aembedding"
            | "text_completion"
            | "litellm_logging_obj"
            | "shared_session"
            | "retry_strategy"
            | "force_timeout"
            | "model_info"
            | "base_model"
            | "input_cost_per_token"
            | "output_cost_per_token"
            | "input_cost_per_second"
            | "output_cost_per_second"
            | "cache_read_input_token_cost"
            | "cache_creation_input_token_cost"
            | "preset_cache_key"
            | "proxy_server_request"
            | "caching"
            | "cache"
            | "cache_key"
            | "ttl"
    )
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
        )
}

/// What changes the course of a call and has no room here yet; better refused than lost.
pub(super) fn is_unavailable(name: &str) -> bool {
    matches!(
        name,
        "client"
            | "fallbacks"
            | "context_window_fallback_dict"
            | "model_list"
            | "deployment_id"
            | "retry_policy"
            | "mock_response"
            | "mock_tool_calls"
            | "mock_delay"
            | "mock_timeout"
            | "success_callback"
            | "failure_callback"
            | "callbacks"
            | "guardrails"
            | "prompt_id"
            | "prompt_variables"
            | "prompt_label"
            | "prompt_version"
            | "roles"
            | "initial_prompt_value"
            | "final_prompt_value"
            | "bos_token"
            | "eos_token"
            | "custom_prompt_dict"
            | "supports_system_message"
            | "ensure_alternating_roles"
            | "assistant_continue_message"
            | "user_continue_message"
            | "hf_model_name"
            | "merge_reasoning_content_in_choices"
            | "litellm_system_prompt"
            | "complete_response"
            | "model_alias_map"
            | "enable_json_schema_validation"
            | "provider_specific_header"
            | "cache_control_injection_points"
    )
}
