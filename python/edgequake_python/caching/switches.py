"""Putting a cache in force, changing it, and doing without: what programs call."""

from __future__ import annotations

from . import keys
from .caching import SUPPORTED_CALL_TYPES, Cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .caching import LiteLLMCacheType


def enable_cache(
    type: str | LiteLLMCacheType | None = "local",
    host: str | None = None,
    port: str | None = None,
    password: str | None = None,
    supported_call_types: Sequence[str] | None = SUPPORTED_CALL_TYPES,
    **kwargs: Any,
) -> None:
    """Put a cache in force, unless there is one. Arguments are `Cache`'s."""
    if keys._package.get("cache") is None:
        update_cache(type, host, port, password, supported_call_types, **kwargs)


def update_cache(
    type: str | LiteLLMCacheType | None = "local",
    host: str | None = None,
    port: str | None = None,
    password: str | None = None,
    supported_call_types: Sequence[str] | None = SUPPORTED_CALL_TYPES,
    **kwargs: Any,
) -> None:
    """Put a new cache in force. Arguments are `Cache`'s."""
    keys._package["cache"] = Cache(
        type,
        host=host,
        port=port,
        password=password,
        supported_call_types=supported_call_types,
        **kwargs,
    )


def disable_cache() -> None:
    """No cache from now on."""
    keys._package["cache"] = None
