"""`edgequake_python.testing`: handlers in the network's place, cassettes, and the fixtures for pytest."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from conftest import Complete
from edgequake_python import testing
from edgequake_python.testing import Request, Response, sse
from loopback import MESSAGES, Loopback, Reply, chat, events

KEY = "sk-canary-0123456789"
CALL: dict[str, Any] = {"model": "openai/unknown", "messages": MESSAGES, "api_key": KEY, "num_retries": 0}


def chunk(text: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def usual(request: Request) -> Any:
    if request.json.get("stream"):
        return sse(chunk("Hel"), chunk("lo!", "stop"))
    return chat()


async def usual_async(request: Request) -> Any:
    await asyncio.sleep(0)
    if not request.json.get("stream"):
        return chat()

    async def pieces() -> AsyncIterator[bytes]:
        for piece in sse(chunk("Hel"), chunk("lo!", "stop")):
            await asyncio.sleep(0)
            yield piece

    return Response(pieces())


@pytest.mark.parametrize("answer", [usual, usual_async])
def test_a_handler_is_the_server(content: Complete, answer: Any) -> None:
    with testing.handler(answer) as requests:
        assert content(**CALL) == "Hello!"
    (request,) = requests
    assert (request.method, request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json["messages"] == MESSAGES
    assert KEY not in repr(request)


def test_every_wire(complete: Complete) -> None:
    message = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    part = {"content": {"parts": [{"text": "Hi"}], "role": "model"}, "finishReason": "STOP"}

    def answer(request: Request) -> Any:
        if "api.anthropic.com" in request.url:
            return message
        if "googleapis" in request.url:
            return {"candidates": [part]}
        if "bedrock" in request.url:
            return {
                "output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}},
                "stopReason": "end_turn",
                "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
            }
        return {"model": "m", "message": {"role": "assistant", "content": "Hi"}, "done": True}

    aws = {"aws_access_key_id": "A" * 16, "aws_secret_access_key": "s" * 40, "aws_region_name": "us-east-1"}
    with testing.handler(answer):
        for model, more in (
            ("anthropic/claude-3-haiku", {"api_key": KEY}),
            ("gemini/gemini-2.0-flash", {"api_key": KEY}),
            ("bedrock/anthropic.claude-3-haiku-20240307-v1:0", aws),
            ("ollama_chat/llama3", {}),
        ):
            answered = complete(model=model, messages=MESSAGES, **more)
            assert answered.choices[0].message.content == "Hi", model


def test_pieces_come_one_by_one_and_the_handler_learns_that_nobody_reads() -> None:
    sent: list[int] = []
    gate, closed = threading.Event(), threading.Event()

    def pieces() -> Iterator[Any]:
        try:
            sent.append(1)
            yield from sse(chunk("a"), done=False)
            assert gate.wait(20)
            for _ in range(10_000):
                sent.append(1)
                yield from sse(chunk("b"), done=False)
        finally:
            closed.set()

    with testing.handler(lambda request: pieces()):
        stream: Any = edgequake_python.completion(stream=True, **CALL)
        assert next(stream).choices[0].delta.content == "a"
        assert sent == [1]
        gate.set()
        next(stream)
        stream.close()
        assert closed.wait(20)
    assert len(sent) < 10_000


def test_what_goes_wrong(content: Complete) -> None:
    class Own(Exception):
        pass

    cases: list[tuple[Any, type[BaseException]]] = [
        (ConnectionRefusedError("no"), edgequake_python.APIConnectionError),
        (testing.Broken("cut"), edgequake_python.APIConnectionError),
        (TimeoutError(), edgequake_python.Timeout),
        (Own("mine"), Own),
        (AssertionError("mine"), AssertionError),
        (Response({"error": {"message": "slow"}}, 429), edgequake_python.RateLimitError),
        (None, TypeError),
    ]
    for answer, expected in cases:
        with testing.handler(lambda request, answer=answer: answer), pytest.raises(expected):  # type: ignore[misc]
            content(**CALL)

    def raising(request: Request) -> Any:
        raise Own("mine")

    with testing.handler(raising), pytest.raises(Own):
        content(**CALL)


def test_a_stream_that_breaks(streamed: Complete) -> None:
    answer = [*sse(chunk("a"), done=False), testing.Broken("cut")]
    with (
        testing.handler(lambda request: answer),
        pytest.raises(edgequake_python.IncompleteStreamError) as caught,
    ):
        streamed(**CALL)
    assert caught.value.partial == "a"


def test_retries_and_many_at_once() -> None:
    states: list[int] = []

    def answer(request: Request) -> Any:
        states.append(1)
        return Response({"error": {}}, 500, {"retry-after-ms": "1"}) if len(states) == 1 else chat()

    with testing.handler(answer):
        edgequake_python.completion(**{**CALL, "num_retries": 1})
    assert len(states) == 2

    async def many() -> list[Any]:
        return await asyncio.gather(*[edgequake_python.acompletion(**CALL) for _ in range(40)])

    with testing.handler(usual) as requests:
        assert len(asyncio.run(many())) == 40
        threads = [threading.Thread(target=edgequake_python.completion, kwargs=CALL) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert len(requests) == 48


def test_contexts_nest_and_end(server: Loopback) -> None:
    with testing.handler(lambda request: chat("outer")):
        with testing.handler(lambda request: chat("inner")):
            assert edgequake_python.completion(**CALL).choices[0].message.content == "inner"
        assert edgequake_python.completion(**CALL).choices[0].message.content == "outer"
        with testing.handler(lambda request: testing.Pass()):
            edgequake_python.completion(**server.call())
    edgequake_python.completion(**server.call())
    assert len(server.requests) == 2


def test_no_network(server: Loopback, content: Complete) -> None:
    with testing.no_network():
        assert content(**server.call()) == "Hello!"
        with pytest.raises(testing.NetworkForbidden, match=r"api\.openai\.com"):
            content(**CALL)
    with testing.no_network(loopback=False), pytest.raises(testing.NetworkForbidden):
        content(**server.call())


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_record_once_and_play(server: Loopback, tmp_path: Path, content: Complete, suffix: str) -> None:
    if suffix == "yaml":
        pytest.importorskip("yaml")
    path = tmp_path / "deep" / f"tape.{suffix}"

    def answer(request: Any) -> Reply:
        secret = {"set-cookie": "id=1", "x-echo": request.headers["authorization"]}
        if request.json.get("stream"):
            return Reply(events("Hel", "lo!"), headers={**secret, "content-type": "text/event-stream"})
        return Reply(chat(system_fingerprint=KEY), headers={**secret, "content-type": "application/json"})

    server.handler = answer
    call = server.call(api_key=KEY, temperature=0.5, max_tokens=7)
    with testing.cassette(path):
        assert content(**call) == "Hello!"
    text = path.read_text()
    assert KEY not in text
    assert "set-cookie" not in text
    assert len(server.requests) == 1
    with testing.cassette(path):
        # The order of parameters and the key are of no matter.
        assert content(**{**server.call(max_tokens=7, temperature=0.5), "api_key": "sk-another"}) == "Hello!"
        with pytest.raises(testing.CassetteError, match="no answer left"):
            content(**call)
    with testing.cassette(path, mode="strict"), pytest.raises(testing.CassetteError):
        content(**{**call, "temperature": 0.75})
    assert len(server.requests) == 1
    with testing.cassette(path, mode="new"):
        assert content(**call) == "Hello!"
        assert content(**{**call, "temperature": 0.75}) == "Hello!"
    assert len(server.requests) == 2
    with testing.cassette(path, mode="strict") as held:
        assert len(held.interactions) == 2
        assert content(**{**call, "temperature": 0.75}) == "Hello!"


def test_cassettes_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(testing.CassetteError), testing.cassette(tmp_path / "none.json", mode="strict"):
        pass
    (tmp_path / "bad.json").write_text("[]")
    with pytest.raises(testing.CassetteError), testing.cassette(tmp_path / "bad.json"):
        pass
    with pytest.raises(ValueError, match="mode"), testing.cassette(tmp_path / "a.json", mode="maybe"):
        pass


def test_errors_are_recorded_and_what_is_written_may_be_changed(server: Loopback, tmp_path: Path) -> None:
    path = tmp_path / "tape.json"
    server.handler = lambda request: Reply({"error": {"message": "slow"}}, 429, {"x-own": "private"})

    def redact(interaction: dict[str, Any]) -> dict[str, Any]:
        interaction["response"]["headers"].pop("x-own")
        return interaction

    for _ in range(2):
        with testing.cassette(path, redact=redact), pytest.raises(edgequake_python.RateLimitError):
            edgequake_python.completion(**server.call(num_retries=0))
    assert len(server.requests) == 1
    held = json.loads(path.read_text())
    assert held["interactions"][0]["response"]["status"] == 429
    assert "private" not in path.read_text()


PLUGIN_TEST = """
import pytest
import edgequake_python
from edgequake_python.testing import NetworkForbidden

CALL = {"model": "openai/m", "messages": [{"role": "user", "content": "a"}], "api_key": "sk-0123456789"}
MESSAGE = {"role": "assistant", "content": "A"}
ANSWER = {"choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}]}

def test_handler(edgequake_handler):
    requests = edgequake_handler(lambda request: ANSWER)
    assert edgequake_python.completion(**CALL).choices[0].message.content == "A"
    assert len(requests) == 1

def test_guard():
    with pytest.raises(NetworkForbidden):
        edgequake_python.completion(**CALL)

def test_cassette(edgequake_cassette):
    with edgequake_python.Simulator() as simulator:
        asked = {**CALL, "api_base": "http://127.0.0.1:PORT/v1"}
        edgequake_python.completion(**asked)
    assert edgequake_cassette.path.name == "test_cassette.json"
"""


def _pytest_plugins() -> list[Any]:
    from importlib.metadata import entry_points

    found: Any = entry_points()
    # Python 3.9 has a dict of groups, later ones a method.
    select = getattr(found, "select", None)
    return list(found.get("pytest11", ()) if select is None else select(group="pytest11"))


def test_the_plugin(server: Loopback, tmp_path: Path) -> None:
    port = server.base_url.rsplit(":", 1)[1].split("/")[0]
    (tmp_path / "test_it.py").write_text(PLUGIN_TEST.replace("PORT", port))
    plugin = "edgequake_python.testing.pytest_plugin"
    for run in range(2):
        # Where the package is installed pytest finds the plugin by itself, and refuses it a second time.
        found = any(entry.value == plugin for entry in _pytest_plugins())
        named = [] if found else ["-p", plugin]
        command = [sys.executable, "-m", "pytest", "-q", *named, "--edgequake-no-network", "test_it.py"]
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert (tmp_path / "cassettes" / "test_it" / "test_cassette.json").exists()
        # The second time the file answers.
        assert len(server.requests) == 1, run


def test_nothing_is_loaded_before_it_is_used() -> None:
    program = "import sys, edgequake_python; print('edgequake_python.testing' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
