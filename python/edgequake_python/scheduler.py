"""LiteLLM's import path for its queue of requests by priority, which is not here."""

from __future__ import annotations

from ._absent import missing_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INSTEAD = "let the Router's limits hold requests back, or queue calls in the program"

Scheduler: type[Any] = missing_class("Scheduler", _INSTEAD)
FlowItem: type[Any] = missing_class("FlowItem", _INSTEAD)
