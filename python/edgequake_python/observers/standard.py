"""LiteLLM's standard logging object: a call and how it went, in plain values."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Optional

    from .payload import Subject

#: Metadata that LiteLLM's proxy would fill in.
_PROXY = (
    "user_api_key_hash",
    "user_api_key_alias",
    "user_api_key_team_id",
    "user_api_key_org_id",
    "user_api_key_user_id",
    "user_api_key_team_alias",
    "user_api_key_user_email",
    "user_api_key_end_user_id",
    "user_api_key_request_route",
)


def standard_payload(
    subject: Subject,
    details: Mapping[str, Any],
    answer: Any,
    hidden: Mapping[str, Any],
    error: Optional[BaseException],
) -> dict[str, Any]:
    """The standard logging object of a call that has ended."""
    usage = _plain(_part(answer, "usage")) or {}
    prompt = int(usage.get("prompt_tokens") or usage.get("input_tokens") or 0)
    completion = int(usage.get("completion_tokens") or usage.get("output_tokens") or 0)
    hit = bool(details.get("cache_hit"))
    cost = details.get("response_cost")
    begun, end = subject.begun, details["end_time"]
    info = subject.model_info if isinstance(subject.model_info, dict) else {}
    headers = hidden.get("additional_headers") or {}
    return {
        "id": _part(answer, "id") or subject.identity,
        "litellm_call_id": subject.identity,
        "trace_id": subject.trace,
        "session_id": subject.metadata.get("session_id"),
        "call_type": subject.call_type,
        "cache_hit": hit,
        "stream": subject.streamed,
        "status": "success" if error is None else "failure",
        "status_fields": {
            "llm_api_status": "success" if error is None else "failure",
            "guardrail_status": "not_run",
        },
        "custom_llm_provider": subject.provider,
        "saved_cache_cost": (hidden.get("response_cost") or 0.0) if hit else 0.0,
        "startTime": begun.timestamp(),
        "endTime": end.timestamp(),
        "completionStartTime": (subject.first or end).timestamp(),
        "response_time": (end - begun).total_seconds(),
        "model": subject.model,
        "metadata": _metadata(subject, usage),
        "cache_key": hidden.get("cache_key"),
        "response_cost": cost,
        "cost_breakdown": _breakdown(subject, usage, cost),
        "total_tokens": int(usage.get("total_tokens") or prompt + completion),
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "request_tags": list(subject.tags),
        "end_user": subject.user or "",
        "api_base": hidden.get("api_base") or subject.api_base or "",
        "model_group": subject.metadata.get("model_group") or "",
        "model_id": hidden.get("model_id") or info.get("id") or "",
        "requester_ip_address": None,
        "user_agent": None,
        "messages": subject.input,
        "response": str(error) if error is not None else _plain(answer),
        "model_parameters": {
            name: _plain(value) for name, value in subject.parameters.items() if name not in subject.dynamic
        },
        "hidden_params": {
            "model_id": hidden.get("model_id") or info.get("id"),
            "cache_key": hidden.get("cache_key"),
            "api_base": hidden.get("api_base"),
            "response_cost": cost,
            "additional_headers": headers,
            "litellm_overhead_time_ms": None,
            "batch_models": None,
            "litellm_model_name": hidden.get("litellm_model_name"),
            "usage_object": usage or None,
        },
        "model_map_information": _mapped(subject),
        "error_str": None if error is None else str(error),
        "error_information": _error(error, subject),
        "response_cost_failure_debug_info": None,
        "guardrail_information": None,
        "standard_built_in_tools_params": None,
    }


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _plain(value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    if isinstance(value, type):
        return value.__name__
    return value if dump is None else dump()


def _metadata(subject: Subject, usage: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **dict.fromkeys(_PROXY),
        "spend_logs_metadata": subject.metadata.get("spend_logs_metadata"),
        "requester_metadata": subject.metadata or None,
        "requester_ip_address": None,
        "requester_custom_headers": None,
        "applied_guardrails": [],
        "prompt_management_metadata": None,
        "mcp_tool_call_metadata": None,
        "vector_store_request_metadata": None,
        "usage_object": dict(usage) or None,
        "cold_storage_object_key": None,
    }


def _breakdown(subject: Subject, usage: Mapping[str, Any], cost: Any) -> Optional[dict[str, Any]]:
    if not usage or not isinstance(cost, (int, float)):
        return None
    from ..cost import cost_per_token

    try:
        prompt, answer = cost_per_token(
            subject.model, usage_object=usage, custom_llm_provider=subject.provider
        )
    except Exception:
        prompt, answer = 0.0, float(cost)
    return {
        "input_cost": prompt,
        "output_cost": answer,
        "total_cost": cost,
        "tool_usage_cost": max(0.0, cost - prompt - answer),
        "original_cost": cost,
    }


def _mapped(subject: Subject) -> dict[str, Any]:
    from ..model_table import find

    found = find(subject.model, subject.provider or None)
    return {
        "model_map_key": found[0] if found else subject.model,
        "model_map_value": dict(found[1]) if found else None,
    }


def _error(error: Optional[BaseException], subject: Subject) -> Optional[dict[str, Any]]:
    if error is None:
        return None
    import traceback

    frames = traceback.format_exception(type(error), error, error.__traceback__)
    return {
        "error_code": str(getattr(error, "status_code", "") or ""),
        "error_class": type(error).__name__,
        "llm_provider": getattr(error, "llm_provider", None) or subject.provider,
        "traceback": "".join(frames),
        "error_message": str(error),
    }
