"""What a Router knows of its deployments in detail: prices, what is left of limits, who is healthy."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..types.router import Deployment
    from .catalog import Catalog, Found
    from .member import Member


class Details:
    """The part of a `Router` that tells about single deployments and groups."""

    if TYPE_CHECKING:
        _catalog: Catalog
        _members: dict[str, Member]
        state: Any

        def _find(self, name: str, specific: bool) -> Found | None: ...

        def _member(self, deployment: Mapping[str, Any] | Deployment) -> Member: ...

    # Where deployments stand in ``model_list``.

    @property
    def model_id_to_deployment_index_map(self) -> dict[str, int]:
        """Places in ``model_list`` by id."""
        return {key: index for index, key in enumerate(self._members)}

    @property
    def model_name_to_deployment_indices(self) -> dict[str, list[int]]:
        """Places in ``model_list`` by group."""
        found: dict[str, list[int]] = {}
        for index, member in enumerate(self._members.values()):
            found.setdefault(member.group, []).append(index)
        return found

    def resolve_model_name_from_model_id(self, model_id: str | None) -> str | None:
        """The group of the deployment of that id, or the name itself when it is a group's."""
        if model_id is None:
            return None
        member = self._members.get(model_id)
        if member is not None:
            return member.group
        return model_id if model_id in self._catalog.pools else None

    # Limits and prices.

    def get_router_model_info(
        self,
        deployment: Mapping[str, Any] | Deployment | None,
        received_model_name: str,
        id: str | None = None,
    ) -> dict[str, Any]:
        """What the price table says of a deployment's model, and its own ``model_info`` over that.

        Args:
            deployment: the item of a model list, or None with ``id``.
            received_model_name: what was asked for, which fills a wildcard.
            id: which deployment of the Router it is.

        Raises:
            ValueError: when there is no such deployment.
            Exception: when no table knows the model.
        """
        member = self._members.get(id) if id is not None else None
        if member is None:
            if deployment is None:
                raise ValueError("Deployment not found")
            member = self._member(deployment)
        given = member.entry["litellm_params"]
        name = member.info.get("base_model") or given.get("base_model")
        if name is None:
            name = received_model_name if "*" in member.model else member.model
        package = sys.modules[__name__.partition(".")[0]]
        known: dict[str, Any] = package.get_model_info(str(name), given.get("custom_llm_provider"))
        own = {**member.info, **member.prices}
        return {**known, **{key: value for key, value in own.items() if value is not None}}

    def get_deployment_model_info(self, model_id: str, model_name: str) -> dict[str, Any] | None:
        """What is known of a deployment's model; None when nothing is."""
        if model_id not in self._members:
            return None
        try:
            return self.get_router_model_info(None, model_name, model_id)
        except Exception:  # a model that no table knows
            return None

    def print_deployment(self, deployment: Mapping[str, Any]) -> dict[str, Any]:
        """The item of a model list, with what is secret in it blotted out."""
        from ..observers.shown import BLOT, is_secret

        params = {
            name: BLOT if isinstance(value, str) and is_secret(name) else value
            for name, value in deployment["litellm_params"].items()
        }
        return {**deployment, "litellm_params": params}

    # What is left.

    async def get_remaining_model_group_usage(self, model_group: str) -> dict[str, int]:
        """What is left of a group's limits in this window, as ``x-ratelimit-...`` headers."""
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, self._left, model_group)

    def _left(self, group: str) -> dict[str, int]:
        match = self._find(group, False)
        headers: dict[str, int] = {}
        members = [] if match is None else match.only or match.pool.members
        for member in members:
            limits = member.candidate.limits
            used = self.state.used(match.pool.name, member.id) if limits and match is not None else ()
            for place, what in enumerate(("requests", "tokens")):
                limit = limits[place] if len(limits) > place else None
                if limit is not None:
                    spent = used[place] if len(used) > place else 0.0
                    for name, value in (("limit", limit), ("remaining", max(0.0, limit - spent))):
                        key = f"x-ratelimit-{name}-{what}"
                        headers[key] = headers.get(key, 0) + int(value)
        return headers

    # Who is healthy.

    def _get_healthy_deployments(
        self, model: str, parent_otel_span: Any = None
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """A group's deployments that do not rest, and all of them."""
        everybody = self._get_all_deployments(model)
        from .rests import Rests

        router: Any = self
        asked = [entry["model_info"]["id"] for entry in everybody]
        resting = {key for key, _ in Rests(router).get_active_cooldowns(asked)}
        return [entry for entry in everybody if entry["model_info"]["id"] not in resting], everybody

    async def _async_get_healthy_deployments(
        self, model: str, parent_otel_span: Any = None
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """As `_get_healthy_deployments`."""
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, self._get_healthy_deployments, model)

    def _get_all_deployments(self, model_name: str, model_alias: str | None = None) -> list[dict[str, Any]]:
        match = self._find(model_name, False)
        return [] if match is None else [member.entry for member in match.only or match.pool.members]
