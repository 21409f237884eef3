"""Templates for models that are asked with one text."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_settings = sys.modules[__package__].__dict__


def register_prompt_template(
    model: str,
    roles: dict[str, Any] = {},  # noqa: B006 - LiteLLM's default; never changed
    initial_prompt_value: str = "",
    final_prompt_value: str = "",
    tokenizer_config: dict[str, Any] = {},  # noqa: B006
) -> dict[str, Any]:
    """Remember how to write a model's prompt, in ``custom_prompt_dict``.

    Args:
        model: the model, with or without its provider.
        roles: for ``system``, ``user`` and ``assistant`` the texts ``pre_message`` and ``post_message``.
        initial_prompt_value: text before everything.
        final_prompt_value: text after everything.
        tokenizer_config: a tokenizer's configuration, kept instead of the rest.

    Returns:
        ``custom_prompt_dict``. A later call of that model is refused unless ``drop_params`` is set: providers
        are asked with messages, and their servers apply the model's own template.
    """
    known: dict[str, Any] = _settings["custom_prompt_dict"]
    for name in {model, model.split("/", 1)[-1]}:
        if tokenizer_config:
            known[name] = {"tokenizer_config": tokenizer_config}
        else:
            known[name] = {
                "roles": dict(roles),
                "initial_prompt_value": initial_prompt_value,
                "final_prompt_value": final_prompt_value,
            }
    return known
