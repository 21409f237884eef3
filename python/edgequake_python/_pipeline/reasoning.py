"""Thoughts put into the text, between ``<think>`` tags: ``merge_reasoning_content_in_choices``."""

from __future__ import annotations

from .relay import Relay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .._course import Course
    from ..types import ModelResponseStream
    from .call import Call, Proceed


def stage(call: Call, proceed: Proceed) -> Course:
    """Merge what the model thought into what it says."""
    wanted = call.get("merge_reasoning_content_in_choices")
    answer = yield from proceed(call.but("merge_reasoning_content_in_choices"))
    if not wanted:
        return answer
    if call.streamed:
        return _Merged(answer).wrapper()
    for choice in answer.choices:
        message = choice.message
        thought = message.get("reasoning_content")
        if thought:
            message.content = f"<think>{thought}</think>{message.content or ''}"
            _forget_thought(message)
    return answer


def _forget_thought(message: Any) -> None:
    for name in ("reasoning_content", "thinking_blocks"):
        if name in message._extras():
            delattr(message, name)


class _Merged(Relay):
    """A stream whose thoughts are text."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self._thinking: set[int] = set()

    def passed(self, chunk: ModelResponseStream) -> Iterable[ModelResponseStream]:
        for choice in chunk.choices:
            delta = choice.delta
            thought = delta.get("reasoning_content")
            text = delta.content
            if thought:
                opening = "" if choice.index in self._thinking else "<think>"
                self._thinking.add(choice.index)
                delta.content = f"{opening}{thought}{text or ''}"
                _forget_thought(delta)
            elif choice.index in self._thinking and (text or delta.tool_calls or choice.finish_reason):
                self._thinking.discard(choice.index)
                delta.content = f"</think>{text or ''}"
        return (chunk,)
