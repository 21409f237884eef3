"""Streams of events that no provider sent: mocks of the operations beside chat."""

from __future__ import annotations

import json
from copy import deepcopy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Callable

    from .local import LocalMeta

#: Characters of a text in one event.
_PIECE = 5


class LocalEvents:
    """Events that are here already, read as the core's stream is."""

    def __init__(self, events: Iterable[dict[str, Any]], meta: LocalMeta) -> None:
        self.meta = meta.settled()
        self.ended: bool = False
        self._events = iter(events)

    def __next__(self) -> dict[str, Any]:
        return next(self._events)

    def ready(self) -> dict[str, Any] | None:
        """The next event; None at the end."""
        event = next(self._events, None)
        self.ended = event is None
        return event

    def close(self) -> None:
        """Leave out what was not read."""
        self._events = iter(())


def of_response(whole: dict[str, Any], piece: int = _PIECE) -> Iterator[dict[str, Any]]:
    """A whole response of the Responses API as the events of its stream."""
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    yield {"type": "response.created", "response": begun}
    for output_index, item in enumerate(whole.get("output") or ()):
        place = {"output_index": output_index, "item_id": item.get("id")}
        added = {"type": "response.output_item.added", "output_index": output_index}
        yield {**added, "item": deepcopy(item)}
        for content_index, part in enumerate(item.get("content") or ()):
            text = part.get("text") or ""
            at = {**place, "content_index": content_index}
            for delta in _pieces(text, piece):
                yield {"type": "response.output_text.delta", **at, "delta": delta}
            if text:
                yield {"type": "response.output_text.done", **at, "text": text}
        done = {"type": "response.output_item.done", "output_index": output_index}
        yield {**done, "item": deepcopy(item)}
    yield {"type": "response.completed", "response": deepcopy(whole)}


def of_completion(whole: dict[str, Any], piece: int = _PIECE) -> Iterator[dict[str, Any]]:
    """A whole text completion as the chunks of its stream; the last one has the counts."""
    shared: dict[str, Any] = {name: whole[name] for name in ("id", "created", "model") if name in whole}
    for choice in whole.get("choices") or ():
        index = choice.get("index", 0)
        for text in _pieces(choice.get("text") or "", piece):
            yield {**shared, "choices": [{"index": index, "text": text, "finish_reason": None}]}
        end = {"index": index, "text": "", "finish_reason": choice.get("finish_reason") or "stop"}
        yield {**shared, "choices": [end]}
    if whole.get("usage"):
        yield {**shared, "choices": [], "usage": whole["usage"]}


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[begin : begin + size] for begin in range(0, len(text), size))


#: How a whole answer streams, by operation.
STREAMS: dict[str, Callable[[dict[str, Any]], Iterator[dict[str, Any]]]] = {
    "responses": of_response,
    "text_completion": of_completion,
}


def events_of(operation: str, whole: Any) -> Iterator[dict[str, Any]] | None:
    """The stream of a whole answer, dict or object; None for an operation whose streams are not events."""
    cut = STREAMS.get(operation)
    if cut is None:
        return None
    if hasattr(whole, "model_dump_json"):
        whole = json.loads(whole.model_dump_json())
    return cut(whole) if isinstance(whole, dict) else None
