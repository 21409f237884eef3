"""A cache in memory in front of one in Redis."""

from __future__ import annotations

import sys
import time

from .._logging import verbose_logger
from .base_cache import BaseCache
from .in_memory_cache import InMemoryCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from .redis_cache import RedisCache


#: The package's attributes.
_package = sys.modules[__package__.partition(".")[0]].__dict__
#: How many keys are remembered as not being in Redis.
_MISSES = 1000


class DualCache(BaseCache):
    """What one process asks for again comes from its memory, the rest from Redis.

    Args:
        in_memory_cache: the nearer one; a new one by default.
        redis_cache: the one that is shared; None: only memory.
        default_in_memory_ttl: seconds a value lives in memory when nothing else is said.
        default_redis_ttl: likewise in Redis.
        default_redis_batch_cache_expiry: seconds for which `async_batch_get_cache` does not ask Redis again
            for what was not there; the package's attribute of that name when None, and 10 without it.
        **kwargs: LiteLLM's other arguments; not used.
    """

    def __init__(
        self,
        in_memory_cache: InMemoryCache | None = None,
        redis_cache: RedisCache | None = None,
        default_in_memory_ttl: float | None = None,
        default_redis_ttl: float | None = None,
        default_redis_batch_cache_expiry: float | None = None,
        **kwargs: Any,
    ) -> None:
        if default_redis_batch_cache_expiry is None:
            default_redis_batch_cache_expiry = _package.get("default_redis_batch_cache_expiry")
        self.redis_batch_cache_expiry: float = (
            10.0 if default_redis_batch_cache_expiry is None else default_redis_batch_cache_expiry
        )
        #: When Redis was last asked in vain, by key.
        self.last_redis_batch_access_time: dict[str, float] = {}
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
        self.last_redis_batch_access_time.pop(key, None)
        self.in_memory_cache.set_cache(key, value, **self._near(kwargs))
        if self.redis_cache is not None and not local_only:
            self.redis_cache.set_cache(key, value, **self._far(kwargs))

    async def async_set_cache(self, key: str, value: Any, local_only: bool = False, **kwargs: Any) -> None:
        """As `set_cache`."""
        self.last_redis_batch_access_time.pop(key, None)
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
        values = self.in_memory_cache.batch_get_cache(keys)
        if self.redis_cache is not None and not local_only:
            missing = [key for key, value in zip(keys, values) if value is None]
            if missing:
                values = self._completed(keys, values, self.redis_cache.batch_get_cache(missing))
        return values

    async def async_batch_get_cache(
        self,
        keys: Sequence[str],
        parent_otel_span: Any = None,
        local_only: bool = False,
        throttle_redis: bool = True,
        **kwargs: Any,
    ) -> list[Any]:
        """As `batch_get_cache`, in one round trip.

        What was not in Redis is not asked for again for a while, unless ``throttle_redis`` is False.
        """
        values = self.in_memory_cache.batch_get_cache(keys)
        if self.redis_cache is None or local_only:
            return values
        asked, now = self.last_redis_batch_access_time, time.monotonic()
        since = now - self.redis_batch_cache_expiry if throttle_redis else now
        missing = [
            key for key, value in zip(keys, values) if value is None and asked.get(key, -1e18) <= since
        ]
        if not missing:
            return values
        if len(asked) > _MISSES:
            asked.clear()
        for key in missing:  # before the answer: tasks that run meanwhile need not ask too
            asked[key] = now
        try:
            found = await self.redis_cache.async_batch_get_cache(missing)
        except BaseException as error:
            for key in missing:
                asked.pop(key, None)
            if isinstance(error, Exception):
                verbose_logger.warning("values cannot be read from Redis: %s", error)
                return values
            raise
        return self._completed(keys, values, found)

    def _completed(self, keys: Sequence[str], values: list[Any], found: Mapping[str, Any]) -> list[Any]:
        """The values with those that Redis had, which are kept in memory from now on."""
        for key, value in found.items():
            if value is not None:
                self.in_memory_cache.set_cache(key, value, **self._near({}))
                self.last_redis_batch_access_time.pop(key, None)
        return [found.get(key) if value is None else value for key, value in zip(keys, values)]

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
            total = await self.redis_cache.async_increment(
                key, value, refresh_ttl=refresh_ttl, **self._far(kwargs)
            )
        return total

    async def async_set_cache_sadd(
        self, key: str, value: Sequence[Any], local_only: bool = False, **kwargs: Any
    ) -> None:
        """Add members to a set, in both."""
        await self.in_memory_cache.async_set_cache_sadd(key, value, self._near(kwargs)["ttl"])
        if self.redis_cache is not None and not local_only:
            await self.redis_cache.async_set_cache_sadd(key, value, self._far(kwargs)["ttl"])

    async def async_get_ttl(self, key: str) -> int | None:
        """Seconds that a value still lives: in memory, else in Redis; None where it is in neither."""
        left = await self.in_memory_cache.async_get_ttl(key)
        if left is None and self.redis_cache is not None:
            left = await self.redis_cache.async_get_ttl(key)
        return left

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
