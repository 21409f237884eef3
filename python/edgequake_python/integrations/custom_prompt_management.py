"""LiteLLM's import path for prompts that a program manages itself."""

from __future__ import annotations

from .custom_logger import CustomLogger


class CustomPromptManagement(CustomLogger):
    """A `CustomLogger` whose ``get_chat_completion_prompt`` writes the messages for a ``prompt_id``.

    Put one into ``callbacks``, or name it in the call.
    """

    @property
    def integration_name(self) -> str:
        """The name that it goes by."""
        return "custom-prompt-management"
