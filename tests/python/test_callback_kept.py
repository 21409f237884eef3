"""One dict for all events of a call: what a callback puts there, later ones find."""

from __future__ import annotations

import asyncio
import contextvars
import gc
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import AuthenticationError
from edgequake_python.integrations.custom_logger import CustomLogger
from edgequake_python.observers import flush

SECRET = "the question that stays here"
HI = [{"role": "user", "content": SECRET}]
WHERE: contextvars.ContextVar[str] = contextvars.ContextVar("where", default="nowhere")
LISTS = ("callbacks", "input_callback", "success_callback", "failure_callback")


class Span:
    """What an integration keeps in the dict."""


@pytest.fixture(autouse=True)
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with edgequake_python.Simulator() as simulator:
        monkeypatch.setenv("OPENAI_API_BASE", simulator.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-sim")
        token = WHERE.set("outside")
        yield
        WHERE.reset(token)
        flush(10)
    for name in LISTS:
        setattr(edgequake_python, name, [])


@pytest.fixture
def spans() -> dict[str, list[Any]]:
    """Put in before a call, and looked for after it."""
    told: dict[str, list[Any]] = {"put": [], "success": [], "failure": [], "chunk": [], "where": []}

    def before(kwargs: dict[str, Any]) -> None:
        kwargs["_span"] = Span()
        told["put"].append(kwargs["_span"])
        told["where"].append(WHERE.get())
        WHERE.set("inside")

    def success(kwargs: dict[str, Any], response: Any, start: Any, end: Any) -> None:
        if kwargs.get("stream") and "complete_streaming_response" not in kwargs:
            told["chunk"].append(kwargs.get("_span"))
            return
        told["success"].append(kwargs.pop("_span", None))

    def failure(kwargs: dict[str, Any], response: Any, start: Any, end: Any) -> None:
        told["failure"].append(kwargs.pop("_span", None))

    edgequake_python.input_callback = [before]
    edgequake_python.success_callback = [success]
    edgequake_python.failure_callback = [failure]
    return told


def test_a_span_is_found_again(spans: dict[str, list[Any]]) -> None:
    edgequake_python.completion("openai/gpt-4o", HI)
    assert flush(10)
    assert spans["success"] == spans["put"] and len(spans["put"]) == 1
    assert spans["where"] == ["outside"]
    assert WHERE.get() == "outside"
    with pytest.raises(AuthenticationError):
        edgequake_python.completion("openai/sim/401", HI)
    assert flush(10)
    assert spans["failure"] == spans["put"][1:] and len(spans["failure"]) == 1


def test_a_span_is_found_again_after_a_stream(spans: dict[str, list[Any]]) -> None:
    assert list(edgequake_python.completion("openai/gpt-4o", HI, stream=True))
    assert flush(10)
    assert spans["success"] == spans["put"] and len(spans["put"]) == 1
    assert spans["chunk"] and all(span is spans["put"][0] for span in spans["chunk"])


def test_a_span_is_found_again_by_coroutines(spans: dict[str, list[Any]]) -> None:
    async def run() -> str:
        await edgequake_python.acompletion("openai/gpt-4o", HI)
        async for _ in await edgequake_python.acompletion("openai/gpt-4o", HI, stream=True):
            pass
        return WHERE.get()

    assert asyncio.run(run()) == "outside"
    assert flush(10)
    assert spans["success"] == spans["put"] and len(spans["put"]) == 2
    assert spans["where"] == ["outside"] * 2


def test_a_coroutine_is_not_told_beside_its_twin(spans: dict[str, list[Any]]) -> None:
    async def before(kwargs: dict[str, Any]) -> None:
        spans["put"].append("twice")

    edgequake_python.input_callback.append(before)
    edgequake_python.completion("openai/gpt-4o", HI)
    assert flush(10)
    assert len(spans["put"]) == 1


def test_one_that_raises_breaks_nothing(spans: dict[str, list[Any]]) -> None:
    def bad(kwargs: dict[str, Any]) -> None:
        raise RuntimeError("no")

    edgequake_python.input_callback.insert(0, bad)
    assert edgequake_python.completion("openai/gpt-4o", HI).choices
    assert flush(10)
    assert spans["success"] == spans["put"] and len(spans["put"]) == 1


def test_a_redacted_logger_shares_keys_and_no_texts(spans: dict[str, list[Any]]) -> None:
    seen: list[dict[str, Any]] = []

    class Shy(CustomLogger):
        def log_pre_api_call(self, model: str, messages: Any, kwargs: dict[str, Any]) -> None:
            kwargs["_mine"] = "mine"
            seen.append(kwargs)

        def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
            seen.append(kwargs)

    edgequake_python.callbacks = [Shy(turn_off_message_logging=True)]
    edgequake_python.completion("openai/gpt-4o", HI)
    assert flush(10)
    assert len(seen) == 2
    assert seen[1]["_mine"] == "mine" and seen[1]["_span"] is spans["put"][0]
    assert SECRET not in repr(seen)


def test_the_dict_is_not_kept(spans: dict[str, list[Any]]) -> None:
    class Keeps:
        pass

    import weakref

    refs: list[Any] = []

    def before(kwargs: dict[str, Any]) -> None:
        kept = kwargs["_kept"] = Keeps()
        refs.append(weakref.ref(kept))

    edgequake_python.input_callback = [before]
    stream = edgequake_python.completion("openai/gpt-4o", HI, stream=True)
    list(stream)
    edgequake_python.completion("openai/gpt-4o", HI)
    assert flush(10)
    gc.collect()
    assert len(refs) == 2 and [ref() for ref in refs] == [None, None]
    assert stream is not None
