"""Messages put into the shape a model wants, on request. The caller's own are never changed."""

from __future__ import annotations

from ..exceptions import BadRequestError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .._course import Course
    from .call import Call, Proceed

_NAMES = (
    "litellm_system_prompt",
    "supports_system_message",
    "ensure_alternating_roles",
    "user_continue_message",
    "assistant_continue_message",
    "cache_control_injection_points",
)

#: What is put between two messages of one role; LiteLLM's words.
_CONTINUE = "Please continue."


def stage(call: Call, proceed: Proceed) -> Course:
    """Reshape the messages as the arguments say."""
    given = call.get("messages")
    if isinstance(given, (str, dict)) or not _iterable(given):
        return (yield from proceed(call.but(*_NAMES)))  # the core refuses it by name
    messages = [_as_dict(message) for message in given]
    prompt = call.get("litellm_system_prompt")
    if prompt:
        messages = _with_system_prompt(messages, prompt)
    if call.get("supports_system_message") is False:
        messages = without_system(messages)
    if call.get("ensure_alternating_roles"):
        messages = alternating(
            messages,
            _continue_message(call, "user_continue_message", "user"),
            _continue_message(call, "assistant_continue_message", "assistant"),
        )
    points = call.get("cache_control_injection_points")
    tools = call.get("tools")
    if points:
        messages, tools = _with_cache_control(call, messages, tools, points)
    changed = {"messages": messages} if tools is None else {"messages": messages, "tools": tools}
    return (yield from proceed(call.but(*_NAMES, **changed)))


def _iterable(value: Any) -> bool:
    return hasattr(value, "__iter__")


def _as_dict(message: Any) -> Any:
    """A message as a dict that may be changed at its top level; what is no message is left to be refused."""
    if isinstance(message, dict):
        return dict(message)
    dump = getattr(message, "model_dump", None)
    if dump is not None:
        return dump()
    return dict(message) if hasattr(message, "keys") else message


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


def _joined(first: Any, second: Any, between: str) -> Any:
    """Two contents as one."""
    if isinstance(first, str) and isinstance(second, str):
        return f"{first}{between}{second}"
    return [*_parts(first), *_parts(second)]


def _parts(content: Any) -> list[Any]:
    if content is None:
        return []
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _with_system_prompt(messages: list[Any], prompt: str) -> list[Any]:
    if messages and _role(messages[0]) == "system":
        first = {**messages[0], "content": _joined(prompt, messages[0].get("content") or "", "\n\n")}
        return [first, *messages[1:]]
    return [{"role": "system", "content": prompt}, *messages]


def without_system(messages: list[Any]) -> list[Any]:
    """System text said by the next user message; a system message that has none becomes one."""
    shaped: list[Any] = []
    waiting: Any = None
    for message in messages:
        role = _role(message)
        if role in ("system", "developer"):
            content = message.get("content") or ""
            waiting = content if waiting is None else _joined(waiting, content, " ")
            continue
        if waiting is not None:
            if role == "user":
                content = _joined(waiting, message.get("content") or "", " ")
                shaped.append({**message, "content": content})
            else:
                shaped += [{"role": "user", "content": waiting}, message]
            waiting = None
        else:
            shaped.append(message)
    if waiting is not None:
        shaped.append({"role": "user", "content": waiting})
    return shaped


def _continue_message(call: Call, name: str, role: str) -> dict[str, Any]:
    given = call.get(name)
    if given is not None and not isinstance(given, dict):
        raise BadRequestError(message=f"{name} is not a message", model=call.model, llm_provider="")
    return continuing(role, given)


def continuing(role: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The message that is put where ``role`` has said nothing."""
    return {"role": role, **(given or {"content": _CONTINUE})}


def alternating(messages: list[Any], user: dict[str, Any], assistant: dict[str, Any]) -> list[Any]:
    """User and assistant in turn, a user first and last; tool results and system messages stay put."""
    shaped: list[Any] = []
    last: Any = None
    for message in messages:
        role = _role(message)
        if role in ("user", "assistant"):
            if role == "assistant" and last is None:
                shaped.append(dict(user))
            elif role == last == "user":
                shaped.append(dict(assistant))
            elif role == last == "assistant":
                shaped.append(dict(user))
            last = role
        elif role in ("tool", "function"):
            # What a tool said answers the assistant in the user's stead.
            last = "tool"
        if last == "user" and shaped and _role(shaped[-1]) in ("tool", "function"):
            shaped.append(dict(assistant))
        shaped.append(message)
    if last == "assistant" and not (isinstance(shaped[-1], dict) and shaped[-1].get("tool_calls")):
        shaped.append(dict(user))
    return shaped


def _with_cache_control(call: Call, messages: list[Any], tools: Any, points: Any) -> tuple[list[Any], Any]:
    """``cache_control`` at the places that ``points`` name by role, by index, or both."""
    if not isinstance(points, (list, tuple)):
        points = [points]
    for point in points:
        if not isinstance(point, dict):
            raise _bad_point(call, point)
        control = point.get("control") or {"type": "ephemeral"}
        location = point.get("location")
        if location == "tool_config":
            if tools:
                tools = [*tools[:-1], {**_as_dict(tools[-1]), "cache_control": control}]
        elif location == "message":
            index, role = point.get("index"), point.get("role")
            if index is None and role is None:
                raise _bad_point(call, point)
            for position in _positions(call, point, index, len(messages)):
                message = messages[position]
                if isinstance(message, dict) and role in (None, _role(message)):
                    messages[position] = _marked(message, control)
        else:
            raise _bad_point(call, point)
    return messages, tools


def _positions(call: Call, point: Any, index: Any, count: int) -> range:
    if index is None:
        return range(count)
    try:
        position = int(index)
    except (TypeError, ValueError):
        raise _bad_point(call, point) from None
    position += count if position < 0 else 0
    return range(position, position + 1) if 0 <= position < count else range(0)


def _marked(message: dict[str, Any], control: Any) -> dict[str, Any]:
    content = message.get("content")
    if isinstance(content, list) and content and isinstance(content[-1], dict):
        return {**message, "content": [*content[:-1], {**content[-1], "cache_control": control}]}
    return {**message, "cache_control": control}


def _bad_point(call: Call, point: Any) -> BadRequestError:
    return BadRequestError(
        message=f"cache_control_injection_points has {point!r}: a point is a dict with location 'message' "
        "and an index or a role, or with location 'tool_config'",
        model=call.model,
        llm_provider="",
    )
