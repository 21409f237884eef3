"""A cache in memory in front of one in Redis."""

from __future__ import annotations

from .memory import InMemoryCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .redis_cache import RedisCache


class DualCache:
    """What one process asks for again comes from its memory, the rest from Redis.

    Args:
        in_memory_cache: the nearer one; a new one by default.
        redis_cache: the one that is shared; None: only memory.
        default_in_memory_ttl: seconds a value lives in memory when nothing else is said.
        default_redis_ttl: likewise in Redis.
        **kwargs: LiteLLM's other arguments; not used.
    """

    def __init__(
        self,
        in_memory_cache: InMemoryCache | None = None,
        redis_cache: RedisCache | None = None,
        default_in_memory_ttl: float | None = None,
        default_redis_ttl: float | None = None,
        **kwargs: Any,
    ) -> None:
        self.in_memory_cache: InMemoryCache = in_memory_cache or InMemoryCache()
        self.redis_cache = redis_cache
        self.default_in_memory_ttl = default_in_memory_ttl
        self.default_redis_ttl = default_redis_ttl

    def _near(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ttl": self.default_in_memory_ttl, **given}

    def _far(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ttl": self.default_redis_ttl, **given}

    def set_cache(self, key: str, value: Any, local_only: bool = False, **kwargs: Any) -> None:
        """Keep a value in both."""
        self.in_memory_cache.set_cache(key, value, **self._near(kwargs))
        if self.redis_cache is not None and not local_only:
            self.redis_cache.set_cache(key, value, **self._far(kwargs))

    async def async_set_cache(self, key: str, value: Any, local_only: bool = False, **kwargs: Any) -> None:
        """As `set_cache`."""
        self.in_memory_cache.set_cache(key, value, **self._near(kwargs))
        if self.redis_cache is not None and not local_only:
            await self.redis_cache.async_set_cache(key, value, **self._far(kwargs))

    def get_cache(self, key: str, local_only: bool = False, **kwargs: Any) -> Any:
        """The value, or None."""
        value = self.in_memory_cache.get_cache(key)
        if value is None and self.redis_cache is not None and not local_only:
            value = self.redis_cache.get_cache(key)
            if value is not None:
                self.in_memory_cache.set_cache(key, value, **self._near(kwargs))
        return value

    async def async_get_cache(self, key: str, local_only: bool = False, **kwargs: Any) -> Any:
        """As `get_cache`."""
        value = self.in_memory_cache.get_cache(key)
        if value is None and self.redis_cache is not None and not local_only:
            value = await self.redis_cache.async_get_cache(key)
            if value is not None:
                self.in_memory_cache.set_cache(key, value, **self._near(kwargs))
        return value

    def batch_get_cache(self, keys: Sequence[str], local_only: bool = False, **kwargs: Any) -> list[Any]:
        """The values, None where there is none."""
        return [self.get_cache(key, local_only) for key in keys]

    async def async_batch_get_cache(
        self, keys: Sequence[str], local_only: bool = False, **kwargs: Any
    ) -> list[Any]:
        """As `batch_get_cache`."""
        return [await self.async_get_cache(key, local_only) for key in keys]

    async def async_set_cache_pipeline(
        self, cache_list: Sequence[tuple[str, Any]], local_only: bool = False, **kwargs: Any
    ) -> None:
        """Keep several values in both."""
        for key, value in cache_list:
            await self.async_set_cache(key, value, local_only, **kwargs)

    def increment_cache(self, key: str, value: float, local_only: bool = False, **kwargs: Any) -> float:
        """Add to a number; the shared one counts, where there is one."""
        total = self.in_memory_cache.increment_cache(key, value, **self._near(kwargs))
        if self.redis_cache is not None and not local_only:
            total = self.redis_cache.increment_cache(key, value, **self._far(kwargs))
        return total

    async def async_increment_cache(
        self, key: str, value: float, local_only: bool = False, **kwargs: Any
    ) -> float:
        """As `increment_cache`."""
        total = self.in_memory_cache.increment_cache(key, value, **self._near(kwargs))
        if self.redis_cache is not None and not local_only:
            total = await self.redis_cache.async_increment(key, value, **self._far(kwargs))
        return total

    def delete_cache(self, key: str) -> None:
        """Forget a value in both."""
        self.in_memory_cache.delete_cache(key)
        if self.redis_cache is not None:
            self.redis_cache.delete_cache(key)

    async def async_delete_cache(self, key: str) -> None:
        """As `delete_cache`."""
        self.in_memory_cache.delete_cache(key)
        if self.redis_cache is not None:
            await self.redis_cache.async_delete_cache(key)

    def flush_cache(self) -> None:
        """Forget what is in memory; what is shared is others' too."""
        self.in_memory_cache.flush_cache()
