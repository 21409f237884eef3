"""LiteLLM's cache of HTTP clients, which programs flush. Here connections are the core's, pooled by host."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LLMClientCache:
    """A dict of clients; nothing of this package puts one in."""

    def __init__(self, max_size_in_memory: int = 200, default_ttl: int = 600) -> None:
        self.max_size_in_memory = max_size_in_memory
        self.default_ttl = default_ttl
        self.cache_dict: dict[str, Any] = {}
        self.ttl_dict: dict[str, float] = {}

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep a client."""
        if len(self.cache_dict) >= self.max_size_in_memory and key not in self.cache_dict:
            self.cache_dict.pop(next(iter(self.cache_dict)))
        self.cache_dict[key] = value

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """A kept client, or None."""
        return self.cache_dict.get(key)

    async def async_set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """As `set_cache`."""
        self.set_cache(key, value)

    async def async_get_cache(self, key: str, **kwargs: Any) -> Any:
        """As `get_cache`."""
        return self.get_cache(key)

    def delete_cache(self, key: str) -> None:
        """Forget a client."""
        self.cache_dict.pop(key, None)

    def flush_cache(self) -> None:
        """Forget all clients."""
        self.cache_dict.clear()
        self.ttl_dict.clear()


in_memory_llm_clients_cache: LLMClientCache = LLMClientCache()
module_level_client: Any = None
module_level_aclient: Any = None
