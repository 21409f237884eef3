"""LiteLLM's import path for the base of managed prompts."""

from __future__ import annotations

from .custom_prompt_management import CustomPromptManagement as PromptManagementBase

__all__ = ["PromptManagementBase"]
