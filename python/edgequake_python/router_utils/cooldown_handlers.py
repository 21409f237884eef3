"""Who rests, under LiteLLM's import path."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..router import Router


def _get_cooldown_deployments(litellm_router_instance: Router, parent_otel_span: Any) -> list[str]:
    """Ids of a Router's deployments that rest."""
    router = litellm_router_instance
    return [key for key, _ in router.cooldown_cache.get_active_cooldowns(router.get_model_ids())]


async def _async_get_cooldown_deployments(
    litellm_router_instance: Router, parent_otel_span: Any
) -> list[str]:
    """As `_get_cooldown_deployments`."""
    import asyncio

    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, _get_cooldown_deployments, litellm_router_instance, None)
