"""A cache in the memory of this process."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable


class InMemoryCache:
    """Values by key, bounded: the least recently used go first, and each has a time to live.

    Args:
        max_size_in_memory: how many values at most.
        default_ttl: seconds a value lives when nothing else is said.
        max_size_per_item: kilobytes a value may have; larger ones are not kept.
        clock: seconds; for tests.
    """

    def __init__(
        self,
        max_size_in_memory: int | None = 200,
        default_ttl: float | None = 600,
        max_size_per_item: int | None = 1024,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_size_in_memory: int = 200 if max_size_in_memory is None else max_size_in_memory
        self.default_ttl = 600 if default_ttl is None else default_ttl
        self.max_size_per_item: int = 1024 if max_size_per_item is None else max_size_per_item
        self._clock = clock
        self._lock = Lock()
        #: Values by key, the least recently used first; read by programs, so it holds the values themselves.
        self.cache_dict: OrderedDict[str, Any] = OrderedDict()
        self.ttl_dict: dict[str, float] = {}

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep a value for ``ttl`` seconds."""
        if isinstance(value, (bytes, str)) and len(value) > self.max_size_per_item * 1024:
            return
        ttl = kwargs.get("ttl")
        end = self._clock() + (self.default_ttl if ttl is None else float(ttl))
        with self._lock:
            self.cache_dict[key] = value
            self.cache_dict.move_to_end(key)
            self.ttl_dict[key] = end
            while len(self.cache_dict) > self.max_size_in_memory:
                oldest, _ = self.cache_dict.popitem(last=False)
                self.ttl_dict.pop(oldest, None)

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value, or None."""
        with self._lock:
            end = self.ttl_dict.get(key)
            if end is not None and end <= self._clock():
                self.cache_dict.pop(key, None)
                del self.ttl_dict[key]
                return None
            if key in self.cache_dict:
                self.cache_dict.move_to_end(key)
            return self.cache_dict.get(key)

    def batch_get_cache(self, keys: Sequence[str], **kwargs: Any) -> list[Any]:
        """The values, None where there is none."""
        return [self.get_cache(key) for key in keys]

    def increment_cache(self, key: str, value: float = 1, **kwargs: Any) -> float:
        """Add to a number that starts at 0; its time to live begins with the first addition."""
        with self._lock:
            alive = self.ttl_dict.get(key, float("inf")) > self._clock()
            total: float = (self.cache_dict.get(key) or 0) + value if alive else value
            if not alive or key not in self.cache_dict:
                ttl = kwargs.get("ttl")
                self.ttl_dict[key] = self._clock() + (self.default_ttl if ttl is None else float(ttl))
            self.cache_dict[key] = total
            return total

    def delete_cache(self, key: str) -> None:
        """Forget a value."""
        with self._lock:
            self.cache_dict.pop(key, None)
            self.ttl_dict.pop(key, None)

    def flush_cache(self) -> None:
        """Forget everything."""
        with self._lock:
            self.cache_dict.clear()
            self.ttl_dict.clear()

    def disconnect(self) -> None:
        """Nothing to close."""

    # The same for coroutines: nothing here waits.

    async def async_set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """As `set_cache`."""
        self.set_cache(key, value, **kwargs)

    async def async_get_cache(self, key: str, **kwargs: Any) -> Any:
        """As `get_cache`."""
        return self.get_cache(key)

    async def async_batch_get_cache(self, keys: Sequence[str], **kwargs: Any) -> list[Any]:
        """As `batch_get_cache`."""
        return self.batch_get_cache(keys)

    async def async_set_cache_pipeline(self, cache_list: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Keep several values."""
        for key, value in cache_list:
            self.set_cache(key, value, **kwargs)

    async def async_increment(self, key: str, value: float = 1, **kwargs: Any) -> float:
        """As `increment_cache`."""
        return self.increment_cache(key, value, **kwargs)

    async def async_set_cache_sadd(self, key: str, value: Sequence[Any], ttl: float | None = None) -> None:
        """Add members to a set."""
        members = set(self.get_cache(key) or ())
        members.update(value)
        self.set_cache(key, members, ttl=ttl)

    async def async_delete_cache(self, key: str) -> None:
        """As `delete_cache`."""
        self.delete_cache(key)

    async def ping(self) -> bool:
        """Always there."""
        return True

    def __repr__(self) -> str:
        return f"InMemoryCache({len(self.cache_dict)} of {self.max_size_in_memory})"
