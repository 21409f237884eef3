"""LiteLLM's import path for Opik's logger, which is not here."""

from __future__ import annotations

from ..._absent import missing_class

OpikLogger = missing_class("OpikLogger", "use the otel callback, whose spans Opik takes")
