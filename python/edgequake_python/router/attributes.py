"""Attributes of a Router that programs read, with LiteLLM's names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .catalog import Catalog
    from .member import Member
    from .rests import Rests


class Attributes:
    """The part of a `Router` that is read as attributes."""

    if TYPE_CHECKING:
        _catalog: Catalog
        _members: dict[str, Member]
        state: Any

    #: LiteLLM's strategies keep what they know in these; here it is in `state`, and there is nothing to read.
    leastbusy_logger: Any = None
    lowestlatency_logger: Any = None
    lowesttpm_logger: Any = None
    lowesttpm_logger_v2: Any = None
    lowestcost_logger: Any = None
    router_budget_logger: Any = None

    if not TYPE_CHECKING:  # else every name would be known to type checkers

        def __getattr__(self, name):
            """LiteLLM's operations that are not here say what to use instead, as the package's do."""
            from .._absent import stand_in

            found = None if name.startswith("__") else stand_in(name)
            if found is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return found

    @property
    def model_list(self) -> list[dict[str, Any]]:
        """All deployments, each as ``{"model_name", "litellm_params", "model_info"}``."""
        return [member.entry for member in self._members.values()]

    @property
    def model_names(self) -> set[str]:
        """The groups."""
        return set(self._catalog.pools)

    @property
    def deployment_names(self) -> list[str]:
        """The providers' models."""
        return [member.model for member in self._members.values()]

    @property
    def default_deployment(self) -> dict[str, Any] | None:
        """The deployment that takes every name: one of the group ``*``."""
        pool = self._catalog.pools.get("*")
        return pool.members[0].entry if pool is not None and pool.members else None

    @property
    def deployment_latency_map(self) -> dict[str, float]:
        """Mean latencies by id; 0 for those never measured."""
        return {member.id: member.mean for member in self._members.values()}

    @property
    def healthy_deployments(self) -> list[dict[str, Any]]:
        """Those of `model_list` that do not rest, as far as this process knows."""
        now = self.state.clock()
        awake = {member.id for pool in self._catalog.pools.values() for member in pool.healthy(now)}
        return [member.entry for member in self._members.values() if member.id in awake]

    @property
    def cooldown_cache(self) -> Rests:
        """Who rests, and for how long."""
        from .rests import Rests

        router: Any = self
        return Rests(router)
