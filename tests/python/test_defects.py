"""A panic inside the core is an `InternalError`, wherever it happens; the process and its next call go on.

A panic cannot be had from outside: these tests run where the core was built with the feature `defects`
(``make test-defects``), and are skipped elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import time
from collections.abc import Iterator
from typing import Any, Callable

import pytest

import edgequake_python as eq
from edgequake_python import _eq_core, _logging
from raw_server import GUARD

put: Callable[[object], None] = getattr(_eq_core, "put_defect", lambda place: None)
pytestmark = pytest.mark.skipif(not hasattr(_eq_core, "put_defect"), reason="built without `defects`")

MESSAGES = [{"role": "user", "content": "Hello"}]


@pytest.fixture(autouse=True)
def no_defect_is_left() -> Iterator[None]:
    yield
    put(None)


def _read(**call: Any) -> Any:
    return list(eq.completion(**call, stream=True))


async def _aread(**call: Any) -> Any:
    return [chunk async for chunk in await eq.acompletion(**call, stream=True)]


def _first(**call: Any) -> Any:
    """The call of a process whose answer classes are still being imported."""
    core: Any = _eq_core
    return core.begin("chat", False, call, vars(eq)).finish()


def _asked(simulator: eq.Simulator) -> dict[str, Any]:
    where = {"api_base": simulator.base_url, "api_key": "k", "num_retries": 0}
    return {"model": "openai/a-model", "messages": MESSAGES, **where}


def _embed(**call: Any) -> Any:
    del call["messages"]
    return eq.embedding(input=["a"], **call)


def _moderate(**call: Any) -> Any:
    del call["messages"]
    return eq.moderation(input="a", **call)


WAYS: dict[str, Any] = {
    "plain": eq.completion,
    "async": lambda **call: asyncio.run(eq.acompletion(**call)),
    "first": _first,
    "stream": _read,
    "async stream": lambda **call: asyncio.run(_aread(**call)),
    "embedding": _embed,
    "moderation": _moderate,
    "dry run": lambda **call: eq.completion(**call, dry_run=True),
}
PLAIN = ("plain", "async", "first", "embedding", "moderation")
STREAMS = ("stream", "async stream")
#: Where the core can break, and who comes by: taking the arguments (with the GIL), the attempt (without),
#: making the answer's objects, reading a stream's bytes, and making a chunk.
PLACES = {
    "arguments": tuple(WAYS),
    "attempt": (*PLAIN, *STREAMS),
    "answer": PLAIN,
    "bytes": STREAMS,
    "item": STREAMS,
}
CASES = [(place, way) for place, ways in PLACES.items() for way in ways]


@pytest.mark.parametrize(("place", "way"), CASES)
def test_a_typed_error_and_life_goes_on(place: str, way: str, capfd: pytest.CaptureFixture[str]) -> None:
    with eq.Simulator() as simulator:
        asked = _asked(simulator)
        put(place)
        with pytest.raises(eq.InternalError) as caught:
            WAYS[way](**asked)
        assert f"put in at {place}" in str(caught.value)
        assert isinstance(caught.value, Exception)
        assert type(pickle.loads(pickle.dumps(caught.value))) is eq.InternalError
        assert WAYS[way](**asked)
        stats = simulator.stats
        assert stats["open_streams"] == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("place", ["bytes", "item"])
def test_a_stream_is_over_then(place: str) -> None:
    with eq.Simulator() as simulator:
        asked = {**_asked(simulator), "model": "openai/tokens?n=200&ms=5"}
        stream = eq.completion(**asked, stream=True)
        next(stream)
        put(place)
        with pytest.raises(eq.InternalError):
            for _ in stream:
                pass
        assert list(stream) == []

        async def asynchronous() -> None:
            stream = await eq.acompletion(**asked, stream=True)
            await stream.__anext__()
            put(place)
            with pytest.raises(eq.InternalError):
                async for _ in stream:
                    pass
            assert [chunk async for chunk in stream] == []

        asyncio.run(asynchronous())
        end = time.monotonic() + GUARD
        while simulator.stats["open_streams"]:
            assert time.monotonic() < end, "a connection is still open"
            time.sleep(0.005)


def test_others_on_the_same_loop_are_not_disturbed(simulator: eq.Simulator) -> None:
    async def together() -> list[Any]:
        calls = [eq.acompletion(**_asked(simulator)) for _ in range(20)]
        put("answer")
        return await asyncio.gather(*calls, return_exceptions=True)

    answers = asyncio.run(together())
    failed = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [type(error) for error in failed] == [eq.InternalError]


def test_it_is_logged_with_its_place(simulator: eq.Simulator, caplog: pytest.LogCaptureFixture) -> None:
    _logging.set_level(logging.ERROR)
    try:
        put("attempt")
        with pytest.raises(eq.InternalError, match=r"defect\.rs:\d+"):
            eq.completion(**_asked(simulator))
    finally:
        _logging.set_level(None)
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert ["put in at attempt" in message for message in told] == [True]
