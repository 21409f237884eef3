"""Streams of the operations beside chat: kept when they have ended as they should, and given again."""

from __future__ import annotations

from ..caching.entries import Stored
from .gathered import answer_of, gathered
from .local import KnownMeta
from .local_events import LocalEvents, events_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .call import Call


def keep(stream: Any, cache: Any, given: dict[str, Any], call: Call) -> Any:
    """The stream, which will be kept under the key of ``given`` when it is read to a good end."""
    if hasattr(stream, "_watch"):
        stream._watch(_Kept(gathered(stream, call.operation), cache, given, call))
    return stream


def again(known: Any, call: Call, meta: KnownMeta, piece: int) -> Any:
    """A stored answer as a stream, or None for one that is none."""
    whole = known.value if isinstance(known, Stored) else known
    usage = whole.get("usage")
    options = call.get("stream_options")
    unasked = isinstance(options, dict) and options.get("include_usage") is False
    events = events_of(call.operation, whole, piece)
    if events is None or call.make is None:
        return None
    if call.operation == "text_completion" and (unasked or (usage and usage.get("estimated"))):
        # Counts that were estimated were not in the stream either.
        events = (event for event in events if not event.get("usage"))
    return call.make(LocalEvents(events, meta))


class _Kept:
    """Told how a stream has ended, it keeps the answer or does not."""

    def __init__(self, gathered: Any, cache: Any, given: dict[str, Any], call: Call) -> None:
        self._gathered, self._cache, self._given, self._call = gathered, cache, given, call
        self._done = False

    def _answer(self, stream: Any) -> Any:
        self._done = True
        whole = self._gathered.whole()
        if whole is None:
            return None
        operation = self._call.operation
        meta = KnownMeta(stream.custom_llm_provider, stream.model, stream._hidden_params)
        answer = answer_of(operation, whole, meta)
        if operation == "text_completion" and not whole.get("usage"):
            answer.usage = _estimated(answer, self._call)
        return answer

    def ended(self, stream: Any) -> None:
        """Read to its end by blocking code."""
        answer = None if self._done else self._answer(stream)
        if answer is not None:
            self._cache.add_cache(answer, **self._given)

    async def ended_async(self, stream: Any) -> None:
        """Read to its end by a coroutine."""
        answer = self._answer(stream)
        if answer is not None:
            await self._cache.async_add_cache(answer, **self._given)

    def failed(self, stream: Any, error: BaseException) -> None:
        """Not kept."""

    def left(self, stream: Any) -> None:
        """Not kept."""


def _estimated(answer: Any, call: Call) -> Any:
    """Counts of a text completion that its provider did not count."""
    from ..tokens import estimated_usage

    prompt = call.get("prompt")
    texts = [prompt] if isinstance(prompt, str) else list(prompt or ())
    messages = [{"role": "user", "content": text} for text in texts if isinstance(text, str)]
    said = "".join(str(choice.text or "") for choice in answer.choices)
    return estimated_usage(call.model, messages, said, 0)
