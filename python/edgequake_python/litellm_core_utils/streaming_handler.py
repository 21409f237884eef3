"""LiteLLM's import path for streams."""

from __future__ import annotations

from ..streaming import CustomStreamWrapper

__all__ = ["CustomStreamWrapper"]
