"""A cache in the memory of this process."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock

from .base_cache import BaseCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Callable


class InMemoryCache(BaseCache):
    """Values by key, bounded: the least recently used go first, and each has a time to live.

    A value put in the place of one that still lives takes over what is left of its time, as in LiteLLM:
    programs count calls of a window this way.

    Args:
        max_size_in_memory: how many values at most.
        default_ttl: seconds a value lives when nothing else is said.
        max_size_per_item: kilobytes a value may have; larger ones are not kept.
        max_bytes: bytes that all values may have together, as far as they are bytes or texts; None: as many
            as ``max_size_in_memory`` and ``max_size_per_item`` allow.
        clock: gives seconds; the time of day unless given, which is what programs compare ``ttl_dict`` with.
    """

    #: Whether a value that replaces a living one begins a time of its own.
    renews = False

    def __init__(
        self,
        max_size_in_memory: int | None = 200,
        default_ttl: float | None = 600,
        max_size_per_item: int | None = 1024,
        max_bytes: int | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.max_size_in_memory: int = 200 if max_size_in_memory is None else max_size_in_memory
        self.default_ttl: float = 600 if default_ttl is None else default_ttl
        self.max_size_per_item: int = 1024 if max_size_per_item is None else max_size_per_item
        self.max_bytes = max_bytes
        self._bytes = 0
        self._clock: Callable[[], float] = time.time if clock is None else clock
        self._lock = Lock()
        #: Values by key, the least recently used first; read by programs, so it holds the values themselves.
        self.cache_dict: OrderedDict[str, Any] = OrderedDict()
        self.ttl_dict: dict[str, float] = {}

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep a value for ``ttl`` seconds."""
        if not self.check_value_size(value):
            return
        ttl = kwargs.get("ttl")
        now = self._clock()
        end = now + (self.default_ttl if ttl is None else float(ttl))
        with self._lock:
            lives = key in self.cache_dict and self.ttl_dict.get(key, 0.0) > now
            if not self.cache_dict:
                self._bytes = 0  # programs empty the dict themselves, too
            self._bytes += _size(value) - _size(self.cache_dict.get(key))
            self.cache_dict[key] = value
            self.cache_dict.move_to_end(key)
            if self.renews or not lives:
                self.ttl_dict[key] = end
            while len(self.cache_dict) > self.max_size_in_memory or self._is_full():
                self._drop(next(iter(self.cache_dict)))

    def _is_full(self) -> bool:
        return self.max_bytes is not None and self._bytes > self.max_bytes and bool(self.cache_dict)

    def _drop(self, key: str) -> None:
        """Forget a value. With the lock held."""
        self._bytes -= _size(self.cache_dict.pop(key, None))
        self.ttl_dict.pop(key, None)

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value, or None."""
        with self._lock:
            end = self.ttl_dict.get(key)
            if end is not None and end <= self._clock():
                self._drop(key)
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
            self._drop(key)

    def flush_cache(self) -> None:
        """Forget everything."""
        with self._lock:
            self.cache_dict.clear()
            self.ttl_dict.clear()
            self._bytes = 0

    def get_ttl(self, **kwargs: Any) -> float | None:
        """Seconds that a value lives when a call is given these arguments."""
        ttl = kwargs.get("ttl")
        return self.default_ttl if ttl is None else float(ttl)

    def check_value_size(self, value: Any) -> bool:
        """Whether a value is small enough to be kept."""
        return not isinstance(value, (bytes, str)) or len(value) <= self.max_size_per_item * 1024

    def evict_cache(self) -> None:
        """Forget what has outlived its time."""
        with self._lock:
            now = self._clock()
            for key in [key for key, end in self.ttl_dict.items() if end <= now]:
                self._drop(key)

    async def disconnect(self) -> None:
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

    async def async_set_cache_pipeline(
        self, cache_list: Sequence[tuple[str, Any]], ttl: float | None = None, **kwargs: Any
    ) -> None:
        """Keep several values."""
        for key, value in cache_list:
            self.set_cache(key, value, ttl=ttl)

    async def async_increment_pipeline(
        self, increment_list: Sequence[Mapping[str, Any]], **kwargs: Any
    ) -> list[float]:
        """Add to several numbers: dicts with ``key``, ``increment_value`` and ``ttl``."""
        return [
            self.increment_cache(one["key"], one["increment_value"], ttl=one.get("ttl"))
            for one in increment_list
        ]

    async def async_get_ttl(self, key: str) -> int | None:
        """Seconds that a value still lives; None for one that is not here."""
        end = self.ttl_dict.get(key)
        return None if end is None else max(int(end - self._clock()), 0)

    async def async_get_oldest_n_keys(self, n: int) -> list[str]:
        """The keys whose time ends first."""
        return sorted(self.ttl_dict, key=lambda key: self.ttl_dict[key])[:n]

    async def test_connection(self) -> dict[str, str]:
        """Always there."""
        return {"status": "success", "message": "a cache in memory needs no connection"}

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


def _size(value: Any) -> int:
    """What a value counts for: bytes, or characters of a text."""
    return len(value) if isinstance(value, (bytes, str)) else 0
