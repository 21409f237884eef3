"""What LiteLLM's `RedisCache` has beside values and numbers: lists, sets, times to live, the client."""

from __future__ import annotations

from .base_cache import BaseCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable, TypeVar

    from ..state import RedisState

    T = TypeVar("T")


class RedisCommands(BaseCache):
    """Commands that are rare. While Redis is away they do nothing, and give what an empty Redis would."""

    if TYPE_CHECKING:
        state: RedisState

        def _named(self, key: str) -> str: ...

        def _ttl(self, given: dict[str, Any]) -> float | None: ...

    @property
    def redis_client(self) -> Any:
        """The official client. Values of caches are under ``eq-cache:v:`` there, before the namespace."""
        return self.state._blocking()

    def init_async_client(self) -> Any:
        """A new asynchronous client, for commands that are not here; whoever asks for it closes it."""
        return self.state._address.asynchronous()

    async def async_get_ttl(self, key: str) -> int | None:
        """Seconds that a value still lives; None for one that is not there, or lives for ever."""
        left = await self._plain(lambda client, name: client.ttl(name), key, -2)
        return None if left < 0 else int(left)

    async def async_set_cache_sadd(
        self, key: str, value: Sequence[Any], ttl: float | None = None, **kwargs: Any
    ) -> None:
        """Add members to a set, which lives for ``ttl`` seconds from now on."""
        life = self._ttl({"ttl": ttl})

        def add(client: Any, name: str) -> None:
            client.sadd(name, *value)
            if life is not None:
                client.pexpire(name, max(1, int(life * 1000)))

        if value:
            await self._plain(add, key, None)

    async def async_rpush(
        self, key: str, values: Sequence[Any], parent_otel_span: Any = None, **kwargs: Any
    ) -> int:
        """Append to a list; returns how many it has now."""
        return int(await self._plain(lambda client, name: client.rpush(name, *values), key, 0))

    async def async_lpop(
        self, key: str, count: int | None = None, parent_otel_span: Any = None, **kwargs: Any
    ) -> str | list[str] | None:
        """Take the first of a list, or a list of the first ``count``; None when it is empty."""
        found = await self._plain(lambda client, name: client.lpop(name, count), key, None)
        return [_text(one) for one in found] if isinstance(found, list) else _text(found)

    def _set_new(self, key: str, packed: bytes, ttl: float | None) -> bool:
        name = self.state._keys.value(self._named(key))
        life = None if ttl is None else max(1, int(ttl * 1000))

        def alone() -> bool:
            # Redis is away: what this process knows decides.
            if self.state.get(self._named(key)) is not None:
                return False
            self.state.set(self._named(key), packed, ttl)
            return True

        return bool(self.state._direct(lambda client: client.set(name, packed, px=life, nx=True), alone))

    def _expire(self, key: str, ttl: float | None) -> None:
        name = self.state._keys.value(self._named(key))
        if ttl is not None:
            life = max(1, int(ttl * 1000))
            self.state._direct(lambda client: client.pexpire(name, life), lambda: None)

    async def _plain(self, act: Callable[[Any, str], Any], key: str, instead: Any) -> Any:
        name = self.state._keys.value(self._named(key))
        return await self._in_thread(
            lambda: self.state._direct(lambda client: act(client, name), lambda: instead)
        )

    async def _in_thread(self, act: Callable[[], T]) -> T:
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, act)


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
