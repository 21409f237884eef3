"""Values with a time to live, in memory."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from threading import Lock
    from typing import Callable

#: More values than this and the oldest go.
_VALUES = 10_000


class LocalValues:
    """The part of a `LocalState` that has nothing to do with limits."""

    if TYPE_CHECKING:
        clock: Callable[[], float]
        _lock: Lock

    def _start_values(self) -> None:
        self._values: dict[str, tuple[bytes, float]] = {}

    def get(self, key: str) -> bytes | None:
        """See `State.get`."""
        with self._lock:
            value, end = self._values.get(key, (None, 0.0))
            if value is not None and end <= self.clock():
                del self._values[key]
                return None
            return value

    async def get_async(self, key: str) -> bytes | None:
        """See `State.get`."""
        return self.get(key)

    def set(self, key: str, value: bytes, ttl: float | None = None) -> None:
        """See `State.set`."""
        with self._lock:
            self._set(key, value, float("inf") if ttl is None else self.clock() + ttl)

    def _set(self, key: str, value: bytes, end: float) -> None:
        self._values.pop(key, None)
        self._values[key] = (value, end)
        if len(self._values) > _VALUES:
            del self._values[next(iter(self._values))]

    async def set_async(self, key: str, value: bytes, ttl: float | None = None) -> None:
        """See `State.set`."""
        self.set(key, value, ttl)

    def delete(self, *keys: str) -> None:
        """See `State.delete`."""
        with self._lock:
            for key in keys:
                self._values.pop(key, None)

    def increment(self, key: str, amount: float = 1.0, ttl: float | None = None) -> float:
        """See `State.increment`."""
        now = self.clock()
        with self._lock:
            value, end = self._values.get(key, (b"0", 0.0))
            if end <= now:
                value, end = b"0", float("inf") if ttl is None else now + ttl
            total = float(value) + amount
            self._set(key, repr(total).encode(), end)
            return total
