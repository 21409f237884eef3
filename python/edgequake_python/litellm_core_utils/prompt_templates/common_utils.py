"""LiteLLM's import path for the texts of messages and answers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


def convert_content_list_to_str(message: Mapping[str, Any]) -> str:
    """A message's text, of all its parts that have one."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or "" for part in content or () if isinstance(part, dict))


def get_str_from_messages(messages: Sequence[Mapping[str, Any]]) -> str:
    """The texts of messages, one after the other."""
    return "".join(convert_content_list_to_str(message) for message in messages)


def handle_messages_with_content_list_to_str_conversion(
    messages: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """The messages with texts instead of lists of parts, changed in place as LiteLLM does."""
    for message in messages:
        text = convert_content_list_to_str(message)
        if text:
            message["content"] = text
    return messages


def strip_name_from_messages(
    messages: Sequence[Mapping[str, Any]], allowed_name_roles: Sequence[str] = ("user",)
) -> list[dict[str, Any]]:
    """New messages, without ``name`` where the role is not allowed to have one."""
    return [
        {
            name: value
            for name, value in message.items()
            if name != "name" or message.get("role") in allowed_name_roles
        }
        for message in messages
    ]


def strip_none_values_from_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message without what is None."""
    return {name: value for name, value in message.items() if value is not None}


def is_function_call(optional_params: Mapping[str, Any]) -> bool:
    """Whether parameters have functions in the older form."""
    return bool(optional_params.get("functions"))


def get_content_from_model_response(response: Any) -> str:
    """All that an answer or a chunk says: its texts, and its calls as JSON."""
    from ...types import ModelResponse

    answer = ModelResponse(**response) if isinstance(response, dict) else response
    said: list[str] = []
    for choice in answer.choices:
        part = getattr(choice, "message", None) or getattr(choice, "delta", None) or {}
        said.append(part.get("content") or "")
        if hasattr(choice, "message"):
            calls = [part.get("function_call"), *(part.get("tool_calls") or ())]
            said += [call.model_dump_json() for call in calls if call is not None]
    return "".join(said)


def get_completion_messages(
    messages: Sequence[Any],
    assistant_continue_message: Mapping[str, Any] | None,
    user_continue_message: Mapping[str, Any] | None,
    ensure_alternating_roles: bool,
) -> list[Any]:
    """The messages, with others put between those of one role when roles must alternate."""
    if not ensure_alternating_roles:
        return list(messages)
    from ..._pipeline.messages import alternating, continuing

    user = continuing("user", user_continue_message)
    return alternating(list(messages), user, continuing("assistant", assistant_continue_message))


def unpack_defs(
    schema: dict[str, Any], defs: Mapping[str, Any], max_inlined_bytes: int | None = None
) -> None:
    """Put what each ``$ref`` of a JSON schema stands for in its place, in place.

    A definition that holds itself stays a ``$ref`` where it does.

    Args:
        schema: the schema.
        defs: definitions by name, beside the schema's own.
        max_inlined_bytes: how much may be put in, as JSON.

    Raises:
        ValueError: when that would be more.
    """
    known = {**defs, **schema.get("$defs", {}), **schema.get("definitions", {})}
    left = [max_inlined_bytes]
    whole = _expanded(schema, known, (), left)
    schema.clear()
    schema.update(whole)


def _expanded(node: Any, known: Mapping[str, Any], inside: tuple[str, ...], left: list[int | None]) -> Any:
    if isinstance(node, list):
        return [_expanded(item, known, inside, left) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    name = reference.rpartition("/")[2] if isinstance(reference, str) else None
    if name in known and name is not None and name not in inside:
        if left[0] is not None:
            import json

            left[0] -= len(json.dumps(known[name], default=str).encode())
            if left[0] < 0:
                raise ValueError("the schema's definitions are too large to be put in their places")
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _expanded({**known[name], **beside}, known, (*inside, name), left)
    return {key: _expanded(value, known, inside, left) for key, value in node.items()}


#: How files of some kinds begin.
_SIGNATURES = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF", "application/pdf"),
)
_GENERIC = ("binary/octet-stream", "application/octet-stream")


def infer_content_type_from_url_and_content(
    url: str, content: bytes, current_content_type: str | None = None
) -> str:
    """What kind of content a URL leads to: as said, else by the name's ending, else by the first bytes.

    Raises:
        ValueError: when nothing tells.
    """
    from mimetypes import guess_type
    from urllib.parse import urlsplit

    if current_content_type and current_content_type not in _GENERIC:
        return current_content_type
    named = guess_type(urlsplit(url).path)[0]
    if named is not None:
        return named
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for begin, kind in _SIGNATURES:
        if content.startswith(begin):
            return kind
    raise ValueError(f"the type of the content at {url!r} cannot be told")


def __getattr__(name: str) -> Any:
    from ..._names import find_for

    return find_for(__name__, name)
