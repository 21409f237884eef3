"""Streams made of streams: what a concern that has to do with chunks puts between two readers."""

from __future__ import annotations

import sys
from collections import deque

from ..streaming import CustomStreamWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Callable

    from ..types import ModelResponseStream, Usage


class Relay:
    """Hands the chunks of ``stream`` on; subclasses look at them, change them, or add to them.

    It is a source for `CustomStreamWrapper`, read in the way that ``stream`` can be read in.
    """

    def __init__(self, stream: CustomStreamWrapper) -> None:
        self.stream = stream
        self.meta = stream._meta
        self._ready: deque[ModelResponseStream] = deque()
        self._over = False

    # What subclasses say.

    def passed(self, chunk: ModelResponseStream) -> Iterable[ModelResponseStream]:
        """What the reader gets for ``chunk``; by default the chunk."""
        return (chunk,)

    #: Whether `passed_async` has to be asked where a coroutine reads.
    _waits = False

    async def passed_async(self, chunk: ModelResponseStream) -> Iterable[ModelResponseStream]:
        """As `passed`, where the stream is read by a coroutine; for what has to wait."""
        return self.passed(chunk)

    def ended(self) -> Iterable[ModelResponseStream]:
        """What the reader gets when the stream ends as it should; may raise instead."""
        return ()

    async def ended_async(self) -> Iterable[ModelResponseStream]:
        """As `ended`, where the stream is read by a coroutine; for what has to wait."""
        return self.ended()

    def failed(self, error: BaseException) -> None:
        """Called once when the stream fails, or its reader was cancelled."""

    def left(self) -> None:
        """Called once when the reader leaves before the end."""

    # What a source does.

    def wrapper(self) -> CustomStreamWrapper:
        """This stream for its reader."""
        inner = self.stream
        wrapper = CustomStreamWrapper(
            self,
            inner.model,
            custom_llm_provider=inner.custom_llm_provider,
            stream_options=inner.stream_options,
            logging_obj=inner.logging_obj,
        )
        # One dict for all readers: what one of them notes, the others see.
        wrapper._hidden = inner._hidden_params
        return wrapper

    def __iter__(self) -> Relay:
        return self

    def __next__(self) -> ModelResponseStream:
        while not self._ready:
            try:
                chunk = next(self.stream)
            except StopIteration:
                self._end()
            except BaseException as error:
                self._fail(error)
                raise
            else:
                self._ready.extend(self.passed(chunk))
        return self._ready.popleft()

    def __aiter__(self) -> Relay:
        return self

    async def __anext__(self) -> ModelResponseStream:
        while not self._ready:
            try:
                chunk = await self.stream.__anext__()
                if self._waits:
                    self._ready.extend(await self.passed_async(chunk))
                    continue
            except StopAsyncIteration:
                if self._over:
                    raise
                self._over = True
                self._ready.extend(await self.ended_async())
                if not self._ready:
                    raise
            except BaseException as error:
                self._fail(error)
                raise
            else:
                self._ready.extend(self.passed(chunk))
        return self._ready.popleft()

    def _end(self) -> None:
        if self._over:
            raise StopIteration
        self._over = True
        self._ready.extend(self.ended())
        if not self._ready:
            raise StopIteration

    def _fail(self, error: BaseException) -> None:
        if not self._over:
            self._over = True
            self.failed(error)

    def close(self) -> None:
        """Close the connection. What was not read is gone."""
        self._ready.clear()
        self.leave()
        self.stream.close()

    def leave(self) -> None:
        """Nobody reads on, or will before the program ends."""
        if not getattr(self, "_over", True):
            self._over = True
            self.left()

    def __del__(self, finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        # By then who had to be told has been (see `_endings`), and nothing can be imported any more.
        if not finalizing():
            self.leave()

    def usage(self) -> Usage | None:
        """Token counts, once they are known."""
        return self.stream.usage


class Primed(Relay):
    """A stream read up to the first chunk that says something, so that whoever gets it knows it answers."""

    def prime(self) -> None:
        """Read ahead; raises what reading raises."""
        while not self._over:
            try:
                chunk = next(self.stream)
            except StopIteration:
                self._over = True
            else:
                self._ready.append(chunk)
                if says_something(chunk):
                    return

    async def prime_async(self) -> None:
        """As `prime`."""
        while not self._over:
            try:
                chunk = await self.stream.__anext__()
            except StopAsyncIteration:
                self._over = True
            else:
                self._ready.append(chunk)
                if says_something(chunk):
                    return


def says_something(chunk: Any) -> bool:
    """Whether a chunk holds text, thought, a tool call, sound, or the end."""
    for choice in chunk.choices:
        delta = choice.delta
        if choice.finish_reason or delta.content or delta.tool_calls or delta.function_call or delta.audio:
            return True
        if delta.get("reasoning_content") or delta.get("thinking_blocks") or delta.get("images"):
            return True
    return False
