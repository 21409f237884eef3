"""Streams of the Responses API: event objects, in the provider's order and each as it was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from .._pipeline.response_events import of_response
from ..event_stream import AsyncEvents, SyncEvents
from ..types.responses.events import event_from_json
from . import ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from ..types.responses.api import ResponsesAPIResponse

_LAST = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")


class BaseResponsesAPIStreamingIterator:
    """What the iterators for synchronous and asynchronous code share."""

    completed_response: Optional[Any] = None
    """The last event, which holds the whole response; None until it is there."""

    _model_id: Optional[str]
    _says: Callable[[Any], None]

    def _event(self, values: dict[str, Any], meta: Any) -> Any:
        response = values.get("response")
        if isinstance(response, dict):
            name_response(response, meta.provider, self._model_id)
        event = event_from_json(values, meta)
        if event.type.endswith(".delta"):
            self._says(getattr(event, "delta", None))
        if event.type in _LAST:
            self.completed_response = event
        return event

    def _cost(self) -> Optional[float]:
        """What it cost is known with the last event."""
        if self.response is None:
            return None
        from ..response_cost import of_response

        # The call may have brought prices of its own.
        return of_response(self.response, getattr(self, "_hidden", None))

    @property
    def response(self) -> Optional[ResponsesAPIResponse]:
        """The whole response, once the last event is there."""
        return None if self.completed_response is None else self.completed_response.response


def name_response(response: dict[str, Any], provider: str, model_id: Optional[str]) -> None:
    """Make the response's id tell where it is stored; a chat's id (of a bridged response) is left alone."""
    response_id = response.get("id")
    if isinstance(response_id, str) and response_id and not response_id.startswith("chatcmpl-"):
        response["id"] = ids.encode(response_id, provider, model_id)


class SyncResponsesAPIStreamingIterator(BaseResponsesAPIStreamingIterator, SyncEvents):
    """A stream for synchronous code. Close it, or read it to its end."""


class ResponsesAPIStreamingIterator(BaseResponsesAPIStreamingIterator, AsyncEvents):
    """A stream for asynchronous code. Close it, or read it to its end."""


class MockResponsesAPIStreamingIterator(BaseResponsesAPIStreamingIterator):
    """A whole response as a stream, for synchronous and asynchronous code: its text in small pieces.

    Args:
        response: a `ResponsesAPIResponse`, or anything whose ``json()`` is like one.
        model: the model that answered.
        **kwargs: LiteLLM's other arguments; not used.
    """

    CHUNK_SIZE = 5

    def __init__(self, response: Any, model: str = "", *args: Any, **kwargs: Any) -> None:
        dump = getattr(response, "model_dump", None)
        self.model = model
        self._model_id = None
        self._events = of_response(dump() if dump is not None else response.json(), self.CHUNK_SIZE)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        event = event_from_json(next(self._events))
        if event.type in _LAST:
            self.completed_response = event
        return event

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            return next(self)
        except StopIteration:
            raise StopAsyncIteration from None
