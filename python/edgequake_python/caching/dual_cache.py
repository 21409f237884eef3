"""A cache in memory in front of one in Redis."""

from __future__ import annotations

from .in_memory_cache import InMemoryCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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

    def get_cache(
        self, key: str, parent_otel_span: Any = None, local_only: bool = False, **kwargs: Any
    ) -> Any:
        """The value, or None."""
        value = self.in_memory_cache.get_cache(key)
        if value is None and self.redis_cache is not None and not local_only:
            value = self.redis_cache.get_cache(key)
            if value is not None:
                self.in_memory_cache.set_cache(key, value, **self._near(kwargs))
        return value

    async def async_get_cache(
        self, key: str, parent_otel_span: Any = None, local_only: bool = False, **kwargs: Any
    ) -> Any:
        """As `get_cache`."""
        value = self.in_memory_cache.get_cache(key)
        if value is None and self.redis_cache is not None and not local_only:
            value = await self.redis_cache.async_get_cache(key)
            if value is not None:
                self.in_memory_cache.set_cache(key, value, **self._near(kwargs))
        return value

    def batch_get_cache(
        self, keys: Sequence[str], parent_otel_span: Any = None, local_only: bool = False, **kwargs: Any
    ) -> list[Any]:
        """The values, None where there is none."""
        return [self.get_cache(key, local_only=local_only) for key in keys]

    async def async_batch_get_cache(
        self,
        keys: Sequence[str],
        parent_otel_span: Any = None,
        local_only: bool = False,
        throttle_redis: bool = True,
        **kwargs: Any,
    ) -> list[Any]:
        """As `batch_get_cache`."""
        return [await self.async_get_cache(key, local_only=local_only) for key in keys]

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
        self,
        key: str,
        value: float,
        parent_otel_span: Any = None,
        local_only: bool = False,
        refresh_ttl: bool = False,
        **kwargs: Any,
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

    async def async_delete_cache_keys(self, keys: Sequence[str]) -> None:
        """Forget several values in both."""
        for key in keys:
            await self.async_delete_cache(key)

    async def async_increment_cache_pipeline(
        self,
        increment_list: Sequence[Mapping[str, Any]],
        local_only: bool = False,
        parent_otel_span: Any = None,
        **kwargs: Any,
    ) -> list[float]:
        """Add to several numbers: dicts with ``key``, ``increment_value`` and ``ttl``."""
        return [
            await self.async_increment_cache(
                one["key"],
                one["increment_value"],
                local_only=local_only,
                **({} if one.get("ttl") is None else {"ttl": one["ttl"]}),
            )
            for one in increment_list
        ]

    async def batch_cache_write(self, key: str, value: Any, **kwargs: Any) -> None:
        """As `async_set_cache`: nothing is held back."""
        await self.async_set_cache(key, value, **kwargs)

    def attach_redis_cache(
        self, redis_cache: RedisCache | None = None, default_redis_ttl: float | None = None
    ) -> None:
        """Share values through Redis from now on."""
        self.redis_cache = redis_cache
        if default_redis_ttl is not None:
            self.default_redis_ttl = default_redis_ttl

    def update_cache_ttl(self, default_in_memory_ttl: float | None, default_redis_ttl: float | None) -> None:
        """Change how long values live; None leaves it."""
        if default_in_memory_ttl is not None:
            self.default_in_memory_ttl = default_in_memory_ttl
        if default_redis_ttl is not None:
            self.default_redis_ttl = default_redis_ttl

    def update_in_memory_max_size(self, max_size: int) -> None:
        """Change how many values memory holds."""
        self.in_memory_cache.max_size_in_memory = max_size

    async def disconnect(self) -> None:
        """Close connections."""
        if self.redis_cache is not None:
            await self.redis_cache.disconnect()

    async def test_connection(self) -> dict[str, str]:
        """Whether the shared cache can be reached."""
        store = self.redis_cache or self.in_memory_cache
        return await store.test_connection()

    def flush_cache(self) -> None:
        """Forget what is in memory; what is shared is others' too."""
        self.in_memory_cache.flush_cache()
