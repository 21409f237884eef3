"""Anthropic's Messages API for programs that speak it, at Anthropic or anywhere else."""

from __future__ import annotations

from . import messages
from .messages import acreate, create

__all__ = ["acreate", "create", "messages"]
