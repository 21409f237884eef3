"""LiteLLM's import path for types of the cache."""

from __future__ import annotations

from ..caching.caching import SUPPORTED_CALL_TYPES, LiteLLMCacheType
from .cache_controls import DynamicCacheControl, RedisPipelineIncrementOperation, RedisPipelineSetOperation

#: The names of functions whose answers are cached.
CachingSupportedCallTypes = str
DEFAULT_CACHING_SUPPORTED_CALL_TYPES: tuple[str, ...] = tuple(SUPPORTED_CALL_TYPES)

__all__ = [
    "DEFAULT_CACHING_SUPPORTED_CALL_TYPES",
    "CachingSupportedCallTypes",
    "DynamicCacheControl",
    "LiteLLMCacheType",
    "RedisPipelineIncrementOperation",
    "RedisPipelineSetOperation",
]
