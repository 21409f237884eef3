"""LiteLLM's import path for Opik's logger, which is not here."""

from __future__ import annotations

from ..._absent import missing_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OpikLogger: type[Any] = missing_class("OpikLogger", "use the otel callback, whose spans Opik takes")
