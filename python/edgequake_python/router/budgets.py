"""Budgets of providers and deployments: spent ones take no calls, and no call overspends one."""

from __future__ import annotations

from ..budget import Budgets
from ..exceptions import BudgetExceededError
from ..types.router import RouterErrors
from .course import elsewhere

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ..state import State
    from .course import Course
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
    provider = member.params.get("custom_llm_provider") or member.model.partition("/")[0]
    return [f"provider:{provider}", f"deployment:{member.id}"]


class BudgetGuard:
    """Lets calls go only to deployments whose budgets are not spent.

    What a call may cost is held by the chain around it, which gets the budgets as an argument; here those
    that have nothing left are not even asked.
    """

    def admitted(self, router: Router, request: Request, members: list[Member]) -> Course:
        """See `Guard.admitted`."""
        budgets = router.budgets
        if budgets is None:
            return members
        bounded = [member for member in members if budgets.applying(keys_of(member))]
        if not bounded:
            return members

        def spent() -> set[int]:
            return {member.number for member in bounded if not budgets.has_room(keys_of(member))}

        without = spent() if not router.state.remote else (yield elsewhere(spent))
        left = [member for member in members if member.number not in without]
        if members and not left:
            key, bound = budgets.applying(keys_of(members[0]))[0]
            raise BudgetExceededError(
                current_cost=bound.amount,
                max_budget=bound.amount,
                message=f"{RouterErrors.no_deployments_with_provider_budget_routing.value}: "
                f"model={request.group}, {key} has {bound.amount} USD",
                entity_type=key.partition(":")[0],
                entity_id=key.partition(":")[2],
            )
        return left

    def ended(
        self, router: Router, request: Request, picked: Picked, answer: Any, error: BaseException | None
    ) -> None:
        """See `Guard.ended`: the chain around the call has settled already."""
