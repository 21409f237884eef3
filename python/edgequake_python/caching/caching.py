"""The cache of answers: `Cache`, and what puts it in force."""

from __future__ import annotations

import logging
import time
from enum import Enum

from .._logging import verbose_logger
from . import entries, keys
from .in_memory_cache import InMemoryCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable

#: LiteLLM's names of the operations that are cached.
SUPPORTED_CALL_TYPES = (
    "completion",
    "acompletion",
    "embedding",
    "aembedding",
    "atranscription",
    "transcription",
    "atext_completion",
    "text_completion",
    "arerank",
    "rerank",
    "responses",
    "aresponses",
    "anthropic_messages",
    "aanthropic_messages",
)
#: The core's names of operations by LiteLLM's; what is not here is not cached.
CALL_TYPES = {
    "chat": "completion",
    "embed": "embedding",
    "transcription": "transcription",
    "rerank": "rerank",
    "responses": "responses",
    "text_completion": "text_completion",
    "messages": "anthropic_messages",
}
_ELSEWHERE = {
    "s3": "disk, or redis",
    "gcs": "disk, or redis",
    "azure-blob": "disk, or redis",
    "qdrant-semantic": "semantic, with embedding=",
    "valkey-semantic": "semantic, with embedding=",
}


#: Of answers in memory: kilobytes that one may have, and bytes that all may have.
_LARGEST, _MEMORY = 32 * 1024, 200 * 1024 * 1024


class LiteLLMCacheType(str, Enum):
    """Where answers are kept."""

    LOCAL = "local"
    REDIS = "redis"
    REDIS_SEMANTIC = "redis-semantic"
    VALKEY_SEMANTIC = "valkey-semantic"
    SEMANTIC = "semantic"
    S3 = "s3"
    DISK = "disk"
    QDRANT_SEMANTIC = "qdrant-semantic"
    AZURE_BLOB = "azure-blob"
    GCS = "gcs"


class CacheMode(str, Enum):
    """Whether calls are cached that say nothing about it."""

    default_on = "default_on"
    default_off = "default_off"


class Cache:
    """Answers of earlier calls, given again to equal ones.

    ``edgequake_python.cache = Cache()`` puts it in force. What makes two calls equal is said in `keys`.
    Failed and cut answers are never kept. When the place where answers are kept cannot be reached, calls go
    on without it and one warning is logged.

    Args:
        type: ``local`` (memory of this process), ``disk``, ``redis``, or ``semantic``.
        mode: ``default_off`` caches only calls that say ``cache={"use-cache": True}``.
        host: of Redis.
        port: of Redis.
        password: of Redis.
        namespace: keeps answers apart from those of other namespaces.
        ttl: seconds an answer lives; None: 600 in memory, for ever elsewhere.
        default_in_memory_ttl: the same for ``local``.
        default_in_redis_ttl: the same for ``redis``.
        similarity_threshold: for ``semantic``: from which cosine on questions are the same.
        supported_call_types: LiteLLM's names of the operations that are cached.
        disk_cache_dir: folder of ``disk``; its answers have ``size_limit`` bytes at most, 1 GiB by default.
        redis_semantic_cache_embedding_model: for ``semantic``: the model that makes vectors.
        redis_startup_nodes: nodes of a Cluster of Redis.
        max_messages: calls with more messages are not cached; None: any number.
        embedding: for ``semantic``: a function from a text to its vector, instead of a model.
        max_size_in_memory: for ``local``: how many answers at most; together they have 200 MB at most, and
            one of more than ``max_size_per_item`` kilobytes (32 MB) is not kept.
        **kwargs: further arguments of the Redis client, and LiteLLM's that mean nothing here.

    Raises:
        ValueError: for a type that does not exist, or arguments that do not fit it.
        NotImplementedError: for a place that LiteLLM has and this package has not.
        ImportError: for ``redis`` without the official client.
    """

    def __init__(
        self,
        type: str | LiteLLMCacheType | None = "local",
        mode: str | CacheMode | None = "default_on",
        host: str | None = None,
        port: str | int | None = None,
        password: str | None = None,
        namespace: str | None = None,
        ttl: float | None = None,
        default_in_memory_ttl: float | None = None,
        default_in_redis_ttl: float | None = None,
        similarity_threshold: float | None = None,
        supported_call_types: Sequence[str] | None = SUPPORTED_CALL_TYPES,
        disk_cache_dir: str | None = None,
        redis_semantic_cache_embedding_model: str = "text-embedding-ada-002",
        redis_startup_nodes: Sequence[Any] | None = None,
        redis_flush_size: int | None = None,
        max_messages: int | None = None,
        embedding: Callable[[str], Sequence[float]] | None = None,
        max_size_in_memory: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.type: LiteLLMCacheType = LiteLLMCacheType(str(getattr(type, "value", type) or "local"))
        self.mode: CacheMode = CacheMode(getattr(mode, "value", mode) or "default_on")
        self.namespace = namespace
        self.ttl = ttl
        self.supported_call_types: list[str] = list(supported_call_types or ())
        self.max_messages = max_messages
        self.semantic: Any = None
        self._warned = False
        kind = self.type.value
        if kind in _ELSEWHERE:
            raise NotImplementedError(f"there is no cache of type {kind!r} here; use {_ELSEWHERE[kind]}")
        if kind == "redis":
            from .redis_cache import RedisCache

            life = ttl if default_in_redis_ttl is None else default_in_redis_ttl
            self.cache: Any = RedisCache(
                host=host,
                port=port,
                password=password,
                startup_nodes=redis_startup_nodes,
                default_ttl=life,
                **kwargs,
            )
        elif kind == "disk":
            from .disk_cache import SIZE_LIMIT, DiskCache

            self.cache = DiskCache(disk_cache_dir, ttl, size_limit=kwargs.get("size_limit", SIZE_LIMIT))
        else:
            life = ttl if default_in_memory_ttl is None else default_in_memory_ttl
            self.cache = InMemoryCache(
                max_size_in_memory, life, kwargs.get("max_size_per_item") or _LARGEST, _MEMORY
            )
            self.cache.renews = True
            if kind != "local":
                self._open_semantic(embedding, redis_semantic_cache_embedding_model, similarity_threshold)

    def _open_semantic(
        self, embed: Callable[[str], Sequence[float]] | None, model: str, threshold: float | None
    ) -> None:
        from .semantic import SemanticStore, embedder

        if threshold is None:
            raise ValueError(f"a cache of type {self.type.value!r} needs similarity_threshold")
        self.semantic = SemanticStore(embed or embedder(model), threshold, ttl=self.ttl)

    # What programs call and may replace.

    def get_cache_key(self, **kwargs: Any) -> str:
        """The key of a call's answer; a program may put a function of its own in its place.

        Where ``litellm_params`` are given, the key is put among them as ``preset_cache_key``.
        """
        params = kwargs.pop("litellm_params", None)
        key = self._named(kwargs)
        if isinstance(params, dict):
            params["preset_cache_key"] = key
        verbose_logger.debug("Created cache key: %s", key)
        return key

    def _named(self, kwargs: dict[str, Any]) -> str:
        given = kwargs.get("cache_key") or kwargs.get("preset_cache_key")
        namespace = self._space(kwargs)
        if given:
            return f"{namespace}:{given}" if namespace else str(given)
        return keys.key_of(_operation(kwargs), kwargs, namespace, kwargs.get("_settings"))

    def _space(self, kwargs: dict[str, Any]) -> str | None:
        """The namespace of a call."""
        controls, metadata = kwargs.get("cache"), kwargs.get("metadata")
        namespace = controls.get("namespace") if isinstance(controls, dict) else None
        if namespace is None and isinstance(metadata, dict):
            namespace = metadata.get("redis_namespace")
        return namespace or self.namespace

    def should_use_cache(self, **kwargs: Any) -> bool:
        """Whether a call that says nothing else is cached."""
        controls = kwargs.get("cache")
        wanted = isinstance(controls, dict) and bool(controls.get("use-cache"))
        messages = kwargs.get("messages")
        if self.max_messages is not None and messages is not None and len(messages) > self.max_messages:
            return False
        return wanted or self.mode is CacheMode.default_on

    def get_cache(self, dynamic_cache_object: Any = None, **kwargs: Any) -> Any:
        """The answer of an equal call, a new object each time, or None.

        Args:
            dynamic_cache_object: a cache like `InMemoryCache` that is asked instead of this one's.
            **kwargs: the call's arguments.
        """
        store = self.cache if dynamic_cache_object is None else dynamic_cache_object
        try:
            key = self._key(kwargs)
            if self.semantic is not None:
                return self._similar(kwargs, key)
            return self._opened(store.get_cache(key), key, kwargs)
        except Exception as error:
            self._trouble(error)
            return None

    async def async_get_cache(self, dynamic_cache_object: Any = None, **kwargs: Any) -> Any:
        """As `get_cache`."""
        store = self.cache if dynamic_cache_object is None else dynamic_cache_object
        try:
            key = self._key(kwargs)
            if self.semantic is not None:
                import asyncio

                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(None, lambda: self._similar(kwargs, key))
            return self._opened(await store.async_get_cache(key), key, kwargs)
        except Exception as error:
            self._trouble(error)
            return None

    def add_cache(self, result: Any, **kwargs: Any) -> None:
        """Keep an answer for equal calls."""
        try:
            key, ttl = self._key(kwargs), _lifetime(kwargs)
            packed = entries.pack(result)
            if packed is None:
                return
            if self.semantic is not None:
                self._keep_similar(kwargs, packed, ttl)
            else:
                self.cache.set_cache(key, packed, **({} if ttl is None else {"ttl": ttl}))
            self._warned = False
        except Exception as error:
            self._trouble(error)

    async def async_add_cache(self, result: Any, dynamic_cache_object: Any = None, **kwargs: Any) -> None:
        """As `add_cache`; ``dynamic_cache_object`` as for `get_cache`."""
        store = self.cache if dynamic_cache_object is None else dynamic_cache_object
        try:
            key, ttl = self._key(kwargs), _lifetime(kwargs)
            packed = entries.pack(result)
            if packed is None:
                return
            if self.semantic is not None:
                import asyncio

                loop = asyncio.get_running_loop()
                await loop.run_in_executor(None, self._keep_similar, kwargs, packed, ttl)
            else:
                await store.async_set_cache(key, packed, **({} if ttl is None else {"ttl": ttl}))
            self._warned = False
        except Exception as error:
            self._trouble(error)

    async def async_add_cache_pipeline(
        self, result: Any, dynamic_cache_object: Any = None, **kwargs: Any
    ) -> None:
        """Keep an answer for a list of texts to embed, text by text; as `async_add_cache` for any other."""
        from .._pipeline.caching_embeddings import apart

        for part, asked in apart(result, kwargs):
            await self.async_add_cache(part, dynamic_cache_object, **asked)

    async def delete_cache_keys(self, keys: Sequence[str]) -> None:
        """Forget answers by their keys."""
        for key in keys:
            await self.cache.async_delete_cache(key)

    async def batch_cache_write(self, result: Any, **kwargs: Any) -> None:
        """As `async_add_cache`: nothing is held back."""
        await self.async_add_cache(result, **kwargs)

    async def ping(self) -> bool:
        """Whether the place where answers are kept can be reached."""
        return bool(await self.cache.ping())

    async def disconnect(self) -> None:
        """Close connections."""
        await self.cache.disconnect()

    def flush_cache(self) -> None:
        """Forget every answer."""
        self.cache.flush_cache()
        if self.semantic is not None:
            self.semantic.clear()

    # How it is done.

    def _key(self, kwargs: dict[str, Any]) -> str:
        if "get_cache_key" in self.__dict__:
            return self.get_cache_key(**_plain(kwargs))
        if type(self).get_cache_key is not _own_key:
            return self.get_cache_key(**kwargs)
        return self._named(kwargs)

    def _similar(self, kwargs: dict[str, Any], key: str) -> Any:
        asked = _operation(kwargs), _plain(kwargs)
        found = self.semantic.find(*asked, self._space(kwargs), kwargs.get("_settings"))
        if found is None:
            return None
        answer = self._opened(found[0], key, kwargs)
        hidden = getattr(answer, "_hidden_params", None)
        if isinstance(hidden, dict):
            hidden["similarity"] = found[1]
        return answer

    def _keep_similar(self, kwargs: dict[str, Any], packed: bytes, ttl: float | None) -> None:
        asked = _operation(kwargs), _plain(kwargs)
        self.semantic.keep(*asked, packed, ttl, self._space(kwargs), kwargs.get("_settings"))

    def _opened(self, packed: Any, key: str, kwargs: dict[str, Any]) -> Any:
        if not isinstance(packed, bytes):
            return None
        controls = kwargs.get("cache")
        if not isinstance(controls, dict):
            return entries.unpack(packed, key)
        oldest = controls.get("s-maxage", controls.get("s-max-age"))
        if oldest is None:
            return entries.unpack(packed, key)
        return entries.unpack(packed, key, time.time() - float(oldest)) if oldest else None

    def _trouble(self, error: Exception) -> None:
        level = logging.DEBUG if self._warned else logging.WARNING
        self._warned = True
        verbose_logger.log(level, "the cache of answers cannot be used (%s); calls go on without it", error)


#: A program may put another in its place, in the class too.
_own_key = Cache.get_cache_key


def _operation(kwargs: dict[str, Any]) -> str:
    """The core's name of what is asked for; programs that ask a cache themselves do not say it."""
    said = kwargs.get("_operation")
    if said is None:
        said = "embed" if "input" in kwargs and "messages" not in kwargs else "chat"
    return str(said)


def _plain(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kwargs.items() if name not in ("_operation", "_settings")}


def _lifetime(kwargs: dict[str, Any]) -> float | None:
    controls = kwargs.get("cache")
    ttl = controls.get("ttl") if isinstance(controls, dict) else None
    ttl = kwargs.get("ttl") if ttl is None else ttl
    return None if ttl is None else float(ttl)


def __getattr__(name: str) -> Any:
    """LiteLLM has its other caches here too, and what puts one in force."""
    from importlib import import_module

    return getattr(import_module(__package__), name)
