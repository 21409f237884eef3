"""Batches: many requests in a stored file, answered within a day at a lower price."""

from __future__ import annotations

from .. import _call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..types.stored import LiteLLMBatch, Page


def create_batch(
    completion_window: str,
    endpoint: str,
    input_file_id: str,
    custom_llm_provider: str = "openai",
    metadata: dict[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    output_expires_after: dict[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """Start a batch.

    Args:
        completion_window: ``24h``.
        endpoint: ``/v1/chat/completions``, ``/v1/embeddings``, ``/v1/responses``, ...
        input_file_id: the file with the requests, see `create_file`.
        custom_llm_provider: ``openai``, ``azure``, ``groq``, ...
        metadata: kept with the batch.
        extra_headers: headers to add.
        extra_body: fields to add.
        output_expires_after: ``{"anchor": "created_at", "seconds": n}``.
        **kwargs: as for `completion`.
    """
    return _call.ask("create_batch", _arguments(locals()), _batch)


async def acreate_batch(
    completion_window: str,
    endpoint: str,
    input_file_id: str,
    custom_llm_provider: str = "openai",
    metadata: dict[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    output_expires_after: dict[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """As `create_batch`."""
    return await _call.ask_async("create_batch", _arguments(locals()), _batch)


def retrieve_batch(
    batch_id: str,
    custom_llm_provider: str = "openai",
    metadata: dict[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """How a batch stands; ``metadata`` is for those who watch calls."""
    return _call.ask("retrieve_batch", _arguments(locals()), _batch)


async def aretrieve_batch(
    batch_id: str,
    custom_llm_provider: str = "openai",
    metadata: dict[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """As `retrieve_batch`."""
    return await _call.ask_async("retrieve_batch", _arguments(locals()), _batch)


def list_batches(
    after: str | None = None,
    limit: int | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Page:
    """A page of batches, newest first."""
    return _call.ask("list_batches", _arguments(locals()), _batches)


async def alist_batches(
    after: str | None = None,
    limit: int | None = None,
    custom_llm_provider: str = "openai",
    metadata: dict[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Page:
    """As `list_batches`."""
    return await _call.ask_async("list_batches", _arguments(locals()), _batches)


def cancel_batch(
    batch_id: str,
    model: str | None = None,
    custom_llm_provider: str = "openai",
    metadata: dict[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """Stop a batch. A ``model`` with a provider's prefix names the provider."""
    return _call.ask("cancel_batch", _arguments(locals()), _batch)


async def acancel_batch(
    batch_id: str,
    model: str | None = None,
    custom_llm_provider: str = "openai",
    metadata: dict[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """As `cancel_batch`."""
    return await _call.ask_async("cancel_batch", _arguments(locals()), _batch)


def _arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    arguments = _call.gather(parameters)
    arguments["_id"] = arguments.pop("batch_id", None)
    model = arguments.pop("model", None)
    if model and "/" in model:
        arguments["custom_llm_provider"] = model.partition("/")[0]
    if not arguments.get("custom_llm_provider"):
        arguments["custom_llm_provider"] = "openai"
    return arguments


def _batch(answer: dict[str, Any], meta: Any) -> LiteLLMBatch:
    from ..types.stored import LiteLLMBatch, stored

    return stored(LiteLLMBatch, answer, meta)


def _batches(answer: dict[str, Any], meta: Any) -> Page:
    from ..types.stored import LiteLLMBatch, page

    return page(LiteLLMBatch, answer, meta)
