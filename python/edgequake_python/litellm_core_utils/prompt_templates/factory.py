"""LiteLLM's import path for messages in other dialects. What Anthropic gets is written by the core."""

from __future__ import annotations

import json
import sys

from ... import _eq_core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_settings = sys.modules[__name__.partition(".")[0]].__dict__


def anthropic_messages_pt(messages: Sequence[Any], model: str, llm_provider: str) -> list[Any]:
    """The messages as Anthropic's Messages API has them, without system messages."""
    return _body(messages, f"anthropic/{model.rpartition('/')[2]}")["messages"]  # type: ignore[no-any-return]


def convert_to_anthropic_tool_result(message: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's message as an Anthropic ``tool_result``."""
    call = {
        "id": message.get("tool_call_id"),
        "type": "function",
        "function": {"name": message.get("name") or "tool", "arguments": "{}"},
    }
    asked = [{"role": "user", "content": "?"}, {"role": "assistant", "tool_calls": [call]}, message]
    last = _body(asked, "anthropic/claude")["messages"][-1]["content"]
    return next(part for part in last if part["type"] == "tool_result")


def prompt_factory(
    model: str, messages: Sequence[Any], custom_llm_provider: str | None = None, api_key: str | None = None
) -> Any:
    """The messages as the provider has them: Anthropic's and Gemini's own shape, else OpenAI's."""
    if custom_llm_provider == "anthropic":
        return anthropic_messages_pt(messages, model, "anthropic")
    if custom_llm_provider == "gemini":
        return _body(messages, f"gemini/{model}")["contents"]
    return list(messages)


def _body(messages: Sequence[Any], model: str) -> dict[str, Any]:
    arguments = {"model": model, "messages": list(messages)}
    body: dict[str, Any] = json.loads(_eq_core.examine("chat", arguments, _settings, False)[3])
    return body


def custom_prompt(
    role_dict: Mapping[str, Mapping[str, str]],
    messages: Sequence[Mapping[str, Any]],
    initial_prompt_value: str = "",
    final_prompt_value: str = "",
    bos_token: str = "",
    eos_token: str = "",
) -> str:
    """The messages as one text, each between what its role says.

    Args:
        role_dict: for a role the texts ``pre_message`` and ``post_message``.
        messages: the messages; of parts, the texts count.
        initial_prompt_value: text before everything.
        final_prompt_value: text after everything.
        bos_token: text before each run of messages that an assistant's ends.
        eos_token: text after each assistant's message.
    """
    prompt = bos_token + initial_prompt_value
    open_run = True
    for message in messages:
        role = str(message["role"])
        if role in ("system", "user") and not open_run:
            prompt += bos_token
            open_run = True
        around = role_dict.get(role, {})
        prompt += around.get("pre_message", "") + _text(message) + around.get("post_message", "")
        if role == "assistant":
            prompt += eos_token
            open_run = False
    return prompt + final_prompt_value


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or () if isinstance(part, dict))


def map_system_message_pt(messages: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The messages for a model without system messages: each goes before the user's next one."""
    from ..._pipeline.messages import without_system

    return without_system(list(messages))


def default_pt(messages: Sequence[Mapping[str, Any]]) -> str:
    """The texts of the messages, with spaces between them."""
    return " ".join(_text(message) for message in messages)


def hf_chat_template(model: str, messages: Sequence[Any], chat_template: str | None = None, **_: Any) -> str:
    """Refuses: templates of Hugging Face models are applied by the servers that run them."""
    raise NotImplementedError(
        "edgequake_python applies no chat templates: ask a server that has the model's own, or use "
        "transformers' tokenizer.apply_chat_template()"
    )
