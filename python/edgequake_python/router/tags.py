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


def tags_of(arguments: Mapping[str, Any]) -> list[str]:
    """The tags of a call: ``tags``, and those of its ``metadata``."""
    found: list[str] = []
    metadata = arguments.get("metadata") or arguments.get("litellm_metadata") or {}
    of_metadata = metadata.get("tags") if hasattr(metadata, "get") else None
    for given in (arguments.get("tags"), of_metadata):
        several = [given] if isinstance(given, str) else given or ()
        found.extend(str(tag) for tag in several)
    return list(dict.fromkeys(found))


def user_agent(arguments: Mapping[str, Any]) -> str:
    """The caller's User-Agent as a line of a header, when a server handed it on in the metadata."""
    metadata = arguments.get("metadata") or arguments.get("litellm_metadata") or {}
    agent = metadata.get("user_agent") if hasattr(metadata, "get") else None
    return f"User-Agent: {agent}" if agent else ""


def _fits(pattern: str, agent: str) -> bool:
    """Whether the line, or the name alone, is what LiteLLM's ``tag_regex`` asks for."""
    return re.search(pattern, agent) is not None or re.search(pattern, agent.partition(": ")[2]) is not None


class Asked:
    """What a call's tags ask for.

    ``&tag`` is required, ``!tag`` excluded, others are wished for. A tag that begins with the Router's prefix
    is meant for it: what follows the prefix counts, and no default takes its place.
    """

    def __init__(self, tags: Sequence[str], prefix: str) -> None:
        plain = [tag[len(prefix) :] if tag.startswith(prefix) else tag for tag in tags]
        self.required: set[str] = {tag[1:] for tag in plain if tag[:1] == "&" and len(tag) > 1}
        self.excluded: set[str] = {tag[1:] for tag in plain if tag[:1] == "!" and len(tag) > 1}
        self.wished: set[str] = {tag for tag in plain if tag[:1] not in ("&", "!")}
        self.meant: set[str] = {tag[len(prefix) :] for tag in tags if prefix and tag.startswith(prefix)}

    def admits(self, member: Member) -> bool:
        """Whether it has all that is required, and nothing that is excluded."""
        return self.required <= member.tags and not (self.excluded & member.tags)


def allowed(
    members: Sequence[Member], tags: Sequence[str], match_any: bool, agent: str, prefix: str = ""
) -> Sequence[Member] | None:
    """The members for these tags; all of them are None.

    Raises:
        LookupError: when no member has them.
    """
    if not tags:
        by_agent = [member for member in members if _by_agent(member, agent)]
        return by_agent or [member for member in members if _DEFAULT in member.tags] or None
    asked = Asked(tags, prefix)
    fit = [member for member in members if asked.admits(member)]
    default = [member for member in fit if _DEFAULT in member.tags]
    if asked.wished:
        found = [member for member in fit if _has(member, asked.wished, match_any, agent)]
        if not found and not asked.meant & asked.wished:
            # A tag that belongs to nobody says nothing about this group.
            known = any(member.tags & asked.wished for member in members)
            found = [] if known else default
    elif asked.required:
        found = fit
    else:
        found = default if any(_DEFAULT in member.tags for member in members) else fit
    if not found:
        raise LookupError
    return found


def _has(member: Member, wished: set[str], match_any: bool, agent: str) -> bool:
    if member.tags & wished if match_any else wished <= member.tags:
        return True
    return (match_any or not member.tags) and _by_agent(member, agent)


def _by_agent(member: Member, agent: str) -> bool:
    return bool(agent) and any(_fits(pattern, agent) for pattern in member.tag_regex)
