"""What a moderation found."""

from __future__ import annotations

from typing import Any, Optional

from .base import Open
from .metadata import Response
from .open import OpenObject, opened


class OpenAIModerationResult(OpenObject):
    """The judgement of one input. Categories read under OpenAI's names and as attributes."""

    categories: Open[Optional[Any]] = None
    category_applied_input_types: Open[Optional[Any]] = None
    category_scores: Open[Optional[Any]] = None
    flagged: Open[bool] = False


class OpenAIModerationResponse(Response):
    """The judgement of every input."""

    id: Open[Optional[str]] = None
    model: Open[Optional[str]] = None
    results: Open[list[Any]]

    def _is_billed(self) -> bool:
        return True

    def __init__(
        self,
        id: Optional[str] = None,
        model: Optional[str] = None,
        results: Optional[list[Any]] = None,
        **more: Any,
    ) -> None:
        self._fill(id=id, model=model, results=[_result(result) for result in results or []], **more)
        self._start_metadata(None, None, None)


def _result(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    return OpenAIModerationResult(**{name: _with_twins(name, value) for name, value in given.items()})


def _with_twins(name: str, value: Any) -> Any:
    """``value``, and of categories each a second time under a name that can be an attribute's."""
    if not name.startswith("categor") or not isinstance(value, dict):
        return value
    twins = {key.replace("/", "_").replace("-", "_"): below for key, below in value.items()}
    return opened({**twins, **value})
