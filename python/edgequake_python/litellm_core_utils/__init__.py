"""LiteLLM's import paths for helpers; each module hands on what lives elsewhere."""

from __future__ import annotations


def __getattr__(name: str) -> object:
    """Submodules, loaded when they are asked for."""
    from .._names import submodule

    return submodule(__name__, name)
