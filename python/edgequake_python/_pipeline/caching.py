"""Answers that were given before: the cache's place in the chain."""

from __future__ import annotations

from contextlib import suppress

from .._course import Step
from ..caching.caching import CALL_TYPES
from ..caching.entries import Stored
from .call import settings
from .core import provider_of
from .local import KnownMeta, LocalStream, chunks_of
from .relay import Relay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .._course import Course
    from ..types import ModelResponseStream
    from .call import Call, Proceed

#: Arguments that are the cache's business and nobody else's.
_OWN = ("caching", "cache", "cache_key", "ttl")
#: Characters of text a chunk, when an answer is given again as a stream.
_PIECE = 48
#: Operations whose streams are kept; what gathers them is imported for the first that is.
_STREAMS = ("chat", "messages", "responses", "text_completion")
#: What a response of the Responses API says of itself when it is no answer.
_UNFINISHED = ("failed", "in_progress", "queued", "cancelled")


def stage(call: Call, proceed: Proceed) -> Course:
    """Answer from the cache, or keep the answer for the next time."""
    cache = call.settings.get("cache")
    arguments = call.arguments
    if cache is None or arguments.get("caching") is False or not _cached(cache, call):
        return (yield from proceed(call.but(*_OWN)))
    controls = arguments.get("cache")
    controls = controls if isinstance(controls, dict) else {}
    given = {**arguments, "_operation": call.operation}
    if call.settings is not settings:
        given["_settings"] = call.settings
    if call.operation == "embed" and isinstance(arguments.get("input"), (list, tuple)):
        from .caching_embeddings import by_item

        return (yield from by_item(cache, controls, given, call.but(*_OWN), proceed))
    if not controls.get("no-cache"):
        known = yield Step(lambda: cache.get_cache(**given), lambda: cache.async_get_cache(**given))
        answer = None if known is None else _again(known, call)
        if answer is not None:
            return answer
    answer = yield from proceed(call.but(*_OWN))
    if controls.get("no-store"):
        return answer
    if call.streamed:
        if call.operation == "chat":
            return _Recorded(answer, cache, given).wrapper()
        from .caching_events import keep

        return keep(answer, cache, given, call)
    if is_whole(answer):
        yield Step(lambda: cache.add_cache(answer, **given), lambda: cache.async_add_cache(answer, **given))
    return answer


def _cached(cache: Any, call: Call) -> bool:
    kind = CALL_TYPES.get(call.operation)
    if kind is None or (call.streamed and call.operation not in _STREAMS):
        return False
    supported = getattr(cache, "supported_call_types", None)
    if (
        supported is not None
        and kind not in supported
        and not (call.asynchronous and f"a{kind}" in supported)
    ):
        return False
    ask = getattr(cache, "should_use_cache", None)
    return ask is None or bool(ask(**call.arguments))


def is_whole(answer: Any) -> bool:
    """Whether an answer may be given to others: every alternative of it ended as it should."""
    choices = getattr(answer, "choices", None)
    if choices is None:
        # A response says itself how it went; one that is still being made is asked for again.
        return getattr(answer, "status", None) not in _UNFINISHED
    return bool(choices) and all(choice.get("finish_reason") not in (None, "error") for choice in choices)


def _again(known: Any, call: Call) -> Any:
    """A stored answer in the form that was asked for, or None for what is no answer."""
    if type(known) is dict:
        known = answer_of_json(known, call)
    if not isinstance(known, Stored) and not hasattr(known, "_hidden_params"):
        return None
    if call.streamed and call.operation != "chat":
        from .caching_events import again

        hidden = known.hidden if isinstance(known, Stored) else known._hidden_params
        return again(known, call, _meta(hidden, call), _PIECE)
    if isinstance(known, Stored):
        meta = _meta(known.hidden, call)
        return (known.value, meta) if call.make is None else call.make(known.value, meta)
    if not call.streamed:
        return known
    options = call.get("stream_options")
    usage = known.get("usage")
    # Counts that were estimated were not in the stream either.
    counted = usage is not None and not usage.get("estimated")
    if isinstance(options, dict) and options.get("include_usage") is False:
        counted = False
    meta = _meta(known._hidden_params, call)
    chunks = chunks_of(known, piece=_PIECE, model=meta.model, include_usage=counted)
    return LocalStream(chunks, meta).wrapper(options)


def answer_of_json(values: dict[str, Any], call: Call) -> Any:
    """JSON, as a cache of the program's own gives it, as an answer of the operation."""
    hidden = {**(values.get("_hidden_params") or {}), "cache_hit": True}
    values = {name: value for name, value in values.items() if name != "_hidden_params"}
    if call.operation == "chat":
        from ..types import ModelResponse

        answer: Any = ModelResponse(**values)
    elif call.operation == "embed":
        from ..types import EmbeddingResponse

        answer = EmbeddingResponse(**values)
    elif call.streamed:
        return Stored(values, hidden)
    else:
        return values if call.make is None else call.make(values, _meta(hidden, call))
    answer._hidden_params = hidden
    return answer


def _meta(hidden: dict[str, Any], call: Call) -> KnownMeta:
    provider = hidden.get("custom_llm_provider") or ""
    if not provider:
        with suppress(Exception):
            provider, model = provider_of(call)
            return KnownMeta(provider, model, hidden)
    model = str(hidden.get("litellm_model_name") or call.model)
    if model.startswith(f"{provider}/"):
        model = model[len(provider) + 1 :]
    return KnownMeta(provider, model, hidden)


class _Recorded(Relay):
    """A stream that is kept when it has ended as it should."""

    def __init__(self, stream: Any, cache: Any, given: dict[str, Any]) -> None:
        super().__init__(stream)
        self._cache, self._given = cache, given
        self._chunks: list[ModelResponseStream] = []

    def passed(self, chunk: ModelResponseStream) -> Iterable[ModelResponseStream]:
        self._chunks.append(chunk)
        return (chunk,)

    def _built(self) -> Any:
        from ..chunk_builder import stream_chunk_builder

        answer = stream_chunk_builder(self._chunks, self._given.get("messages"))
        if answer is None or not is_whole(answer):
            return None
        known = self.stream._counted
        if known is not None:
            answer.usage = known
        answer._hidden_params = {**self.stream._hidden_params, **answer._hidden_params}
        return answer

    def ended(self) -> Iterable[ModelResponseStream]:
        answer = self._built()
        if answer is not None:
            self._cache.add_cache(answer, **self._given)
        return ()

    async def ended_async(self) -> Iterable[ModelResponseStream]:
        answer = self._built()
        if answer is not None:
            await self._cache.async_add_cache(answer, **self._given)
        return ()
