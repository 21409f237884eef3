"""Reranked documents. Results are plain dicts, as LiteLLM's are."""

from __future__ import annotations

from typing import Any, Optional, TypedDict

from .base import Open
from .metadata import Response


class RerankBilledUnits(TypedDict, total=False):
    """What is billed."""

    search_units: Optional[int]
    total_tokens: Optional[int]


class RerankTokens(TypedDict, total=False):
    """Token counts."""

    input_tokens: Optional[int]
    output_tokens: Optional[int]


class RerankResponseMeta(TypedDict, total=False):
    """What is known beside the results."""

    api_version: Optional[dict[str, Any]]
    billed_units: Optional[RerankBilledUnits]
    tokens: Optional[RerankTokens]


class RerankResponseDocument(TypedDict):
    """A document."""

    text: str


class RerankResponseResult(TypedDict, total=False):
    """One document: its place in the request, how well it answers the query (higher is better), its text."""

    index: int
    relevance_score: float
    document: RerankResponseDocument


class OptionalRerankParams(TypedDict, total=False):
    """Parameters of a reranking."""

    query: str
    top_n: Optional[int]
    documents: list[Any]
    rank_fields: Optional[list[str]]
    return_documents: Optional[bool]
    max_chunks_per_doc: Optional[int]
    max_tokens_per_doc: Optional[int]


class RerankResponse(Response):
    """Documents, best first."""

    id: Open[Optional[str]] = None
    results: Open[Optional[list[Any]]] = None
    meta: Open[Optional[Any]] = None

    def _is_billed(self) -> bool:
        meta = self.meta
        return super()._is_billed() or (isinstance(meta, dict) and bool(meta.get("billed_units")))

    def __init__(
        self,
        id: Optional[str] = None,
        results: Optional[list[Any]] = None,
        meta: Optional[Any] = None,
        **more: Any,
    ) -> None:
        self._fill(id=id, results=results, meta=meta, **more)
        self._start_metadata(None, None, None)

    def __getitem__(self, key: str) -> Any:
        try:
            return getattr(self, key)
        except AttributeError:
            raise KeyError(key) from None


def __getattr__(name: str) -> object:
    if name != "RerankRequest":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .small_models import RerankRequest

    return RerankRequest
