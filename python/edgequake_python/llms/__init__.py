"""LiteLLM's import path for providers of the program's own: `edgequake_python.llms.custom_llm`."""

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
