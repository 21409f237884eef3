"""Why nobody could take a call, and the error that says so."""

from __future__ import annotations

from ..exceptions import BadRequestError, RateLimitError, RouterRateLimitError
from ..state import Refusal
from ..types.router import RouterErrors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .catalog import Found
    from .pool import Pool
    from .request import Request
    from .router import Router
    from .views import View


class Refused:
    """All refusals of one choice."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.resting: dict[str, float] = {}
        self.spent: dict[str, float] = {}
        self.full: list[str] = []

    def add(self, refusal: Refusal) -> None:
        """One more."""
        self.resting.update(refusal.resting)
        self.spent.update(refusal.spent)
        self.full.extend(refusal.full)
        self.seen.update((*refusal.resting, *refusal.spent, *refusal.full))

    def total(self, pool: Pool, view: View, now: float) -> Refusal:
        """All of them, and those members of the view that rest anyway."""
        for key, wait in pool.resting(now).items():
            if pool.by_id[key].number in view.members and key not in self.spent:
                self.resting.setdefault(key, wait)
        waits = [*self.resting.values(), *self.spent.values()]
        return Refusal(min(waits) if waits else None, self.resting, self.spent, self.full)


def error_of(router: Router, request: Request, found: Found, refusal: Refusal) -> Exception:
    """What a call ends with that nobody could take."""
    if refusal.wait is None:
        if not refusal.full:
            return BadRequestError(
                message=f"You passed in model={request.group}. {RouterErrors.no_healthy_deployments.value}",
                model=request.group,
                llm_provider="",
            )
        return RateLimitError(
            message=f"{RouterErrors.max_parallel_requests_exceeded.value}. model_group={request.group}, "
            f"ids={refusal.full[:10]}",
            model=request.group,
            llm_provider="",
            category="litellm_rate_limit",
            rate_limit_type="concurrent_requests",
        )
    members = found.only if found.only is not None else found.pool.members
    return RouterRateLimitError(
        model=request.group,
        cooldown_time=round(max(refusal.wait, 0.001), 3),
        enable_pre_call_checks=router.enable_pre_call_checks,
        cooldown_list=list(refusal.resting),
        model_ids=[member.id for member in members],
    )
