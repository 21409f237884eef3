"""LiteLLM's import paths for parts of what calls cost."""

from __future__ import annotations


def __getattr__(name: str) -> object:
    """Submodules, loaded when they are asked for."""
    from ..._names import submodule

    return submodule(__name__, name)
