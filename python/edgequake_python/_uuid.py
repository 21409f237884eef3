"""LiteLLM's import path for identifiers."""

from __future__ import annotations

import uuid
from uuid import uuid4

__all__ = ["uuid", "uuid4"]
