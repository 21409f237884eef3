"""LiteLLM's import path for the moments that a check acts in."""

from __future__ import annotations

from enum import Enum


class GuardrailEventHooks(str, Enum):
    """A moment: before a call, while it is made, after it, ...; here the hooks of the class say it."""

    pre_call = "pre_call"
    post_call = "post_call"
    during_call = "during_call"
    logging_only = "logging_only"
    pre_mcp_call = "pre_mcp_call"
    during_mcp_call = "during_mcp_call"
    post_mcp_call = "post_mcp_call"
    realtime_input_transcription = "realtime_input_transcription"
