"""Streams of events of the operations beside chat: what `CustomStreamWrapper` is for chunks."""

from __future__ import annotations

import sys

from ._reported import Reported
from .exceptions import IncompleteStreamError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import Any, Callable

    from typing_extensions import Self

    from ._eq_core import AsyncStream, Meta, SyncStream


class _Known(Reported):
    """What is known before the first event."""

    def __init__(self, core: SyncStream | AsyncStream, model_id: str | None = None) -> None:
        self._core = core
        self._meta: Meta = core.meta
        self._model_id = model_id
        self._hidden: dict[str, Any] | None = None
        self.model: str = self._meta.model
        self.custom_llm_provider: str = self._meta.provider

    def _event(self, values: Any, meta: Any) -> Any:
        return values

    #: Who is told, once, how it ended: each has ``ended``, ``failed`` and ``left``.
    _watchers: tuple[Any, ...] = ()
    #: What has been said, gathered for them: of a stream that is left nobody counts the tokens.
    _said: Any = ()
    #: When the first of it came.
    _said_at: Any = None

    #: Is given each event as the provider sent it, for whom somebody wants the whole; see `gathered`.
    _gathered: Any = None

    #: Tells what a stream cost that has ended without a count, for whom somebody has watched it.
    _guess: Callable[[], float | None] | None = None

    def _watch(self, watcher: Any) -> None:
        """Tell ``watcher`` too; the first one first."""
        self._watchers = (*self._watchers, watcher)

    def _over(self, error: BaseException) -> None:
        """Reading has raised ``error``: the end, or what went wrong."""
        watchers, self._watchers = self._watchers, ()
        for watcher in watchers:
            if isinstance(error, (StopIteration, StopAsyncIteration)):
                watcher.ended(self)
            else:
                watcher.failed(self, error)

    def _says(self, text: Any) -> None:
        if self._watchers and text and isinstance(text, str):
            if not self._said:
                from datetime import datetime

                self._said, self._said_at = [], datetime.now()
            self._said.append(text)

    def leave(self) -> None:
        """Nobody reads on, or will before the program ends."""
        watchers, self._watchers = self._watchers, ()
        for watcher in watchers:
            watcher.left(self)

    def __del__(self, finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        # By then who had to be told has been (see `_endings`), and nothing can be imported any more.
        if self._watchers and not finalizing():
            self.leave()

    @property
    def _hidden_params(self) -> dict[str, Any]:
        if self._hidden is None:
            self._hidden = self._meta.hidden_params()
        if self._hidden.get("response_cost") is None:
            cost = self._hidden["response_cost"] = self._cost()
            if cost is None and self._guess is not None:
                cost = self._hidden["response_cost"] = self._guess()
                self._hidden["response_cost_estimated"] = cost is not None
        return self._hidden

    def _cost(self) -> float | None:
        """USD, once it is known."""
        return None

    @property
    def headers(self) -> dict[str, str]:
        """The provider's response headers, names in lower case."""
        return self._meta.headers()

    @property
    def request_id(self) -> str | None:
        """The provider's id of the request."""
        return self._meta.request_id

    def close(self) -> None:
        """Close the connection. What was not read is gone."""
        self.leave()
        self._core.close()


def opened_event(values: Any) -> Any:
    """An event as an object whose keys read as attributes and as items."""
    from .types.open import opened

    return opened(values)


class SyncEvents(_Known):
    """A stream for synchronous code."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        core: Any = self._core
        try:
            values = next(core)
        except BaseException as error:
            self._over(error)
            raise
        if self._gathered is not None:
            self._gathered.hear(values)
        return self._event(values, self._meta)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class AsyncEvents(_Known):
    """A stream for asynchronous code. A read that is cancelled closes it."""

    _cancelled = False
    #: What changes each event before its reader gets it; see `_pipeline.callbacks`.
    _changed: Callable[[Any], Awaitable[Any]] | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            event = await self._next_event()
            return event if self._changed is None else await self._changed(event)
        except StopAsyncIteration as error:
            for watcher in self._watchers:
                # What has to wait does so before the reader learns of the end.
                keep = getattr(watcher, "ended_async", None)
                if keep is not None:
                    await keep(self)
            self._over(error)
            raise
        except BaseException as error:
            self._over(error)
            raise

    async def _next_event(self) -> Any:
        core: Any = self._core
        while True:
            values = core.ready()
            if values is not None:
                if self._gathered is not None:
                    self._gathered.hear(values)
                return self._event(values, self._meta)
            if core.ended:
                if self._cancelled:
                    raise IncompleteStreamError(
                        message="the stream was closed when a task that waited for it was cancelled",
                        llm_provider=self.custom_llm_provider,
                        model=self.model,
                    )
                raise StopAsyncIteration
            pending = core.wait()
            try:
                await pending.future
            except BaseException as error:
                pending.abort()
                if not isinstance(error, Exception):
                    self._cancelled = True
                    core.close()
                raise

    async def aclose(self) -> None:
        """As `close`."""
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()


class OpenedEvents(SyncEvents):
    """Events without classes of their own, for synchronous code."""

    def _event(self, values: Any, meta: Any) -> Any:
        return opened_event(values)


class AsyncOpenedEvents(AsyncEvents):
    """Events without classes of their own, for asynchronous code."""

    def _event(self, values: Any, meta: Any) -> Any:
        return opened_event(values)


def as_events(core: Any) -> Any:
    """An `OpenedEvents`, for functions whose type says what they give without ``stream=True``."""
    return OpenedEvents(core)


def as_async_events(core: Any) -> Any:
    """An `AsyncOpenedEvents`, for functions whose type says what they give without ``stream=True``."""
    return AsyncOpenedEvents(core)
