"""What a custom provider streams, as chunks."""

from __future__ import annotations

from collections import deque

from ..streaming import CustomStreamWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..types import ModelResponseStream, Usage
    from .local import LocalMeta


class CustomStream:
    """A source for `CustomStreamWrapper` over a handler's iterator, blocking or asynchronous.

    The chunks get the shape that every provider's have: the role in the first, the finish in one of its own,
    the token counts, when asked for, in one after it.
    """

    def __init__(self, source: Any, meta: LocalMeta, stream_options: dict[str, Any] | None) -> None:
        self.meta = meta
        self._source = source
        self._options = stream_options
        self._iterator: Any = None
        self._ready: deque[ModelResponseStream] = deque()
        self._over = False
        self._role: str | None = "assistant"
        self._finish: str | None = None
        self._called = False
        self._usage: Usage | None = None
        from ..types.ids import generate_id, now

        self._id, self._created = generate_id(), now()

    def wrapper(self) -> CustomStreamWrapper:
        """This stream for its reader."""
        meta = self.meta
        return CustomStreamWrapper(
            self, meta.model, custom_llm_provider=meta.provider, stream_options=self._options
        )

    def __iter__(self) -> CustomStream:
        return self

    def __next__(self) -> ModelResponseStream:
        while not self._ready:
            if self._over:
                raise StopIteration
            try:
                if self._iterator is None:
                    self._iterator = iter(self._source)
                item = next(self._iterator)
            except StopIteration:
                self._end()
            except Exception as error:
                raise self._failed(error) from error
            else:
                self._take(item)
        return self._ready.popleft()

    def __aiter__(self) -> CustomStream:
        return self

    async def __anext__(self) -> ModelResponseStream:
        if not hasattr(self._source, "__aiter__"):
            return await self._next_on_a_thread()
        while not self._ready:
            if self._over:
                raise StopAsyncIteration
            try:
                if self._iterator is None:
                    self._iterator = self._source.__aiter__()
                item = await self._iterator.__anext__()
            except StopAsyncIteration:
                self._end()
            except Exception as error:
                raise self._failed(error) from error
            else:
                self._take(item)
        return self._ready.popleft()

    async def _next_on_a_thread(self) -> ModelResponseStream:
        import asyncio

        end: Any = object()
        chunk = await asyncio.get_running_loop().run_in_executor(None, next, self, end)
        if chunk is end:
            raise StopAsyncIteration
        result: ModelResponseStream = chunk
        return result

    def close(self) -> None:
        """Stop; a generator of the handler's is closed."""
        self._over = True
        self._ready.clear()
        close = getattr(self._iterator, "close", None)
        if close is not None:
            close()

    def usage(self) -> Usage | None:
        """Token counts, once the handler has said them."""
        return self._usage

    def _failed(self, error: Exception) -> Exception:
        from .custom import raised

        self._over = True
        return raised(error, self.meta.provider, self.meta.model)

    def _take(self, item: Any) -> None:
        from ..types import ModelResponseStream

        if isinstance(item, ModelResponseStream):
            self._take_chunk(item)
            return
        get = item.get if hasattr(item, "get") else lambda name: getattr(item, name, None)
        delta: dict[str, Any] = {}
        if get("text"):
            delta["content"] = get("text")
        if get("tool_use"):
            self._called = True
            delta["tool_calls"] = [get("tool_use")]
        if get("provider_specific_fields"):
            delta["provider_specific_fields"] = get("provider_specific_fields")
        if delta:
            self._put(delta, index=get("index") or 0)
        self._count(get("usage"))
        if get("is_finished") or get("finish_reason"):
            self._finish = get("finish_reason") or "stop"

    def _take_chunk(self, chunk: ModelResponseStream) -> None:
        """A handler's own chunk: kept, but for its finish and counts, which come last."""
        self._count(chunk.get("usage"))
        for choice in chunk.choices:
            self._finish = choice.finish_reason or self._finish
            self._called = self._called or bool(choice.delta.tool_calls)
            delta = {name: value for name, value in choice.delta.model_dump().items() if value is not None}
            delta.pop("role", None)
            if delta:
                self._put(delta, index=choice.index)

    def _count(self, usage: Any) -> None:
        if usage is not None:
            from ..types import Usage

            self._usage = usage if isinstance(usage, Usage) else Usage(**dict(usage))

    def _put(self, delta: dict[str, Any], index: int = 0, reason: str | None = None) -> ModelResponseStream:
        from ..types import Delta, ModelResponseStream, StreamingChoices

        if reason is None and delta:
            delta["role"] = self._role
            self._role = None
        chunk = ModelResponseStream(
            id=self._id,
            created=self._created,
            model=self.meta.model,
            choices=[StreamingChoices(finish_reason=reason, index=index, delta=Delta(**delta))],
        )
        self._ready.append(chunk)
        return chunk

    def _end(self) -> None:
        self._over = True
        reason = self._finish or "stop"
        self._put({}, reason="tool_calls" if reason == "stop" and self._called else reason)
        if self._usage is not None and (self._options or {}).get("include_usage"):
            self._put({}).usage = self._usage
