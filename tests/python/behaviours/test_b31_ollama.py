"""Ollama in full: tools, schemas, pictures, thinking, options; a stream says what the plain answer says."""

from __future__ import annotations

PROOFS = [
    "test_native_wires.py::test_each_speaks_its_dialect",
]
