"""Calls as metrics of Prometheus, through the official client (the extra ``prometheus``)."""

from __future__ import annotations

import sys

from ..model_table import table
from ..observers.standard import parts_of
from .custom_logger import CustomLogger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Callable

    from ..router import Router

_package = sys.modules[__package__.partition(".")[0]].__dict__
#: Who is not in the price table and comes late; and how many before have labels of their own.
OTHER = "other"
_MODELS = 100
_LABELS = ("provider", "model", "operation")
#: Seconds; answers take from tenths of a second to minutes.
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320)


class PrometheusLogger(CustomLogger):
    """Counts calls, seconds, tokens and USD; the name for it is ``prometheus``.

    The metrics are ``edgequake_requests_total`` (with ``status`` and ``error``),
    ``edgequake_request_seconds``, ``edgequake_first_token_seconds``, ``edgequake_tokens_total`` (with
    ``kind``: prompt, completion, cached, reasoning), ``edgequake_cost_usd_total``,
    ``edgequake_cache_hits_total``, ``edgequake_in_flight``; for deployments of a Router
    ``edgequake_deployment_requests_total`` and ``edgequake_deployment_rest_seconds``; for budgets in force
    ``edgequake_budget_limit_usd`` and ``edgequake_budget_spent_usd``.
    Serving them is the program's business: ``prometheus_client.start_http_server(9090)``.

    Args:
        registry: where metrics are kept; the client's own by default.
        router: a Router whose resting deployments are told; asked when metrics are read.
        max_models: how many models that neither the price table nor a Router knows get a label of their
            own, in the order in which they come; the calls of others are counted under ``other``.
        **kwargs: `CustomLogger`'s.

    Raises:
        ImportError: without the official client.
    """

    def __init__(
        self,
        registry: Any = None,
        router: Router | None = None,
        max_models: int = _MODELS,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._max_models = max_models
        self._strangers: set[tuple[str, str]] = set()
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
        self._flying = client.Gauge("edgequake_in_flight", "Calls under way", _LABELS, **at)
        standing = Standing(import_module("prometheus_client.core").GaugeMetricFamily, router)
        (client.REGISTRY if registry is None else registry).register(standing)

    def log_pre_api_call(self, model: str, messages: Any, kwargs: dict[str, Any]) -> None:
        """One more is under way."""
        operation = _plain(str(kwargs["call_type"]))
        self._flying.labels(*self._names(kwargs["custom_llm_provider"], model, kwargs), operation).inc()

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

    def _names(self, provider: str, model: str, kwargs: dict[str, Any]) -> tuple[str, str]:
        """Labels of a provider and a model. Both may be a caller's free text, and what has had a label once
        keeps it for as long as the program runs.
        """
        who, strangers = (provider, model), self._strangers
        if who in strangers or _is_known(provider, model, kwargs):
            return who
        if len(strangers) >= self._max_models:
            return (provider if _is_provider(provider) else OTHER), OTHER
        strangers.add(who)
        return who

    def _count(self, kwargs: dict[str, Any]) -> None:
        payload = parts_of(kwargs)
        operation = str(payload["call_type"])
        names = self._names(payload["custom_llm_provider"], payload["model"], kwargs)
        labels = (*names, _plain(operation))
        self._flying.labels(*labels).dec()
        status = payload["status"]
        self._requests.labels(*labels, status, payload["error_information"]["error_class"]).inc()
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


class Standing:
    """What is looked up when metrics are read: budgets in force, and deployments that rest.

    Args:
        family: the client's class of a gauge that is made at each reading.
        router: whose deployments.
    """

    def __init__(self, family: Callable[..., Any], router: Router | None) -> None:
        self._family = family
        self._router = router

    def _families(self) -> tuple[Any, Any, Any]:
        make = self._family
        return (
            make("edgequake_budget_limit_usd", "What may be spent in a period, in USD", labels=["budget"]),
            make("edgequake_budget_spent_usd", "What of it is spent or held, in USD", labels=["budget"]),
            make(
                "edgequake_deployment_rest_seconds",
                "How long a deployment of a Router still rests after failures",
                labels=["group", "deployment"],
            ),
        )

    def describe(self) -> Iterable[Any]:
        """What there may be; nothing is looked up for this."""
        return self._families()

    def collect(self) -> Iterable[Any]:
        """What there is now."""
        limits, spent, rests = families = self._families()
        for name, limit, used in _budgets():
            limits.add_metric([name], limit)
            spent.add_metric([name], used)
        router = self._router
        if router is not None:
            for group in router.get_model_names():
                resting = router.state.resting(group, router.get_model_ids(group))
                for deployment, seconds in resting.items():
                    rests.add_metric([group, deployment], seconds)
        return families


def _budgets() -> Iterator[tuple[str, float, float]]:
    """Name, limit and use of every budget in force."""
    if _package.get("max_budget"):
        yield "max_budget", float(_package["max_budget"]), float(_package.get("_current_cost") or 0.0)
    budgets = _package.get("budgets")
    if budgets is not None:
        for name, bound in budgets.limits().items():
            yield name, bound.amount, budgets.spent(name)


def _is_known(provider: str, model: str, kwargs: dict[str, Any]) -> bool:
    """Whether a model is in the price table, under its own name, or a Router's deployment."""
    models = table()
    if model in models or f"{provider}/{model}" in models:
        return _is_provider(provider)
    info = kwargs["litellm_params"]["model_info"]
    return isinstance(info, dict) and info.get("id") is not None


def _is_provider(provider: str) -> bool:
    from ..types.provider_names import LlmProviders

    return provider in LlmProviders._value2member_map_


def _plain(operation: str) -> str:
    """The operation without the ``a`` of its asynchronous form."""
    asynchronous = operation.startswith("a") and operation[1:2] not in ("n", "")
    return operation[1:] if asynchronous else operation
