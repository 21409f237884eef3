"""LiteLLM's import paths for types by provider; each module is imported when it is used."""

from __future__ import annotations

from importlib import import_module


def __getattr__(name: str) -> object:
    """Submodules, loaded when they are asked for."""
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
