"""A cache in Redis, shared by many machines."""

from __future__ import annotations

import json
import os
import sys

from .redis_commands import RedisCommands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..state import RedisState

#: What the environment says where nothing else does.
_ENVIRONMENT = ("url", "host", "port", "password", "username", "db", "ssl")


class RedisCache(RedisCommands):
    """Values by key in Redis or Valkey, over the official client (the extra ``redis``).

    While Redis is away one warning is logged and values are kept in this process; it is found again by
    itself.

    Args:
        host: the server's name.
        port: its port.
        password: its password.
        redis_flush_size: not used; every value is written at once.
        namespace: put before every key.
        startup_nodes: nodes of a Cluster: dicts with ``host`` and ``port``.
        default_ttl: seconds a value lives when nothing else is said; the package's ``default_redis_ttl`` when
            it is None, and for ever when that is None too.
        **kwargs: ``url``, ``db``, ``ssl``, ``sentinel_nodes``, ``service_name`` and other arguments of the
            client.

    Raises:
        ImportError: without the official client.
        ValueError: when nothing says where Redis is; ``REDIS_URL``, ``REDIS_HOST``, ... are looked at.
    """

    def __init__(
        self,
        host: str | None = None,
        port: int | str | None = None,
        password: str | None = None,
        redis_flush_size: int | None = 100,
        namespace: str | None = None,
        startup_nodes: Sequence[Any] | None = None,
        default_ttl: float | None = None,
        **kwargs: Any,
    ) -> None:
        self.namespace = namespace
        if default_ttl is None:
            default_ttl = _package.get("default_redis_ttl")
        self.default_ttl = default_ttl
        given = {"host": host, "port": port, "password": password, "startup_nodes": startup_nodes, **kwargs}
        self.redis_kwargs: dict[str, Any] = {
            name: value for name, value in given.items() if value is not None
        }
        self.state: RedisState = state_of(given)

    def _named(self, key: str) -> str:
        return f"{self.namespace}:{key}" if self.namespace and not key.startswith(self.namespace) else key

    def _ttl(self, given: dict[str, Any]) -> float | None:
        ttl = given.get("ttl")
        return self.default_ttl if ttl is None else float(ttl)

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep a value for ``ttl`` seconds."""
        self.state.set(self._named(key), _packed(value), self._ttl(kwargs))

    async def async_set_cache(self, key: str, value: Any, **kwargs: Any) -> bool:
        """As `set_cache`; with ``nx=True`` only where there is no value yet. True when it is kept."""
        if kwargs.get("nx"):
            return await self._in_thread(lambda: self._set_new(key, _packed(value), self._ttl(kwargs)))
        await self.state.set_async(self._named(key), _packed(value), self._ttl(kwargs))
        return True

    def get_cache(self, key: str, parent_otel_span: Any = None, **kwargs: Any) -> Any:
        """The value, or None."""
        return _unpacked(self.state.get(self._named(key)))

    async def async_get_cache(self, key: str, parent_otel_span: Any = None, **kwargs: Any) -> Any:
        """As `get_cache`."""
        return _unpacked(await self.state.get_async(self._named(key)))

    def batch_get_cache(
        self, key_list: Sequence[str | None], parent_otel_span: Any = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The values by key, None where there is none; keys that are None are passed over."""
        return {key: self.get_cache(key) for key in key_list if key is not None}

    async def async_batch_get_cache(
        self, key_list: Sequence[str | None], parent_otel_span: Any = None, **kwargs: Any
    ) -> dict[str, Any]:
        """As `batch_get_cache`; all of them in one round trip."""
        import asyncio

        keys = [key for key in key_list if key is not None]
        return dict(zip(keys, await asyncio.gather(*(self.async_get_cache(key) for key in keys))))

    async def async_set_cache_pipeline(
        self, cache_list: Sequence[tuple[str, Any]], ttl: float | None = None, **kwargs: Any
    ) -> None:
        """Keep several values, in one round trip."""
        import asyncio

        await asyncio.gather(*(self.async_set_cache(key, value, ttl=ttl) for key, value in cache_list))

    def increment_cache(self, key: str, value: float = 1, ttl: float | None = None, **kwargs: Any) -> float:
        """Add to a number that starts at 0; its time to live begins with the first addition."""
        return self.state.increment(self._named(key), float(value), self._ttl({"ttl": ttl}))

    async def async_increment(
        self,
        key: str,
        value: float = 1,
        ttl: float | None = None,
        parent_otel_span: Any = None,
        refresh_ttl: bool = False,
        **kwargs: Any,
    ) -> float:
        """As `increment_cache`; with ``refresh_ttl`` its time to live begins anew."""

        def add() -> float:
            total = self.increment_cache(key, value, ttl)
            if refresh_ttl:
                self._expire(key, self._ttl({"ttl": ttl}))
            return total

        return await self._in_thread(add)

    async def async_increment_pipeline(
        self, increment_list: Sequence[Mapping[str, Any]], **kwargs: Any
    ) -> list[float]:
        """Add to several numbers: dicts with ``key``, ``increment_value`` and ``ttl``."""
        return [
            await self.async_increment(one["key"], one["increment_value"], one.get("ttl"))
            for one in increment_list
        ]

    def delete_cache(self, key: str) -> None:
        """Forget a value."""
        self.state.delete(self._named(key))

    async def async_delete_cache(self, key: str) -> None:
        """As `delete_cache`."""
        await self._in_thread(lambda: self.delete_cache(key))

    def flush_cache(self) -> None:
        """Forget every value of caches, of this namespace where there is one."""
        start = self.state._keys.value(f"{self.namespace}:" if self.namespace else "")
        pattern = "".join(f"[{sign}]" if sign in "*?[\\" else sign for sign in start) + "*"

        def forget(client: Any) -> None:
            for name in client.scan_iter(match=pattern, count=1000):
                client.unlink(name)

        self.state._direct(forget, lambda: None)

    async def async_flush_cache(self) -> None:
        """As `flush_cache`."""
        await self._in_thread(self.flush_cache)

    async def ping(self) -> bool:
        """Whether Redis answers."""
        await self.state.get_async(self._named("ping"))
        return self.state.connected

    def sync_ping(self) -> bool:
        """As `ping`, for synchronous code."""
        self.state.get(self._named("ping"))
        return self.state.connected

    async def test_connection(self) -> dict[str, str]:
        """Whether Redis answers, in words."""
        reached = await self.ping()
        message = "Redis answers" if reached else "Redis does not answer"
        return {"status": "success" if reached else "failed", "message": message}

    async def delete_cache_keys(self, keys: Sequence[str]) -> None:
        """Forget several values."""
        for key in keys:
            await self.async_delete_cache(key)

    def check_and_fix_namespace(self, key: str) -> str:
        """The key with the namespace before it."""
        return self._named(key)

    def get_ttl(self, **kwargs: Any) -> float | None:
        """Seconds that a value lives when a call is given these arguments; None: for ever."""
        return self._ttl(kwargs)

    async def disconnect(self) -> None:
        """Close the connections."""
        self.state.close()


#: The package's attributes.
_package = sys.modules[__package__.partition(".")[0]].__dict__


def state_of(given: dict[str, Any]) -> RedisState:
    """The shared state that arguments describe, or the environment's ``REDIS_...``."""
    try:
        from ..state.redis import RedisState

        options = {name: value for name, value in given.items() if value is not None}
        if not any(name in options for name in ("url", "host", "startup_nodes", "sentinel_nodes")):
            for name in _ENVIRONMENT:
                value = os.environ.get(f"REDIS_{name.upper()}")
                if value:
                    options.setdefault(name, value)
        url = options.pop("url", None)
        if "port" in options:
            options["port"] = int(options["port"])
        return RedisState(url, prefix="eq-cache", **options)
    except ImportError as error:
        raise ImportError("a cache in Redis needs the official client: pip install redis") from error


def _packed(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b"j" + json.dumps(value).encode()


def _unpacked(value: bytes | None) -> Any:
    if value is None or not value.startswith(b"j"):
        return value
    return json.loads(value[1:])
