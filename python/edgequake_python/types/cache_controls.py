"""How a call is cached: typed dicts."""

# ruff: noqa: D101 - the fields are the documentation

from __future__ import annotations

from typing import Any, Optional

from typing_extensions import TypedDict

DynamicCacheControl = TypedDict(
    "DynamicCacheControl",
    {
        "ttl": Optional[int],
        "namespace": Optional[str],
        "s-maxage": Optional[int],
        "s-max-age": Optional[int],
        "no-cache": Optional[bool],
        "no-store": Optional[bool],
        "use-cache": Optional[bool],
    },
    total=False,
)


class RedisPipelineIncrementOperation(TypedDict):
    key: str
    increment_value: float
    ttl: Optional[int]


class RedisPipelineSetOperation(TypedDict):
    key: str
    value: Any
    ttl: Optional[int]
