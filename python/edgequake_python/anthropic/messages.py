"""Requests, answers and events in Anthropic's shape. Without that API at the provider, done as chat."""

# The parameters that the docstrings do not list are Anthropic's, under Anthropic's names.
# ruff: noqa: D417

from __future__ import annotations

from .. import _call
from ..event_stream import AsyncEvents, SyncEvents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable

    from ..rate_limits import RateLimits


def create(
    max_tokens: int,
    messages: Sequence[Any],
    model: str,
    metadata: dict[str, Any] | None = None,
    stop_sequences: Sequence[str] | None = None,
    stream: bool | None = False,
    system: str | Sequence[Any] | None = None,
    temperature: float | None = None,
    thinking: dict[str, Any] | None = None,
    tool_choice: dict[str, Any] | None = None,
    tools: Sequence[Any] | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    container: Any | None = None,
    **kwargs: Any,
) -> dict[str, Any] | MessageStream:
    """One turn of Anthropic's Messages API.

    Args:
        max_tokens: the most tokens of the answer.
        messages: turns of ``user`` and ``assistant``. Never changed.
        model: ``provider/model``, or a bare name that tells its provider.
        stream: True for an iterator of server-sent events, each as its bytes.
        **kwargs: as for `completion`; whatever is not known is sent to the provider.

    Returns:
        The message as a dict, or with ``stream=True`` an iterator. An end without ``message_stop`` is an
        `IncompleteStreamError`.

    Raises:
        BadRequestError, UnsupportedParamsError, ...: as `completion` does.
    """
    arguments = _call.gather(locals())
    if stream:
        return _call.open_stream("messages", arguments, MessageStream)
    return _call.ask("messages", arguments, _message)


async def acreate(
    max_tokens: int,
    messages: Sequence[Any],
    model: str,
    metadata: dict[str, Any] | None = None,
    stop_sequences: Sequence[str] | None = None,
    stream: bool | None = False,
    system: str | Sequence[Any] | None = None,
    temperature: float | None = None,
    thinking: dict[str, Any] | None = None,
    tool_choice: dict[str, Any] | None = None,
    tools: Sequence[Any] | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    container: Any | None = None,
    **kwargs: Any,
) -> dict[str, Any] | AsyncMessageStream:
    """As `create`; with ``stream=True`` an asynchronous iterator."""
    arguments = _call.gather(locals())
    if stream:
        return await _call.open_stream_async("messages", arguments, AsyncMessageStream)
    return await _call.ask_async("messages", arguments, _message)


async def anthropic_messages(
    max_tokens: int,
    messages: Sequence[Any],
    model: str,
    metadata: dict[str, Any] | None = None,
    stop_sequences: Sequence[str] | None = None,
    stream: bool | None = False,
    system: str | Sequence[Any] | None = None,
    temperature: float | None = None,
    thinking: dict[str, Any] | None = None,
    tool_choice: dict[str, Any] | None = None,
    tools: Sequence[Any] | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    client: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> dict[str, Any] | AsyncMessageStream:
    """As `acreate`, under LiteLLM's other name."""
    arguments = _call.gather(locals())
    return await acreate(**arguments)


anthropic_messages_handler = create


class Message(dict[str, "Any"]):
    """An answer in Anthropic's shape: a dict that knows how its call went."""

    _meta: Any = None
    _hidden: dict[str, Any] | None = None

    @property
    def _hidden_params(self) -> dict[str, Any]:
        if self._hidden is None:
            hidden = {} if self._meta is None else self._meta.hidden_params()
            if hidden.get("response_cost") is None:
                from ..response_cost import of_message

                hidden["response_cost"] = of_message(self, hidden)
            self._hidden = hidden
        return self._hidden

    @property
    def headers(self) -> dict[str, str]:
        """The provider's response headers, names in lower case."""
        headers: dict[str, str] = {} if self._meta is None else self._meta.headers()
        return headers

    @property
    def request_id(self) -> str | None:
        """The provider's id of the request."""
        request_id: str | None = None if self._meta is None else self._meta.request_id
        return request_id

    @property
    def dropped_params(self) -> list[str]:
        """Parameters that were not sent because the provider does not take them (``drop_params``)."""
        dropped: list[str] = self._hidden_params.get("dropped_params") or []
        return dropped

    @property
    def rate_limits(self) -> RateLimits:
        """What the provider says of its limits: requests and tokens, each limit, remaining and reset."""
        from ..rate_limits import rate_limits_of

        return rate_limits_of(self.headers)


def _message(answer: dict[str, Any], meta: Any) -> Message:
    message = Message(answer)
    message._meta = meta
    return message


class _Bytes:
    """Events as they go over the wire: for programs that hand them on, and for parsers of them."""

    #: Token counts, under OpenAI's names too, once the provider has sent the last of them.
    usage: dict[str, Any] | None = None
    _counts: dict[str, Any] | None = None
    _hidden: dict[str, Any] | None
    _says: Callable[[Any], None]

    def _cost(self) -> float | None:
        if self.usage is None or self._hidden is None:
            return None
        from ..response_cost import of_usage

        return of_usage(self.usage, self._hidden)

    def _notice(self, values: dict[str, Any]) -> None:
        kind = values.get("type")
        if kind == "content_block_delta":
            delta = values.get("delta") or {}
            self._says(delta.get("text") or delta.get("thinking") or delta.get("partial_json"))
        elif kind == "message_start":
            self._counts = (values.get("message") or {}).get("usage")
        elif kind == "message_delta" and values.get("usage"):
            from ..response_cost import counts_of_message

            # The last counts are those of the whole message.
            late = {name: count for name, count in values["usage"].items() if count is not None}
            self.usage = counts_of_message({**(self._counts or {}), **late})

    def _event(self, values: dict[str, Any], meta: Any) -> bytes:
        import json

        self._notice(values)
        data = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        return f"event: {values.get('type', '')}\ndata: {data}\n\n".encode()


class MessageStream(_Bytes, SyncEvents):
    """A stream for synchronous code. Close it, or read it to its end."""


class AsyncMessageStream(_Bytes, AsyncEvents):
    """A stream for asynchronous code. Close it, or read it to its end."""
