"""Calls as spans and metrics of OpenTelemetry, in the semantic conventions for generative AI (the extra
``otel``).
"""

from __future__ import annotations

import json
from datetime import datetime

from ..observers.standard import parts_of
from ..pricing import part
from .custom_logger import CustomLogger
from .otel_setup import OpenTelemetryConfig, is_left_to_us, provider_of

__all__ = ["OpenTelemetry", "OpenTelemetryConfig"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: Our names of providers, where the conventions have others.
_SYSTEMS = {
    "azure": "azure.ai.openai",
    "azure_ai": "azure.ai.inference",
    "bedrock": "aws.bedrock",
    "vertex_ai": "gcp.vertex_ai",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "xai": "x_ai",
    "text-completion-openai": "openai",
}
#: The conventions' names of operations; whatever is a conversation is a chat, by whichever of the APIs.
_OPERATIONS = {
    "completion": "chat",
    "responses": "chat",
    "anthropic_messages": "chat",
    "embedding": "embeddings",
    "text_completion": "text_completion",
}
#: Parameters of a call and the attributes that the conventions have for them.
_PARAMETERS = {
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "top_k": "gen_ai.request.top_k",
    "max_tokens": "gen_ai.request.max_tokens",
    "max_completion_tokens": "gen_ai.request.max_tokens",
    "max_output_tokens": "gen_ai.request.max_tokens",
    "frequency_penalty": "gen_ai.request.frequency_penalty",
    "presence_penalty": "gen_ai.request.presence_penalty",
    "seed": "gen_ai.request.seed",
    "n": "gen_ai.request.choice.count",
}


#: Attributes of a span that its measurements have too.
_MEASURED = ("gen_ai.response.model", "server.address", "server.port")
#: Bounds of the histograms as the conventions advise them: a whole call, its tokens, its first chunk.
_SECONDS = [0.01 * 2**step for step in range(14)]
_COUNTS = [float(4**step) for step in range(14)]
_FIRST = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0]


class OpenTelemetry(CustomLogger):
    """A span for every call, beneath the caller's, and metrics of duration and tokens; its name is ``otel``.

    It uses the tracer and meter providers that the program has set up; where there is none and the
    environment says where spans go (``OTEL_EXPORTER``, ``OTEL_EXPORTER_OTLP_ENDPOINT``, ...), one is set up
    for it. A call's ``metadata["litellm_parent_otel_span"]`` is the parent instead of the span that is open.
    What was asked and answered is left out unless ``messages`` says otherwise.

    Args:
        tracer_provider: another than the program's; or an `OpenTelemetryConfig`, as the first argument.
        meter_provider: likewise.
        messages: whether spans have what was asked and answered.
        config: where spans go, when not to the program's provider.
        **kwargs: `CustomLogger`'s.

    Raises:
        ImportError: without OpenTelemetry's API.
    """

    def __init__(
        self,
        tracer_provider: Any = None,
        meter_provider: Any = None,
        messages: bool = False,
        config: OpenTelemetryConfig | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        from importlib import import_module

        try:
            metrics: Any = import_module("opentelemetry.metrics")
            trace: Any = import_module("opentelemetry.trace")
        except ImportError:
            raise ImportError("spans need OpenTelemetry: pip install opentelemetry-sdk") from None
        from .. import __version__

        if isinstance(tracer_provider, OpenTelemetryConfig):
            config, tracer_provider = tracer_provider, None
        if config is None and tracer_provider is None and is_left_to_us(trace):
            config = OpenTelemetryConfig.from_env()
        if config is not None and tracer_provider is None:
            tracer_provider = provider_of(config)
        self.config: OpenTelemetryConfig | None = config
        self._trace = trace
        self._tracer = trace.get_tracer("edgequake_python", __version__, tracer_provider)
        meter = metrics.get_meter("edgequake_python", __version__, meter_provider)
        self._duration = _histogram(
            meter, "gen_ai.client.operation.duration", "s", "Duration of a call to a model", _SECONDS
        )
        self._tokens = _histogram(meter, "gen_ai.client.token.usage", "{token}", "Tokens of a call", _COUNTS)
        self._first = _histogram(
            meter, "gen_ai.server.time_to_first_token", "s", "From the call to its first chunk", _FIRST
        )
        self._messages = messages

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """A span."""
        self._record(kwargs, response_obj, start_time, end_time)

    async def async_log_success_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """A span."""
        self._record(kwargs, response_obj, start_time, end_time)

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """A span with an error."""
        self._record(kwargs, None, start_time, end_time)

    async def async_log_failure_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """A span with an error."""
        self._record(kwargs, None, start_time, end_time)

    def _above(self, kwargs: dict[str, Any]) -> Any:
        """The context with the span that a call names as its parent; None for the one that is open."""
        metadata = (kwargs.get("litellm_params") or {}).get("metadata") or {}
        parent = metadata.get("litellm_parent_otel_span")
        return None if parent is None else self._trace.set_span_in_context(parent)

    def _record(self, kwargs: dict[str, Any], answer: Any, begun: datetime, end: datetime) -> None:
        payload = parts_of(kwargs)
        operation = str(payload["call_type"])
        operation = operation[1:] if operation[1:] in _OPERATIONS else operation
        name = _OPERATIONS.get(operation, operation)
        provider = payload["custom_llm_provider"]
        system = _SYSTEMS.get(provider, provider)
        common = {
            "gen_ai.operation.name": name,
            "gen_ai.provider.name": system,
            "gen_ai.request.model": payload["model"],
        }
        asked, answered = _request(kwargs), _response(payload, answer)
        # The context is the caller's: a span that is open there is this one's parent.
        span = self._tracer.start_span(
            f"{name} {payload['model']}",
            context=self._above(kwargs),
            kind=self._trace.SpanKind.CLIENT,
            start_time=_nanoseconds(begun),
            attributes={**common, "gen_ai.system": system, **asked},
        )
        span.set_attributes(answered)
        for attribute in _MEASURED:
            value = answered.get(attribute, asked.get(attribute))
            if value is not None:
                common[attribute] = value
        if self._messages:
            span.set_attribute("gen_ai.input.messages", json.dumps(payload["messages"], default=str))
            if answer is not None:
                span.set_attribute("gen_ai.output.messages", json.dumps(payload["response"], default=str))
        first = kwargs.get("completion_start_time")
        if first is not None and payload["stream"]:
            span.add_event("gen_ai.content.first_token", timestamp=_nanoseconds(first))
            self._first.record((first - begun).total_seconds(), common)
        error = kwargs.get("exception")
        if error is not None:
            common = {**common, "error.type": type(error).__name__}
            span.set_attribute("error.type", type(error).__name__)
            span.record_exception(error)
            span.set_status(self._trace.Status(self._trace.StatusCode.ERROR, str(error)))
        span.end(end_time=_nanoseconds(end))
        self._duration.record((end - begun).total_seconds(), common)
        for kind, count in (("input", payload["prompt_tokens"]), ("output", payload["completion_tokens"])):
            if count and not payload["cache_hit"]:
                self._tokens.record(count, {**common, "gen_ai.token.type": kind})


def _histogram(meter: Any, name: str, unit: str, text: str, bounds: list[float]) -> Any:
    try:
        return meter.create_histogram(name, unit, text, explicit_bucket_boundaries_advisory=bounds)
    except TypeError:  # an older API: the bounds are the program's to say, by a view
        return meter.create_histogram(name, unit, text)


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000_000)


def _request(kwargs: dict[str, Any]) -> dict[str, Any]:
    parameters = kwargs.get("optional_params") or {}
    found = {
        attribute: parameters[name]
        for name, attribute in _PARAMETERS.items()
        if isinstance(parameters.get(name), (int, float))
    }
    stop = parameters.get("stop")
    if stop:
        found["gen_ai.request.stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
    base = parts_of(kwargs)["api_base"]
    if base:
        from urllib.parse import urlsplit

        where = urlsplit(base)
        if where.hostname:
            found["server.address"] = where.hostname
            found["server.port"] = where.port or (80 if where.scheme == "http" else 443)
    return found


def _response(payload: Mapping[str, Any], answer: Any) -> dict[str, Any]:
    usage = payload["hidden_params"]["usage_object"] or {}
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
    reasons = [part(choice, "finish_reason") for choice in part(answer, "choices") or ()]
    if not reasons and part(answer, "stop_reason"):
        reasons = [part(answer, "stop_reason")]  # a message in Anthropic's shape
    found = {
        # What has no id of its own is told under the call's, which no provider gave.
        "gen_ai.response.id": None if payload["id"] == payload["litellm_call_id"] else payload["id"],
        "gen_ai.response.model": part(answer, "model"),
        "gen_ai.response.finish_reasons": [reason for reason in reasons if reason] or None,
        "gen_ai.usage.input_tokens": payload["prompt_tokens"] or None,
        "gen_ai.usage.output_tokens": payload["completion_tokens"] or None,
        "gen_ai.usage.cache_read.input_tokens": cached or None,
        "edgequake.cost_usd": payload["response_cost"],
        "edgequake.cache_hit": payload["cache_hit"],
        "edgequake.call_id": payload["litellm_call_id"],
        "edgequake.model_group": payload["model_group"] or None,
    }
    return {name: value for name, value in found.items() if value is not None}
