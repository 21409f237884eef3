"""A server with a certificate of an authority that nobody knows, and calls to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from certificates import Authority
from raw_server import Exchange, RawServer


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def answers(exchange: Exchange) -> None:
    exchange.answer("one", "two")


@pytest.fixture
def server(authority: Authority) -> Iterator[RawServer]:
    with RawServer(answers, authority.context()) as server:
        yield server


@pytest.fixture(params=["sync", "async"])
def mode(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


def ask(mode: str, server: RawServer, **more: Any) -> str:
    call = server.call(**more)
    if mode == "sync":
        answer = edgequake_python.completion(**call)
    else:
        answer = asyncio.run(edgequake_python.acompletion(**call))
    text: str = answer.choices[0].message.content
    return text
