"""How a deployment is chosen among those that can take a call: one file for each way."""

from __future__ import annotations

from importlib import import_module

from ... import _given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..member import Member
    from .index import Index

_MODULES = {
    "simple-shuffle": "shuffle",
    "least-busy": "least_busy",
    "usage-based-routing": "usage",
    "usage-based-routing-v2": "usage",
    "latency-based-routing": "latency",
    "cost-based-routing": "cost",
    # Its budgets are a filter; what is left is shuffled.
    "provider-budget-routing": "shuffle",
    # Beside LiteLLM's: calls that share a prompt go where it is cached.
    "prompt-cache-affinity": "shuffle",
}


def known(strategy: Any) -> str:
    """The strategy's name, from itself or from a `RoutingStrategy`.

    Raises:
        ValueError: when there is none of that name.
    """
    name = getattr(strategy, "value", strategy)
    if not isinstance(name, str) or name not in _MODULES:
        told = _given.shown(name)
        raise ValueError(f"Invalid routing_strategy {told}; there are: {', '.join(sorted(_MODULES))}")
    return str(name)


def make_index(strategy: str, members: Sequence[Member], arguments: Mapping[str, Any]) -> Index:
    """An index over healthy members for a strategy."""
    module = import_module(f".{_MODULES[strategy]}", __name__)
    index: Index = module.make(members, arguments)
    return index
