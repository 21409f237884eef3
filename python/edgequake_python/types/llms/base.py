"""LiteLLM's import path of the base of OpenAI-shaped objects."""

from __future__ import annotations

from ..open import BaseLiteLLMOpenAIResponseObject

__all__ = ["BaseLiteLLMOpenAIResponseObject"]
