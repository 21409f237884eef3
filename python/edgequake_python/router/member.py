"""A deployment as the Router works with it: everything that can be known before a call is."""

from __future__ import annotations

import itertools
import os

from ..exceptions import BadRequestError
from ..state import Candidate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: Names in ``litellm_params`` that are the Router's, and none of the call's.
_ROUTERS = frozenset(
    (
        "model",
        "rpm",
        "tpm",
        "itpm",
        "otpm",
        "weight",
        "order",
        "max_parallel_requests",
        "tags",
        "tag_regex",
        "region_name",
        "cooldown_time",
        "num_retries",
        "max_retries",
        "timeout",
        "stream_timeout",
        "timeout_by_service_tier",
        "stream_timeout_by_service_tier",
        "max_budget",
        "budget_duration",
        "configurable_clientside_auth_params",
        "default_api_key_tpm_limit",
        "default_api_key_rpm_limit",
        "use_in_pass_through",
        "provider_affinity_header",
        "max_file_size_mb",
        "model_info",
        "metadata",
    )
)
#: Prices that a call may carry; the others stay with the deployment.
_PRICES = frozenset(
    (
        "input_cost_per_token",
        "output_cost_per_token",
        "input_cost_per_second",
        "output_cost_per_second",
        "cache_read_input_token_cost",
        "cache_creation_input_token_cost",
    )
)
_numbers = itertools.count(1)


class Member:
    """One deployment.

    Attributes:
        id, group, model: its name, its group's, and the provider's model.
        params: arguments that its calls start from; never changed.
        info: ``model_info``.
        entry: the item of ``router.model_list``.
        candidate: what shared state knows it by.
        flying, tokens, mean: calls in flight, tokens used in the window, mean latency; kept by its pool.
    """

    __slots__ = (
        "candidate",
        "cooldown_time",
        "entry",
        "flying",
        "group",
        "id",
        "info",
        "latencies",
        "mean",
        "metadata",
        "model",
        "num_retries",
        "number",
        "order",
        "params",
        "pattern",
        "prices",
        "provider",
        "region",
        "rpm",
        "seen",
        "stream_timeout",
        "tag_regex",
        "tags",
        "timeout",
        "tokens",
        "tpm",
        "weight",
    )

    def __init__(self, entry: dict[str, Any], defaults: Mapping[str, Any], parallel: int | None) -> None:
        given: dict[str, Any] = entry["litellm_params"]
        self.entry: dict[str, Any] = entry
        self.number: int = next(_numbers)
        self.group: str = entry["model_name"]
        self.info: dict[str, Any] = entry["model_info"]
        self.id: str = self.info["id"]
        self.model: str = given["model"]
        self.pattern: bool = "*" in self.group
        own = {name: value for name, value in given.items() if value is not None}
        merged = {**defaults, **_prices_of(self.info), **own}
        self.params: dict[str, Any] = {
            name: value
            for name, value in merged.items()
            if name not in _ROUTERS and ("_cost" not in name or name in _PRICES) and value is not None
        }
        self.prices: dict[str, Any] = {name: value for name, value in merged.items() if "_cost" in name}
        self.metadata: dict[str, Any] = {
            **(defaults.get("metadata") or {}),
            **(given.get("metadata") or {}),
        }
        self.provider: str | None = None  # see `checks.provider_of`
        self.rpm: float | None = _number(merged, "rpm", self)
        self.tpm: float | None = _number(merged, "tpm", self)
        limits = (self.rpm, self.tpm, _number(merged, "itpm", self), _number(merged, "otpm", self))
        slots = calculate_max_parallel_requests(
            _whole(merged.get("max_parallel_requests")), self.rpm, self.tpm, parallel
        )
        self.candidate: Candidate = Candidate(
            self.id, limits if any(x is not None for x in limits) else (), slots
        )
        self.weight: float | None = _number(merged, "weight", self)
        self.order: float | None = _number(merged, "order", self)
        given_tags = merged.get("tags") or ()
        self.tags: frozenset[str] = frozenset(
            (given_tags,) if isinstance(given_tags, str) else (str(tag) for tag in given_tags)
        )
        self.tag_regex: tuple[Any, ...] = tuple(merged.get("tag_regex") or ())
        self.region: str | None = merged.get("region_name") or merged.get("aws_region_name")
        self.cooldown_time: float | None = _number(merged, "cooldown_time", self)
        self.num_retries: int | None = _whole(merged.get("num_retries"))
        self.timeout: Any = merged.get("timeout")
        self.stream_timeout: Any = merged.get("stream_timeout")
        self.flying: int = 0
        self.tokens: float = 0.0
        self.latencies: list[float] = []
        self.mean: float = 0.0
        self.seen: float = 0.0

    def __repr__(self) -> str:
        """Without its arguments: a key is among them."""
        return f"<deployment {self.id} of {self.group}: {self.model}>"


def calculate_max_parallel_requests(
    max_parallel_requests: int | None,
    rpm: float | None,
    tpm: float | None,
    default_max_parallel_requests: int | None,
) -> int | None:
    """How many calls a deployment may have in flight; LiteLLM's rule, which derives it from the other
    limits.
    """
    if max_parallel_requests is not None:
        return max_parallel_requests
    if rpm:  # without any requests there is nothing to be in flight
        return int(rpm)
    if tpm is not None:
        return max(1, int(tpm // 1000) * 6)
    return default_max_parallel_requests


def resolved(value: Any) -> Any:
    """``os.environ/NAME`` as the variable's value, in texts, dicts and lists; None when it is not set."""
    if isinstance(value, str):
        return os.environ.get(value[len("os.environ/") :]) if value.startswith("os.environ/") else value
    if isinstance(value, dict):
        return {name: resolved(below) for name, below in value.items()}
    if isinstance(value, list):
        return [resolved(below) for below in value]
    return value


def _number(params: Mapping[str, Any], name: str, member: Member) -> float | None:
    value = params.get(name)
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise BadRequestError(
            message=f"{name}={value!r} of the deployment {member.id} is not a number",
            model=member.model,
            llm_provider="",
        ) from None


def _prices_of(info: Mapping[str, Any]) -> dict[str, Any]:
    """The prices among what is said about a deployment; YAML makes texts of some (``1e-05``)."""
    found: dict[str, Any] = {}
    for name, value in info.items():
        if "_cost" in name and value is not None:
            try:
                found[name] = float(value) if isinstance(value, str) else value
            except ValueError:
                continue
    return found


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
