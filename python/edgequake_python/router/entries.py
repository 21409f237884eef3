"""Items of a model list before they are deployments: several in one, and those for other environments."""

from __future__ import annotations

import os

from ..types.router import as_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..types.router import Deployment


def each_of(item: Mapping[str, Any] | Deployment) -> list[Mapping[str, Any] | Deployment]:
    """The item, or one for each organization when it lists several; an id of their common is made longer."""
    entry = as_entry(item)
    params = entry.get("litellm_params")
    organizations = params.get("organization") if isinstance(params, dict) else None
    if not isinstance(params, dict) or not isinstance(organizations, (list, tuple)):
        return [item]
    info = entry.get("model_info") or {}
    found: list[Mapping[str, Any] | Deployment] = []
    for organization in organizations:
        one = {**entry, "litellm_params": {**params, "organization": organization}}
        if info.get("id") is not None:
            one["model_info"] = {**info, "id": f"{info['id']}-{organization}"}
        found.append(one)
    return found


def is_active(environments: Sequence[str] | None) -> bool:
    """Whether ``LITELLM_ENVIRONMENT`` is among these; None: whatever it is.

    Raises:
        ValueError: when the variable is not set.
    """
    if environments is None:
        return True
    here = os.environ.get("LITELLM_ENVIRONMENT")
    if not here:
        raise ValueError("a deployment has supported_environments, but LITELLM_ENVIRONMENT is not set")
    return here in environments
