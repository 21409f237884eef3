"""More inputs than a provider takes are several requests and one answer."""

from __future__ import annotations

PROOFS = [
    "test_embedding_parts.py",
    "test_embedding.py",
]
