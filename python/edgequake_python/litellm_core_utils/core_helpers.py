"""LiteLLM's import path for finish reasons and metadata."""

from __future__ import annotations

from ..types.finish_reason import map_finish_reason

__all__ = ["map_finish_reason"]
