"""Where a Router keeps what its calls share: limits and rests, and answers."""

from __future__ import annotations

from ..state import LocalState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..state import State


class Keeping:
    """The part of a `Router` that keeps answers."""

    if TYPE_CHECKING:
        _redis: dict[str, Any]
        _cache: Any

    def _start_cache(self) -> None:
        """The package's cache, unless there is one: in Redis when the Router has it, else in memory."""
        from ..caching import enable_cache

        given = self._redis_given()
        enable_cache("redis" if given else "local", **given)

    @property
    def cache(self) -> Any:
        """LiteLLM's `DualCache`, for values of programs: memory, before the Router's Redis."""
        if self._cache is None:
            from ..caching import DualCache, RedisCache

            given = self._redis_given()
            self._cache = DualCache(redis_cache=RedisCache(**given) if given else None)
        return self._cache

    def _redis_given(self) -> dict[str, Any]:
        given = {name: value for name, value in self._redis.items() if value is not None}
        url = given.pop("redis_url", None)
        if url is not None:
            given["url"] = url
        given.pop("type", None)
        return given


#: Of ``cache_kwargs``, what is about answers and not about reaching Redis.
_OF_THE_CACHE = frozenset(
    (
        "type",
        "mode",
        "namespace",
        "ttl",
        "default_ttl",
        "default_in_memory_ttl",
        "default_in_redis_ttl",
        "supported_call_types",
        "max_messages",
        "redis_flush_size",
    )
)


def state_of(
    url: str | None,
    host: str | None,
    port: int | None,
    password: str | None,
    db: int | None,
    options: Mapping[str, Any] | None,
) -> State:
    """Redis when it is said where that is, else memory."""
    more = dict(options or {})
    if not (url or host or more.keys() & {"url", "host", "startup_nodes", "sentinel_nodes"}):
        return LocalState()
    try:
        from ..state import RedisState
    except ImportError:
        raise ImportError(
            "shared state needs the package redis: pip install 'edgequake-python[redis]'"
        ) from None
    namespace = more.get("namespace")
    more = {name: value for name, value in more.items() if name not in _OF_THE_CACHE}
    if namespace:
        more.setdefault("prefix", f"{namespace}:eq")
    given = {"host": host, "port": port, "password": password, "db": db}
    given = {name: value for name, value in given.items() if value is not None}
    return RedisState(url or more.pop("url", None), **{**given, **more})
