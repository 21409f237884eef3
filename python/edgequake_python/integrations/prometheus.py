"""Calls as metrics of Prometheus, through the official client (the extra ``prometheus``)."""

from __future__ import annotations

from ..observers.standard import parts_of
from .custom_logger import CustomLogger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LABELS = ("provider", "model", "operation")
#: Seconds; answers take from tenths of a second to minutes.
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320)


class PrometheusLogger(CustomLogger):
    """Counts calls, seconds, tokens and USD; the name for it is ``prometheus``.

    The metrics are ``edgequake_requests_total`` (with ``status`` and ``error``),
    ``edgequake_request_seconds``, ``edgequake_first_token_seconds``, ``edgequake_tokens_total`` (with
    ``kind``: prompt, completion, cached, reasoning), ``edgequake_cost_usd_total``,
    ``edgequake_cache_hits_total``, and for deployments of a Router ``edgequake_deployment_requests_total``.
    Serving them is the program's business: ``prometheus_client.start_http_server(9090)``.

    Args:
        registry: where metrics are kept; the client's own by default.
        **kwargs: `CustomLogger`'s.

    Raises:
        ImportError: without the official client.
    """

    def __init__(self, registry: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        from importlib import import_module

        try:
            client: Any = import_module("prometheus_client")
        except ImportError:
            raise ImportError("metrics need the official client: pip install prometheus-client") from None
        at: dict[str, Any] = {} if registry is None else {"registry": registry}
        self._requests = client.Counter(
            "edgequake_requests", "Calls that have ended", (*_LABELS, "status", "error"), **at
        )
        self._seconds = client.Histogram(
            "edgequake_request_seconds", "From the call to its end", _LABELS, buckets=_SECONDS, **at
        )
        self._first = client.Histogram(
            "edgequake_first_token_seconds", "To a stream's first chunk", _LABELS, buckets=_SECONDS, **at
        )
        self._tokens = client.Counter("edgequake_tokens", "Tokens", (*_LABELS, "kind"), **at)
        self._cost = client.Counter("edgequake_cost_usd", "What providers charge, in USD", _LABELS, **at)
        self._hits = client.Counter("edgequake_cache_hits", "Answers out of the cache", _LABELS, **at)
        self._deployments = client.Counter(
            "edgequake_deployment_requests",
            "Calls of a Router's deployments",
            ("group", "deployment", "status"),
            **at,
        )

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Count."""
        self._count(kwargs)

    async def async_log_success_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """Count."""
        self._count(kwargs)

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Count."""
        self._count(kwargs)

    async def async_log_failure_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """Count."""
        self._count(kwargs)

    def _count(self, kwargs: dict[str, Any]) -> None:
        payload = parts_of(kwargs)
        operation = str(payload["call_type"])
        labels = (payload["custom_llm_provider"], payload["model"], _plain(operation))
        error = payload["error_information"]
        status = payload["status"]
        self._requests.labels(*labels, status, error["error_class"] if error else "").inc()
        self._seconds.labels(*labels).observe(payload["response_time"])
        if payload["stream"] and kwargs.get("completion_start_time") is not None:
            waited = payload["completionStartTime"] - payload["startTime"]
            self._first.labels(*labels).observe(max(0.0, waited))
        usage = payload["hidden_params"]["usage_object"] or {}
        kinds = {
            "prompt": payload["prompt_tokens"],
            "completion": payload["completion_tokens"],
            "cached": (usage.get("prompt_tokens_details") or {}).get("cached_tokens"),
            "reasoning": (usage.get("completion_tokens_details") or {}).get("reasoning_tokens"),
        }
        if payload["cache_hit"]:
            self._hits.labels(*labels).inc()
        else:
            for kind, count in kinds.items():
                if count:
                    self._tokens.labels(*labels, kind).inc(count)
        if payload["response_cost"]:
            self._cost.labels(*labels).inc(payload["response_cost"])
        if payload["model_group"]:
            self._deployments.labels(payload["model_group"], payload["model_id"], status).inc()


def _plain(operation: str) -> str:
    """The operation without the ``a`` of its asynchronous form."""
    asynchronous = operation.startswith("a") and operation[1:2] not in ("n", "")
    return operation[1:] if asynchronous else operation
