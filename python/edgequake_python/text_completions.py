"""Text completions, the API before chat: `text_completion` and `atext_completion`."""

# The parameters that the docstrings do not list are OpenAI's, under OpenAI's names.
# ruff: noqa: D417

from __future__ import annotations

from . import _call
from .event_stream import AsyncEvents, SyncEvents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Callable

    from .types import TextCompletionResponse


def text_completion(
    prompt: str | Sequence[Any],
    model: str | None = None,
    best_of: int | None = None,
    echo: bool | None = None,
    frequency_penalty: float | None = None,
    logit_bias: Mapping[Any, float] | None = None,
    logprobs: int | None = None,
    max_tokens: int | None = None,
    n: int | None = None,
    presence_penalty: float | None = None,
    stop: str | Sequence[str] | None = None,
    stream: bool | None = None,
    stream_options: dict[str, Any] | None = None,
    suffix: str | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    user: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: Sequence[Any] | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> TextCompletionResponse | TextCompletionStreamWrapper:
    """Continue a text.

    Args:
        prompt: a text or a list of texts; with ``/completions`` also tokens. Without ``/completions`` each
            text becomes one message of the user's, all in one chat.
        model: ``provider/model``, or a bare name that tells its provider.
        stream: True for an iterator of chunks.
        **kwargs: as for `completion`.

    Returns:
        A `TextCompletionResponse`, or with ``stream=True`` an iterator of those, a chunk each.

    Raises:
        UnsupportedParamsError: for what only ``/completions`` knows, where the provider has none.
        BadRequestError, ...: as `completion` does.
    """
    arguments = _call.gather(locals())
    if stream:
        return _call.open_stream("text_completion", arguments, TextCompletionStreamWrapper)
    return _call.ask("text_completion", arguments, _completion)


async def atext_completion(
    prompt: str | Sequence[Any],
    model: str | None = None,
    best_of: int | None = None,
    echo: bool | None = None,
    frequency_penalty: float | None = None,
    logit_bias: Mapping[Any, float] | None = None,
    logprobs: int | None = None,
    max_tokens: int | None = None,
    n: int | None = None,
    presence_penalty: float | None = None,
    stop: str | Sequence[str] | None = None,
    stream: bool | None = None,
    stream_options: dict[str, Any] | None = None,
    suffix: str | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    user: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: Sequence[Any] | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> TextCompletionResponse | AsyncTextCompletionStream:
    """As `text_completion`; with ``stream=True`` an asynchronous iterator."""
    arguments = _call.gather(locals())
    if stream:
        return await _call.open_stream_async("text_completion", arguments, AsyncTextCompletionStream)
    return await _call.ask_async("text_completion", arguments, _completion)


class _Chunks:
    _says: Callable[[Any], None]
    #: Token counts, once the provider has sent them.
    usage: Any = None
    _hidden: dict[str, Any] | None

    def _cost(self) -> float | None:
        if self.usage is None or self._hidden is None:
            return None
        from .response_cost import of_usage

        return of_usage(self.usage, self._hidden)

    def _event(self, values: dict[str, Any], meta: Any) -> TextCompletionResponse:
        from .types import TextCompletionResponse

        chunk = TextCompletionResponse(stream=True, **_fitting(values))
        chunk._privates()["_meta"] = meta
        if values.get("usage"):
            self.usage = chunk.usage
        for choice in chunk.choices:
            self._says(choice.text)
        return chunk


class TextCompletionStreamWrapper(_Chunks, SyncEvents):
    """A stream for synchronous code. Close it, or read it to its end."""


class AsyncTextCompletionStream(_Chunks, AsyncEvents):
    """A stream for asynchronous code. Close it, or read it to its end."""


def _completion(answer: dict[str, Any], meta: Any) -> TextCompletionResponse:
    from .types import TextCompletionResponse

    response = TextCompletionResponse(**_fitting(answer))
    response._privates()["_meta"] = meta
    return response


def _fitting(values: dict[str, Any]) -> dict[str, Any]:
    """The constructor's keywords; choices as `TextChoices`."""
    from .types import TextChoices

    choices = [TextChoices(**choice) for choice in values.get("choices") or []]
    return {**values, "choices": choices}
