"""A Router that asks the program's own strategy."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from edgequake_python import Router
from edgequake_python.types.router import CustomRoutingStrategyBase
from loopback import Loopback
from test_router import Ask, ask, deployment

__all__ = ["ask"]


class Always(CustomRoutingStrategyBase):
    """Returns what it is told to."""

    def __init__(self, choice: Callable[[], Any]) -> None:
        self.choice = choice

    def get_available_deployment(self, *args: Any, **kwargs: Any) -> Any:
        return self.choice()

    async def async_get_available_deployment(self, *args: Any, **kwargs: Any) -> Any:
        return self.choice()


def test_a_spent_budget_is_not_asked_again_and_again(server: Loopback, ask: Ask) -> None:
    """What the strategy returns is a wish: another deployment takes the call that has no room there."""
    entries = [
        deployment(server, "group", "spent", "gpt-4o", max_budget=0.0001),
        deployment(server, "group", "open", "gpt-4o"),
    ]
    router = Router(entries, num_retries=0)
    router.set_custom_routing_strategy(Always(lambda: router.model_list[0]))
    for _ in range(2):
        assert ask(router, "group", max_tokens=1000)._hidden_params["model_id"] == "open"
    assert len(server.requests) == 2


def test_it_may_send_a_call_to_another_group(server: Loopback, ask: Ask) -> None:
    router = Router([deployment(server, "group", "one"), deployment(server, "other", "two", rpm=1)])
    router.set_custom_routing_strategy(Always(lambda: router.model_list[1]))
    assert ask(router, "group")._hidden_params["model_id"] == "two"
    with pytest.raises(ValueError, match="No deployments available"):  # its limit counts there too
        ask(router, "group")


@pytest.mark.parametrize("choice", [{}, {"model_info": {"id": "nobody"}}, object()])
def test_what_is_no_deployment_is_said_so(server: Loopback, ask: Ask, choice: Any) -> None:
    router = Router([deployment(server, "group", "one")])
    router.set_custom_routing_strategy(Always(lambda: choice))
    with pytest.raises(ValueError, match="no deployment of the Router"):
        ask(router, "group")
    assert not server.requests


def test_it_may_leave_the_choice_to_the_router(server: Loopback, ask: Ask) -> None:
    router = Router([deployment(server, "group", "one")])
    router.set_custom_routing_strategy(Always(lambda: None))
    assert ask(router, "group")._hidden_params["model_id"] == "one"
