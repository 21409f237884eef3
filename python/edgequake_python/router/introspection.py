"""What a Router tells about itself."""

from __future__ import annotations

from .._course import drive, drive_async
from ..exceptions import BadRequestError, RouterRateLimitError
from ..types.router import Deployment, ModelGroupInfo, RouterErrors
from . import checks, selection
from .attributes import Attributes
from .catalog import filled
from .deployments import CHANGEABLE, _public
from .request import Operation, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from .catalog import Catalog, Found
    from .member import Member

_CHOOSING = Operation("completion")

#: Without the one that `get_settings` of LiteLLM does not tell.
_SETTINGS = tuple(name for name in CHANGEABLE if name != "max_retries")


def entry_for(member: Member, filling: str | None, asked: str) -> dict[str, Any]:
    """A deployment's item of the model list; a wildcard's as if it were the group that was asked for."""
    if filling is None:
        return member.entry
    params = {**member.entry["litellm_params"], "model": filled(member.model, filling, asked)}
    return {**member.entry, "model_name": asked, "litellm_params": params}


class Introspection(Attributes):
    """The part of a `Router` that only looks."""

    if TYPE_CHECKING:
        _catalog: Catalog
        _members: dict[str, Member]
        model_group_alias: dict[str, Any]
        state: Any
        enable_pre_call_checks: bool

        def _find(self, name: str, specific: bool) -> Found | None: ...

    # Groups and deployments.

    def get_model_list(
        self, model_name: str | None = None, team_id: str | None = None
    ) -> list[dict[str, Any]] | None:
        """The deployments of a group (an alias or a wildcard's name too), or all with those of the
        aliases.
        """
        if model_name is None:
            found = []
            for alias, target in self.model_group_alias.items():
                if isinstance(target, dict) and target.get("hidden"):
                    continue
                found += self._of_alias(alias)
            found += [member.entry for member in self._members.values()]
        elif model_name in self.model_group_alias:
            found = self._of_alias(model_name)
        else:
            match = self._catalog.find(model_name)
            members = [] if match is None else match.only or match.pool.members
            filling = None if match is None else match.filling
            found = [entry_for(member, filling, model_name) for member in members]
        if team_id is not None:
            found = [entry for entry in found if entry["model_info"].get("team_id") in (None, team_id)]
        return found

    def _of_alias(self, alias: str) -> list[dict[str, Any]]:
        target = self.model_group_alias[alias]
        match = self._catalog.find(target["model"] if isinstance(target, dict) else target)
        members = [] if match is None else match.only or match.pool.members
        return [{**member.entry, "model_name": alias} for member in members]

    def get_model_names(self, team_id: str | None = None) -> list[str]:
        """The groups and aliases that may be asked for."""
        return list(dict.fromkeys(entry["model_name"] for entry in self.get_model_list(None, team_id) or ()))

    def get_model_ids(self, model_name: str | None = None, exclude_team_models: bool = False) -> list[str]:
        """Ids of all deployments, or of a group's."""
        return [
            member.id
            for member in self._members.values()
            if (model_name is None or member.group == model_name)
            and not (exclude_team_models and member.info.get("team_id"))
        ]

    def has_model_id(self, candidate_id: str) -> bool:
        """Whether there is a deployment of that id."""
        return candidate_id in self._members

    def get_deployment(self, model_id: str) -> Deployment | None:
        """The deployment of that id."""
        member = self._members.get(model_id)
        return None if member is None else _public(member)

    def get_deployment_by_model_group_name(self, model_group_name: str) -> Deployment | None:
        """The first deployment of a group."""
        pool = self._catalog.pools.get(model_group_name)
        return _public(pool.members[0]) if pool is not None and pool.members else None

    def get_deployment_credentials(self, model_id: str) -> dict[str, Any] | None:
        """Where a deployment is and who calls it."""
        member = self._members.get(model_id)
        if member is None:
            return None
        names = ("api_key", "api_base", "api_version", "organization")
        prefixes = ("vertex_", "aws_", "azure_", "watsonx_")
        return {
            name: value
            for name, value in member.entry["litellm_params"].items()
            if name in names or name.startswith(prefixes)
        }

    def get_model_info(self, id: str) -> dict[str, Any] | None:
        """A deployment's item of the model list."""
        member = self._members.get(id)
        return None if member is None else member.entry

    def get_model_group(self, id: str) -> list[dict[str, Any]] | None:
        """The group that a deployment belongs to."""
        member = self._members.get(id)
        return None if member is None else self.get_model_list(member.group)

    def get_model_access_groups(
        self,
        model_name: str | None = None,
        model_access_group: str | None = None,
        team_id: str | None = None,
    ) -> dict[str, list[str]]:
        """Groups by the names in ``model_info["access_groups"]``."""
        found: dict[str, list[str]] = {}
        for entry in self.get_model_list(model_name, team_id) or ():
            for group in entry["model_info"].get("access_groups") or ():
                if model_access_group in (None, group):
                    found.setdefault(group, []).append(entry["model_name"])
        return found

    def get_model_group_info(self, model_group: str, include_hidden: bool = False) -> ModelGroupInfo | None:
        """What the deployments of a group can do together: limits added up, the widest abilities.

        Nothing is left out, so ``include_hidden`` changes nothing.
        """
        match = self._find(model_group, False)
        members = [] if match is None else match.only or match.pool.members
        if match is None or not members:
            return None
        info: dict[str, Any] = {"model_group": model_group, "providers": []}
        for member in members:
            provider = checks.provider_of(member)
            if provider not in info["providers"]:
                info["providers"].append(provider)
            model = filled(member.model, match.filling, model_group)
            known = checks.model_information(member, model)
            for name in ("max_input_tokens", "max_output_tokens"):
                if known.get(name) is not None:
                    info[name] = max(info.get(name) or 0, known[name])
            for name in ("input_cost_per_token", "output_cost_per_token"):
                value = member.prices.get(name, known.get(name))
                if value is not None:
                    info[name] = max(info.get(name) or 0.0, value)
            limits = member.candidate.limits or (None,) * 4
            for name, limit in zip(("rpm", "tpm", "itpm", "otpm"), limits):
                value = limit if limit is not None else member.info.get(name)
                if value is not None:
                    info[name] = (info.get(name) or 0) + int(value)
            for name, value in known.items():
                if name.startswith("supports_") and value:
                    info[name] = True
            info["mode"] = known.get("mode") or info.get("mode")
            info["description"] = info.get("description") or member.info.get("description")
            for name in checks.parameters_of(member, model) or ():
                info.setdefault("supported_openai_params", []).append(name)
        if "supported_openai_params" in info:
            info["supported_openai_params"] = list(dict.fromkeys(info["supported_openai_params"]))
        return ModelGroupInfo(**info)

    async def get_model_group_usage(self, model_group: str) -> tuple[int | None, int | None]:
        """Tokens and requests charged to a group in this window; LiteLLM's order."""
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, self._used, model_group)

    def _used(self, group: str) -> tuple[int | None, int | None]:
        match = self._find(group, False)
        if match is None:
            return None, None
        used = [self.state.used(match.pool.name, member.id) for member in match.pool.members]
        tokens = sum(int(amounts[1]) for amounts in used if len(amounts) > 1)
        requests = sum(int(amounts[0]) for amounts in used if amounts)
        return tokens, requests

    def get_settings(self) -> dict[str, Any]:
        """The settings that `update_settings` takes."""
        return {name: getattr(self, name) for name in _SETTINGS}

    # Choosing only: nothing is charged.

    def get_available_deployment(
        self,
        model: str,
        messages: list[Any] | None = None,
        input: Any = None,
        specific_deployment: bool | None = False,
        request_kwargs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The deployment that a call would go to now.

        Raises:
            BadRequestError: when the name means none.
            RouterRateLimitError: when all rest.
        """
        entry: dict[str, Any] = drive(
            self._looked(False, model, messages, input, specific_deployment, request_kwargs)
        )
        return entry

    async def async_get_available_deployment(
        self,
        model: str,
        request_kwargs: dict[str, Any] | None = None,
        messages: list[Any] | None = None,
        input: Any = None,
        specific_deployment: bool | None = False,
    ) -> dict[str, Any]:
        """As `get_available_deployment`."""
        entry: dict[str, Any] = await drive_async(
            self._looked(True, model, messages, input, specific_deployment, request_kwargs)
        )
        return entry

    def _looked(
        self,
        asynchronous: bool,
        model: str,
        messages: Any,
        input: Any,
        specific: bool | None,
        more: dict[str, Any] | None,
    ) -> Course:
        given = {**(more or {}), "messages": messages, "input": input, "specific_deployment": specific}
        request = Request(_CHOOSING, model, given, asynchronous=asynchronous)
        member = yield from selection.look(self, request)  # type: ignore[arg-type]
        found = selection.find(self, request)  # type: ignore[arg-type]
        return entry_for(member, found.filling, model)

    def _healthy(self, model: str) -> list[dict[str, Any]]:
        match = self._find(model, False)
        if match is None:
            raise BadRequestError(
                message=f"You passed in model={model}. {RouterErrors.no_healthy_deployments.value}",
                model=model,
                llm_provider="",
            )
        resting = self.state.resting(match.pool.name, [member.id for member in match.pool.members])
        members = match.only or match.pool.members
        healthy = [member.entry for member in members if member.id not in resting]
        if not healthy:
            raise RouterRateLimitError(
                model, min(resting.values()), self.enable_pre_call_checks, list(resting), list(resting)
            )
        return healthy

    async def async_get_healthy_deployments(
        self,
        model: str,
        request_kwargs: dict[str, Any] | None = None,
        messages: Any = None,
        input: Any = None,
        specific_deployment: bool | None = False,
        parent_otel_span: Any = None,
        health_check_probe: bool = False,
        **kwargs: Any,
    ) -> list[dict[str, Any]]:
        """The deployments of a group that do not rest.

        Raises:
            BadRequestError: when the name means none.
            RouterRateLimitError: when all rest.
        """
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, self._healthy, model)
