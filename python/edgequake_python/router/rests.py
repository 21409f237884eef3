"""Who rests, as programs of LiteLLM ask for it."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .router import Router


class Rests:
    """``router.cooldown_cache``: the rests that shared state knows. It is not written to."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def get_active_cooldowns(
        self, model_ids: Sequence[str], parent_otel_span: Any = None
    ) -> list[tuple[str, dict[str, Any]]]:
        """Those of the deployments that rest, each with ``cooldown_time``: the seconds that are left."""
        now = time.time()
        found: list[tuple[str, dict[str, Any]]] = []
        for pool in self._router._catalog.pools.values():
            asked = [member.id for member in pool.members if member.id in model_ids]
            for key, left in (self._router.state.resting(pool.name, asked) if asked else {}).items():
                found.append((key, {"timestamp": now, "cooldown_time": left}))
        return found

    async def async_get_active_cooldowns(
        self, model_ids: Sequence[str], parent_otel_span: Any = None
    ) -> list[tuple[str, dict[str, Any]]]:
        """As `get_active_cooldowns`."""
        import asyncio

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, self.get_active_cooldowns, model_ids)

    def get_min_cooldown(self, model_ids: Sequence[str], parent_otel_span: Any = None) -> float:
        """Seconds until the first of them is back; the Router's ``cooldown_time`` when none rests."""
        left = [rest["cooldown_time"] for _, rest in self.get_active_cooldowns(model_ids)]
        return min(left, default=self._router.cooldown_time)
