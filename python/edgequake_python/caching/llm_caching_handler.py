"""LiteLLM's import path for its cache of HTTP clients."""

from __future__ import annotations

from ..client_cache import LLMClientCache

__all__ = ["LLMClientCache"]
