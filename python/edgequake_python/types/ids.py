"""Ids and times for objects that did not come from a provider."""

from __future__ import annotations

import time
import uuid


def new_uuid() -> str:
    """A random UUID as text."""
    return str(uuid.uuid4())


def generate_id() -> str:
    """An id for a chat completion: ``chatcmpl-<uuid>``."""
    return f"chatcmpl-{uuid.uuid4()}"


def now() -> int:
    """Seconds since the epoch."""
    return int(time.time())
