"""Caching of answers, in memory, on disk, in Redis, by meaning."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .base_cache import BaseCache
    from .caching import Cache, CacheMode, LiteLLMCacheType
    from .disk_cache import DiskCache
    from .dual_cache import DualCache
    from .in_memory_cache import InMemoryCache
    from .redis_cache import RedisCache
    from .redis_cluster_cache import RedisClusterCache
    from .switches import disable_cache, enable_cache, update_cache

__all__ = [
    "BaseCache",
    "Cache",
    "CacheMode",
    "DiskCache",
    "DualCache",
    "InMemoryCache",
    "LiteLLMCacheType",
    "RedisCache",
    "RedisClusterCache",
    "disable_cache",
    "enable_cache",
    "update_cache",
]

#: LiteLLM's other classes, and what to use instead.
_ABSENT = {
    "RedisSemanticCache": "Cache(type='semantic', embedding=...)",
    "QdrantSemanticCache": "Cache(type='semantic', embedding=...)",
    "S3Cache": "Cache(type='disk') or Cache(type='redis')",
    "GCSCache": "Cache(type='disk') or Cache(type='redis')",
    "AzureBlobCache": "Cache(type='disk') or Cache(type='redis')",
}

_WHERE = {
    "BaseCache": "base_cache",
    "DiskCache": "disk_cache",
    "DualCache": "dual_cache",
    "InMemoryCache": "in_memory_cache",
    "RedisCache": "redis_cache",
    "RedisClusterCache": "redis_cluster_cache",
    "disable_cache": "switches",
    "enable_cache": "switches",
    "update_cache": "switches",
}


def __getattr__(name: str) -> Any:
    if name in _ABSENT:
        from .._absent import missing_class

        return missing_class(name, _ABSENT[name])
    if name not in __all__:
        from .._names import submodule

        return submodule(__name__, name)
    from importlib import import_module

    value = getattr(import_module(f".{_WHERE.get(name, 'caching')}", __name__), name)
    globals()[name] = value
    return value
