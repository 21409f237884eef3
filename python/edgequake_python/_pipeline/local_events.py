"""Streams of events that no provider sends: mocks and known answers of the operations beside chat."""

from __future__ import annotations

import json

from .message_events import of_message
from .response_events import PIECE, of_response, pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Callable

    from .local import LocalMeta


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


#: Of a text completion, what each of its chunks says too.
_SHARED = ("id", "created", "model", "system_fingerprint", "service_tier")


def of_completion(whole: dict[str, Any], piece: int = PIECE) -> Iterator[dict[str, Any]]:
    """A whole text completion as the chunks of its stream; the last one has the counts."""
    shared: dict[str, Any] = {name: whole[name] for name in _SHARED if whole.get(name) is not None}
    for choice in whole.get("choices") or ():
        index = choice.get("index", 0)
        # What is known of each token comes with the first of the text.
        likely = choice.get("logprobs")
        for text in pieces(choice.get("text") or "", piece):
            said = {"index": index, "text": text, "finish_reason": None, "logprobs": likely}
            yield {**shared, "choices": [said]}
            likely = None
        end = {"index": index, "text": "", "finish_reason": choice.get("finish_reason") or "stop"}
        if likely:
            end["logprobs"] = likely
        yield {**shared, "choices": [end]}
    if whole.get("usage"):
        # With a choice that says nothing, for readers who look at the first one of every chunk.
        silent = {"index": 0, "text": "", "finish_reason": None}
        yield {**shared, "choices": [silent], "usage": whole["usage"]}


#: How a whole answer streams, by operation.
STREAMS: dict[str, Callable[[dict[str, Any], int], Iterator[dict[str, Any]]]] = {
    "messages": of_message,
    "responses": of_response,
    "text_completion": of_completion,
}


def events_of(operation: str, whole: Any, piece: int = PIECE) -> Iterator[dict[str, Any]] | None:
    """The stream of a whole answer, dict or object; None for an operation whose streams are not events."""
    cut = STREAMS.get(operation)
    if cut is None:
        return None
    if hasattr(whole, "model_dump_json"):
        whole = json.loads(whole.model_dump_json())
    return cut(whole, piece) if isinstance(whole, dict) else None
