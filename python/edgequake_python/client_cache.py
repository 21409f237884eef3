"""LiteLLM's cache of HTTP clients, which programs flush. Here connections are the core's, pooled by host."""

from __future__ import annotations

from .caching.in_memory_cache import InMemoryCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LLMClientCache(InMemoryCache):
    """Clients by name; nothing of this package puts one in."""


in_memory_llm_clients_cache: LLMClientCache = LLMClientCache()
module_level_client: Any = None
module_level_aclient: Any = None
