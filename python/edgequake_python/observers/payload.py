"""What callbacks are told of a call: LiteLLM's ``kwargs`` and its standard logging object. No key is among
it.
"""

from __future__ import annotations

import sys
import traceback
from datetime import datetime

from . import shown
from .later import Later, Lazy
from .redaction import is_silent
from .standard import NAME, Parts, Whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Optional

_package = sys.modules[__package__.partition(".")[0]].__dict__

#: What of a call's arguments is not a parameter of the model.
_NOT_PARAMETERS = frozenset(
    (
        "model",
        "messages",
        "input",
        "prompt",
        "metadata",
        "litellm_metadata",
        "api_key",
        "api_base",
        "base_url",
        "callbacks",
        "success_callback",
        "failure_callback",
        "logger_fn",
        "timeout",
        "num_retries",
        "max_retries",
        "litellm_call_id",
        "litellm_trace_id",
        "litellm_session_id",
        "client",
        "shared_session",
        "no-log",
        "verbose",
        "model_info",
        "tags",
        "caching",
        "cache",
        "budgets",
        "turn_off_message_logging",
        "extra_headers",
        "headers",
        "http2",
        "max_response_bytes",
        "proxy",
        "ssl_certificate",
        "ssl_verify",
        "proxy_server_request",
        "drop_params",
        "custom_llm_provider",
        "mock_response",
        "mock_tool_calls",
        "mock_delay",
        "mock_timeout",
        "fallbacks",
        "stream_options",
    )
)
#: Arguments that LiteLLM has under ``litellm_params``, None where they are not given.
_LITELLM_PARAMS = (
    "api_version",
    "base_model",
    "cooldown_time",
    "custom_prompt_dict",
    "drop_params",
    "force_timeout",
    "input_cost_per_second",
    "input_cost_per_token",
    "litellm_metadata",
    "litellm_session_id",
    "logger_fn",
    "max_retries",
    "merge_reasoning_content_in_choices",
    "model_alias_map",
    "output_cost_per_second",
    "output_cost_per_token",
    "prompt_id",
    "prompt_variables",
    "proxy_server_request",
    "rpm",
    "ssl_verify",
    "text_completion",
    "timeout",
    "tpm",
    "use_litellm_proxy",
    "verbose",
)
#: Dicts of the caller's that may hold keys among other things.
_MIXED = ("extra_body", "extra_query", "fallbacks")
#: Per-call settings of loggers.
_DYNAMIC = ("langfuse_", "langsmith_", "arize_", "posthog_", "dd_", "humanloop_", "gcs_", "wandb_", "weave_")


class Subject:
    """One call, as callbacks see it.

    Args:
        call_type: LiteLLM's name of the operation: ``completion``, ``aembedding``, ...
        arguments: the call's arguments.
        provider: who is called.
        model: its model, without the provider.
        streamed: whether the answer comes in pieces.
        identity: the id of this call.
        trace: the id that a call shares with its retries and fallbacks.
    """

    def __init__(
        self,
        call_type: str,
        arguments: Mapping[str, Any],
        provider: str,
        model: str,
        streamed: bool,
        identity: str,
        trace: str,
    ) -> None:
        self.call_type = call_type
        self.provider = provider
        self.model = model
        self.streamed = streamed
        self.identity = identity
        self.trace = trace
        self.begun: datetime = datetime.now()
        self.first: Optional[datetime] = None
        asked = arguments.get("input") or arguments.get("prompt") or arguments.get("query")
        self.input: Any = arguments.get("messages") or asked
        self.messages: Any = arguments.get("messages") or _as_messages(asked)
        self.user: Any = arguments.get("user")
        self.session: Any = arguments.get("litellm_session_id")
        #: Whether the caller says what the trace is.
        self.is_traced: bool = bool(arguments.get("litellm_trace_id"))
        self.api_base: Any = shown.address(arguments.get("api_base") or arguments.get("base_url"))
        metadata = arguments.get("metadata") or arguments.get("litellm_metadata")
        # A copy: the caller's dict is the caller's.
        self.metadata: dict[str, Any] = dict(metadata) if isinstance(metadata, dict) else {}
        self.tags: list[Any] = list(self.metadata.get("tags") or arguments.get("tags") or ())
        self.model_info: Any = self.metadata.get("model_info") or arguments.get("model_info") or {}
        self.parameters: dict[str, Any] = {
            name: shown.fields(value) if name in _MIXED else value
            for name, value in arguments.items()
            if value is not None
            and name not in _NOT_PARAMETERS
            and not shown.is_secret(name)
            # Files travel under a name of this library's.
            and name[:1] != "_"
        }
        self.dynamic: dict[str, Any] = {
            name: value
            for name, value in arguments.items()
            if value is not None and name.startswith(_DYNAMIC)
        }
        self.arguments: dict[str, Any] = {
            name: value
            for name, value in arguments.items()
            if value is not None and not shown.is_secret(name)
        }
        self.redacted: bool = is_silent(arguments, self.metadata, _package)

    def details(self) -> dict[str, Any]:
        """LiteLLM's ``kwargs`` as they are before a call; a new dict each time."""
        parameters = {name: value for name, value in self.parameters.items() if name not in self.dynamic}
        return {
            **parameters,
            "model": self.model,
            "messages": self.messages,
            "input": self.input,
            "optional_params": parameters,
            "litellm_params": {
                "metadata": self.metadata,
                "api_base": self.api_base,
                "custom_llm_provider": self.provider,
                "litellm_call_id": self.identity,
                "litellm_trace_id": self.trace,
                "model_info": self.model_info,
                "acompletion": self.call_type.startswith("a"),
                "stream_response": {},
                "preset_cache_key": None,
                "no-log": False,
                **{name: self.arguments.get(name) for name in _LITELLM_PARAMS},
            },
            "start_time": self.begun,
            "stream": self.streamed,
            "user": self.user,
            "call_type": self.call_type,
            "litellm_call_id": self.identity,
            "litellm_trace_id": self.trace,
            "completion_start_time": self.first,
            "standard_callback_dynamic_params": dict(self.dynamic),
            "custom_llm_provider": self.provider,
            "additional_args": {
                # What is asked for, in OpenAI's words, whatever the provider's are.
                "complete_input_dict": {
                    "model": self.model,
                    ("messages" if "messages" in self.arguments else "input"): self.input,
                    **parameters,
                },
                "api_base": self.api_base,
                "headers": {},
            },
            "api_key": None,  # that there is such a key is what programs rely on
            "log_event_type": "pre_api_call",
            "api_call_start_time": self.begun,
            "first_api_call_start_time": self.begun,
            "stream_options": self.arguments.get("stream_options"),
            "extra_body": shown.fields(self.arguments.get("extra_body")) or {},
            "max_retries": self.arguments.get("max_retries"),
            "model_id": self.model_info.get("id") if isinstance(self.model_info, dict) else None,
            "applied_guardrails": [],
        }

    def ended(
        self,
        end: datetime,
        answer: Any,
        hidden: Later,
        error: Optional[BaseException] = None,
        abandoned: bool = False,
        kept: Optional[Lazy] = None,
    ) -> Lazy:
        """LiteLLM's ``kwargs`` as they are after a call; ``hidden`` are the answer's ``_hidden_params``.

        ``kept`` are those that were told of before it: they are filled, with what callbacks put there.
        """
        # None of these looks at the dict that they are in: it would hold itself, and wait for the collector.
        hit = Later(lambda: _is_free(hidden.value()))
        # What failed before anything came has cost nothing.
        nothing = error is not None and answer is None
        cost = Later(lambda: 0.0 if nothing or hit.value() else hidden.value().get("response_cost"))
        told = f"has_logged_{'async' if self.call_type.startswith('a') else 'sync'}"
        details = Lazy(self.details()) if kept is None else kept
        details.update(
            completion_start_time=self.first or end,
            end_time=end,
            cache_hit=hit,
            response_cost=cost,
            response_headers=Later(lambda: hidden.value().get("additional_headers") or {}),
            log_event_type="post_api_call" if error is None else "failed_api_call",
            original_response=Later(lambda: _text(answer) if error is None else str(error)),
            llm_api_duration_ms=(end - self.begun).total_seconds() * 1000,
            zero_cost_diagnostic=None,
        )
        before = dict.get(details, "litellm_params") or {}
        details["litellm_params"] = Later(lambda: _as_known(before, hidden.value()))
        details[f"{told}_{'success' if error is None else 'failure'}"] = True
        if abandoned:
            details["stream_abandoned"] = True
        trace = None
        if error is not None:
            trace = Later(lambda: _traced(error))
            details["exception"] = error
            details["traceback_exception"] = trace
            details["original_exception"] = str(error)
        parts = Parts(self, end, answer, hidden, hit, cost, error, trace).lazy()
        details[NAME] = Whole(parts, _package.get("standard_logging_payload_excluded_fields") or ())
        return details


def _as_known(params: Mapping[str, Any], hidden: Mapping[str, Any]) -> dict[str, Any]:
    """LiteLLM's ``litellm_params``, with what only a call that was made knows."""
    return {
        **params,
        "api_base": params.get("api_base") or shown.address(hidden.get("api_base")) or "",
        "preset_cache_key": params.get("preset_cache_key") or hidden.get("cache_key"),
    }


def _is_free(hidden: Mapping[str, Any]) -> bool:
    """Whether an answer came out of the cache, all of it."""
    return hidden.get("cache_hit") is True and not hidden.get("partial_cache_hit")


def _as_messages(asked: Any) -> Any:
    """What is asked without messages, as LiteLLM tells of it: each text a message of the user's."""
    if isinstance(asked, str):
        return [{"role": "user", "content": asked}]
    if isinstance(asked, (list, tuple)) and asked and all(isinstance(item, str) for item in asked):
        return [{"role": "user", "content": item} for item in asked]
    return asked if isinstance(asked, list) and asked and isinstance(asked[0], dict) else None


def _text(answer: Any) -> Any:
    """An answer as JSON; what has no such form as it is."""
    dump = getattr(answer, "model_dump_json", None)
    return answer if dump is None else dump()


def _traced(error: BaseException) -> str:
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
