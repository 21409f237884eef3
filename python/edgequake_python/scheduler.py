"""LiteLLM's import path for its queue of requests by priority, which is not here."""

from __future__ import annotations

from ._absent import missing_class

_INSTEAD = "let the Router's limits hold requests back, or queue calls in the program"

Scheduler = missing_class("Scheduler", _INSTEAD)
FlowItem = missing_class("FlowItem", _INSTEAD)
