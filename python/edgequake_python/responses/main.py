"""The functions of the Responses API: one turn, and what can be done with a stored one.

OpenAI and Azure (and rows that list it) have the API; for all others a turn is done as chat.
"""

# The parameters that the docstrings do not list are OpenAI's, under OpenAI's names.
# ruff: noqa: D417

from __future__ import annotations

import sys

from .. import _call
from . import ids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..types.responses.api import ResponsesAPIResponse
    from ..types.responses.main import DeleteResponseResult
    from .streaming_iterator import ResponsesAPIStreamingIterator, SyncResponsesAPIStreamingIterator


def responses(
    input: str | Sequence[Any],
    model: str,
    include: Sequence[str] | None = None,
    instructions: str | None = None,
    max_output_tokens: int | None = None,
    prompt: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    parallel_tool_calls: bool | None = None,
    previous_response_id: str | None = None,
    reasoning: dict[str, Any] | None = None,
    store: bool | None = None,
    background: bool | None = None,
    stream: bool | None = None,
    temperature: float | None = None,
    text: dict[str, Any] | None = None,
    text_format: type[Any] | dict[str, Any] | None = None,
    tool_choice: str | dict[str, Any] | None = None,
    tools: Sequence[Any] | None = None,
    top_p: float | None = None,
    truncation: str | None = None,
    user: str | None = None,
    service_tier: str | None = None,
    safety_identifier: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    allowed_openai_params: Sequence[str] | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse | SyncResponsesAPIStreamingIterator:
    """One turn of the Responses API.

    Args:
        input: a text, or a list of items (messages, tool results, items of earlier outputs). Never changed.
        model: ``provider/model``, or a bare name that tells its provider.
        previous_response_id: the turn to go on from; an id as this function gave it, or the provider's own.
        text_format: a pydantic class whose JSON the answer shall be; ``text.format`` as a strict schema.
        stream: True for an iterator of event objects.
        timeout: seconds, `Timeouts`, or an ``httpx.Timeout``.
        **kwargs: as for `completion`; whatever is not known is sent to the provider.

    Returns:
        A `ResponsesAPIResponse`, or with ``stream=True`` an iterator of events in the provider's order. An
        end without a last event is an `IncompleteStreamError`.

    Raises:
        BadRequestError, UnsupportedParamsError, AuthenticationError, ...: as `completion` does.
    """
    arguments = _arguments(locals())
    model_id = _model_id(arguments)
    if stream:
        return _call.open_stream("responses", arguments, lambda core: _events(core, model_id))
    return _call.ask("responses", arguments, _maker(model_id))


async def aresponses(
    input: str | Sequence[Any],
    model: str,
    include: Sequence[str] | None = None,
    instructions: str | None = None,
    max_output_tokens: int | None = None,
    prompt: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    parallel_tool_calls: bool | None = None,
    previous_response_id: str | None = None,
    reasoning: dict[str, Any] | None = None,
    store: bool | None = None,
    background: bool | None = None,
    stream: bool | None = None,
    temperature: float | None = None,
    text: dict[str, Any] | None = None,
    text_format: type[Any] | dict[str, Any] | None = None,
    tool_choice: str | dict[str, Any] | None = None,
    tools: Sequence[Any] | None = None,
    top_p: float | None = None,
    truncation: str | None = None,
    user: str | None = None,
    service_tier: str | None = None,
    safety_identifier: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse | ResponsesAPIStreamingIterator:
    """As `responses`; with ``stream=True`` an asynchronous iterator of events."""
    arguments = _arguments(locals())
    model_id = _model_id(arguments)
    if stream:
        return await _call.open_stream_async(
            "responses", arguments, lambda core: _events_async(core, model_id)
        )
    return await _call.ask_async("responses", arguments, _maker(model_id))


def compact_responses(
    input: str | Sequence[Any] | None,
    model: str,
    instructions: str | None = None,
    previous_response_id: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse:
    """Shorten a conversation to items that stand for it."""
    arguments = _arguments(locals())
    return _call.ask("compact_responses", arguments, _maker(_model_id(arguments)))


async def acompact_responses(
    input: str | Sequence[Any] | None,
    model: str,
    instructions: str | None = None,
    previous_response_id: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse:
    """As `compact_responses`."""
    arguments = _arguments(locals())
    return await _call.ask_async("compact_responses", arguments, _maker(_model_id(arguments)))


def get_responses(
    response_id: str,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse:
    """A stored response. The provider is told by the id, or by ``custom_llm_provider`` (``openai``)."""
    arguments, model_id = _stored(locals())
    return _call.ask("get_responses", arguments, _maker(model_id))


async def aget_responses(
    response_id: str,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse:
    """As `get_responses`."""
    arguments, model_id = _stored(locals())
    return await _call.ask_async("get_responses", arguments, _maker(model_id))


def cancel_responses(
    response_id: str,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse:
    """Stop a response that is made in the background."""
    arguments, model_id = _stored(locals())
    return _call.ask("cancel_responses", arguments, _maker(model_id))


async def acancel_responses(
    response_id: str,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse:
    """As `cancel_responses`."""
    arguments, model_id = _stored(locals())
    return await _call.ask_async("cancel_responses", arguments, _maker(model_id))


def delete_responses(
    response_id: str,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> DeleteResponseResult:
    """Delete a stored response."""
    arguments, _ = _stored(locals())
    return _call.ask("delete_responses", arguments, lambda answer, _: _deleted(answer, response_id))


async def adelete_responses(
    response_id: str,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> DeleteResponseResult:
    """As `delete_responses`."""
    arguments, _ = _stored(locals())
    return await _call.ask_async(
        "delete_responses", arguments, lambda answer, _: _deleted(answer, response_id)
    )


def list_input_items(
    response_id: str,
    after: str | None = None,
    before: str | None = None,
    include: Sequence[str] | None = None,
    limit: int = 20,
    order: str = "desc",
    extra_headers: Mapping[str, str] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """What a stored response was made from: a page of items, as the provider gives it."""
    arguments, _ = _stored(locals())
    return _call.ask("list_input_items", arguments, lambda page, _: page)


async def alist_input_items(
    response_id: str,
    after: str | None = None,
    before: str | None = None,
    include: Sequence[str] | None = None,
    limit: int = 20,
    order: str = "desc",
    extra_headers: Mapping[str, str] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """As `list_input_items`."""
    arguments, _ = _stored(locals())
    return await _call.ask_async("list_input_items", arguments, lambda page, _: page)


def _arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    """A turn's arguments as the wire has them."""
    arguments = _call.gather(parameters)
    given = arguments.pop("text_format", None)
    if given is not None:
        from ..structured import response_format

        wanted = response_format(given)
        if isinstance(wanted, dict) and isinstance(wanted.get("json_schema"), dict):
            # Chat's form of the same wish has the schema one step deeper.
            wanted = {"type": "json_schema", **wanted["json_schema"]}
        arguments["text"] = {**(arguments.get("text") or {}), "format": wanted}
    previous = arguments.get("previous_response_id")
    if isinstance(previous, str):
        arguments["previous_response_id"] = ids.decode(previous).response_id
    return arguments


def _stored(parameters: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The arguments of a call about a stored response, and the deployment that the id names."""
    arguments = _call.gather(parameters)
    decoded = ids.decode(arguments.pop("response_id"))
    arguments["_id"] = decoded.response_id
    if not arguments.get("custom_llm_provider"):
        arguments["custom_llm_provider"] = decoded.provider or "openai"
    return arguments, decoded.model_id


def _model_id(arguments: dict[str, Any]) -> str | None:
    """The deployment's id, when a router made the call."""
    info = arguments.get("model_info")
    model_id = info.get("id") if isinstance(info, dict) else None
    return model_id if isinstance(model_id, str) else None


def _maker(model_id: str | None) -> _call.Make[ResponsesAPIResponse]:
    """What builds a response of that deployment."""
    return lambda answer, meta: _response(answer, meta, model_id)


def _events(core: Any, model_id: str | None) -> SyncResponsesAPIStreamingIterator:
    from .streaming_iterator import SyncResponsesAPIStreamingIterator

    return SyncResponsesAPIStreamingIterator(core, model_id)


def _events_async(core: Any, model_id: str | None) -> ResponsesAPIStreamingIterator:
    from .streaming_iterator import ResponsesAPIStreamingIterator

    return ResponsesAPIStreamingIterator(core, model_id)


def _response(values: dict[str, Any], meta: Any, model_id: str | None) -> ResponsesAPIResponse:
    from ..types.responses.api import response_from_json
    from .streaming_iterator import name_response

    name_response(values, meta.provider, model_id)
    return response_from_json(values, meta)


def _deleted(values: dict[str, Any], response_id: str) -> DeleteResponseResult:
    from ..types.open import build_open
    from ..types.responses.main import DeleteResponseResult

    # Azure answers with nothing: that it answered well says that the response is gone.
    return build_open(
        DeleteResponseResult,
        {"id": response_id, "object": "response", "deleted": True, **values},
    )


# Importing this package has put a module over the function of the same name.
sys.modules[__package__.rpartition(".")[0]].__dict__["responses"] = responses
for _name in ("ids", "main", "streaming_iterator", "utils"):
    _module = sys.modules.get(f"{__package__}.{_name}")
    if _module is not None:
        setattr(responses, _name, _module)
