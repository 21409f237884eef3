"""LiteLLM's standard logging object: a call and how it went, in plain values."""

from __future__ import annotations

from .later import Later, Lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from typing import Any, Optional

    from .payload import Subject

#: Where callbacks find it.
NAME = "standard_logging_object"
_NO_ERROR = dict.fromkeys(("error_code", "error_class", "llm_provider", "traceback", "error_message"), "")
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
    "user_api_key_spend",
    "user_api_key_max_budget",
    "user_api_key_budget_reset_at",
    "user_api_key_user_spend",
    "user_api_key_user_max_budget",
    "user_api_key_team_spend",
    "user_api_key_team_max_budget",
    "user_api_key_org_alias",
    "user_api_key_project_id",
    "user_api_key_project_alias",
    "user_api_key_auth_metadata",
    "team_id",
    "team_alias",
    "user_agent",
    "used_client_oauth_token",
    "routing_decision",
)
#: Of an error, what only LiteLLM's proxy knows.
_LIMITS = dict.fromkeys(
    (
        "error_provider_request_id",
        "error_rate_limit_category",
        "error_rate_limit_type",
        "error_budget_entity_type",
        "error_budget_entity_id",
        "error_budget_limit",
        "error_budget_spend",
        "normalized_error",
    )
)


#: Fields of texts, of which the built-in loggers are told nothing either when they are excluded.
_TEXTS = ("messages", "response", "model_parameters", "error_str")


class Whole(Later):
    """The standard logging object as the plain dict that callbacks get; `parts` is it before it is made.

    Args:
        parts: all fields.
        excluded: those that the dict shall not have.
    """

    __slots__ = ("excluded", "parts")

    def __init__(self, parts: Lazy, excluded: Collection[str] = ()) -> None:
        super().__init__(self._made if excluded else parts.copy)
        self.parts: Lazy = parts
        self.excluded: Collection[str] = excluded
        for name in excluded:
            if name in _TEXTS:
                parts[name] = None

    def _made(self) -> dict[str, Any]:
        kept = self.parts.twin()  # the built-in loggers read all of them
        for name in self.excluded:
            dict.pop(kept, name, None)
        return kept.copy()


def parts_of(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The standard logging object among what a callback is told, of which only what is read is worked out."""
    laid = kwargs.laid(NAME) if isinstance(kwargs, Lazy) else None
    parts: Mapping[str, Any] = laid.parts if isinstance(laid, Whole) else kwargs[NAME]
    return parts


class Parts:
    """The fields of the standard logging object of a call that has ended.

    Args:
        subject: the call.
        end: when it ended.
        answer: what was answered.
        hidden: the answer's ``_hidden_params``.
        hit: whether it came out of the cache.
        cost: what it cost, in USD.
        error: why it failed.
        trace: where it did, as text.
    """

    def __init__(
        self,
        subject: Subject,
        end: datetime,
        answer: Any,
        hidden: Later,
        hit: Later,
        cost: Later,
        error: Optional[BaseException],
        trace: Optional[Later],
    ) -> None:
        self._subject, self._end = subject, end
        self._answer, self._hidden, self._hit, self._cost = answer, hidden, hit, cost
        self._error, self._trace = error, trace
        self._usage = Later(lambda: _as_chat(_plain(_part(answer, "usage")) or {}))

    def lazy(self) -> Lazy:
        """The fields; those that cost something to know are worked out when somebody looks."""
        subject, begun, end, error = self._subject, self._subject.begun, self._end, self._error
        status = "success" if error is None else "failure"
        return Lazy(
            {
                "id": _part(self._answer, "id") or subject.identity,
                "litellm_call_id": subject.identity,
                "trace_id": _belongs(subject) or subject.trace,
                "session_id": _session(subject),
                "call_type": subject.call_type,
                "cache_hit": self._hit,
                "stream": subject.streamed,
                "status": status,
                "status_fields": {"llm_api_status": status, "guardrail_status": "not_run"},
                "custom_llm_provider": subject.provider,
                "saved_cache_cost": Later(self._saved),
                "startTime": begun.timestamp(),
                "endTime": end.timestamp(),
                "completionStartTime": (subject.first or end).timestamp(),
                "response_time": (end - begun).total_seconds(),
                "model": subject.model,
                "metadata": Later(self._metadata),
                "cache_key": Later(lambda: self._known("cache_key")),
                "response_cost": self._cost,
                "cost_breakdown": Later(self._breakdown),
                "total_tokens": Later(lambda: self._count("total_tokens") or self._prompt() + self._said()),
                "prompt_tokens": Later(self._prompt),
                "completion_tokens": Later(self._said),
                "request_tags": list(subject.tags),
                "end_user": subject.user or "",
                "api_base": Later(lambda: self._known("api_base") or subject.api_base or ""),
                "model_group": subject.metadata.get("model_group") or "",
                "model_id": Later(lambda: self._model_id() or ""),
                "requester_ip_address": subject.metadata.get("requester_ip_address"),
                "user_agent": None,
                "messages": subject.messages or subject.input,
                "response": Later(lambda: told_of(self._answer)) if error is None else str(error),
                "model_parameters": Later(self._parameters),
                "hidden_params": Later(self._hidden_params),
                "model_map_information": Later(self._mapped),
                "error_str": None if error is None else str(error),
                "error_information": {**_NO_ERROR, **_LIMITS} if error is None else Later(self._information),
                "response_cost_failure_debug_info": None,
                "guardrail_information": None,
                "standard_built_in_tools_params": {
                    "web_search_options": subject.parameters.get("web_search_options"),
                    "file_search": None,
                },
                "zero_cost_diagnostic": None,
                "request_model_access_groups": (),
                "autorouter_savings": None,
                "autorouter_savings_estimate": None,
                "autorouter_baseline_observation": None,
            }
        )

    def _known(self, name: str) -> Any:
        return self._hidden.value().get(name)

    def _count(self, *names: str) -> int:
        usage = self._usage.value()
        return int(next((usage[name] for name in names if usage.get(name)), 0))

    def _prompt(self) -> int:
        return self._count("prompt_tokens", "input_tokens")

    def _said(self) -> int:
        return self._count("completion_tokens", "output_tokens")

    def _saved(self) -> float:
        return (self._known("response_cost") or 0.0) if self._hit.value() else 0.0

    def _model_id(self) -> Any:
        info = self._subject.model_info
        return self._known("model_id") or (info.get("id") if isinstance(info, dict) else None)

    def _parameters(self) -> dict[str, Any]:
        subject = self._subject
        return {
            name: _plain(value) for name, value in subject.parameters.items() if name not in subject.dynamic
        }

    def _metadata(self) -> dict[str, Any]:
        metadata = self._subject.metadata
        return {
            **{name: metadata.get(name) for name in _PROXY},
            "user_api_key_hash": _hash_of(metadata),
            "spend_logs_metadata": metadata.get("spend_logs_metadata"),
            "requester_metadata": metadata.get("requester_metadata") or metadata or None,
            "requester_ip_address": metadata.get("requester_ip_address"),
            "requester_custom_headers": None,
            "applied_guardrails": [],
            "prompt_management_metadata": None,
            "mcp_tool_call_metadata": None,
            "vector_store_request_metadata": None,
            "usage_object": dict(self._usage.value()) or None,
            "cold_storage_object_key": None,
        }

    def _hidden_params(self) -> dict[str, Any]:
        return {
            "model_id": self._model_id(),
            "cache_key": self._known("cache_key"),
            "api_base": self._known("api_base"),
            "response_cost": self._cost.value(),
            "additional_headers": self._known("additional_headers") or {},
            "litellm_overhead_time_ms": None,
            "batch_models": None,
            "batch_successful_requests": None,
            "batch_failed_requests": None,
            "litellm_model_name": self._known("litellm_model_name"),
            "usage_object": self._usage.value() or None,
        }

    def _breakdown(self) -> Optional[dict[str, Any]]:
        usage, cost = self._usage.value(), self._cost.value()
        if not usage or not isinstance(cost, (int, float)):
            return None
        prompt, answer = self._shares(usage) if cost else (0.0, 0.0)
        return {
            "input_cost": prompt,
            "output_cost": answer,
            "total_cost": cost,
            # What is beside the tokens; sums of binary fractions leave less than this.
            "tool_usage_cost": max(0.0, round(cost - prompt - answer, 12)),
            "original_cost": cost,
            "discount_percent": 0.0,
            "discount_amount": 0.0,
            "margin_percent": 0.0,
            "margin_fixed_amount": 0.0,
            "margin_total_amount": 0.0,
        }

    def _shares(self, usage: Any) -> tuple[float, float]:
        """What the prompt and the answer cost, by the prices that the whole was worked out from."""
        from ..cost import cost_per_token
        from ..response_cost import Answer

        hidden = self._hidden.value()
        own = hidden.get("model_id") if hidden.get("custom_pricing") else None
        for model in (own, hidden.get("base_model"), self._subject.model):
            try:
                return cost_per_token(
                    model or "",
                    usage_object=usage,
                    custom_llm_provider=self._subject.provider,
                    custom_cost_per_token=hidden.get("prices"),
                    service_tier=Answer(self._answer, self._subject.parameters).tier,
                )
            except Exception:
                continue
        return 0.0, float(self._cost.value())

    def _mapped(self) -> dict[str, Any]:
        from ..model_table import find

        subject = self._subject
        found = find(subject.model, subject.provider or None)
        return {
            "model_map_key": found[0] if found else subject.model,
            "model_map_value": dict(found[1]) if found else None,
        }

    def _information(self) -> dict[str, Any]:
        error, trace = self._error, self._trace
        return {
            "error_code": str(getattr(error, "status_code", "") or ""),
            "error_class": type(error).__name__,
            "llm_provider": getattr(error, "llm_provider", None) or self._subject.provider,
            "traceback": "" if trace is None else trace.value(),
            "error_message": str(error),
            **_LIMITS,
            "error_provider_request_id": getattr(error, "request_id", None),
        }


def _session(subject: Subject) -> Optional[str]:
    """The conversation that a call is part of, as the caller names it."""
    found = subject.session or subject.metadata.get("session_id")
    return str(found) if found else None


def _belongs(subject: Subject) -> Optional[str]:
    """What the caller names the whole that a call is part of; LiteLLM lets the session stand for it."""
    found = _session(subject)
    if subject.session is None and subject.is_traced:
        return None
    return found or (str(subject.metadata["trace_id"]) if subject.metadata.get("trace_id") else None)


def told_of(answer: Any) -> Any:
    """An answer in plain values; what it used in the words of chat, whatever it answers."""
    plain = _plain(answer)
    if isinstance(plain, dict) and isinstance(plain.get("usage"), dict):
        plain = {**plain, "usage": _as_chat(plain["usage"])}
    return plain


def _as_chat(usage: Any) -> Any:
    """The usage of a response, or of a message, in the words of chat."""
    if not isinstance(usage, dict) or "input_tokens" not in usage or "prompt_tokens" in usage:
        return usage
    asked, said = usage.get("input_tokens") or 0, usage.get("output_tokens") or 0
    return {
        "prompt_tokens": asked,
        "completion_tokens": said,
        "total_tokens": usage.get("total_tokens") or asked + said,
        "prompt_tokens_details": usage.get("input_tokens_details"),
        "completion_tokens_details": usage.get("output_tokens_details"),
    }


def _hash_of(metadata: Mapping[str, Any]) -> Any:
    """The hash of a key of LiteLLM's proxy; a key itself is nobody's business."""
    known = metadata.get("user_api_key_hash")
    if known is None:
        known = metadata.get("user_api_key")
        if not (isinstance(known, str) and len(known) == 64 and known.isalnum()):
            return None
    return known


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _plain(value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    if isinstance(value, type):
        return value.__name__
    return value if dump is None else dump()
