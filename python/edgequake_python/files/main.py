"""Files that a provider keeps, for batches and the like."""

from __future__ import annotations

from .. import _call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..binary import HttpxBinaryResponseContent
    from ..types.stored import FileDeleted, OpenAIFileObject, Page


def create_file(
    file: Any,
    purpose: str,
    expires_after: dict[str, Any] | None = None,
    custom_llm_provider: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> OpenAIFileObject:
    """Store a file.

    Args:
        file: a path, bytes, an open file, or ``(name, content[, media type])``.
        purpose: ``batch``, ``fine-tune``, ``user_data``, ...
        expires_after: ``{"anchor": "created_at", "seconds": n}``.
        custom_llm_provider: ``openai`` (also when not given), ``azure``, ...
        extra_headers: headers to add.
        extra_body: fields to add.
        **kwargs: as for `completion`.
    """
    return _call.ask("create_file", _create_arguments(locals()), _file)


async def acreate_file(
    file: Any,
    purpose: str,
    expires_after: dict[str, Any] | None = None,
    custom_llm_provider: str | None = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> OpenAIFileObject:
    """As `create_file`; the file is read on another thread."""
    parameters = {**locals()}
    arguments = await _call.on_a_thread(_create_arguments, parameters)
    return await _call.ask_async("create_file", arguments, _file)


def file_retrieve(
    file_id: str,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> OpenAIFileObject:
    """What is known about a stored file."""
    return _call.ask("file_retrieve", _arguments(locals()), _file)


async def afile_retrieve(
    file_id: str,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> OpenAIFileObject:
    """As `file_retrieve`."""
    return await _call.ask_async("file_retrieve", _arguments(locals()), _file)


def file_delete(
    file_id: str,
    model: str | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> FileDeleted:
    """Delete a stored file. A ``model`` with a provider's prefix names the provider."""
    parameters = locals()
    if model is not None:
        parameters["custom_llm_provider"] = model.partition("/")[0] if "/" in model else custom_llm_provider
        del parameters["model"]
    return _call.ask("file_delete", _arguments(parameters), _deleted)


async def afile_delete(
    file_id: str,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> FileDeleted:
    """As `file_delete`."""
    return await _call.ask_async("file_delete", _arguments(locals()), _deleted)


def file_list(
    custom_llm_provider: str = "openai",
    purpose: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Page:
    """A page of stored files; ``limit``, ``after`` and ``order`` choose which."""
    return _call.ask("file_list", _arguments(locals()), _files)


async def afile_list(
    custom_llm_provider: str = "openai",
    purpose: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Page:
    """As `file_list`."""
    return await _call.ask_async("file_list", _arguments(locals()), _files)


def file_content(
    file_id: str,
    model: str | None = None,
    custom_llm_provider: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    chunk_size: int = 1048576,
    stream: bool = False,
    **kwargs: Any,
) -> HttpxBinaryResponseContent:
    """What is in a stored file, as it comes: iterate it, or take ``content``.

    Args:
        file_id: the file's id.
        model: ``provider/model``, whose provider keeps the file; or None.
        custom_llm_provider: the provider; ``openai`` when nothing names one.
        extra_headers: headers to add.
        extra_body: fields to add.
        chunk_size: LiteLLM's; pieces come as they arrive, or in the size that `iter_bytes` is asked for.
        stream: LiteLLM's; the content is never held back.
        **kwargs: as for `completion`.
    """
    return _call.open_stream("file_content", _arguments(locals()), _content)


async def afile_content(
    file_id: str,
    custom_llm_provider: str | None = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    chunk_size: int = 1048576,
    stream: bool = False,
    **kwargs: Any,
) -> HttpxBinaryResponseContent:
    """As `file_content`."""
    return await _call.open_stream_async("file_content", _arguments(locals()), _content)


def _arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    arguments = _call.gather(parameters)
    for name in ("chunk_size", "stream"):
        arguments.pop(name, None)
    arguments["_id"] = arguments.pop("file_id", None)
    if not arguments.get("custom_llm_provider") and not arguments.get("model"):
        arguments["custom_llm_provider"] = "openai"
    return arguments


def _create_arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    from ..uploads import upload

    arguments = _arguments(parameters)
    arguments["_files"] = [upload("file", arguments.pop("file"), "file")]
    return arguments


def _file(answer: dict[str, Any], meta: Any) -> OpenAIFileObject:
    from ..types.stored import OpenAIFileObject, stored

    return stored(OpenAIFileObject, answer, meta)


def _deleted(answer: dict[str, Any], meta: Any) -> FileDeleted:
    from ..types.stored import FileDeleted, stored

    return stored(FileDeleted, answer, meta)


def _files(answer: dict[str, Any], meta: Any) -> Page:
    from ..types.stored import OpenAIFileObject, page

    return page(OpenAIFileObject, answer, meta)


def _content(core: Any) -> HttpxBinaryResponseContent:
    from ..binary import HttpxBinaryResponseContent

    return HttpxBinaryResponseContent(core, core.meta)
