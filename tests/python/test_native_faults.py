"""Every native wire when things break: refusals, cut and broken streams, silence, and callers who leave."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

import edgequake_python
from edgequake_python import Simulator, acompletion, completion
from native import USER, WIRES, Wire

pytest.importorskip("cryptography")
pytest.importorskip("google.auth")


@pytest.fixture(params=sorted(WIRES))
def wire(request: pytest.FixtureRequest) -> Wire:
    return WIRES[request.param]


def until(condition: Any) -> None:
    """Waits for what another thread is about to see."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


REFUSALS = {
    "400": ("BadRequestError", 400),
    "401": ("AuthenticationError", 401),
    "403": ("PermissionDeniedError", 403),
    "404": ("NotFoundError", 404),
    "429": ("RateLimitError", 429),
    "500": ("InternalServerError", 500),
    "503": ("ServiceUnavailableError", 503),
    "context_window": ("ContextWindowExceededError", 400),
}


@pytest.mark.parametrize("behaviour", sorted(REFUSALS))
def test_a_refusal_has_its_class(simulator: Simulator, wire: Wire, behaviour: str, complete: Any) -> None:
    name, status = REFUSALS[behaviour]
    with pytest.raises(getattr(edgequake_python, name)) as caught:
        complete(**wire.call(simulator, behaviour), num_retries=0)
    error = caught.value
    assert type(error).__name__ == name
    # AWS has no 401 of its own.
    assert error.status_code in {status, 403 if status == 401 else status}
    assert error.llm_provider == wire.prefix.partition("/")[0]
    assert error.model
    assert "any" not in str(error).split()
    assert "secret" not in str(error)


@pytest.mark.parametrize("behaviour", ["429", "500"])
def test_a_refused_stream_is_refused_before_its_first_chunk(
    simulator: Simulator, wire: Wire, behaviour: str
) -> None:
    with pytest.raises(getattr(edgequake_python, REFUSALS[behaviour][0])):
        completion(**wire.call(simulator, behaviour), stream=True, num_retries=0)


def test_what_is_over_soon_is_tried_again(simulator: Simulator, wire: Wire) -> None:
    behaviour = f"503?times=1&who={wire.prefix}{wire.model}&retry_after_ms=1"
    answer = completion(**wire.call(simulator, behaviour), num_retries=1)
    assert answer.choices[0].message.content.startswith("You said:")


def said(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


@pytest.mark.parametrize("behaviour", ["cut", "cut_event", "cut_clean"])
def test_a_cut_stream_is_incomplete_and_keeps_what_came(
    simulator: Simulator, wire: Wire, behaviour: str
) -> None:
    before = simulator.stats["requests"]
    chunks: list[Any] = []
    with pytest.raises(edgequake_python.IncompleteStreamError) as caught:
        for chunk in completion(**wire.call(simulator, f"{behaviour}?after=3"), stream=True):
            chunks.append(chunk)
    assert said(chunks) == "You said: What"
    assert caught.value.partial == "You said: What"
    # Nothing is asked for again once something was delivered.
    until(lambda: simulator.stats["open_streams"] == 0)
    chats = [request for request in simulator.requests[before:] if not request["path"].endswith("/token")]
    assert len(chats) <= 1


def test_the_same_when_awaited(simulator: Simulator, wire: Wire) -> None:
    async def run() -> list[Any]:
        chunks = []
        stream = await acompletion(**wire.call(simulator, "cut?after=3"), stream=True)
        with pytest.raises(edgequake_python.IncompleteStreamError):
            async for chunk in stream:
                chunks.append(chunk)
        return chunks

    assert said(asyncio.run(run())) == "You said: What"


#: Dialects whose streams say with an error what its status would have been.
TOLD = sorted(set(WIRES) - {"ollama", "ollama-chat", "cohere"})


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize(("status", "error"), [(429, "RateLimitError"), (500, "InternalServerError")])
def test_an_error_inside_a_stream_has_the_class_of_its_status(
    simulator: Simulator, name: str, status: int, error: str
) -> None:
    chunks: list[Any] = []
    with pytest.raises(getattr(edgequake_python, error)):
        for chunk in completion(**WIRES[name].call(simulator, f"error_event?status={status}"), stream=True):
            chunks.append(chunk)
    assert said(chunks) == "You said:"


@pytest.mark.parametrize("name", sorted(set(WIRES) - set(TOLD)))
def test_an_error_inside_a_stream_that_tells_no_status(simulator: Simulator, name: str) -> None:
    with pytest.raises(edgequake_python.InternalServerError):
        list(completion(**WIRES[name].call(simulator, "error_event?status=500"), stream=True))


def test_a_broken_event_is_an_error_and_no_guess(simulator: Simulator, wire: Wire) -> None:
    with pytest.raises(edgequake_python.APIResponseValidationError):
        list(completion(**wire.call(simulator, "malformed"), stream=True))
    with pytest.raises(edgequake_python.APIResponseValidationError):
        completion(**wire.call(simulator, "malformed"), num_retries=0)


def test_a_wrong_checksum_is_a_corrupt_stream(simulator: Simulator) -> None:
    with pytest.raises(edgequake_python.APIResponseValidationError, match="checksum"):
        list(completion(**WIRES["bedrock"].call(simulator, "malformed?crc=1"), stream=True))


def test_silence_ends_in_a_timeout(simulator: Simulator, wire: Wire) -> None:
    with pytest.raises(edgequake_python.Timeout):
        completion(**wire.call(simulator, "stall?before=1"), timeout=0.3, num_retries=0)
    chunks: list[Any] = []
    with pytest.raises(edgequake_python.Timeout):
        for chunk in completion(**wire.call(simulator, "stall"), stream=True, timeout=1, num_retries=0):
            chunks.append(chunk)
    assert said(chunks) == "You said:"
    until(lambda: simulator.stats["open_streams"] == 0)


def test_leaving_a_stream_closes_its_socket(simulator: Simulator, wire: Wire) -> None:
    until(lambda: simulator.stats["open_streams"] == 0)
    aborted = simulator.stats["aborted"]
    stream = completion(**wire.call(simulator, "stall"), stream=True)
    next(iter(stream))
    assert simulator.stats["open_streams"] == 1
    stream.close()
    until(lambda: simulator.stats["open_streams"] == 0)
    assert simulator.stats["aborted"] == aborted + 1
    assert simulator.requests[-1]["aborted"]


def test_cancelling_a_task_closes_its_socket(simulator: Simulator, wire: Wire) -> None:
    until(lambda: simulator.stats["open_streams"] == 0)
    aborted = simulator.stats["aborted"]

    async def run() -> None:
        task = asyncio.ensure_future(acompletion(**wire.call(simulator, "stall?before=1"), num_retries=0))
        while simulator.stats["open_streams"] == 0 or simulator.requests[-1]["path"].endswith("/token"):
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    until(lambda: simulator.stats["open_streams"] == 0)
    assert simulator.stats["aborted"] == aborted + 1


def test_what_a_provider_refuses_in_a_conversation_is_a_bad_request(simulator: Simulator) -> None:
    # A result without its call: no dialect has a place for it.
    messages = [*USER, {"role": "tool", "tool_call_id": "call_1", "content": "18 degrees"}]
    for name in ("anthropic", "gemini", "cohere", "mistral"):
        with pytest.raises(edgequake_python.BadRequestError):
            completion(**WIRES[name].call(simulator, messages=messages), num_retries=0)


def test_an_unknown_field_reaches_the_provider_which_refuses_it(simulator: Simulator) -> None:
    for name in ("anthropic", "gemini", "cohere", "mistral"):
        with pytest.raises(edgequake_python.BadRequestError, match="no_such_field"):
            completion(**WIRES[name].call(simulator, extra_body={"no_such_field": 1}), num_retries=0)
        assert json.loads(simulator.requests[-1]["body"])["no_such_field"] == 1


def test_connections_are_used_again_and_counted(simulator: Simulator, wire: Wire) -> None:
    completion(**wire.call(simulator))
    until(lambda: simulator.stats["open_streams"] == 0)
    before = simulator.stats
    for _ in range(3):
        completion(**wire.call(simulator))
        until(lambda: simulator.stats["open_streams"] == 0)
    after = simulator.stats
    assert after["requests"] == before["requests"] + 3
    assert after["connections"] <= before["connections"] + 1
    assert after["open_connections"] >= 1
    assert simulator.requests[-1]["status"] == 200
