"""Budgets of providers and deployments: spent ones take no calls, and no call overspends one."""

from __future__ import annotations

from ..budget import Budgets
from ..exceptions import BudgetExceededError
from ..types.router import RouterErrors
from .checks import provider_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .._course import Course
    from ..state import State
    from .member import Member
    from .request import Request
    from .router import Router
    from .selection import Picked


def budgets_of(config: Mapping[str, Any] | None, members: Iterable[Member], state: State) -> Budgets | None:
    """``provider_budget_config``, and the deployments' ``max_budget``; None when there are none.

    Raises:
        ValueError: for a limit that is none.
    """
    deployments: dict[str, Any] = {}
    for member in members:
        params = member.entry["litellm_params"]
        if params.get("max_budget") is not None:
            deployments[member.id] = {
                "max_budget": params["max_budget"],
                "budget_duration": params.get("budget_duration"),
            }
    if not config and not deployments:
        return None
    return Budgets(providers=config, deployments=deployments, state=state)


def keys_of(member: Member) -> list[str]:
    """The names of the budgets that a deployment's calls belong to."""
    provider = provider_of(member)
    return [f"provider:{provider}", f"deployment:{member.id}"]


class BudgetGuard:
    """Lets calls go only to deployments whose budgets are not spent.

    What a call may cost is held by the chain around it, which gets the budgets as an argument. Here those
    that have refused a call are left out, so it costs nothing until one has.
    """

    def _without(self, router: Router, request: Request) -> set[str]:
        return request.spared if router.budgets is None else request.spared.union(router.budgets.reached())

    def idle(self, router: Router, request: Request) -> bool:
        """See `Guard.idle`."""
        return not self._without(router, request)

    def admitted(self, router: Router, request: Request, members: list[Member]) -> Course:
        """See `Guard.admitted`."""
        yield from ()  # a course that waits for nothing
        spent = self._without(router, request)
        left = [member for member in members if spent.isdisjoint(keys_of(member))]
        if members and not left:
            key = next(key for key in keys_of(members[0]) if key in spent)
            kind, _, name = key.partition(":")
            amount = dict(router.budgets.applying([key])).get(key) if router.budgets is not None else None
            limit = 0.0 if amount is None else amount.amount
            raise BudgetExceededError(
                current_cost=limit,
                max_budget=limit,
                message=f"{RouterErrors.no_deployments_with_provider_budget_routing.value}: "
                f"Exceeded budget for {kind} {name}: it has {limit} USD, model={request.group}",
                entity_type=kind,
                entity_id=name,
            )
        return left

    def ended(
        self, router: Router, request: Request, picked: Picked, answer: Any, error: BaseException | None
    ) -> None:
        """See `Guard.ended`: the chain around the call has settled already."""
