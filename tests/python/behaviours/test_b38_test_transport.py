"""Calls can be answered in-process and recorded, without a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import edgequake_python as eq
from edgequake_python import testing
from native import USER, WIRES
from raw_server import read
from test_native_answers import WAYS

pytest.importorskip("cryptography")

PROOFS = [
    "test_testing.py",
    "test_mocks.py",
    "test_connection_reuse.py",
    "test_native_faults.py::test_connections_are_used_again_and_counted",
    "test_client_options.py",
    "behaviours/test_b41_thousand_streams.py",
]


@pytest.mark.parametrize(
    "wire", ["openai", "anthropic", "gemini", "bedrock", "cohere", "mistral", "ollama-chat"]
)
def test_every_dialect_is_recorded_and_played(simulator: eq.Simulator, tmp_path: Path, wire: str) -> None:
    call = WIRES[wire].call(simulator, messages=USER)

    def run() -> list[str]:
        plain = [str(way(**call).choices[0].message.content) for way in (WAYS["sync"], WAYS["async"])]
        readings = [read(mode, **call) for mode in ("sync", "async")]
        assert not [reading.error for reading in readings if reading.error]
        return [*plain, *(reading.text for reading in readings)]

    path = tmp_path / "calls.json"
    with testing.cassette(path):
        first = run()
    sent = simulator.stats["requests"]
    with testing.no_network(), testing.cassette(path):
        assert run() == first
    assert simulator.stats["requests"] == sent
    assert first[0].startswith("You said:")
    assert "secret" not in json.dumps(path.read_text())
