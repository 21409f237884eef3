"""What callbacks are told where texts must not leave: everything but what was asked and what was answered."""

from __future__ import annotations

from .later import Later, Lazy
from .standard import NAME, Whole, told_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

REDACTED = "redacted-by-litellm"
#: Headers of the request that a call is made for, as LiteLLM's proxy hands them on in ``metadata``.
_ENABLE = ("litellm-enable-message-redaction", "x-litellm-enable-message-redaction")
_DISABLE = ("litellm-disable-message-redaction",)
#: Parameters whose texts are settings. The text of any other may be a user's, and is not told.
_SETTINGS = frozenset(
    (
        "model",
        "api_version",
        "background",
        "encoding_format",
        "function_call",
        "include",
        "input_type",
        "language",
        "modalities",
        "moderation",
        "output_format",
        "prompt_cache_key",
        "prompt_cache_retention",
        "quality",
        "reasoning",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "service_tier",
        "size",
        "stream_options",
        "style",
        "thinking",
        "timestamp_granularities",
        "tool_choice",
        "truncation",
        "user",
        "verbosity",
        "voice",
    )
)
#: What is told as if it had not been given.
_GONE = ("tools", "functions", "prompt")
#: Of a message or a piece of one, what is said in it beside its text.
_SAID = (
    "reasoning_content",
    "refusal",
    "thinking_blocks",
    "reasoning_items",
    "audio",
    "images",
    "annotations",
    "tool_calls",
    "function_call",
    "provider_specific_fields",
)
#: Of an answer that has no choices, what is text, and what is a list of what was said.
_TEXTS, _LISTS = ("text", "instructions", "error"), ("data", "results", "segments", "words")


def is_silent(call: Mapping[str, Any], metadata: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Whether loggers are told nothing of what is said in a call.

    A header that asks to tell comes before the call's own word, that before a header that asks not to, and
    that before the package's ``turn_off_message_logging``.
    """
    headers = metadata.get("headers")
    headers = headers if isinstance(headers, dict) else {}
    if any(_is_on(headers.get(name)) for name in _DISABLE):
        return False
    own = call.get("turn_off_message_logging")
    if own is not None:
        return bool(own)
    return any(_is_on(headers.get(name)) for name in _ENABLE) or bool(
        settings.get("turn_off_message_logging")
    )


def _is_on(value: Any) -> bool:
    return value.strip().lower() not in ("", "0", "false", "no") if isinstance(value, str) else bool(value)


def redact(details: dict[str, Any], answer: Any) -> tuple[dict[str, Any], Any]:
    """The same without what was asked and answered."""
    told = [{"role": "user", "content": REDACTED}]
    lazy = isinstance(details, Lazy)
    params: dict[str, Any] = details.twin() if lazy else dict(details)  # type: ignore[attr-defined]
    given: Mapping[str, Any] = params.get("optional_params") or {}
    settings = {name: bare(name, value) for name, value in given.items() if name not in _GONE}
    for name in given:
        # Under its own name too, unless something else is told under that.
        if name in _GONE:
            dict.pop(params, name, None)
        elif params.get(name) is given[name]:
            params[name] = settings[name]
    params.update(optional_params=settings, messages=told, input=told, extra_body={})
    sent = params.get("additional_args") or {}
    params["additional_args"] = {**sent, "complete_input_dict": {}}
    bared = Later(lambda: blanked(answer))
    response = Later(lambda: told_of(bared.value()) or {"text": REDACTED})
    blank = {"messages": told, "response": response, "model_parameters": settings}
    laid = params.laid(NAME) if lazy else None  # type: ignore[attr-defined]
    if isinstance(laid, Whole):
        parts = laid.parts.twin()
        parts.update(blank)
        params[NAME] = Whole(parts, laid.excluded)
    else:
        known = params.get(NAME)
        shown = Lazy({name: value for name, value in blank.items() if known and name in known})
        params[NAME] = {**known, **shown.copy()} if known else {}
    if "original_response" in params:
        params["original_response"] = REDACTED
    params["litellm_params"] = {**(params.get("litellm_params") or {}), "prompt_variables": None}
    for name in ("complete_streaming_response", "async_complete_streaming_response"):
        if params.get(name) is not None:
            params[name] = blanked(params[name])
    return params, bared.value()


class Shown:
    """A call's one dict and its answer, as somebody may see them who must not see texts.

    Args:
        kept: the dict that all callbacks of a call share.
        answer: what was answered.
    """

    def __init__(self, kept: Lazy, answer: Any) -> None:
        self._kept = kept
        self.details: dict[str, Any]
        self.answer: Any
        self.details, self.answer = redact(kept, answer)
        self._known = set(dict.keys(self.details))

    def give_back(self) -> None:
        """Put into the shared dict what was put into this one, and take out what was taken out."""
        now = set(dict.keys(self.details))
        for key in now - self._known:
            self._kept[key] = self.details[key]
        for key in self._known - now:
            dict.pop(self._kept, key, None)


def bare(name: str, value: Any) -> Any:
    """A parameter without texts that may be a user's; numbers and settings stay."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if name == "response_format":
        kind = value.get("type") if isinstance(value, dict) else value
        return kind.__name__ if isinstance(kind, type) else kind
    return value if name in _SETTINGS else REDACTED


def blanked(answer: Any) -> Any:
    """An answer, or a chunk of one, without what it says; the one that was given is not changed."""
    import copy

    if answer is None:
        return None
    if not hasattr(answer, "model_dump"):
        return {"text": REDACTED}  # a stream, or sound, has nothing to be told by
    twin = copy.deepcopy(answer)
    for choice in getattr(twin, "choices", None) or ():
        for part in (getattr(choice, "message", None), getattr(choice, "delta", None)):
            if part is not None:
                _blank(part)
        if hasattr(choice, "text"):
            choice["text"] = REDACTED
        for name in ("logprobs", "provider_specific_fields"):
            if getattr(choice, name, None) is not None:
                setattr(choice, name, None)
    for name in _TEXTS:
        if getattr(twin, name, None) is not None:
            setattr(twin, name, REDACTED)
    for name in _LISTS:
        if getattr(twin, name, None):
            setattr(twin, name, [])
    items = getattr(twin, "output", None)
    if isinstance(items, list):
        twin.output = [item for item in items if _is_bared(item)]
    return twin


def _is_bared(item: Any) -> bool:
    """Whether an item of a response may stay, once its texts are gone; calls of tools may not."""
    kind = _of(item, "type")
    if kind not in ("message", "reasoning"):
        return False
    if kind == "reasoning":
        for name in ("encrypted_content", "content"):
            if _of(item, name) is not None:
                _put(item, name, None)
    for part in (*(_of(item, "content") or ()), *(_of(item, "summary") or ())):
        for name in ("text", "refusal", "annotations", "logprobs"):
            if _of(part, name) is not None:
                _put(part, name, REDACTED if name in ("text", "refusal") else [])
    return True


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _put(value: Any, name: str, new: Any) -> None:
    if isinstance(value, dict):
        value[name] = new
    else:
        setattr(value, name, new)


def _blank(part: Any) -> None:
    if part.get("content") is not None or part.get("role") is not None:
        part["content"] = REDACTED
    for name in _SAID:
        if part.get(name) is not None:
            part[name] = REDACTED if name == "reasoning_content" else None
