"""Providers' words for why a generation ended, put into OpenAI's."""

from __future__ import annotations

from typing import Any, Optional

_NATIVE: dict[str, tuple[str, ...]] = {
    "stop": (
        "stop",
        "stop_sequence",
        "end_turn",
        "COMPLETE",
        "ERROR",
        "error",
        "eos_token",
        "eos",
        "STOP",
        "FINISH_REASON_UNSPECIFIED",
        "MALFORMED_FUNCTION_CALL",
        "TOO_MANY_TOOL_CALLS",
        "MALFORMED_RESPONSE",
        "UNEXPECTED_TOOL_CALL",
        "MISSING_THOUGHT_SIGNATURE",
        "network_error",
    ),
    "length": ("length", "max_tokens", "MAX_TOKENS", "compaction"),
    "tool_calls": ("tool_calls", "tool_use"),
    "function_call": ("function_call",),
    "content_filter": (
        "content_filter",
        "content_filtered",
        "refusal",
        "ERROR_TOXIC",
        "SAFETY",
        "RECITATION",
        "LANGUAGE",
        "OTHER",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "IMAGE_OTHER",
        "NO_IMAGE",
        "ESCALATION",
        "sensitive",
        "guardrail_intervened",
    ),
}

_OPENAI: dict[str, str] = {native: openai for openai, natives in _NATIVE.items() for native in natives}


def map_finish_reason(finish_reason: str) -> str:
    """OpenAI's word for a provider's finish reason; ``"stop"`` for one nobody has met yet."""
    return _OPENAI.get(finish_reason, "stop")


def normalise(value: Optional[str], provider_specific_fields: Any) -> tuple[Optional[str], Any]:
    """The mapped reason, and the provider's fields with a differing raw word kept in them.

    It is kept as ``native_finish_reason``. The caller's dict is not changed. A raw word that is already there
    is the older, truer one: an object rebuilt from its own dump must not lose it.
    """
    if not value:
        return None, provider_specific_fields
    mapped = map_finish_reason(value)
    if mapped == value:
        return mapped, provider_specific_fields
    return mapped, {"native_finish_reason": value, **(provider_specific_fields or {})}
