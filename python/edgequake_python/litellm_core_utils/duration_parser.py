"""LiteLLM's import path for durations: ``30s``, ``5m``, ``1h``, ``7d``, ``1mo``."""

from __future__ import annotations


def duration_in_seconds(duration: str) -> int:
    """The seconds of a duration.

    Raises:
        ValueError: for a text that is none.
    """
    from ..budget import seconds

    found = seconds(duration)
    if found is None:
        raise ValueError(f"{duration!r} is not a duration")
    return int(found)
