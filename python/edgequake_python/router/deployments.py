"""The Router's deployments: adding, removing, replacing them while calls go on."""

from __future__ import annotations

import hashlib
import json
import sys
from threading import Lock

from .. import _given
from .._logging import verbose_router_logger
from ..exceptions import EdgeQuakeError
from ..types.router import Deployment, ModelInfo, as_entry
from .catalog import Catalog, Found
from .checks import provider_of, require_provider
from .entries import each_of, is_active
from .member import Member, resolved
from .options import checked
from .strategies import known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..budget import Budgets
    from ..state import State
    from .guards import Guard

#: What `update_settings` may change.
CHANGEABLE = (
    "routing_strategy_args",
    "routing_strategy",
    "allowed_fails",
    "cooldown_time",
    "num_retries",
    "timeout",
    "max_retries",
    "retry_after",
    "fallbacks",
    "context_window_fallbacks",
    "content_policy_fallbacks",
    "model_group_retry_policy",
    "retry_policy",
    "model_group_alias",
    "enable_tag_filtering",
    "tag_routing_prefix",
    "optional_pre_call_checks",
    "stream_failure",
    "hedge_after",
    "wait_for_cooldown",
    "deadline",
)


class Deployments:
    """The part of a `Router` that keeps its deployments."""

    if TYPE_CHECKING:
        state: State
        routing_strategy: str
        routing_strategy_args: dict[str, Any]
        default_litellm_params: dict[str, Any]
        default_max_parallel_requests: int | None
        model_group_alias: dict[str, Any]
        router_general_settings: Any
        ignore_invalid_deployments: bool
        provider_budget_config: Mapping[str, Any] | None
        _guards: list[Guard]
        _custom_strategy: Any

        def _set_affinities(self) -> None: ...

    def _start_deployments(self, model_list: Sequence[Mapping[str, Any] | Deployment] | None) -> None:
        self._changing = Lock()
        self._members: dict[str, Member] = {}
        self._catalog = self._made_catalog(())
        self._set_budgets()
        if model_list:
            self.set_model_list(model_list)

    def _set_budgets(self) -> None:
        """Budgets of providers and deployments; what is spent stays spent when they are set anew."""
        config = self.provider_budget_config
        bounded = any(m.entry["litellm_params"].get("max_budget") is not None for m in self._members.values())
        self.budgets: Budgets | None = None
        if config or bounded:
            from .budgets import BudgetGuard, budgets_of

            self.budgets = budgets_of(config, self._members.values(), self.state)
            if not any(isinstance(guard, BudgetGuard) for guard in self._guards):
                self._guards = [*self._guards, BudgetGuard()]

    def _made_catalog(self, members: Sequence[Member], fresh: bool = False) -> Catalog:
        before: Catalog | None = getattr(self, "_catalog", None)
        earlier = None if before is None else before.pools
        return Catalog(
            members, self.routing_strategy, self.routing_strategy_args, self.state.window, earlier, fresh
        )

    def _member(self, deployment: Mapping[str, Any] | Deployment) -> Member:
        """What to make of an item of a model list.

        Raises:
            ValueError: when it lacks what it must have.
        """
        entry = as_entry(deployment)
        params = entry.get("litellm_params")
        if not isinstance(entry.get("model_name"), str) or not isinstance(params, dict):
            raise ValueError("a deployment needs a model_name and litellm_params")
        if not isinstance(params.get("model"), str):
            raise ValueError(f"litellm_params of the deployment {entry['model_name']!r} need a model")
        # Limits may stand beside the parameters too.
        beside = {name: entry[name] for name in ("rpm", "tpm") if entry.get(name) is not None}
        params = {**beside, **params}
        info = dict(entry.get("model_info") or params.get("model_info") or {})
        if info.get("id") is None:
            info["id"] = self.generate_model_id(entry["model_name"], params)
        info["id"] = str(info["id"])
        info.setdefault("db_model", False)
        entry = {**entry, "litellm_params": resolved(params), "model_info": info}
        member = Member(entry, self.default_litellm_params, self.default_max_parallel_requests)
        if member.model != "*":
            require_provider(member)
        return member

    def _is_active(self, deployment: Mapping[str, Any] | Deployment) -> bool:
        info = as_entry(deployment).get("model_info") or {}
        return is_active(info.get("supported_environments") if isinstance(info, dict) else None)

    def deployment_is_active_for_environment(self, deployment: Mapping[str, Any] | Deployment) -> bool:
        """Whether ``LITELLM_ENVIRONMENT`` is among the ``supported_environments`` of its ``model_info``.

        Raises:
            ValueError: when there are some, and the variable is not set.
        """
        return self._is_active(deployment)

    def generate_model_id(self, model_group: str, litellm_params: Mapping[str, Any]) -> str:
        """The id of a deployment that has none: the same for the same group and parameters."""
        text = json.dumps([model_group, litellm_params], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def set_model_list(self, model_list: Sequence[Mapping[str, Any] | Deployment]) -> None:
        """Replace all deployments. Calls under way are not disturbed.

        Raises:
            ValueError: when one is not valid, unless ``ignore_invalid_deployments``.
        """
        members: dict[str, Member] = {}
        for index, deployment in enumerate(_given.items("model_list", model_list)):
            try:
                made = [self._member(one) for one in each_of(deployment) if self._is_active(one)]
            except Exception as error:
                if not self.ignore_invalid_deployments:
                    if isinstance(error, EdgeQuakeError):
                        raise
                    raise ValueError(f"model_list[{index}] is no deployment: {error}") from error
                verbose_router_logger.warning("a deployment is left out: %s", error)
                continue
            for member in made:
                members.pop(member.id, None)
                members[member.id] = member
                _register(member)
        with self._changing:
            self._replace(members)

    def _accepted(self, deployment: Deployment) -> Member | None:
        try:
            return self._member(deployment) if self._is_active(deployment) else None
        except Exception as error:
            if not self.ignore_invalid_deployments:
                raise
            verbose_router_logger.warning("a deployment is left out: %s", error)
            return None

    def add_deployment(self, deployment: Deployment) -> Deployment | None:
        """Add a deployment; None when there is one of that id already, it is for other environments, or it
        is not valid with ``ignore_invalid_deployments``.
        """
        member = self._accepted(deployment)
        if member is None:
            return None
        with self._changing:
            if member.id in self._members:
                return None
            self._replace({**self._members, member.id: member})
        _register(member)
        return _public(member)

    def upsert_deployment(self, deployment: Deployment) -> Deployment | None:
        """Add a deployment, or replace the one of that id; None when nothing changes, and as for
        `add_deployment`.
        """
        member = self._accepted(deployment)
        if member is None:
            return None
        with self._changing:
            before = self._members.get(member.id)
            if before is not None and before.entry == member.entry:
                return None
            self._replace({**self._members, member.id: member})
        _register(member)
        return _public(member)

    def delete_deployment(self, id: str) -> Deployment | None:
        """Remove a deployment, and return it; None when there is none of that id."""
        with self._changing:
            member = self._members.get(str(id))
            if member is None:
                return None
            self._replace({key: other for key, other in self._members.items() if other is not member})
        return _public(member)

    def _replace(self, members: dict[str, Member]) -> None:
        self._members = members
        self._catalog = self._made_catalog(list(members.values()))
        self._set_budgets()

    def _group_of(self, name: str) -> str:
        """The group behind an alias, else the name itself."""
        alias = self.model_group_alias.get(name)
        if alias is None:
            return name
        return str(alias["model"] if isinstance(alias, dict) else alias)

    def _find(self, name: str, specific: bool) -> Found | None:
        """What deployments a name means."""
        group = self._group_of(name)
        # A provider's model means its deployments when nothing else is called so.
        found = self._catalog.find(group, specific) or self._catalog.find(group, True)
        if found is None and _setting(self.router_general_settings, "pass_through_all_models"):
            member = self._member({"model_name": name, "litellm_params": {"model": name}})
            return Found(self._made_catalog((member,), fresh=True).pools[name])
        return found

    def update_settings(self, **kwargs: Any) -> None:
        """Change settings while calls go on; names that cannot be changed are ignored, as in LiteLLM."""
        changed = False
        for name, value in kwargs.items():
            if name not in CHANGEABLE:
                verbose_router_logger.debug("update_settings: %s cannot be changed", name)
                continue
            if name == "routing_strategy":
                value = known(value)  # noqa: PLW2901 - the same, in one spelling
            if name == "routing_strategy":
                self._custom_strategy = None
            changed = changed or name in ("routing_strategy", "routing_strategy_args")
            setattr(self, name, checked(name, value))
            if name == "allowed_fails":
                self._allowed_fails_given = value is not None
        if changed or "optional_pre_call_checks" in kwargs:
            self._set_affinities()
        if changed:
            with self._changing:
                self._catalog = self._made_catalog(list(self._members.values()), fresh=True)

    def routing_strategy_init(self, routing_strategy: Any, routing_strategy_args: dict[str, Any]) -> None:
        """Choose by another strategy from now on."""
        self.update_settings(routing_strategy=routing_strategy, routing_strategy_args=routing_strategy_args)


def _setting(settings: Any, name: str) -> bool:
    if isinstance(settings, dict):
        return bool(settings.get(name))
    return bool(getattr(settings, name, False))


def _public(member: Member) -> Deployment:
    return Deployment(
        model_name=member.group,
        litellm_params=dict(member.entry["litellm_params"]),
        model_info=ModelInfo(**member.info),
    )


def _register(member: Member) -> None:
    """Tell the price table what a deployment of its own prices costs."""
    if member.prices:
        package = sys.modules[__name__.partition(".")[0]]
        register = getattr(package, "register_model", None)
        if register is not None:
            try:
                register({member.id: {**member.prices, "litellm_provider": provider_of(member)}})
            except Exception:
                verbose_router_logger.warning("prices of a deployment were not taken", exc_info=True)
