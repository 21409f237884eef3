"""Vectors as numpy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .types import EmbeddingResponse


def with_arrays(response: EmbeddingResponse) -> EmbeddingResponse:
    """``response`` with every vector as an array of float32.

    The response itself is not changed: a cache may hold it.

    Raises:
        ImportError: when numpy is not installed.
    """
    from base64 import b64decode
    from copy import copy
    from importlib import import_module

    numpy: Any = import_module("numpy")

    def array(vector: Any) -> Any:
        if isinstance(vector, str):
            return numpy.frombuffer(b64decode(vector), dtype="<f4")
        return numpy.asarray(vector, dtype="float32")

    changed = copy(response)
    changed.data = [{**entry, "embedding": array(entry["embedding"])} for entry in response.data]
    return changed
