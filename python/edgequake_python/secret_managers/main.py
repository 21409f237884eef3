"""LiteLLM's import path for `edgequake_python.credentials`."""

from __future__ import annotations

from ..credentials import get_secret, get_secret_bool, get_secret_str

__all__ = ["get_secret", "get_secret_bool", "get_secret_str"]
