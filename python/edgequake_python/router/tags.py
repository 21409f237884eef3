"""Which deployments a request's tags allow."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from .member import Member

#: What serves requests without tags.
_DEFAULT = "default"


def tags_of(arguments: Mapping[str, Any], prefix: str = "") -> list[str]:
    """The tags of a call: ``tags``, or those of its ``metadata``; only those that begin with ``prefix``."""
    found: list[str] = []
    metadata = arguments.get("metadata") or arguments.get("litellm_metadata") or {}
    of_metadata = metadata.get("tags") if hasattr(metadata, "get") else None
    for given in (arguments.get("tags"), of_metadata):
        several = [given] if isinstance(given, str) else given or ()
        found.extend(str(tag) for tag in several if str(tag).startswith(prefix))
    return list(dict.fromkeys(found))


def user_agent(arguments: Mapping[str, Any]) -> str:
    """The caller's User-Agent as a line of a header, when a server handed it on in the metadata."""
    metadata = arguments.get("metadata") or arguments.get("litellm_metadata") or {}
    agent = metadata.get("user_agent") if hasattr(metadata, "get") else None
    return f"User-Agent: {agent}" if agent else ""


def _fits(pattern: str, agent: str) -> bool:
    """Whether the line, or the name alone, is what LiteLLM's ``tag_regex`` asks for."""
    return re.search(pattern, agent) is not None or re.search(pattern, agent.partition(": ")[2]) is not None


def allowed(
    members: Sequence[Member], tags: Sequence[str], match_any: bool, agent: str
) -> Sequence[Member] | None:
    """The members for these tags; all of them are None.

    Raises:
        LookupError: when no member has them.
    """
    if not tags:
        by_agent = [
            member
            for member in members
            if agent and any(_fits(pattern, agent) for pattern in member.tag_regex)
        ]
        default = by_agent or [member for member in members if _DEFAULT in member.tags]
        return default or None
    asked = set(tags)
    matching = [member for member in members if (member.tags & asked if match_any else asked <= member.tags)]
    if not matching:
        matching = [member for member in members if _DEFAULT in member.tags]
    if not matching:
        raise LookupError
    return matching
