"""Conversations: shortened to fit, and looked at."""

from __future__ import annotations

from . import _given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

_RATIO = 0.75


def trim_messages(
    messages: Sequence[Any],
    model: str | None = None,
    trim_ratio: float = _RATIO,
    return_response_tokens: bool = False,
    max_tokens: int | None = None,
) -> Any:
    """Shorten a conversation until it fits.

    System messages and the newest messages are kept; what is older goes first, and a message that fits only
    in part loses its middle. A tool's result goes with the call it answers.

    Args:
        messages: the conversation; never changed.
        model: whose tokens are counted, and whose limit counts without ``max_tokens``.
        trim_ratio: how much of the model's limit the conversation may take.
        return_response_tokens: also return how many tokens are left for the answer.
        max_tokens: the limit in tokens, taken whole.

    Returns:
        A list of messages, or with ``return_response_tokens`` a list and a count. Without a limit (no
        ``max_tokens``, and a model of which none is known) the conversation as it is.
    """
    items = _given.items("messages", messages)
    given = [
        item if isinstance(item, dict) else convert_to_dict(item) if hasattr(item, "model_dump") else plain
        for item, plain in zip(items, _given.dicts("messages", items))
    ]
    if max_tokens is not None:
        _given.number("max_tokens", max_tokens)
    limit = max_tokens if max_tokens is not None else _limit(model, trim_ratio)
    if limit is None:
        return (given, None) if return_response_tokens else given
    trimmed = _trimmed(given, limit, model or "")
    if return_response_tokens:
        return trimmed, max(limit - _count(trimmed, model or ""), 0)
    return trimmed


def _limit(model: str | None, ratio: float) -> int | None:
    from . import main

    if not model:
        return None
    try:
        info = main.get_model_info(model)
    except Exception:
        return None
    most = info.get("max_input_tokens") or info.get("max_tokens")
    return int(most * ratio) if most else None


def _count(messages: Sequence[Any], model: str) -> int:
    from . import main

    count: int = main.token_counter(model=model, messages=list(messages)) if messages else 0
    return count


def _trimmed(messages: list[Any], limit: int, model: str) -> list[Any]:
    if _count(messages, model) <= limit:
        return messages
    system = [message for message in messages if message.get("role") in ("system", "developer")]
    others = [message for message in messages if message.get("role") not in ("system", "developer")]
    if system and _count(system, model) > limit:
        system = [_shortened(system[0], limit, model)]
    kept: list[Any] = []
    for group in reversed(_groups(others)):
        with_it = [*system, *group, *kept]
        if _count(with_it, model) <= limit:
            kept = [*group, *kept]
            continue
        room = limit - _count([*system, *kept], model)
        if len(group) == 1 and room > 0 and isinstance(group[0].get("content"), str):
            short = _shortened(group[0], room, model)
            if short["content"]:
                kept = [short, *kept]
        break
    return [*system, *kept]


def shorten_message_to_fit_limit(
    message: dict[str, Any], tokens_needed: int, model: str | None, raise_error_on_max_limit: bool = False
) -> dict[str, Any]:
    """A message without its middle, so that it has no more than ``tokens_needed`` tokens.

    Args:
        message: a message whose content is a text; never changed.
        tokens_needed: how many tokens it may have.
        model: whose tokens are counted.
        raise_error_on_max_limit: raise ValueError when even nothing of it fits.
    """
    if _count([message], model or "") <= tokens_needed:
        return message
    short = _shortened(message, tokens_needed, model or "")
    if raise_error_on_max_limit and not short["content"]:
        raise ValueError(f"no part of the message fits into {tokens_needed} tokens")
    return short


def process_messages(messages: Sequence[Any], max_tokens: int, model: str) -> list[Any]:
    """The newest messages that fit into ``max_tokens``, as `trim_messages` chooses them."""
    return _trimmed(list(messages), max_tokens, model)


def get_formatted_prompt(data: dict[str, Any], call_type: str) -> str:
    """What a call asks, as one text.

    Args:
        data: the call's arguments.
        call_type: LiteLLM's name of the operation.
    """
    if call_type in ("completion", "acompletion"):
        pieces: list[str] = []
        for message in data["messages"]:
            content = message.get("content")
            parts = content if isinstance(content, list) else ()
            pieces += [content] if isinstance(content, str) else []
            pieces += [part["text"] for part in parts if part.get("type") == "text"]
            pieces += [call["function"]["arguments"] for call in message.get("tool_calls") or ()]
        return "".join(pieces)
    if call_type in ("embedding", "moderation"):
        asked = data["input"]
        return asked if isinstance(asked, str) else "".join(asked)
    if call_type in ("text_completion", "image_generation", "audio_transcription"):
        prompt: str = data.get("prompt") or ""
        return prompt
    return ""


def cleanup_none_field_in_message(message: dict[str, Any]) -> dict[str, Any]:
    """The message without what is None."""
    return {name: value for name, value in message.items() if value is not None}


def _groups(messages: list[Any]) -> list[list[Any]]:
    """Messages that stand or fall together: a call of tools and its results."""
    groups: list[list[Any]] = []
    for message in messages:
        if message.get("role") in ("tool", "function") and groups:
            groups[-1].append(message)
        else:
            groups.append([message])
    return groups


def _shortened(message: dict[str, Any], limit: int, model: str) -> dict[str, Any]:
    """The message with as much of its beginning and end as fits, ``..`` between them."""
    content = message.get("content")
    text = content if isinstance(content, str) else ""
    low, high = 0, len(text)
    while low < high:
        kept = (low + high + 1) // 2
        if _count([{**message, "content": _without_middle(text, kept)}], model) <= limit:
            low = kept
        else:
            high = kept - 1
    return {**message, "content": _without_middle(text, low)}


def _without_middle(text: str, kept: int) -> str:
    if kept >= len(text):
        return text
    if kept == 0:
        return ""
    front = (kept + 1) // 2
    return f"{text[:front]}..{text[len(text) - (kept - front) :]}"


def convert_to_dict(message: Any) -> dict[str, Any]:
    """A message, ours or any pydantic model, as a dict; a dict is returned as it is.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(message, dict):
        return message
    dump = getattr(message, "model_dump", None)
    if dump is None:
        raise TypeError(f"a message is a dict or a pydantic model, not a {type(message).__name__}")
    values: dict[str, Any] = dump(exclude_none=True)
    return values


def convert_list_message_to_dict(messages: Iterable[Any]) -> list[dict[str, Any]]:
    """`convert_to_dict` of each."""
    return [convert_to_dict(message) for message in messages]


def get_response_string(response_obj: Any) -> str:
    """All text of an answer or a chunk, of every alternative."""
    pieces: list[str] = []
    for choice in response_obj.choices:
        part = choice.get("delta") or choice.get("message")
        text = choice.get("text") if part is None else part.get("content")
        if isinstance(text, str):
            pieces.append(text)
    return "".join(pieces)


def has_tool_call_blocks(messages: Iterable[Any]) -> bool:
    """Whether any message calls a tool."""
    return any(message.get("tool_calls") is not None for message in messages)


def is_cached_message(message: Any) -> bool:
    """Whether a part of the message is marked for the provider's prompt cache."""
    content = message.get("content")
    if message.get("cache_control"):
        return True
    if not isinstance(content, list):
        return False
    return any(isinstance(part, dict) and bool(part.get("cache_control")) for part in content)


def is_base64_encoded(s: Any) -> bool:
    """Whether something is a ``data:`` URL with base64. Base64 by itself is a text like any other."""
    import base64
    import binascii

    if not isinstance(s, str) or not s.startswith("data:"):
        return False
    text = s.split(",", 1)[-1]
    try:
        return bool(text) and base64.b64encode(base64.b64decode(text, validate=True)) == text.encode()
    except (binascii.Error, ValueError):
        return False


def remove_index_from_tool_calls(messages: Iterable[Any] | None) -> None:
    """Take ``index`` out of the tool calls of the messages, in place: some providers refuse it."""
    for message in messages or ():
        for call in message.get("tool_calls") or ():
            if isinstance(call, dict):
                call.pop("index", None)


def validate_chat_completion_user_messages(messages: Sequence[Any]) -> Sequence[Any]:
    """The messages, if each part of the users' has a type that is known.

    Raises:
        Exception: naming the message that has not.
    """
    from .types.messages import ValidUserMessageContentTypes

    for index, message in enumerate(messages):
        content = message.get("content") if message.get("role") == "user" else None
        for part in content if isinstance(content, list) else ():
            kind = part.get("type") if isinstance(part, dict) else "text"
            if kind not in ValidUserMessageContentTypes:
                raise Exception(
                    f"Invalid user message at index {index}: a part has the type {kind!r}, "
                    f"which is none of {', '.join(ValidUserMessageContentTypes)}"
                )
    return messages


def validate_and_fix_openai_messages(messages: Iterable[Any]) -> Sequence[Any]:
    """New messages: dicts, each with a role, the users' parts checked."""
    fixed = [{"role": "assistant", **convert_to_dict(message)} for message in messages]
    return validate_chat_completion_user_messages(fixed)


def validate_and_fix_thinking_param(thinking: dict[str, Any] | None) -> dict[str, Any] | None:
    """``thinking`` with Anthropic's name for its budget, should it come in camel case."""
    if thinking is None or "budgetTokens" not in thinking:
        return thinking
    fixed = {name: value for name, value in thinking.items() if name != "budgetTokens"}
    return {**fixed, "budget_tokens": thinking["budgetTokens"]}


def any_assistant_message_has_thinking_blocks(messages: Iterable[Any]) -> bool:
    """Whether an assistant's message has thinking blocks."""
    return any(
        message.get("role") == "assistant" and bool(message.get("thinking_blocks")) for message in messages
    )


def last_assistant_with_tool_calls_has_no_thinking_blocks(messages: Sequence[Any]) -> bool:
    """Whether the last assistant's message that calls tools has no thinking blocks; False without one."""
    for message in reversed(messages):
        if message.get("role") == "assistant" and message.get("tool_calls"):
            return not message.get("thinking_blocks")
    return False
