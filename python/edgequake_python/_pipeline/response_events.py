"""A whole response of the Responses API as the events of its stream."""

from __future__ import annotations

from copy import deepcopy
from itertools import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Events = Iterator[dict[str, Any]]

#: Characters of a text in one event.
PIECE = 5
#: Of an item: what it grows by, and the name of the events that tell of it.
_GROWING = {
    "function_call": ("arguments", "response.function_call_arguments"),
    "mcp_call": ("arguments", "response.mcp_call_arguments"),
    "custom_tool_call": ("input", "response.custom_tool_call_input"),
}
#: Of a part: where its text is, and the name of the events that tell of it.
_TEXTS = {
    "output_text": ("text", "response.output_text"),
    "refusal": ("refusal", "response.refusal"),
    "reasoning_text": ("text", "response.reasoning_text"),
}


def of_response(whole: dict[str, Any], piece: int = PIECE) -> Events:
    """A whole response of the Responses API as the events of its stream.

    Args:
        whole: the response as JSON. Not changed.
        piece: characters of a text in one event.
    """
    numbers = count()
    for event in _told(whole, piece):
        yield {**event, "sequence_number": next(numbers)}


def pieces(text: str, size: int) -> Iterator[str]:
    """A text in pieces of ``size`` characters."""
    return (text[begin : begin + size] for begin in range(0, len(text), size))


def _told(whole: dict[str, Any], piece: int) -> Events:
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    yield {"type": "response.created", "response": deepcopy(begun)}
    yield {"type": "response.in_progress", "response": deepcopy(begun)}
    for index, item in enumerate(whole.get("output") or ()):
        yield from _item(item, index, piece)
    status = "incomplete" if whole.get("status") == "incomplete" else "completed"
    yield {"type": f"response.{status}", "response": deepcopy(whole)}


def _item(item: dict[str, Any], index: int, piece: int) -> Events:
    place = {"output_index": index, "item_id": item.get("id")}
    begun = deepcopy(item)
    if "status" in begun:
        begun["status"] = "in_progress"
    grown, event = _GROWING.get(str(item.get("type")), ("", ""))
    for name in ("content", "summary", grown):
        if begun.get(name):
            begun[name] = "" if isinstance(begun[name], str) else []
    yield {"type": "response.output_item.added", "output_index": index, "item": begun}
    for number, part in enumerate(item.get("summary") or ()):
        yield from _summary(part, {**place, "summary_index": number}, piece)
    for number, part in enumerate(item.get("content") or ()):
        yield from _part(part, {**place, "content_index": number}, piece)
    if event:
        text = item.get(grown) or ""
        for delta in pieces(text, piece):
            yield {"type": f"{event}.delta", **place, "delta": delta}
        yield {"type": f"{event}.done", **place, grown: text}
    yield {"type": "response.output_item.done", "output_index": index, "item": deepcopy(item)}


def _summary(part: dict[str, Any], place: dict[str, Any], piece: int) -> Events:
    text, event = part.get("text") or "", "response.reasoning_summary"
    yield {"type": f"{event}_part.added", **place, "part": {**part, "text": ""}}
    for delta in pieces(text, piece):
        yield {"type": f"{event}_text.delta", **place, "delta": delta}
    yield {"type": f"{event}_text.done", **place, "text": text}
    yield {"type": f"{event}_part.done", **place, "part": deepcopy(part)}


def _part(part: dict[str, Any], place: dict[str, Any], piece: int) -> Events:
    name, event = _TEXTS.get(str(part.get("type")), ("text", "response.output_text"))
    text = part.get(name) or ""
    begun: dict[str, Any] = {**part, name: ""}
    for beside in ("annotations", "logprobs"):
        if beside in part:
            begun[beside] = []
    yield {"type": "response.content_part.added", **place, "part": begun}
    likely = {} if not part.get("logprobs") else {"logprobs": deepcopy(part["logprobs"])}
    for delta in pieces(text, piece):
        yield {"type": f"{event}.delta", **place, "delta": delta, **likely}
        likely = {}
    for number, source in enumerate(part.get("annotations") or ()):
        told = {"annotation_index": number, "annotation": deepcopy(source)}
        yield {"type": f"{event}.annotation.added", **place, **told}
    yield {"type": f"{event}.done", **place, name: text}
    yield {"type": "response.content_part.done", **place, "part": deepcopy(part)}
