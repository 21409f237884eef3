"""Choosing the deployment for one attempt: names, tags, checks, affinity, strategy, limits."""

from __future__ import annotations

import time

from .._course import Step, elsewhere, sleep
from ..exceptions import BadRequestError
from ..state import Grant, Refusal
from ..types.router import RouterErrors
from . import affinity, checks, tags
from .refusals import Refused, error_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from ..state import Candidate, State
    from .catalog import Found
    from .member import Member
    from .pool import Pool
    from .request import Request
    from .router import Router
    from .views import View

#: How many deployments are offered to shared state in one round trip: few, when the first that can is taken.
_OFFERED = {"first": 4}
_OFFERED_AT_MOST = 32
#: Calls without a deadline do not wait longer than this for a deployment, in seconds.
_PATIENCE = 600.0
#: How often calls that wait for a slot look for one, in seconds.
_LOOK = 0.05


class Picked:
    """The deployment that takes a call."""

    __slots__ = ("filling", "grant", "member", "pool", "started")

    def __init__(self, member: Member, pool: Pool, grant: Grant, filling: str | None) -> None:
        self.member: Member = member
        self.pool: Pool = pool
        self.grant: Grant = grant
        self.filling: str | None = filling
        self.started: float = time.perf_counter()


def find(router: Router, request: Request) -> Found:
    """The deployments that the request's group means.

    Raises:
        BadRequestError: when there are none.
    """
    found = router._find(request.group, bool(request.options.get("specific_deployment")))
    if found is None:
        raise BadRequestError(
            message=f"You passed in model={request.group}. {RouterErrors.no_healthy_deployments.value}",
            model=request.group,
            llm_provider="",
        )
    return found


def choose(router: Router, request: Request) -> Course:
    """The `Picked` deployment, charged for the call.

    Raises:
        RouterRateLimitError: when every deployment rests or has reached a limit.
        RateLimitError: when every slot is taken.
        ValueError: when the request's tags allow none.
        ContextWindowExceededError: when the prompt is too long for all.
    """
    found = find(router, request)
    view = _view(router, request, found)
    waited_until: float | None = None
    while True:
        answer = yield from _choose_now(router, request, found, view)
        if isinstance(answer, Picked):
            answer.pool.started(answer.member)
            request.tried.append(answer.member)
            if request.on_chosen is not None:
                request.on_chosen()
            return answer
        wishes_to_wait = request.options.get("wait_for_cooldown", router.wait_for_cooldown)
        if not wishes_to_wait:
            raise error_of(router, request, found, answer)
        now = time.monotonic()
        if waited_until is None:
            waited_until = now + _PATIENCE
        wait = _LOOK if answer.wait is None else max(answer.wait, 0.001)
        left = request.left()
        if now + wait > waited_until or (left is not None and wait > left):
            raise error_of(router, request, found, answer)
        yield sleep(wait)


def look(router: Router, request: Request) -> Course:
    """The `Member` that `choose` would begin with; nothing is charged."""
    found = find(router, request)
    pool, view = found.pool, _view(router, request, found)
    now = router.state.clock()
    if router.state.remote:
        keys = [member.id for member in pool.members]
        state = router.state
        found_resting = yield elsewhere(lambda: state.resting(pool.name, keys))
        for key, wait in found_resting.items():
            pool.rest(pool.by_id[key], now + wait)
    if router._custom_strategy is not None:
        member = yield from _custom(router, request)
        if member is not None:
            return member
    fits: set[int] | None = None
    check = checks.check_of(router, request)
    fits = yield from checks.admitted(router, request, pool)
    amounts = request.amounts(pool.answers) if pool.counts_tokens else (1.0,)
    refused = Refused()

    def allowed(member: Member) -> bool:
        return member.id not in refused.spent and (fits is None or member.number in fits) and check(member)

    while offers := pool.offers(view, now, 1, allowed):
        member = offers[0]
        if (yield from _has_room(router.state, pool, member, amounts)):
            return member
        refused.spent[member.id] = router.state.window - now % router.state.window
    if not refused.spent:
        checks.refuse(router, request, pool, view)
    raise error_of(router, request, found, refused.total(pool, view, now))


def _has_room(state: State, pool: Pool, member: Member, amounts: tuple[float, ...]) -> Course:
    """Whether a call is within the member's limits now."""
    limits = member.candidate.limits
    if all(limit is None for limit in limits):
        return True
    if state.remote:
        used = yield elsewhere(lambda: state.used(pool.name, member.id))
    else:
        used = state.used(pool.name, member.id)
    used = used or (0.0,) * len(amounts)
    return all(limit is None or before + more <= limit for limit, before, more in zip(limits, used, amounts))


def _view(router: Router, request: Request, found: Found) -> View:
    if found.only is not None:
        return found.pool.view(found.only)
    if not (router.enable_tag_filtering or request.options.get("enable_tag_filtering") is True):
        return found.pool.view(None)
    asked = tags.tags_of(request.arguments)
    prefix = router.tag_routing_prefix
    agent, any_of_them = tags.user_agent(request.arguments), router.tag_filtering_match_any
    try:
        return found.pool.tagged(
            (frozenset(asked), any_of_them, agent, prefix),
            lambda: tags.allowed(found.pool.members, asked, any_of_them, agent, prefix),
        )
    except LookupError:
        raise ValueError(
            f"{RouterErrors.no_deployments_with_tag_routing.value}. "
            f"Passed model={request.group} and tags={asked}"
        ) from None


def _choose_now(router: Router, request: Request, found: Found, view: View) -> Course:
    """A `Picked` or a `Refusal`."""
    pool, state = found.pool, router.state
    refused = Refused()
    first: Member | None = None
    if router._custom_strategy is not None:
        first = yield from _custom(router, request)
        if first is not None and first.group != pool.name:
            # The program may send the call to another group.
            pool = router._catalog.pools[first.group]
            view = pool.view([first])
    elif router._affinities:
        first = yield from affinity.remembered(router, request, pool)
    amounts = request.amounts(pool.answers) if pool.counts_tokens else (1.0,)
    now = state.clock()
    check = checks.check_of(router, request)
    fits = yield from checks.admitted(router, request, pool)
    if first is None and fits is None and not request.failed and not state.remote:
        # The usual case costs no list.
        first = pool.best(view, now)
    count = _OFFERED.get(pool.prefer, _OFFERED_AT_MOST) if state.remote else _OFFERED["first"]

    def allowed(member: Member) -> bool:
        return member.id not in refused.seen and (fits is None or member.number in fits) and check(member)

    offers: list[Member] = []
    if first is not None and first.number in view.members and allowed(first):
        offers = [first]
    # Those that failed this very call come last.
    spared: bool = bool(request.failed)
    while True:
        if not offers:

            def fresh(member: Member) -> bool:
                return allowed(member) and member.number not in request.failed

            offers = pool.offers(view, now, count, fresh if spared else allowed)
            if not offers and spared:
                spared = False
                continue
            if not offers:
                if not refused.seen:
                    checks.refuse(router, request, pool, view)
                return refused.total(pool, view, now)
        candidates: list[Candidate] = [member.candidate for member in offers]
        if state.remote:
            answer = yield _asking(state, pool, candidates, amounts)
        else:
            answer = state.choose(pool.name, candidates, amounts, "first")
        if isinstance(answer, Grant):
            return Picked(pool.by_id[answer.key], pool, answer, found.filling)
        _learn(pool, answer, amounts, now)
        refused.add(answer)
        # Many that say no one after another: ask more of them at once.
        offers, count = [], count * 8 if not state.remote else min(count * 8, _OFFERED_AT_MOST * 8)


def _asking(state: Any, pool: Pool, candidates: list[Candidate], amounts: tuple[float, ...]) -> Step:
    return Step(
        lambda: state.choose(pool.name, candidates, amounts, pool.prefer),
        lambda: state.choose_async(pool.name, candidates, amounts, pool.prefer),
    )


def _learn(pool: Pool, refusal: Refusal, amounts: tuple[float, ...], now: float) -> None:
    """What a refusal says about the next calls."""
    for key, wait in refusal.resting.items():
        pool.rest(pool.by_id[key], now + wait)
    if len(amounts) == 1:
        # Without tokens to count, what this call did not fit into fits no other.
        for key, wait in refusal.spent.items():
            pool.rest(pool.by_id[key], now + wait)


def _custom(router: Router, request: Request) -> Course:
    """The deployment that the program's own strategy names, or None."""
    strategy = router._custom_strategy
    arguments = {
        "model": request.group,
        "messages": request.arguments.get("messages"),
        "input": request.arguments.get("input"),
        "specific_deployment": request.options.get("specific_deployment", False),
        "request_kwargs": request.arguments,
    }
    entry = yield Step(
        lambda: strategy.get_available_deployment(**arguments),
        lambda: strategy.async_get_available_deployment(**arguments),
    )
    if entry is None:
        return None
    info = entry.get("model_info") if isinstance(entry, dict) else getattr(entry, "model_info", None)
    member_id = info.get("id") if isinstance(info, dict) else getattr(info, "id", None)
    member = router._catalog.by_id.get(str(member_id))
    if member is None:
        raise ValueError("the custom strategy returned no deployment of the Router; see Router.model_list")
    return member
