"""How an attempt ended: what shared state, the group's order and the guards are told."""

from __future__ import annotations

import time

from .._course import Step
from ..exceptions import BudgetExceededError
from ..state import Outcome
from .attempt import latency_of, note_failure, tokens_of
from .failures import rest_rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from ..state import Grant
    from .request import Request
    from .router import Router
    from .selection import Picked


def succeeded(router: Router, request: Request, picked: Picked, answer: Any, first: float | None) -> Course:
    """Settle a call that went well; ``first`` is a stream's time to its first content."""
    pool, member = picked.pool, picked.member
    seconds = time.perf_counter() - picked.started
    router.success_calls[member.model] += 1
    pool.durations.append(first if first is not None else seconds)
    used: tuple[float, ...] | None = None
    latency: float | None = None
    if pool.counts_tokens or "latency" in pool.watches:
        total, inward, outward = tokens_of(answer)
        if pool.counts_tokens and total:
            used = (1.0, total, inward, outward)
            if request.boundless:
                pool.answers.learn(request.operation.blocking, outward)
        if "latency" in pool.watches:
            latency = latency_of(seconds, outward, first)
    # What a provider does not count stays charged as estimated.
    counted = (
        used[1] if used is not None else picked.grant.amounts[1] if len(picked.grant.amounts) > 1 else 0.0
    )
    pool.ended(member, router.state.clock(), counted, latency)
    shared = latency if router.state.remote else None
    yield from settle(router, picked.grant, Outcome(used, True, shared, pool.history))
    for guard in router._guards:
        guard.ended(router, request, picked, answer, None)


def failed(router: Router, request: Request, picked: Picked, error: Exception) -> Course:
    """Settle a call that failed; its deployment may rest now."""
    pool, member = picked.pool, picked.member
    router.fail_calls[member.model] += 1
    request.failed.add(member.number)
    request.last = member
    error.failed_deployment_id = member.id  # type: ignore[attr-defined]
    rule = rest_rule(router, request, error, member, len(pool.members))
    slow = None if request.is_late() else note_failure(error, pool.watches)
    pool.ended(member, router.state.clock(), 0.0, slow)
    # A request was made, but its tokens were not used; a budget refuses before there is one.
    made = 0.0 if isinstance(error, BudgetExceededError) else 1.0
    used = (made, *(0.0 for _ in picked.grant.amounts[1:]))
    outcome = Outcome(used, False, slow if router.state.remote else None, pool.history, rule)
    rest = yield from settle(router, picked.grant, outcome)
    if rest > 0.0:
        pool.rest(member, router.state.clock() + rest)
    for guard in router._guards:
        guard.ended(router, request, picked, None, error)


def abandoned(router: Router, request: Request, picked: Picked) -> None:
    """Settle a call that nobody waits for any more; what was charged stays, for the provider may charge
    too.
    """
    picked.pool.ended(picked.member, router.state.clock())
    router.state.settle_soon(picked.grant, Outcome())
    for guard in router._guards:
        guard.ended(router, request, picked, None, None)


def settle(router: Router, grant: Grant, outcome: Outcome) -> Course:
    """Tell shared state; returns the seconds the deployment rests now."""
    state = router.state
    if not says_something(grant, outcome):
        return 0.0
    if not state.remote:
        return state.settle(grant, outcome)
    return (yield Step(lambda: state.settle(grant, outcome), lambda: state.settle_async(grant, outcome)))


def says_something(grant: Grant, outcome: Outcome) -> bool:
    """Whether settling changes anything."""
    return (
        grant.lease is not None
        or outcome.rule is not None
        or outcome.latency is not None
        or (outcome.ok is True and grant.struck)
        or (outcome.amounts is not None and outcome.amounts != grant.amounts)
    )
