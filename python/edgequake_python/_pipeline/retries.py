"""Retries by kind of error: ``retry_policy``. Without one the core repeats requests by itself."""

from __future__ import annotations

import random
import time

from .. import exceptions
from .._course import Step
from .call import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from .call import Proceed

#: Which count of a policy is an error's; the first class that fits.
_COUNTS: tuple[tuple[type[BaseException], str], ...] = (
    (exceptions.ContentPolicyViolationError, "ContentPolicyViolationErrorRetries"),
    (exceptions.AuthenticationError, "AuthenticationErrorRetries"),
    (exceptions.BadRequestError, "BadRequestErrorRetries"),
    (exceptions.Timeout, "TimeoutErrorRetries"),
    (exceptions.RateLimitError, "RateLimitErrorRetries"),
    (exceptions.InternalServerError, "InternalServerErrorRetries"),
)

_FIRST_WAIT, _LONGEST_WAIT, _LONGEST_ASKED = 0.5, 8.0, 60.0


def stage(call: Call, proceed: Proceed) -> Course:
    """Repeat the call as often as the policy allows for the error that came."""
    policy = call.get("retry_policy")
    # The core must not multiply what is counted here.
    single = call.but("retry_policy", "retry_strategy", "max_retries", num_retries=0)
    made = 0
    while True:
        try:
            return (yield from proceed(single))
        except Exception as error:
            allowed = _allowed(policy, error)
            if allowed is None:
                allowed = _default(call, error)
            if made >= allowed:
                raise
            wait = _wait(error, made)
        made += 1
        yield Step(lambda wait=wait: time.sleep(wait), lambda wait=wait: _sleep(wait))  # type: ignore[misc]


async def _sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


def _allowed(policy: Any, error: Exception) -> int | None:
    def read(name: str) -> Any:
        return policy.get(name) if isinstance(policy, dict) else getattr(policy, name, None)

    for cls, name in _COUNTS:
        if isinstance(error, cls):
            count = read(name)
            return None if count is None else int(count)
    return None


def _default(call: Call, error: Exception) -> int:
    """What is done about an error that the policy does not speak of."""
    status = getattr(error, "status_code", None)
    if not isinstance(status, int) or not (status in (408, 409, 429) or status >= 500):
        return 0
    for name in ("num_retries", "max_retries"):
        count = call.get(name)
        if count is not None:
            return int(count)
    return 2


def _wait(error: Exception, made: int) -> float:
    """Seconds: what the provider asks for, else a growing wait with some chance in it."""
    asked = _asked(error)
    if asked is not None and 0 < asked <= _LONGEST_ASKED:
        return asked
    return min(_FIRST_WAIT * 2.0**made, _LONGEST_WAIT) * random.uniform(0.75, 1.0)


def _asked(error: Exception) -> float | None:
    headers = getattr(error, "litellm_response_headers", None) or {}
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return float(headers[name]) * scale
        except (KeyError, TypeError, ValueError):
            continue
    return None
