"""Whole answers out of the events of their streams, for the operations beside chat."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class Gathered:
    """Is given every event of a stream as its provider sent it, and has the whole answer at the end."""

    def hear(self, values: dict[str, Any]) -> None:
        """One more event; nothing of it is changed, or kept where others could change it."""

    def whole(self) -> dict[str, Any] | None:
        """The answer as the plain call would have given it, or None when it did not end as it should."""
        return None

    def so_far(self) -> dict[str, Any] | None:
        """As much of the answer as has come, or None where that is not known."""
        return None


class Completion(Gathered):
    """A text completion."""

    def __init__(self) -> None:
        self._fields: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}

    def hear(self, values: dict[str, Any]) -> None:
        """One more chunk."""
        beside = {name: value for name, value in values.items() if name != "choices" and value is not None}
        # What the first chunk says of the whole counts; what comes later is added.
        self._fields = {**_own(beside), **self._fields}
        for choice in values.get("choices") or ():
            index = choice.get("index") or 0
            kept = self._choices.setdefault(index, {"index": index, "text": [], "finish_reason": None})
            kept["text"].append(choice.get("text") or "")
            kept["finish_reason"] = choice.get("finish_reason") or kept["finish_reason"]
            if choice.get("logprobs"):
                kept["logprobs"] = _longer(kept.get("logprobs"), _own(choice["logprobs"]))

    def whole(self) -> dict[str, Any] | None:
        """The answer, or None."""
        known = self._choices.values()
        if not known or any(choice["finish_reason"] is None for choice in known):
            return None
        return self.so_far()

    def so_far(self) -> dict[str, Any] | None:
        """What has come of the answer, or None."""
        choices = [self._choices[index] for index in sorted(self._choices)]
        if not choices:
            return None
        return {**self._fields, "choices": [{**one, "text": "".join(one["text"])} for one in choices]}


class ResponseOfEvents(Gathered):
    """A response of the Responses API: its last event holds it."""

    def __init__(self) -> None:
        self._items: dict[int, Any] = {}
        self._response: dict[str, Any] | None = None

    def hear(self, values: dict[str, Any]) -> None:
        """One more event."""
        kind = values.get("type")
        if kind == "response.output_item.done":
            self._items[values.get("output_index") or 0] = _own(values.get("item"))
        elif kind in ("response.completed", "response.incomplete"):
            self._response = _own(values.get("response"))

    def whole(self) -> dict[str, Any] | None:
        """The answer, or None."""
        response = self._response
        if response is not None and not response.get("output") and self._items:
            # Some servers leave the items out of the last event, as they have been told.
            response["output"] = [self._items[index] for index in sorted(self._items)]
        return response


class MessageOfEvents(Gathered):
    """A message in Anthropic's shape."""

    def __init__(self) -> None:
        self._message: dict[str, Any] | None = None
        self._blocks: dict[int, dict[str, Any]] = {}
        self._inputs: dict[int, list[str]] = {}
        self._ended = False
        #: Whether something came that is not understood here, of which no whole can be made.
        self._strange = False

    def hear(self, values: dict[str, Any]) -> None:
        """One more event."""
        kind, index = values.get("type"), values.get("index") or 0
        if kind == "message_start":
            self._message = _own(values.get("message") or {})
        elif kind == "content_block_start":
            self._blocks[index] = _own(values.get("content_block") or {})
        elif kind == "content_block_delta":
            self._add(index, values.get("delta") or {})
        elif kind == "message_delta" and self._message is not None:
            end = _own({name: value for name, value in values.items() if name not in ("type", "usage")})
            self._message.update({**end.pop("delta", {}), **end})
            late = {name: count for name, count in (values.get("usage") or {}).items() if count is not None}
            self._message["usage"] = {**(self._message.get("usage") or {}), **_own(late)}
        elif kind == "message_stop":
            self._ended = True
        elif kind not in ("content_block_stop", "ping"):
            self._strange = True

    def _add(self, index: int, delta: dict[str, Any]) -> None:
        block, kind = self._blocks.get(index), delta.get("type")
        if block is None:
            self._strange = True
        elif kind in ("text_delta", "thinking_delta", "signature_delta"):
            name = kind.partition("_")[0]
            block[name] = f"{block.get(name) or ''}{delta.get(name) or ''}"
        elif kind == "input_json_delta":
            self._inputs.setdefault(index, []).append(delta.get("partial_json") or "")
        elif kind == "citations_delta":
            block["citations"] = [*(block.get("citations") or ()), _own(delta.get("citation"))]
        else:
            self._strange = True

    def whole(self) -> dict[str, Any] | None:
        """The answer, or None."""
        message = self._message
        if message is None or not self._ended or self._strange or message.get("stop_reason") is None:
            return None
        for index, parts in self._inputs.items():
            text = "".join(parts)
            try:
                if text:
                    self._blocks[index]["input"] = json.loads(text)
            except ValueError:
                return None  # a tool's arguments that were cut
        return self.so_far()

    def so_far(self) -> dict[str, Any] | None:
        """What has come of the answer, or None."""
        if self._message is None:
            return None
        return {**self._message, "content": [self._blocks[index] for index in sorted(self._blocks)]}


def _own(value: Any) -> Any:
    """A copy of JSON's types."""
    if isinstance(value, dict):
        return {name: _own(one) for name, one in value.items()}
    return [_own(one) for one in value] if isinstance(value, list) else value


def _longer(known: Any, more: Any) -> Any:
    """What is known of the tokens so far, list by list, and of the next ones."""
    if not isinstance(known, dict) or not isinstance(more, dict):
        return more
    both = dict(known)
    for name, values in more.items():
        before = both.get(name)
        both[name] = [*before, *values] if isinstance(before, list) and isinstance(values, list) else values
    return both


def gathered(stream: Any, operation: str) -> Gathered | None:
    """What gathers the events of ``stream`` from here on, one for all who ask; None for other streams."""
    if stream._gathered is None and operation in GATHERED:
        stream._gathered = GATHERED[operation]()
    found: Gathered | None = stream._gathered
    return found


def answer_of(operation: str, whole: dict[str, Any], meta: Any) -> Any:
    """An answer of the operation's response class."""
    if operation == "messages":
        from ..anthropic.messages import _message

        return _message(whole, meta)
    if operation == "responses":
        from ..types.responses.api import response_from_json

        return response_from_json(whole, meta)
    from ..text_completions import _completion

    return _completion(whole, meta)


#: What gathers a stream, by operation.
GATHERED: dict[str, Callable[[], Gathered]] = {
    "messages": MessageOfEvents,
    "responses": ResponseOfEvents,
    "text_completion": Completion,
}
