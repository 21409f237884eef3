"""A debugger or a coverage tool that looks at every frame changes nothing of what is sent."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from raw_server import RawServer, read


@pytest.fixture
def traced() -> Iterator[None]:
    """Every line of this thread is watched, local variables and all."""

    def watch(frame: Any, event: str, argument: Any) -> Any:
        _ = dict(frame.f_locals)
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    yield
    sys.settrace(before)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_plain_calls(mode: str, traced: None) -> None:
    with RawServer(lambda exchange: exchange.answer("one")) as server:
        call = server.call(seed=1, made_up=True)
        if mode == "sync":
            edgequake_python.completion(**call)
        else:
            asyncio.run(edgequake_python.acompletion(**call))
        assert set(server.requests[0].json) == {"model", "messages", "seed", "made_up"}


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_streams(mode: str, traced: None) -> None:
    with RawServer(lambda exchange: exchange.answer("one")) as server:
        reading = read(mode, **server.call(seed=1, made_up=True))
        assert (reading.text, reading.error) == ("one", None)
        assert set(server.requests[0].json) == {"model", "messages", "seed", "made_up", "stream"}


def test_embeddings(traced: None) -> None:
    with edgequake_python.Simulator() as simulator:
        edgequake_python.embedding(
            "openai/text-embedding-3-small", input=["x"], api_base=simulator.base_url, api_key="k"
        )
        body = simulator.requests[-1]["body"]
    assert set(json.loads(body)) <= {"model", "input", "encoding_format"}
