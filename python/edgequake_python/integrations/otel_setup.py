"""Where spans go for programs that leave the setting up of OpenTelemetry to this library, as LiteLLM's do."""

from __future__ import annotations

import os
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_HTTP = ("otlp_http", "http/protobuf", "http/json", "otlp/http")
_GRPC = ("otlp_grpc", "grpc", "otlp/grpc")
_PATH = "/v1/traces"


class OpenTelemetryConfig:
    """Where spans go, and as whose.

    Args:
        exporter: ``console``, ``otlp_http``, ``otlp_grpc``, or an exporter of OpenTelemetry's SDK.
        endpoint: of the collector; its path is added where there is none. The exporter's default when None.
        headers: for the collector: ``a=1,b=2``, or a dict.
        service_name: ``service.name`` of the spans' resource; ``OTEL_SERVICE_NAME`` when None, else LiteLLM's
            default, ``litellm``.
        deployment_environment: its ``deployment.environment``.
        **kwargs: LiteLLM's other arguments; not used.
    """

    def __init__(
        self,
        exporter: Any = "console",
        endpoint: str | None = None,
        headers: str | Mapping[str, str] | None = None,
        service_name: str | None = None,
        deployment_environment: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.exporter = exporter
        self.endpoint = endpoint
        self.headers = headers
        named = service_name or os.environ.get("OTEL_SERVICE_NAME")
        self.service_name: str = named or "litellm"
        environment = os.environ.get("OTEL_ENVIRONMENT_NAME")
        self.deployment_environment: str | None = deployment_environment or environment

    @classmethod
    def from_env(cls) -> OpenTelemetryConfig:
        """What ``OTEL_EXPORTER``, ``OTEL_ENDPOINT``, ``OTEL_HEADERS`` and their standard names say."""
        endpoint = _said("OTEL_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
        exporter = _said("OTEL_EXPORTER", "OTEL_EXPORTER_OTLP_PROTOCOL")
        headers = _said("OTEL_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
        return cls(exporter or ("otlp_http" if endpoint else "console"), endpoint, headers)

    def __repr__(self) -> str:
        return f"OpenTelemetryConfig(exporter={self.exporter!r}, service_name={self.service_name!r})"


def is_left_to_us(trace: Any) -> bool:
    """Whether the environment says where spans go, and the program has set up no provider itself."""
    if _said("OTEL_EXPORTER", "OTEL_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") is None:
        return False
    return isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def provider_of(config: OpenTelemetryConfig) -> Any:
    """A provider of tracers that sends its spans where ``config`` says.

    Raises:
        ImportError: without OpenTelemetry's SDK, or without the exporter.
        ValueError: for an exporter that does not exist.
    """
    try:
        sdk = import_module("opentelemetry.sdk.trace")
        export = import_module("opentelemetry.sdk.trace.export")
        resources = import_module("opentelemetry.sdk.resources")
    except ImportError:
        raise ImportError("spans need OpenTelemetry's SDK: pip install opentelemetry-sdk") from None
    told = {"service.name": config.service_name}
    if config.deployment_environment:
        told["deployment.environment"] = config.deployment_environment
    provider = sdk.TracerProvider(resource=resources.Resource.create(told))
    given = config.exporter
    if hasattr(given, "export"):
        # An exporter of the program's own: it has each span when the call has been told of.
        provider.add_span_processor(export.SimpleSpanProcessor(given))
    elif given == "console":
        provider.add_span_processor(export.SimpleSpanProcessor(export.ConsoleSpanExporter()))
    else:
        provider.add_span_processor(export.BatchSpanProcessor(_exporter(config)))
    return provider


def _exporter(config: OpenTelemetryConfig) -> Any:
    if config.exporter in _HTTP:
        kind, endpoint = "http", _with_path(config.endpoint)
    elif config.exporter in _GRPC:
        kind, endpoint = "grpc", config.endpoint
    else:
        known = "console, otlp_http and otlp_grpc"
        raise ValueError(f"there is no exporter {config.exporter!r}; there are {known}")
    name = f"opentelemetry.exporter.otlp.proto.{kind}.trace_exporter"
    try:
        made = import_module(name).OTLPSpanExporter
    except ImportError:
        raise ImportError(
            f"spans for a collector need its exporter: pip install opentelemetry-exporter-otlp-proto-{kind}"
        ) from None
    return made(endpoint=endpoint, headers=_headers(config.headers))


def _with_path(endpoint: str | None) -> str | None:
    if endpoint is None or endpoint.rstrip("/").endswith(_PATH):
        return endpoint
    return endpoint.rstrip("/") + _PATH


def _headers(given: str | Mapping[str, str] | None) -> dict[str, str] | None:
    if given is None or not isinstance(given, str):
        return None if given is None else dict(given)
    pairs = (pair.partition("=") for pair in given.split(",") if "=" in pair)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _said(*names: str) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)
