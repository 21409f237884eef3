"""What a call's failed attempts leave for those that come after them, as its metadata tells it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .request import Request
    from .router import Router

#: How many failed attempts are told at most, the last ones.
_KEPT = 4
#: The names of what is told.
_NAMES = ("previous_models", "request_retry_count")


def with_failure(arguments: Mapping[str, Any], error: BaseException) -> dict[str, Any]:
    """The arguments of a call, their metadata telling of an attempt that failed too; the given ones stay."""
    kept = "litellm_metadata" if "litellm_metadata" in arguments else "metadata"
    metadata: dict[str, Any] = dict(arguments.get(kept) or {})
    info = metadata.get("model_info") or {}
    attempt = {
        "model_group": arguments.get("model"),
        "deployment_id": info.get("id"),
        "model": metadata.get("deployment"),
        "base_model": info.get("base_model"),
        "exception_type": type(error).__name__,
        "exception_string": str(error),
        "attempted_retries": metadata.get("attempted_retries"),
    }
    earlier = metadata.get("previous_models")
    before = list(earlier)[1 - _KEPT :] if isinstance(earlier, (list, tuple)) else []
    metadata["previous_models"] = [*before, attempt]
    count = metadata.get("request_retry_count")
    metadata["request_retry_count"] = (count if isinstance(count, int) else 0) + 1
    return {**arguments, kept: metadata}


def remember(router: Router, request: Request, error: Exception) -> None:
    """Tell the Router of an attempt that failed and is followed by another; what it answers is told on."""
    kept = request.operation.metadata or "metadata"
    given = request.arguments.get(kept)
    metadata = {
        **(given if isinstance(given, dict) else {}),
        **request.past,
        "attempted_retries": request.retries,
    }
    if request.last is not None:
        metadata.update(deployment=request.last.model, model_info=request.last.info)
    told: Any = router.log_retry({**request.arguments, "model": request.group, kept: metadata}, error)
    # A program may have put something else in its place.
    now = told.get(kept) if isinstance(told, dict) else None
    if isinstance(now, dict):
        request.past.update({name: now[name] for name in _NAMES if name in now})


def is_enough(request: Request) -> bool:
    """Whether ``num_retries_per_request`` allows no more attempts, in this group or another."""
    most = getattr(sys.modules[__name__.partition(".")[0]], "num_retries_per_request", None)
    return most is not None and request.past.get("request_retry_count", 0) >= most
