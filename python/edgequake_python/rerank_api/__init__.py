"""Reranking: which documents answer a query best."""

from __future__ import annotations

from .main import (
    arerank,
    rerank,
)

__all__ = [
    "arerank",
    "rerank",
]
