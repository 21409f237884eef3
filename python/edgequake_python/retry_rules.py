"""When a request is repeated, for programs that repeat it themselves."""

from __future__ import annotations

import random
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_FIRST_WAIT, _LONGEST_WAIT, _LONGEST_ASKED, _JITTER = 0.5, 8.0, 60.0, 0.75


def _should_retry(status_code: int) -> bool:
    """Whether a request that was answered with this status may succeed later."""
    return status_code in (408, 409, 429) or status_code >= 500


def _calculate_retry_after(
    remaining_retries: int,
    max_retries: int,
    response_headers: Mapping[str, str] | None = None,
    min_timeout: int = 0,
) -> float:
    """Seconds to wait: what the provider asks for (up to a minute), else a growing wait, with some chance."""
    asked = _asked(response_headers)
    if asked is not None and 0 < asked <= _LONGEST_ASKED:
        return max(asked, min_timeout) + _JITTER * random.random()
    made = max(max_retries - remaining_retries, 0)
    wait = min(_FIRST_WAIT * 2.0**made, _LONGEST_WAIT) + _JITTER * random.random()
    return max(wait, float(min_timeout))


def _asked(headers: Mapping[str, str] | None) -> float | None:
    if not headers:
        return None
    given = {str(name).lower(): value for name, value in headers.items()}
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = given.get(name)
        if value is None:
            continue
        try:
            return float(value) * scale
        except ValueError:
            from email.utils import parsedate_to_datetime

            try:
                return parsedate_to_datetime(value).timestamp() - time.time()
            except (TypeError, ValueError):
                continue
    return None


def completion_with_retries(*args: Any, **kwargs: Any) -> Any:
    """`completion` repeated up to ``num_retries`` times (3 unless given).

    The core does the repeating; ``retry_strategy`` is taken and not needed, as waits always grow and obey the
    provider. ``original_function`` is called instead of `completion`; it is repeated here, and told not to
    repeat anything itself.
    """
    from . import completion

    return _repeated(completion, args, kwargs)


async def acompletion_with_retries(*args: Any, **kwargs: Any) -> Any:
    """`acompletion`, as `completion_with_retries`."""
    from . import acompletion

    return await _repeated_async(acompletion, args, kwargs)


def responses_with_retries(*args: Any, **kwargs: Any) -> Any:
    """`responses`, as `completion_with_retries`."""
    from .responses.main import responses

    return _repeated(responses, args, kwargs)


async def aresponses_with_retries(*args: Any, **kwargs: Any) -> Any:
    """`aresponses`, as `completion_with_retries`."""
    from .responses.main import aresponses

    return await _repeated_async(aresponses, args, kwargs)


def _repeated(default: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    function, retries, given = _prepared(kwargs)
    if function is None:
        return default(*args, **given, num_retries=retries)
    for left in range(retries, -1, -1):
        try:
            return function(*args, **given, num_retries=0, max_retries=0)
        except Exception as error:
            time.sleep(_wait_after(error, left, retries))


async def _repeated_async(default: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    function, retries, given = _prepared(kwargs)
    if function is None:
        return await default(*args, **given, num_retries=retries)
    import asyncio

    for left in range(retries, -1, -1):
        try:
            return await function(*args, **given, num_retries=0, max_retries=0)
        except Exception as error:
            await asyncio.sleep(_wait_after(error, left, retries))


def _prepared(kwargs: dict[str, Any]) -> tuple[Any, int, dict[str, Any]]:
    """What is called instead, how often it is repeated, and the other arguments."""
    given = dict(kwargs)
    function = given.pop("original_function", None)
    given.pop("retry_strategy", None)
    retries = given.pop("num_retries", None)
    if function is not None:
        given.pop("max_retries", None)
    return function, 3 if retries is None else max(0, int(retries)), given


def _wait_after(error: Exception, left: int, retries: int) -> float:
    """Seconds until the next attempt.

    Raises:
        Exception: the error itself, when there is no next attempt.
    """
    status = getattr(error, "status_code", None)
    if not left or not isinstance(status, int) or not _should_retry(status):
        raise error
    headers = getattr(getattr(error, "response", None), "headers", None)
    return _calculate_retry_after(left, retries, headers)
