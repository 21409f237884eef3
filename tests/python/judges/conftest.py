"""OpenAI's own client at the simulator; the judges of other providers bring a client of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python


@pytest.fixture
def client(simulator: edgequake_python.Simulator) -> Iterator[Any]:
    openai = pytest.importorskip("openai")
    with openai.OpenAI(
        base_url=simulator.base_url, api_key="sk-simulated", max_retries=0, timeout=20
    ) as client:
        yield client
