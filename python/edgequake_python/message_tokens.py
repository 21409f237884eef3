"""What the parts of a chat request count: messages, tool definitions and images.

Tools are counted as the TypeScript that OpenAI's models are known to see them as, images by the tiles of
OpenAI's published rule (85 for a low or automatic detail, 85 and 170 a tile of 512 pixels for a high one).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from .tokens import Count

_IMAGE = 85
_TILE = 170
_ANY_IMAGE = 250
_SHORT_SIDE, _LONG_SIDE, _TILE_SIDE = 768, 2000, 512


def count_messages(
    messages: Sequence[Mapping[str, Any]],
    count: Count,
    frame: tuple[int, int],
    any_image: bool,
    default: int | None,
) -> int:
    """Tokens of messages. ``frame`` is what a message and a name in it add to their texts."""
    total = 0
    for message in messages:
        total += frame[0]
        for key, value in message.items():
            if isinstance(value, str):
                total += count(value) + (frame[1] if key == "name" else 0)
            elif key == "tool_calls" and isinstance(value, (list, tuple)):
                total += sum(count(_arguments(call)) for call in value)
            elif key == "function_call" and value is not None:
                total += count(str(_get(value, "arguments") or ""))
            elif key in ("content", "thinking_blocks") and isinstance(value, (list, tuple)):
                total += sum(_part(part, count, any_image, default) for part in value)
    return total


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _arguments(call: Any) -> str:
    return str(_get(_get(call, "function"), "arguments") or "")


def _part(part: Any, count: Count, any_image: bool, default: int | None) -> int:
    """Tokens of one part of a content."""
    if isinstance(part, str):
        return count(part)
    kind = _get(part, "type")
    if kind == "text":
        return count(str(_get(part, "text") or ""))
    if kind == "image_url":
        return _image(_get(part, "image_url"), any_image)
    if kind == "image":
        return _ANY_IMAGE if any_image else _IMAGE
    if kind == "thinking":
        return count(str(_get(part, "thinking") or "")) + count(str(_get(part, "signature") or ""))
    if kind == "tool_use":
        return count(str(_get(part, "name") or "")) + count(str(_get(part, "input") or ""))
    if kind == "tool_result":
        content = _get(part, "content")
        if isinstance(content, str):
            return count(content)
        inner = content if isinstance(content, (list, tuple)) else ()
        return sum(_part(part, count, any_image, default) for part in inner)
    if kind in ("file", "document", "input_audio", "redacted_thinking", "search_result", "video_url"):
        # What these count depends on what is in them, which only the provider looks at.
        return 0 if default is None else default
    if default is not None:
        return default
    raise ValueError(f"a content part of type {kind!r} cannot be counted")


def _image(image: Any, any_image: bool) -> int:
    detail = "auto"
    url = image
    if not isinstance(image, str):
        url, detail = _get(image, "url"), _get(image, "detail") or "auto"
    if not isinstance(url, str) or not url.strip():
        raise ValueError("an image_url has no url")
    if detail not in ("low", "high", "auto"):
        raise ValueError(f"Invalid detail value: {detail}. Expected 'low', 'high', or 'auto'.")
    if any_image:
        return _ANY_IMAGE
    if detail != "high":
        return _IMAGE
    from .image_size import of_data_url

    size = of_data_url(url)
    # An image behind an address is not fetched to be counted: it counts as the largest that is not scaled
    # down.
    width, height = size or (_LONG_SIDE, _SHORT_SIDE)
    return _IMAGE + _TILE * _tiles(width, height)


def _tiles(width: int, height: int) -> int:
    if width > _SHORT_SIDE or height > _SHORT_SIDE:
        ratio = max(width, height) / max(min(width, height), 1)
        long_side = int(_SHORT_SIDE * ratio)
        short_side = _SHORT_SIDE
        if long_side > _LONG_SIDE:
            long_side, short_side = _LONG_SIDE, int(_LONG_SIDE / ratio)
        width, height = (short_side, long_side) if width <= height else (long_side, short_side)
    return -(-width // _TILE_SIDE) * -(-height // _TILE_SIDE)


def count_tools(tools: Sequence[Any] | None, choice: Any, count: Count, has_system: bool) -> int:
    """Tokens of a request's tools and of its choice among them."""
    total = 0
    if tools:
        total += count(_as_typescript(tools)) + 9
        # The definitions stand in the system message; one that is there already has a frame.
        total -= 4 if has_system else 0
    if choice == "none":
        total += 1
    elif isinstance(choice, dict):
        total += 7 + count(str(_get(choice.get("function"), "name") or choice.get("name") or ""))
    return total


def _as_typescript(tools: Sequence[Any]) -> str:
    lines = ["namespace functions {", ""]
    for tool in tools:
        for function in _functions(tool):
            lines.extend(_definition(function))
    lines.append("} // namespace functions")
    return "\n".join(lines)


def _functions(tool: Any) -> Iterator[Mapping[str, Any]]:
    """The functions of a tool, whichever provider's form it has."""
    if not isinstance(tool, dict):
        return
    if isinstance(tool.get("function"), dict):
        yield tool["function"]
        return
    declared = tool.get("function_declarations") or tool.get("functionDeclarations")
    if isinstance(declared, list):
        yield from (function for function in declared if isinstance(function, dict))
        return
    yield {**tool, "parameters": tool.get("input_schema") or tool.get("parameters") or {}}


def _definition(function: Mapping[str, Any]) -> Iterator[str]:
    name = function.get("name")
    if not name:
        return
    if function.get("description"):
        yield f"// {function['description']}"
    parameters = function.get("parameters")
    if isinstance(parameters, dict) and parameters.get("properties"):
        yield f"type {name} = (_: {{"
        yield _members(parameters, 0)
        yield "}) => any;"
    else:
        yield f"type {name} = () => any;"
    yield ""


def _members(schema: Mapping[str, Any], indent: int) -> str:
    required = schema.get("required")
    required = required if isinstance(required, list) else ()
    properties = schema.get("properties")
    lines = []
    for name, member in (properties if isinstance(properties, dict) else {}).items():
        if not isinstance(member, dict):
            continue
        if member.get("description"):
            lines.append(f"// {member['description']}")
        lines.append(f"{name}{'' if name in required else '?'}: {_type(member, indent)},")
    return "\n".join(" " * indent + line for line in lines)


def _type(schema: Mapping[str, Any], indent: int) -> str:
    kind = schema.get("type")
    if kind in ("string", "integer", "number") and isinstance(schema.get("enum"), (list, tuple)):
        return " | ".join(f'"{choice}"' for choice in schema["enum"])
    if kind == "array":
        items = schema.get("items")
        return f"{_type(items if isinstance(items, dict) else {}, indent)}[]"
    if kind == "object":
        return f"{{\n{_members(schema, indent + 2)}\n}}"
    if kind in ("integer", "number"):
        return "number"
    return kind if kind in ("string", "boolean", "null") else "any"
