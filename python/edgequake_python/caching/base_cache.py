"""What every place of values has in common: LiteLLM's `BaseCache`, for caches of one's own."""

from __future__ import annotations

from abc import ABC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class BaseCache(ABC):
    """A place of values by key.

    Args:
        default_ttl: seconds a value lives when nothing else is said.
    """

    default_ttl: Any

    def __init__(self, default_ttl: float | None = 60) -> None:
        self.default_ttl = default_ttl

    def get_ttl(self, **kwargs: Any) -> float | None:
        """Seconds that a value lives when a call is given these arguments."""
        ttl = kwargs.get("ttl")
        return self.default_ttl if ttl is None else float(ttl)

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep a value."""
        raise NotImplementedError

    async def async_set_cache(self, key: str, value: Any, **kwargs: Any) -> Any:
        """As `set_cache`."""
        raise NotImplementedError

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value, or None."""
        raise NotImplementedError

    async def async_get_cache(self, key: str, **kwargs: Any) -> Any:
        """As `get_cache`."""
        raise NotImplementedError

    async def async_set_cache_pipeline(self, cache_list: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Keep several values."""
        raise NotImplementedError

    async def batch_cache_write(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep a value, perhaps later; as `async_set_cache`, unless a class gathers them."""
        await self.async_set_cache(key, value, **kwargs)

    async def disconnect(self) -> None:
        """Close connections."""
        raise NotImplementedError

    async def test_connection(self) -> dict[str, str]:
        """Whether it can be reached, in words."""
        raise NotImplementedError
