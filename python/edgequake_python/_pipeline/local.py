"""Answers that are made here and not by a provider: mocks, custom providers."""

from __future__ import annotations

import time

from ..streaming import CustomStreamWrapper
from ..types import Delta, ModelResponse, ModelResponseStream, StreamingChoices, Usage
from ..types.trusted import LAYOUTS, build

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Optional


class LocalMeta:
    """What is known about an answer that no provider gave; see `types.metadata.Meta`."""

    def __init__(self, provider: str, model: str, dropped: Iterable[str] = ()) -> None:
        self.provider = provider
        self.model = model
        self.request_id: Optional[str] = None
        self._dropped = list(dropped)
        self._begun = time.perf_counter()
        self.response_ms = 0.0

    def settled(self) -> LocalMeta:
        """Itself, with the time that has passed."""
        self.response_ms = (time.perf_counter() - self._begun) * 1000
        return self

    def headers(self) -> dict[str, Any]:
        """No provider, no headers."""
        return {}

    def hidden_params(self) -> dict[str, Any]:
        """As an answer of the core has them."""
        return {
            "custom_llm_provider": self.provider,
            "litellm_model_name": f"{self.provider}/{self.model}",
            "api_base": None,
            "model_id": None,
            "response_cost": None,
            "additional_headers": {},
            "_response_ms": self.response_ms,
            "attempts": 0,
            "dropped_params": list(self._dropped),
        }


class KnownMeta(LocalMeta):
    """What is known of an answer that was put together here: out of the cache, or out of a stream."""

    def __init__(self, provider: str, model: str, hidden: dict[str, Any]) -> None:
        super().__init__(provider, model)
        self._known = hidden

    def hidden_params(self) -> dict[str, Any]:
        """As an answer of the core has them."""
        return {**super().hidden_params(), **self._known}


class NamedMeta:
    """The meta of an answer whose call has a name: the one that callbacks are told."""

    def __init__(self, meta: Any, identity: str) -> None:
        self._meta = meta
        self._identity = identity

    def hidden_params(self) -> dict[str, Any]:
        """Those of the answer, and the name."""
        return {**self._meta.hidden_params(), "litellm_call_id": self._identity}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._meta, name)


def attach(answer: Any, meta: LocalMeta) -> Any:
    """Give an answer its meta, unless it has one."""
    private = answer._privates()
    if private.get("_meta") is None and not private.get("_hidden_params"):
        private.pop("_hidden_params", None)
        private["_meta"] = meta.settled()
    return answer


class LocalStream:
    """A source for `CustomStreamWrapper`: chunks of an iterable, for blocking and asynchronous readers."""

    def __init__(self, chunks: Iterable[ModelResponseStream], meta: LocalMeta) -> None:
        self.meta = meta
        self._chunks = iter(chunks)
        self._usage: Optional[Usage] = None

    def __iter__(self) -> LocalStream:
        return self

    def __next__(self) -> ModelResponseStream:
        chunk = next(self._chunks)
        self._usage = chunk.get("usage") or self._usage
        return chunk

    def __aiter__(self) -> LocalStream:
        return self

    async def __anext__(self) -> ModelResponseStream:
        try:
            return self.__next__()
        except StopIteration:
            raise StopAsyncIteration from None

    def close(self) -> None:
        """Stop; a generator behind it is closed."""
        close = getattr(self._chunks, "close", None)
        self._chunks = iter(())
        if close is not None:
            close()

    def usage(self) -> Optional[Usage]:
        """Token counts, once a chunk had them."""
        return self._usage

    def wrapper(self, stream_options: Optional[dict[str, Any]] = None) -> CustomStreamWrapper:
        """This stream for its reader."""
        return CustomStreamWrapper(
            self,
            self.meta.model,
            custom_llm_provider=self.meta.provider,
            stream_options=stream_options,
        )


def chunks_of(
    answer: ModelResponse, *, piece: Optional[int], model: str, include_usage: bool
) -> Iterator[ModelResponseStream]:
    """An answer cut into chunks, in the shape of a provider's stream.

    Args:
        answer: the whole answer.
        piece: characters of text a chunk; None for all of it in one.
        model: the model that the chunks name.
        include_usage: whether the last chunk has the token counts.
    """
    shared: dict[str, Any] = {
        "id": answer.id,
        "created": answer.created,
        "model": model,
        "system_fingerprint": answer.get("system_fingerprint"),
    }

    def chunk(
        index: int, delta: dict[str, Any], reason: Optional[str] = None, likely: Any = None, **beside: Any
    ) -> ModelResponseStream:
        choice = StreamingChoices(finish_reason=reason, index=index, delta=Delta(**delta), logprobs=likely)
        return ModelResponseStream(choices=[choice], **shared, **beside)

    for choice in answer.choices:
        role: Optional[str] = "assistant"
        # What is known of each token comes with the first of the text.
        likely = choice.get("logprobs")
        for delta in _deltas(choice.message, piece):
            told = likely if likely and delta.get("content") else None
            if told:
                yield chunk(choice.index, {**delta, "role": role}, likely=told)
                likely = None
            elif role is None and len(delta) == 1 and "content" in delta:
                yield _text_chunk(shared, choice.index, delta["content"])
            else:
                yield chunk(choice.index, {**delta, "role": role})
            role = None
        if likely:
            yield chunk(choice.index, {}, likely=likely)
    beside = {name: value for name, value in (answer.model_extra or {}).items() if name != "usage"}
    for choice in answer.choices:
        # With the first end, what the provider said of the whole answer: its sources, the tier that served.
        yield chunk(choice.index, {}, choice.finish_reason or "stop", **beside)
        beside = {}
    if include_usage:
        last = chunk(0, {})
        last.usage = answer.get("usage") or Usage()
        yield last


def _text_chunk(shared: dict[str, Any], index: int, text: str) -> ModelResponseStream:
    """The common chunk, without validation: nothing in it can be wrong."""
    fields = dict.fromkeys(LAYOUTS[Delta].fields)
    fields["content"] = text
    delta = build(Delta, fields, {}, None)
    fields = dict.fromkeys(LAYOUTS[StreamingChoices].fields)
    fields["index"], fields["delta"] = index, delta
    choice = build(StreamingChoices, fields, {}, None)
    fields = {**dict.fromkeys(LAYOUTS[ModelResponseStream].fields), **shared}
    fields["object"], fields["choices"] = "chat.completion.chunk", [choice]
    return build(ModelResponseStream, fields, {}, {"_meta": None})


#: Of a message, what `_deltas` has said before it comes to the rest.
_TOLD = ("role", "content", "reasoning_content", "thinking_blocks", "tool_calls")


def _deltas(message: Any, piece: Optional[int]) -> Iterator[dict[str, Any]]:
    for name in ("reasoning_content", "thinking_blocks"):
        if message.get(name):
            yield {name: message.get(name)}
    text = message.content or ""
    step = piece or max(len(text), 1)
    for start in range(0, len(text), step):
        yield {"content": text[start : start + step]}
    rest = {name: message.get(name) for name in dict(message) if name not in _TOLD and message.get(name)}
    if message.tool_calls:
        rest["tool_calls"] = [
            {"index": index, **call.model_dump()} for index, call in enumerate(message.tool_calls)
        ]
    if rest:
        yield rest
