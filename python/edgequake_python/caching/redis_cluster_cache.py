"""LiteLLM's import path for a cache in a Cluster of Redis."""

from __future__ import annotations

from .redis_cache import RedisCache


class RedisClusterCache(RedisCache):
    """A `RedisCache` whose ``startup_nodes`` are those of a Cluster."""
