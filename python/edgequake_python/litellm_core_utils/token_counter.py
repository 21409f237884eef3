"""LiteLLM's import path for counting tokens."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def __getattr__(name: str) -> Any:
    from .._names import find_for

    return find_for(__name__, name)
