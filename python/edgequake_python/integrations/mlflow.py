"""LiteLLM's import path for MLflow's logger, which is not here."""

from __future__ import annotations

from .._absent import missing_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MlflowLogger: type[Any] = missing_class("MlflowLogger", "use the otel callback, whose spans MLflow takes")
