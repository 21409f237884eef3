"""Transcriptions."""

from __future__ import annotations

from typing import Any, Optional

from .base import ItemAssignable, Open
from .metadata import Response
from .open import opened

#: What `verbose_json` adds; None where it was not asked for.
_VERBOSE = frozenset(("language", "duration", "words", "segments", "task"))


class TranscriptionResponse(Response, ItemAssignable):
    """What was said. Words and segments read by attribute and by item."""

    text: Open[Optional[str]] = None
    usage: Open[Optional[Any]] = None

    def __init__(self, text: Optional[str] = None, usage: Any = None, **more: Any) -> None:
        usage = opened(dict(usage)) if isinstance(usage, dict) else usage
        for name in ("words", "segments"):
            if isinstance(more.get(name), list):
                more[name] = opened(more[name])
        self._fill(text=text, usage=usage, **more)
        self._start_metadata(None, None, None)

    def __getattr__(self, name: str) -> Any:
        if name in _VERBOSE and name not in self._extras():
            return None
        return super().__getattr__(name)  # type: ignore[misc]
