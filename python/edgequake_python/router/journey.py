"""A call's journey: an attempt, its retries in the group, its fallbacks to other groups."""

from __future__ import annotations

import sys
import time

from .._course import Step, sleep
from ..exceptions import (
    BudgetExceededError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    InternalServerError,
    RateLimitError,
    RouterRateLimitError,
)
from . import affinity, checks, fallbacks, past
from .attempt import arguments_of, note_fallback, stamp
from .guards import checked
from .selection import Picked, choose, find
from .settling import abandoned, failed, succeeded
from .streams import RoutedStream, Start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from .request import Request
    from .router import Router


def journey(router: Router, request: Request) -> Course:
    """The answer to a call, or the first error when nothing helps."""
    request.start(request.options.get("deadline", router.deadline))
    return (yield from _with_fallbacks(router, request, 0))


def _with_fallbacks(router: Router, request: Request, depth: int, failure: Exception | None = None) -> Course:
    """The group, then what it falls back to; the group has failed already when there is a ``failure``."""
    if failure is None:
        try:
            return (yield from _with_retries(router, request))
        except Exception as error:
            failure = error
    if fallbacks.is_final(failure):
        raise failure
    errors: list[tuple[str, Exception]] = []
    place, latest = request, failure
    while (later := _later(router, place, latest)) is not None and not past.is_enough(request):
        past.remember(router, place, latest)
        try:
            return (yield from _with_retries(router, later))
        except Exception as error:
            errors.append((request.group, error))
            place, latest = later, error
    most = request.options.get("max_fallbacks", router.max_fallbacks)
    for target in fallbacks.targets(router, request, failure):
        if depth >= most:
            break
        changed = dict(target) if isinstance(target, dict) else {}
        group = changed.pop("model", request.group) if isinstance(target, dict) else target
        # The same group with other arguments is another call.
        mark: object = id(target) if changed else group
        if not isinstance(group, str) or mark in request.visited or mark == request.group:
            continue
        if past.is_enough(request):
            break
        past.remember(router, place, latest)
        request.visited.add(mark)
        other = fallbacks.unforced(request).instead(group, changed)
        other.fallbacks, other.retries = depth + 1, 0
        try:
            answer = yield from _with_fallbacks(router, other, depth + 1)
        except Exception as error:
            errors.append((group, error))
            place, latest = other, error
            yield from note_fallback(request, group, error, failure)
            continue
        yield from note_fallback(request, group, None, failure)
        if request.options.get("include_fallback_errors") is True:
            fallbacks.tell(answer, [failure, *(error for _, error in errors)])
        return answer
    if errors:
        failure.fallback_errors = [error for _, error in errors]  # type: ignore[attr-defined]
    raise failure


def _later(router: Router, request: Request, failure: Exception) -> Request | None:
    """The same call to those of its group that come next by their ``order``; None: there are none."""
    if request.last is None or request.last.order is None or request.options.get("disable_fallbacks"):
        return None
    if is_ours(failure) or isinstance(failure, (ContextWindowExceededError, ContentPolicyViolationError)):
        return None  # the latter two have fallbacks of their own
    found = find(router, request)
    places = {
        checks.place_of(member)
        for member in (found.only if found.only is not None else found.pool.members)
        if member.number not in request.failed
    }
    beyond = checks.place_of(request.last)
    if not any(place > beyond for place in places):
        return None
    later = request.instead(request.group, {})
    later.failed, later.beyond, later.spared = request.failed, beyond, request.spared
    later.fallbacks, later.retries = request.fallbacks + 1, 0
    return later


def resumed(router: Router, request: Request, error: Exception) -> Course:
    """A stream in place of one that broke after its first content: from the group's others, else a fallback.

    The deployment that broke it is asked again only when there is nobody else, and no fallback either.
    """
    found = find(router, request)
    if found.pool.standing(router.state.clock(), found.only, request.failed)[2]:
        try:
            return (yield from _with_fallbacks(router, request, request.fallbacks))
        except Exception as failure:
            raise failure from error
    others = fallbacks.targets(router, request, error)
    if not others:
        if request.retries >= router._retries_for(request, error):
            raise error
        request.retries += 1
        return (yield from _with_retries(router, request))
    return (yield from _with_fallbacks(router, request, request.fallbacks, error))


def _with_retries(router: Router, request: Request) -> Course:
    failure: Exception | None = None
    made = 0
    allowed = 0
    if name := fallbacks.forced(request):
        raise _forced(name, request)  # which asks for a fallback, not for another attempt
    while True:
        try:
            if failure is None and fallbacks.is_forced(request, fallbacks.RATE_LIMIT):
                raise _forced(fallbacks.RATE_LIMIT, request)
            request.left()
            return (yield from attempt(router, request))
        except Exception as error:
            if failure is not None and isinstance(error, RouterRateLimitError):
                # Nobody is left; what the last one said is more use than that.
                raise _counted(failure, made - 1, allowed) from None
            spent = is_spent(error)
            if spent and request.last is not None and spent not in request.spared:
                request.spared.add(spent)  # no request was made: another deployment takes the call
                continue
            failure = error
        allowed = router._retries_for(request, failure)
        if made >= allowed or is_ours(failure):
            raise _counted(failure, made, allowed)
        found = find(router, request)
        standing = found.pool.standing(router.state.clock(), found.only, request.failed)
        if not router._should_retry(failure, request, found, standing):
            raise _counted(failure, made, allowed)
        wait = router._wait_before(failure, request, made, found, standing)
        left = request.left()
        if wait is None or (left is not None and wait >= left):
            raise _counted(failure, made, allowed)
        if past.is_enough(request):
            raise _counted(failure, made, allowed)
        past.remember(router, request, failure)
        made += 1
        request.retries += 1
        request.allowed = allowed
        if wait > 0.0:
            yield sleep(wait)


def is_spent(error: BaseException) -> str | None:
    """Which provider's or deployment's budget had no room for a call, so that another may take it."""
    if isinstance(error, BudgetExceededError) and error.entity_type in ("provider", "deployment"):
        return f"{error.entity_type}:{error.entity_id}"
    return None


def is_ours(error: BaseException) -> bool:
    """Whether no request was made, because no deployment could take one."""
    return isinstance(error, RouterRateLimitError) or (
        getattr(error, "category", None) == "litellm_rate_limit" and isinstance(error, RateLimitError)
    )


def _counted(error: Exception, made: int, allowed: int) -> Exception:
    if made:
        error.num_retries = made  # type: ignore[attr-defined]
        error.max_retries = allowed  # type: ignore[attr-defined]
    return error


def _forced(name: str, request: Request) -> Exception:
    said: dict[str, Any] = {"model": request.group, "llm_provider": ""}
    if name == "mock_testing_rate_limit_error":
        return RateLimitError(message=f"asked for by {name}", **said)
    if name == "mock_testing_context_fallbacks":
        return ContextWindowExceededError(message=f"asked for by {name}", **said)
    if name == "mock_testing_content_policy_fallbacks":
        return ContentPolicyViolationError(message=f"asked for by {name}", **said)
    return InternalServerError(message=f"asked for by {name}", **said)


def attempt(router: Router, request: Request) -> Course:
    """One attempt, or two that race when the call is hedged."""
    hedge = request.options.get("hedge_after", router.hedge_after)
    if hedge is not None:
        from .hedging import hedged

        return (yield from hedged(router, request, hedge))
    return (yield from single(router, request))


def single(router: Router, request: Request) -> Course:
    """One request to one deployment. A stream is handed over once it has said something."""
    picked: Picked = yield from choose(router, request)
    member = picked.member
    router.total_calls[member.model] += 1
    try:
        yield from checked(request, member)
        arguments = arguments_of(router, request, picked)
        package = sys.modules[__name__.partition(".")[0]]
        operation = request.operation
        if operation.function is not None:
            function = operation.function
            answer = yield Step(lambda: function(**arguments), lambda: function(**arguments))
        else:
            answer = yield Step(
                lambda: getattr(package, operation.blocking)(**arguments),
                lambda: getattr(package, operation.awaitable)(**arguments),
            )
        if request.streamed and hasattr(answer, "__next__") and hasattr(answer, "__anext__"):
            start = Start(answer)
            yield Step(start.read, start.read_async)
            first = time.perf_counter() - picked.started
            stamp(router, request, picked, answer)
            if router._affinities:
                yield from affinity.remember(router, request, picked)
            return RoutedStream(router, request, picked, start, first)
        if request.streamed and (opened := (yield from _events(router, request, picked, answer))):
            return opened
    except Exception as error:
        yield from failed(router, request, picked, error)
        raise
    except BaseException:
        # Cancelled, or the program ends: nothing may be waited for, and nobody is to blame.
        abandoned(router, request, picked)
        raise
    yield from succeeded(router, request, picked, answer, None)
    if fallbacks.was_filtered(router, request, answer):
        raise ContentPolicyViolationError(
            message="the provider's content filter ended the answer",
            model=request.group,
            llm_provider=member.model.partition("/")[0],
        )
    stamp(router, request, picked, answer)
    if router._affinities:
        yield from affinity.remember(router, request, picked)
    return answer


def _events(router: Router, request: Request, picked: Picked, answer: Any) -> Course:
    """A stream of events, once it has said something; None when the answer is none."""
    from . import events

    if not events.are_events(answer):
        return None
    stamp(router, request, picked, answer)
    start = events.EventsStart(answer)
    yield Step(start.read, start.read_async)
    if router._affinities:
        yield from affinity.remember(router, request, picked)
    return events.routed(router, request, picked, start, time.perf_counter() - picked.started)
