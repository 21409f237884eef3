"""The Router: calls over many deployments, with LiteLLM's constructor and methods."""

from __future__ import annotations

from .router import Router
from .streams import FallbackStreamWrapper, RoutedStream, SyncFallbackStreamWrapper

__all__ = ["FallbackStreamWrapper", "RoutedStream", "Router", "SyncFallbackStreamWrapper"]
