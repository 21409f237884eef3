"""Batches: many requests in a stored file, answered within a day at a lower price."""

from __future__ import annotations

from .main import (
    acancel_batch,
    acreate_batch,
    alist_batches,
    aretrieve_batch,
    cancel_batch,
    create_batch,
    list_batches,
    retrieve_batch,
)

__all__ = [
    "acancel_batch",
    "acreate_batch",
    "alist_batches",
    "aretrieve_batch",
    "cancel_batch",
    "create_batch",
    "list_batches",
    "retrieve_batch",
]
