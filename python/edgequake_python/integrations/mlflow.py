"""LiteLLM's import path for MLflow's logger, which is not here."""

from __future__ import annotations

from .._absent import missing_class

MlflowLogger = missing_class("MlflowLogger", "use the otel callback, whose spans MLflow takes")
