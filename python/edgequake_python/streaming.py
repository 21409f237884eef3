"""Streamed answers as programs see them."""

from __future__ import annotations

from ._reported import Reported
from .exceptions import IncompleteStreamError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self

    from .types import ModelResponseStream, Usage


class CustomStreamWrapper(Reported):
    """An iterator of `ModelResponseStream`, each handed over when the provider sends it.

    ``completion(stream=True)`` gives one to be read with ``for``, ``acompletion(stream=True)`` one for
    ``async for``. Reading drives the connection, so a slow reader slows the sender down and memory does not
    grow. The connection is closed by reading to the end, ``break`` (with the last reference gone),
    ``close()`` / ``aclose()``, leaving a ``with`` / ``async with``, and by cancelling a task that waits for a
    chunk.

    An answer that ends without saying so raises `IncompleteStreamError`, which holds what had come; it is
    never reported as finished.
    """

    def __init__(
        self,
        completion_stream: Any,
        model: str,
        logging_obj: Any = None,
        custom_llm_provider: str | None = None,
        stream_options: dict[str, Any] | None = None,
        make_call: Any = None,
        _response_headers: dict[str, Any] | None = None,
        count_prompt_tokens: bool | None = None,
    ) -> None:
        # A SyncStream or an AsyncStream of the core, or an iterator like one.
        self.completion_stream = completion_stream
        self.model = model
        self.logging_obj = logging_obj
        self.custom_llm_provider = custom_llm_provider
        self.stream_options = stream_options
        self._meta = getattr(completion_stream, "meta", None)
        self._hidden: dict[str, Any] | None = None
        self._headers = _response_headers
        self._cancelled = False
        #: What was asked, to estimate by what nobody counts.
        self._messages: Any = None
        self._estimate: Usage | None = None

    # Synchronous reading.

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> ModelResponseStream:
        chunk: ModelResponseStream = next(self.completion_stream)
        return chunk

    def close(self) -> None:
        """Close the connection now. Chunks that were not read are gone; reading on ends the iteration."""
        close = getattr(self.completion_stream, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Asynchronous reading.

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ModelResponseStream:
        core = self.completion_stream
        try:
            ready = core.ready
        except AttributeError:
            step = getattr(core, "__anext__", None)
            return await (self._anext_of_sync() if step is None else step())
        chunk: ModelResponseStream | None = ready()
        while chunk is None:
            if core.ended:
                self._refuse_to_end_quietly()
                raise StopAsyncIteration
            pending = core.wait()
            try:
                await pending.future
            except BaseException as error:
                pending.abort()
                if not isinstance(error, Exception):
                    # Cancelled (or the loop is going down): nobody waits for this answer any more.
                    self._cancelled = True
                    core.close()
                raise
            chunk = ready()
        return chunk

    async def _anext_of_sync(self) -> ModelResponseStream:
        """``async for`` over a stream that ``completion`` gave: it is read on another thread."""
        import asyncio

        end: Any = object()
        chunk = await asyncio.get_running_loop().run_in_executor(None, next, self.completion_stream, end)
        if chunk is end:
            raise StopAsyncIteration
        result: ModelResponseStream = chunk
        return result

    def _refuse_to_end_quietly(self) -> None:
        if self._cancelled:
            raise IncompleteStreamError(
                message="the stream was closed when a task that waited for it was cancelled",
                llm_provider=self.custom_llm_provider or "",
                model=self.model,
            )

    async def aclose(self) -> None:
        """As `close`, for asynchronous code."""
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()

    # What is known beside the chunks.

    @property
    def usage(self) -> Usage | None:
        """Token counts at the end, whether or not a chunk has them; None before.

        Where the provider sends none, or the stream was left, they are estimated from the texts, and
        ``usage.estimated`` says so.
        """
        counted = self._counted
        if counted is not None:
            return counted
        ask = getattr(self.completion_stream, "uncounted", None)
        said = None if ask is None else ask()
        if said is None:
            return None
        if self._estimate is None:
            from .tokens import estimated_usage

            self._estimate = estimated_usage(self.model, self._messages, *said)
        return self._estimate

    @property
    def _counted(self) -> Usage | None:
        """What the provider counted, once it has said so."""
        count = getattr(self.completion_stream, "usage", None)
        usage: Usage | None = None if count is None else count()
        return usage

    @property
    def _hidden_params(self) -> dict[str, Any]:
        if self._hidden is None:
            self._hidden = self._meta.hidden_params() if self._meta is not None else {}
        hidden = self._hidden
        if hidden.get("response_cost") is None and self._meta is not None:
            # Known once the provider has sent its counts, or at the end, from those that are estimated.
            usage = self.usage
            if usage is not None:
                from .response_cost import of_usage

                cost = hidden["response_cost"] = of_usage(usage, hidden)
                if cost is not None and usage.get("estimated"):
                    hidden["response_cost_estimated"] = True
        return hidden

    @_hidden_params.setter
    def _hidden_params(self, value: dict[str, Any]) -> None:
        self._hidden = value

    @property
    def _response_headers(self) -> dict[str, Any] | None:
        if self._headers is None and self._meta is not None:
            self._headers = self._meta.headers()
        return self._headers

    @property
    def headers(self) -> dict[str, Any]:
        """The provider's response headers, names in lower case; there before the first chunk."""
        return self._response_headers or {}

    @property
    def request_id(self) -> str | None:
        """The provider's id of the request."""
        request_id: str | None = self._meta.request_id if self._meta is not None else None
        return request_id
