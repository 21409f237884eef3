"""Text completions, the API before chat."""

from __future__ import annotations

from typing import Any, Optional, Union

from .base import ItemAssignable, Open, coerce
from .finish_reason import map_finish_reason
from .ids import new_uuid, now
from .logprobs import Logprobs
from .metadata import Meta, Response
from .usage import Usage


class HiddenParams(dict[str, Any]):
    """A call's metadata, readable as a dict and by attribute (None for a name nobody set)."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


class TextChoices(ItemAssignable):
    """One completion of the prompt."""

    finish_reason: Open[Optional[str]] = None
    index: Open[int] = 0
    text: Open[Optional[str]] = None
    logprobs: Open[Optional[Logprobs]] = None

    def __init__(
        self,
        finish_reason: Optional[str] = None,
        index: Optional[int] = 0,
        text: Optional[str] = None,
        logprobs: Union[Logprobs, dict[str, Any], None] = None,
        **params: Any,
    ) -> None:
        self._fill(
            finish_reason=map_finish_reason(finish_reason) if finish_reason else None,
            index=index or 0,
            text=text,
            logprobs=coerce(Logprobs, logprobs),
            **params,
        )


class TextCompletionResponse(Response, ItemAssignable):
    """A text completion, or one chunk of it. ``created`` is in seconds since the epoch."""

    id: Open[str]
    object: Open[str]
    created: Open[int]
    model: Open[Optional[str]] = None
    choices: Open[list[TextChoices]]
    usage: Open[Optional[Usage]] = None

    def __init__(
        self,
        id: Optional[str] = None,
        choices: Optional[list[Any]] = None,
        created: Optional[int] = None,
        model: Optional[str] = None,
        usage: Union[Usage, dict[str, Any], None] = None,
        stream: Optional[bool] = False,
        response_ms: Optional[float] = None,
        object: Optional[str] = None,
        hidden_params: Optional[dict[str, Any]] = None,
        _response_headers: Optional[dict[str, Any]] = None,
        **params: Any,
    ) -> None:
        self._fill(
            id=id or f"cmpl-{new_uuid()}",
            object="text_completion",
            created=now() if created is None else created,
            model=model,
            choices=[TextChoices()] if choices is None else choices,
            usage=Usage() if usage is None and not stream else coerce(Usage, usage),
            **params,
        )
        self._start_metadata(
            None if hidden_params is None else HiddenParams(hidden_params), _response_headers, response_ms
        )

    @property
    def system_fingerprint(self) -> Optional[str]:
        """The configuration that answered, where the provider names it; None, and in no dump, where not."""
        return self._extras().get("system_fingerprint")

    @system_fingerprint.setter
    def system_fingerprint(self, value: Optional[str]) -> None:
        if value is None:
            self._extras().pop("system_fingerprint", None)
        else:
            self._extras()["system_fingerprint"] = value

    @staticmethod
    def _make_hidden_params(meta: Optional[Meta]) -> HiddenParams:
        return HiddenParams() if meta is None else HiddenParams(meta.hidden_params())
