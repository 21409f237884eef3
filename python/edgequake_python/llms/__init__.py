"""LiteLLM's import path for providers of the program's own: `edgequake_python.llms.custom_llm`."""

from __future__ import annotations


def __getattr__(name: str) -> object:
    """Submodules, loaded when they are asked for."""
    from .._names import submodule

    return submodule(__name__, name)
