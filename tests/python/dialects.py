"""Every dialect that the simulator speaks, as arguments of a call."""

from __future__ import annotations

from typing import Any

import edgequake_python as eq

MESSAGES = [{"role": "user", "content": "Count 1 to 5"}]
#: The key of every call here; of AWS's, the secret one.
KEY = "sk-canary-7f3a9c1b5e2d"
_AWS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": KEY,
    "aws_region_name": "us-east-1",
}
_VERTEX = {"api_key": KEY, "vertex_project": "p", "vertex_location": "us-central1"}

DIALECTS: dict[str, dict[str, Any]] = {
    "openai": {"api_key": KEY},
    "azure": {"api_key": KEY, "api_version": "2024-10-21"},
    "anthropic": {"api_key": KEY},
    "gemini": {"api_key": KEY},
    "vertex_ai": _VERTEX,
    "bedrock": _AWS,
    "mistral": {"api_key": KEY},
}


def call(simulator: eq.Simulator, dialect: str, model: str, **more: Any) -> dict[str, Any]:
    """Arguments of a call for ``model``, which may name a fault (``cut;after=2``), once and unrepeated."""
    base = simulator.base_url if dialect in ("openai", "mistral") else simulator.root_url
    where = {"model": f"{dialect}/{model}", "api_base": base, "messages": MESSAGES, "num_retries": 0}
    return {**where, **DIALECTS[dialect], **more}
