"""LiteLLM's import path for the error that its providers raise."""

from __future__ import annotations

from ...._sdk_errors import BaseLLMException

__all__ = ["BaseLLMException"]
