"""What an error means: whether to try again, how long to wait, whether the deployment rests."""

from __future__ import annotations

import random

from ..exceptions import (
    APIConnectionError,
    AuthenticationError,
    BadGatewayError,
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    InternalServerError,
    NotFoundError,
    RateLimitError,
    ServiceUnavailableError,
    Timeout,
)
from ..state import FailureRule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .member import Member
    from .request import Request
    from .router import Router

#: Entries of `RetryPolicy` and `AllowedFailsPolicy`, the most definite class first.
_KINDS = (
    (AuthenticationError, "AuthenticationError"),
    (Timeout, "TimeoutError"),
    (RateLimitError, "RateLimitError"),
    (ContentPolicyViolationError, "ContentPolicyViolationError"),
    (NotFoundError, "NotFoundError"),
    (BadRequestError, "BadRequestError"),
    (InternalServerError, "InternalServerError"),
    (ServiceUnavailableError, "ServiceUnavailableError"),
    (BadGatewayError, "BadGatewayError"),
)

#: Arguments of a call that say who calls, and where, instead of the deployment.
_OWN = ("api_key", "api_base", "base_url")
#: A minute's share of failures, and its least number of calls, from which a deployment rests.
_SHARE = 0.5
_MINIMUM = 5
#: The least number of calls when there is no other deployment to go to; then all of them must have failed.
_MINIMUM_ALONE = 1000
#: Waiting between attempts, in seconds: the first, the longest, and what chance adds.
_FIRST, _LONGEST, _JITTER = 0.5, 8.0, 0.75
#: A provider that asks for more than this is not waited for.
_PATIENCE = 60.0


def of_policy(policy: Any, error: BaseException, suffix: str) -> int | None:
    """The entry for the error's class in a policy, which is a dict or an object."""
    if policy is None:
        return None
    entries = policy if isinstance(policy, dict) else policy.__dict__
    for kind, name in _KINDS:
        if isinstance(error, kind):
            value = entries.get(f"{name}{suffix}")
            if value is not None:
                return int(value)
    value = entries.get("DefaultRetries") if suffix == "Retries" else None
    return None if value is None else int(value)


def retries_for(router: Router, request: Request, error: BaseException, member: Member | None) -> int:
    """How often the call may be repeated: policy, else the call, else the deployment, else the Router."""
    policy = policy_for(router, request)
    if request.options.get("num_retries") == 0:
        return 0  # said for this call alone
    for value in (
        of_policy(policy, error, "Retries"),
        request.options.get("num_retries"),
        request.options.get("max_retries"),
        member.num_retries if member is not None else None,
        router.num_retries,
    ):
        if value is not None:
            return int(value)
    return 0


def policy_for(router: Router, request: Request) -> Any:
    """The call's `RetryPolicy`, else its group's, else the Router's."""
    policy = request.options.get("retry_policy")
    if policy is None:
        of_groups = router.model_group_retry_policy
        policy = of_groups.get(request.group) or of_groups.get(router._group_of(request.group))
        policy = policy or router.retry_policy
    return policy


def is_asked_for(router: Router, request: Request, error: BaseException) -> bool:
    """Whether a policy names errors of this class: then they are repeated, whatever they are."""
    policy = policy_for(router, request)
    if policy is None:
        return False
    entries = policy if isinstance(policy, dict) else policy.__dict__
    return any(isinstance(error, kind) and entries.get(f"{name}Retries") is not None for kind, name in _KINDS)


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed a moment later."""
    if isinstance(error, APIConnectionError):
        return True
    status = status_of(error)
    return status is not None and (status in (408, 409, 429) or status >= 500)


def status_of(error: BaseException) -> int | None:
    """The HTTP status that belongs to an error."""
    status = getattr(error, "status_code", None)
    try:
        return None if status is None else int(status)
    except (TypeError, ValueError):
        return None


def worth_retrying(router: Router, request: Request, error: BaseException, others: int, total: int) -> bool:
    """Whether to repeat the call in this group; else it is for the fallbacks.

    Args:
        router: whose fallbacks there are.
        request: the call.
        error: what happened.
        others: how many deployments could take the call now.
        total: how many deployments the group has.
    """
    fallbacks = not request.options.get("disable_fallbacks") and router._has_fallbacks(request)
    if is_asked_for(router, request, error) and (others or total <= 1):
        return True
    if isinstance(error, ContextWindowExceededError) and router.context_window_fallbacks:
        return False
    if isinstance(error, ContentPolicyViolationError) and router.content_policy_fallbacks:
        return False
    if isinstance(error, NotFoundError):
        return False
    if not others and total > 1:
        return waits_for_rest(router, request) and is_transient(error)
    if status_of(error) in (401, 403):
        # Another deployment has another key.
        return others > 0 and total > 1
    if not is_transient(error):
        return False
    return not (isinstance(error, RateLimitError) and not others and fallbacks)


def waits_for_rest(router: Router, request: Request) -> bool:
    """Whether a call that nobody can take now waits in its group, having nowhere else to go."""
    wishes = request.options.get("wait_for_cooldown", router.wait_for_cooldown)
    return bool(wishes) and not router._has_fallbacks(request)


def wait_before(error: BaseException, made: int, others: int, least: float) -> float | None:
    """Seconds to wait before the next attempt; None when the provider asks for more than is worth waiting.

    Args:
        error: what happened.
        made: retries so far.
        others: how many deployments that have not failed this call could take it now.
        least: the Router's ``retry_after``.
    """
    if others > 0:
        return 0.0
    asked = getattr(error, "retry_after", None)
    if isinstance(asked, (int, float)) and asked > 0:
        if asked > _PATIENCE:
            return None
        return max(least, asked + random.random() * min(_JITTER, 0.25 * max(asked, 0.1)))
    return max(least, min(_FIRST * 2.0**made, _LONGEST) + random.random() * _JITTER)


def rest_rule(
    router: Router, request: Request, error: BaseException, member: Member, total: int
) -> FailureRule | None:
    """When this error makes the deployment rest; None: never."""
    if router.disable_cooldowns:
        return None
    status = status_of(error)
    if status is None or isinstance(error, APIConnectionError):
        return None
    if any(request.arguments.get(name) for name in _OWN):
        return None  # another account, or another host, than the deployment's
    if isinstance(error, Timeout) and (request.options.get("timeout") is not None or request.is_late()):
        return None  # the caller's own limit says nothing about the deployment
    if status not in (401, 402, 404, 408, 429) and status < 500:
        return None
    asked = _asked(error)
    given = request.arguments.get("cooldown_time")
    own = member.cooldown_time if given is None else float(given)
    duration = own if own is not None else router.cooldown_time
    if own is not None:
        asked = None
    if asked is None and duration <= 0:
        return None
    alone = total <= 1
    allowed = of_policy(router.allowed_fails_policy, error, "AllowedFails")
    if allowed is None and (
        router._allowed_fails_given or router.allowed_fails != router._allowed_fails_before
    ):
        allowed = router.allowed_fails
    immediate = status in (401, 404) or (status in (402, 429) and not alone)
    # An only deployment rests when each of very many calls failed: "more than 99.9 %".
    share, minimum = (0.999, _MINIMUM_ALONE) if alone else (_SHARE, _MINIMUM)
    return FailureRule(immediate, allowed, share, minimum, duration, router.max_cooldown_time, asked)


def _asked(error: BaseException) -> float | None:
    asked = getattr(error, "retry_after", None)
    return float(asked) if isinstance(asked, (int, float)) and asked > 0 else None


def policy_as_dict(policy: Any) -> Mapping[str, Any]:
    """A policy's entries that are set."""
    if policy is None:
        return {}
    given = policy if isinstance(policy, dict) else policy.model_dump()
    return {name: value for name, value in given.items() if value is not None}
