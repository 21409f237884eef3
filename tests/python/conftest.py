"""What every test of calls starts from: no settings of the machine's, and servers of its own."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest
from hypothesis import HealthCheck, settings

import edgequake_python
from edgequake_python import _names
from edgequake_python.observers import flush
from loopback import Loopback
from recorder import Recorder
from redis_server import RedisServer

# Other work on the machine makes an example slow, not wrong.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

#: Variables by which a machine changes where calls go, or as whom.
_MEANT = (
    *("OPENAI_", "LITELLM_", "EDGEQUAKE_", "AZURE_", "AWS_", "ANTHROPIC_", "GOOGLE_", "VERTEXAI_"),
    *("SSL_", "REQUESTS_CA_BUNDLE"),
)
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

Complete = Callable[..., Any]


@pytest.fixture(autouse=True)
def restored_settings() -> Iterator[None]:
    """Every attribute of the package as it was before the test."""
    attributes = vars(edgequake_python)
    before = dict(attributes)
    yield
    for name in set(attributes) - set(before):
        # What the package itself loads when first asked for stays.
        home = sys.modules.get(f"edgequake_python.{_names._MODULE_OF.get(name, 'types')}")
        module = sys.modules.get(f"edgequake_python.{name}")
        value = attributes[name]
        if value is None or (value is not getattr(home, name, None) and value is not module):
            delattr(edgequake_python, name)
    for name, value in before.items():
        if attributes.get(name) is not value or name not in attributes:
            setattr(edgequake_python, name, value)


@pytest.fixture(autouse=True)
def clean_environment(restored_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither keys nor bases nor proxies of the machine's. ``monkeypatch`` is undone before the restoring."""
    for name in list(os.environ):
        if name.startswith(_MEANT) or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    # Neither the machine's files nor the cloud it may run on say who asks.
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CLOUDSDK_CONFIG"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def simulator() -> Iterator[edgequake_python.Simulator]:
    with edgequake_python.Simulator() as simulator:
        yield simulator


@pytest.fixture
def openai_simulated(
    simulator: edgequake_python.Simulator, monkeypatch: pytest.MonkeyPatch
) -> edgequake_python.Simulator:
    """OpenAI's own models answered by the simulator, as a program's environment would have it."""
    monkeypatch.setenv("OPENAI_API_BASE", simulator.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-simulated")
    return simulator


@pytest.fixture
def recorder(openai_simulated: edgequake_python.Simulator) -> Iterator[Recorder]:
    """Is told of every call of the test."""
    recorder = Recorder()
    edgequake_python.callbacks.append(recorder)
    yield recorder
    edgequake_python.callbacks.remove(recorder)
    flush(10)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server of the test's own, which it may stop and start."""
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One server for all tests of a module that leave it alone."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


def _complete_async(**call: Any) -> Any:
    return asyncio.run(edgequake_python.acompletion(**call))


@pytest.fixture(params=["sync", "async"])
def complete(request: pytest.FixtureRequest) -> Complete:
    """`completion`, and the same by `acompletion` in a loop of its own."""
    return edgequake_python.completion if request.param == "sync" else _complete_async


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Calls a function by its name, or its asynchronous twin in a loop of its own."""

    def call(name: str, **more: Any) -> Any:
        if request.param == "sync":
            return getattr(edgequake_python, name)(**more)
        twin = getattr(edgequake_python, f"a{name}")
        assert inspect.iscoroutinefunction(twin)
        return asyncio.run(twin(**more))

    return call


def _read_stream(**call: Any) -> str:
    stream = edgequake_python.completion(stream=True, **call)
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream)


def _read_stream_async(**call: Any) -> str:
    async def read() -> str:
        stream = await edgequake_python.acompletion(stream=True, **call)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    return asyncio.run(read())


_WAYS: dict[str, Complete] = {
    "sync": lambda **call: edgequake_python.completion(**call).choices[0].message.content,
    "async": lambda **call: _complete_async(**call).choices[0].message.content,
    "stream": _read_stream,
    "async-stream": _read_stream_async,
}


@pytest.fixture(params=sorted(_WAYS))
def content(request: pytest.FixtureRequest) -> Complete:
    """The text of an answer, asked for in each of the four ways: plain and streamed, sync and async."""
    return _WAYS[request.param]


@pytest.fixture(params=["stream", "async-stream"])
def streamed(request: pytest.FixtureRequest) -> Complete:
    """The text of a streamed answer."""
    return _WAYS[request.param]
