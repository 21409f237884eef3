"""Streams of the Router: a failure before the first content is an attempt's, one after it is a matter of
policy.
"""

from __future__ import annotations

import sys
from collections import deque

from .._course import drive, drive_async
from .._endings import ENDINGS
from ..streaming import CustomStreamWrapper
from .settling import abandoned, failed, succeeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._course import Course
    from ..types import ModelResponseStream
    from .request import Request
    from .router import Router
    from .selection import Picked

_SAYING = (
    "content",
    "tool_calls",
    "function_call",
    "reasoning_content",
    "refusal",
    "audio",
    "thinking_blocks",
)

#: What a model is told that goes on where another broke off.
_GO_ON = "Your answer broke off. Go on exactly where it ended, and repeat nothing of it."


def says_something(chunk: Any) -> bool:
    """Whether a chunk holds content, or an end."""
    for choice in getattr(chunk, "choices", None) or ():
        if getattr(choice, "finish_reason", None) is not None:
            return True
        delta = getattr(choice, "delta", None)
        if delta is None:
            # Text completions have no deltas.
            return bool(getattr(choice, "text", None))
        for name in _SAYING:
            if getattr(delta, name, None):
                return True
    return False


class Start:
    """A stream, read up to its first content.

    Attributes:
        stream: the stream.
        chunks: what was read.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.chunks: deque[Any] = deque()

    def says(self, chunk: Any) -> bool:
        """See `says_something`."""
        return says_something(chunk)

    def read(self) -> None:
        """Read up to the first content, or the end."""
        for chunk in self.stream:
            self.chunks.append(chunk)
            if self.says(chunk):
                return

    async def read_async(self) -> None:
        """As `read`."""
        async for chunk in self.stream:
            self.chunks.append(chunk)
            if self.says(chunk):
                return


class RoutedStream(CustomStreamWrapper):
    """A stream whose failures the Router looks after.

    After the first content, ``stream_failure`` decides: ``"raise"`` raises the error, which holds what had
    come (``partial``); ``"continue"`` has another deployment go on from there; ``"restart"`` begins the
    answer anew elsewhere, and the first chunk of the new answer has ``restarted=True``: what came before
    it is void. With ``disable_fallbacks`` it always raises.
    """

    def __init__(self, router: Router, request: Request, picked: Picked, start: Start, first: float) -> None:
        inner = start.stream
        super().__init__(
            getattr(inner, "completion_stream", inner),
            getattr(inner, "model", request.group),
            custom_llm_provider=getattr(inner, "custom_llm_provider", None),
            stream_options=getattr(inner, "stream_options", None),
        )
        self._router = router
        self._request = request
        self._picked: Picked | None = picked
        self._inner: Any = inner
        self._ready = start.chunks
        self._first = first
        self._policy = request.options.get("stream_failure") or router.stream_failure
        self._texts: list[str] = []
        self._whole = True  # nothing but text of one choice so far
        self._id: str | None = None
        self._usage: Any = None
        self._note_restart = False
        self.restarts: int = 0
        if router.state.remote:
            # Other processes wait for the slot.
            ENDINGS.expect(self)

    # Synchronous reading.

    def __next__(self) -> ModelResponseStream:
        while True:
            if self._ready:
                return self._given(self._ready.popleft())
            try:
                chunk = next(self._inner)
            except StopIteration:
                self._drive(self._finish())
                raise
            except Exception as error:
                self._drive(self._recover(error))
            else:
                return self._given(chunk)

    def _drive(self, course: Course) -> None:
        drive(course)

    # Asynchronous reading.

    async def __anext__(self) -> ModelResponseStream:
        while True:
            if self._ready:
                return self._given(self._ready.popleft())
            try:
                chunk = await self._inner.__anext__()
            except StopAsyncIteration:
                await drive_async(self._finish())
                raise
            except Exception as error:
                await drive_async(self._recover(error))
            except BaseException:
                self.leave()
                raise
            else:
                return self._given(chunk)

    def _given(self, chunk: Any) -> ModelResponseStream:
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            self._usage = usage
        if self._policy != "raise":
            self._remember(chunk)
        result: ModelResponseStream = chunk
        return result

    def _remember(self, chunk: Any) -> None:
        """What another deployment has to know to go on."""
        if self._id is None:
            self._id = chunk.id
        elif self.restarts and self._policy == "continue":
            chunk.id = self._id
        if self._note_restart:
            self._note_restart = False
            chunk.restarted = True
        for choice in chunk.choices:
            delta = choice.delta
            if getattr(delta, "content", None):
                self._texts.append(delta.content)
            if choice.index or getattr(delta, "tool_calls", None) or getattr(delta, "function_call", None):
                self._whole = False

    # What becomes of it.

    def _finish(self) -> Course:
        """The stream ended well."""
        picked, self._picked = self._picked, None
        if picked is not None:
            yield from succeeded(self._router, self._request, picked, self, self._first)

    def _recover(self, error: Exception) -> Course:
        """The stream broke: settle, and go on elsewhere or raise."""
        from . import journey

        picked, self._picked = self._picked, None
        if picked is None:
            raise error
        yield from failed(self._router, self._request, picked, error)
        if self._policy == "raise" or self._request.options.get("disable_fallbacks"):
            raise error
        if self._policy == "continue" and not self._whole:
            raise error  # half a tool call cannot be gone on with
        if self.restarts >= self._router.max_fallbacks:
            raise error
        request = self._again()
        try:
            other: RoutedStream = yield from journey.resumed(self._router, request, error)
        except Exception as failure:
            if failure is not error:
                error.fallback_errors = [failure]  # type: ignore[attr-defined]
            raise error from None
        self.restarts += 1
        self._note_restart = self._policy == "restart"
        if self._policy == "restart":
            self._texts, self._whole, self._id = [], True, None
        else:
            for chunk in other._ready:
                for choice in chunk.choices:
                    if getattr(choice.delta, "role", None):
                        choice.delta.role = None
        self._adopt(other)

    def _again(self) -> Request:
        """The call for another deployment."""
        request = self._request.instead(self._request.group, {})
        request.failed = self._request.failed
        request.last = self._request.last
        if self._policy == "continue" and self._texts:
            messages = [
                *request.arguments.get("messages", ()),
                {"role": "assistant", "content": "".join(self._texts)},
                {"role": "user", "content": _GO_ON},
            ]
            request.arguments = {**request.arguments, "messages": messages}
        return request

    def _adopt(self, other: RoutedStream) -> None:
        self._inner, self._ready, self._first = other._inner, other._ready, other._first
        self._picked, other._picked = other._picked, None
        self._request = other._request.with_arguments(self._request.arguments)
        self.completion_stream: Any = other.completion_stream
        self.custom_llm_provider: str | None = other.custom_llm_provider

    def leave(self) -> None:
        """Nobody reads on, or will before the program ends."""
        picked, self._picked = self._picked, None
        if picked is not None:
            abandoned(self._router, self._request, picked)

    def close(self) -> None:
        """Close the connection now. Chunks that were not read are gone; reading on ends the iteration."""
        self._ready.clear()
        close = getattr(self._inner, "close", None)
        if close is not None:
            close()
        self.leave()

    def __del__(self, finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        if getattr(self, "_picked", None) is not None and not finalizing():
            self.leave()

    @property
    def usage(self) -> Any:
        """Token counts once the provider has sent them (at the end)."""
        return getattr(self._inner, "usage", None) or self._usage

    @property
    def _hidden_params(self) -> dict[str, Any]:
        hidden: dict[str, Any] = getattr(self._inner, "_hidden_params", None) or {}
        return hidden

    @_hidden_params.setter
    def _hidden_params(self, value: dict[str, Any]) -> None:
        self._inner._hidden_params = value

    @property
    def _response_headers(self) -> dict[str, Any] | None:
        headers: dict[str, Any] | None = getattr(self._inner, "_response_headers", None)
        return headers

    @property
    def request_id(self) -> str | None:
        """The provider's id of the request."""
        request_id: str | None = getattr(self._inner, "request_id", None)
        return request_id


#: LiteLLM's names.
FallbackStreamWrapper = SyncFallbackStreamWrapper = RoutedStream

__all__ = ["FallbackStreamWrapper", "RoutedStream", "Start", "SyncFallbackStreamWrapper", "says_something"]
