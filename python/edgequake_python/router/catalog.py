"""Which deployments a name means: groups, aliases, wildcards, ids."""

from __future__ import annotations

import fnmatch
import re

from .pool import Pool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .member import Member


class Found:
    """What a name means.

    Attributes:
        pool: the group's deployments.
        only: the one deployment that was asked for by its id, or some; None: all of them.
        filling: what stands for the ``*`` of a wildcard; None when there is none.
    """

    __slots__ = ("filling", "only", "pool")

    def __init__(self, pool: Pool, only: list[Member] | None = None, filling: str | None = None) -> None:
        self.pool: Pool = pool
        self.only: list[Member] | None = only
        self.filling: str | None = filling


class Catalog:
    """All deployments, found by name. It is never changed: another list makes another catalog.

    Args:
        members: the deployments.
        strategy, arguments, window: see `Pool`.
        earlier: the pools of an earlier catalog, which these follow.
        fresh: whether none of them is taken over; else those are whose members are the same.
    """

    def __init__(
        self,
        members: Iterable[Member],
        strategy: str,
        arguments: Mapping[str, Any],
        window: float,
        earlier: Mapping[str, Pool] | None = None,
        fresh: bool = False,
    ) -> None:
        groups: dict[str, list[Member]] = {}
        for member in members:
            groups.setdefault(member.group, []).append(member)
        self.pools: dict[str, Pool] = {}
        for name, group in groups.items():
            pool = (earlier or {}).get(name)
            if pool is None or fresh or pool.members != group:
                pool = Pool(name, group, strategy, arguments, window, pool)
            self.pools[name] = pool
        self.by_id: dict[str, Member] = {member.id: member for group in groups.values() for member in group}
        # The most definite pattern first.
        patterns = sorted((name for name in groups if "*" in name), key=lambda name: (-len(name), name))
        self._patterns = [(_compiled(name), self.pools[name]) for name in patterns]
        self._by_model: dict[str, list[Member]] = {}
        for member in self.by_id.values():
            self._by_model.setdefault(member.model, []).append(member)

    def find(self, name: str, specific: bool = False) -> Found | None:
        """The deployments that ``name`` means; of a provider's model too when ``specific``."""
        pool = self.pools.get(name)
        if pool is not None and "*" not in name:
            return Found(pool)
        member = self.by_id.get(name)
        if member is not None:
            return Found(self.pools[member.group], [member])
        if specific:
            exact = self._by_model.get(name)
            if exact:
                pool = self.pools[exact[0].group]
                return Found(pool, [other for other in exact if other.group == pool.name])
        for pattern, pool in self._patterns:
            match = pattern.fullmatch(name)
            if match is not None:
                return Found(pool, None, "".join(match.groups()) if match.groups() else name)
        return None


def _compiled(name: str) -> re.Pattern[str]:
    return re.compile("".join("(.*)" if part == "*" else re.escape(part) for part in re.split(r"(\*)", name)))


def filled(model: str, filling: str | None, asked: str) -> str:
    """The provider's model, when a wildcard's deployment is asked for ``asked``."""
    if filling is None or "*" not in model:
        return model
    if fnmatch.fnmatchcase(asked, model) and model != "*":
        return asked
    return model.replace("*", filling, 1)
