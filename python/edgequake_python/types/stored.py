"""What a provider keeps: files and batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Optional, TypeVar

from .base import Open
from .metadata import Response
from .open import OpenObject, build_open, declared, opened

S = TypeVar("S", bound=OpenObject)


class OpenAIFileObject(OpenObject, Response):
    """A stored file. Times are in seconds since the epoch."""

    has_meta: ClassVar[bool] = True

    id: Open[str]
    bytes: Open[Optional[int]] = None
    created_at: Open[Optional[int]] = None
    filename: Open[Optional[str]] = None
    object: Open[str] = "file"
    purpose: Open[Optional[str]] = None
    status: Open[Optional[str]] = None
    expires_at: Open[Optional[int]] = None
    status_details: Open[Optional[str]] = None


class FileDeleted(OpenObject, Response):
    """That a file is gone."""

    has_meta: ClassVar[bool] = True

    id: Open[str]
    deleted: Open[Optional[bool]] = None
    object: Open[str] = "file"


class LiteLLMBatch(OpenObject, Response):
    """A batch of requests. Times are in seconds since the epoch."""

    has_meta: ClassVar[bool] = True

    id: Open[str]
    completion_window: Open[Optional[str]] = None
    created_at: Open[Optional[int]] = None
    endpoint: Open[Optional[str]] = None
    input_file_id: Open[Optional[str]] = None
    object: Open[str] = "batch"
    status: Open[Optional[str]] = None
    cancelled_at: Open[Optional[int]] = None
    cancelling_at: Open[Optional[int]] = None
    completed_at: Open[Optional[int]] = None
    error_file_id: Open[Optional[str]] = None
    errors: Open[Optional[Any]] = None
    expired_at: Open[Optional[int]] = None
    expires_at: Open[Optional[int]] = None
    failed_at: Open[Optional[int]] = None
    finalizing_at: Open[Optional[int]] = None
    in_progress_at: Open[Optional[int]] = None
    metadata: Open[Optional[Any]] = None
    model: Open[Optional[str]] = None
    output_file_id: Open[Optional[str]] = None
    request_counts: Open[Optional[Any]] = None
    usage: Open[Optional[Any]] = None


class Page(OpenObject, Response):
    """One page of a list; iterating gives what is on it."""

    has_meta: ClassVar[bool] = True

    data: Open[list[Any]]
    has_more: Open[Optional[bool]] = None

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def has_next_page(self) -> bool:
        """Whether there is more; ask for it with ``after=page.data[-1].id``."""
        return bool(self.has_more)


def stored(cls: type[S], values: dict[str, Any], meta: Any = None) -> S:
    """An instance of ``cls`` from parsed JSON, which is used up; a declared key not sent is None."""
    known: dict[str, Any] = dict.fromkeys(declared(cls))
    return build_open(cls, {**known, **opened(values)._values()}, meta)


def page(cls: type[OpenObject], values: dict[str, Any], meta: Any = None) -> Page:
    """A page of instances of ``cls``."""
    data = [stored(cls, value) for value in values.pop("data", None) or []]
    return build_open(Page, {"data": data, **values}, meta)
