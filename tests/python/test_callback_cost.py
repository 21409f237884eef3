"""What telling of calls costs: only what is read is worked out, and nothing of a call stays behind."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import logging
import pickle
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import InternalServerError
from edgequake_python.integrations.custom_logger import CustomLogger
from edgequake_python.observers import delivery, flush
from edgequake_python.observers.later import Later, Lazy
from edgequake_python.observers.standard import NAME, parts_of

HI = [{"role": "user", "content": "hi"}]
CALL: dict[str, Any] = {"model": "openai/gpt-4o", "messages": HI}


def lazy(made: list[str]) -> Lazy:
    def make() -> dict[str, int]:
        made.append("made")
        return {"x": 2}

    return Lazy(a=1, b=Later(make))


def named(**given: Any) -> dict[str, Any]:
    return given


@pytest.mark.parametrize(
    "read",
    [
        lambda told: {**told},
        dict,
        lambda told: dict(told.items()),
        lambda told: dict(zip(told, told.values())),
        lambda told: named(**told),
        lambda told: json.loads(json.dumps(told)),
        lambda told: pickle.loads(pickle.dumps(told)),
        copy.copy,
        copy.deepcopy,
        lambda told: told.copy(),
        lambda told: told | {},
        lambda told: {} | told,
        lambda told: eval(repr(told)),
        lambda told: {"a": told.pop("a"), "b": told.pop("b")},
        lambda told: dict([told.popitem(), told.popitem()][::-1]),
        lambda told: {"a": told.get("a"), "b": told.setdefault("b", 7)},
    ],
)
def test_whoever_reads_it_sees_a_dict(read: Any) -> None:
    assert read(lazy([])) == {"a": 1, "b": {"x": 2}}


def test_it_is_worked_out_once_and_only_when_looked_at() -> None:
    made: list[str] = []
    told = lazy(made)
    assert told["a"] == 1 and told.get("c") is None and "b" in told and len(told) == 2 and made == []
    other = told.twin()
    assert other["b"] is told["b"] and made == ["made"]
    assert told == {"a": 1, "b": {"x": 2}} and told != {} and made == ["made"]


@pytest.fixture
def told(openai_simulated: edgequake_python.Simulator) -> Iterator[list[Any]]:
    seen: list[Any] = []

    class Keeper(CustomLogger):
        def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
            seen.append(kwargs)

        log_failure_event = log_success_event

    keeper = Keeper()
    edgequake_python.callbacks.append(keeper)
    yield seen
    edgequake_python.callbacks.remove(keeper)
    flush(10)


def test_a_callback_that_reads_little_pays_little(told: list[Any]) -> None:
    edgequake_python.completion(**CALL)
    list(edgequake_python.completion(stream=True, **CALL))
    with pytest.raises(InternalServerError):
        edgequake_python.completion(model="openai/sim/500", messages=HI, num_retries=0)
    assert flush(10)
    for kwargs in told:
        parts = parts_of(kwargs)
        assert isinstance(parts, Lazy)
        assert parts["model"] and parts["response_time"] >= 0
        for name in ("response", "cost_breakdown", "model_map_information", "metadata"):
            if parts["status"] == "success":
                assert isinstance(parts.laid(name), Later), name
        whole = kwargs[NAME]
        # What programs get is an exact dict: others' JSON writers look at nothing else.
        assert type(whole) is dict and not any(isinstance(value, Later) for value in whole.values())
        assert whole == parts
        json.dumps(whole, default=str)
    assert "Traceback" in told[-1][NAME]["error_information"]["traceback"]
    assert told[-1]["traceback_exception"] == told[-1][NAME]["error_information"]["traceback"]


def alive() -> int:
    return sum(
        type(thing).__name__ in ("InternalServerError", "Pending", "Subject") for thing in gc.get_objects()
    )


@pytest.mark.parametrize("told_of", [False, True])
def test_nothing_of_a_call_stays_and_nothing_waits_for_the_collector(
    openai_simulated: edgequake_python.Simulator, restored_settings: None, told_of: bool
) -> None:
    if told_of:
        edgequake_python.success_callback = [lambda *given: None]
        edgequake_python.failure_callback = [lambda *given: given[0]["traceback_exception"]]

    async def calls(count: int) -> None:
        for _ in range(count):
            await edgequake_python.acompletion(**CALL)
            async for _ in await edgequake_python.acompletion(stream=True, **CALL):
                pass
            with pytest.raises(InternalServerError):
                await edgequake_python.acompletion(model="openai/sim/500", messages=HI, num_retries=0)

    async def run() -> int:
        await calls(3)
        await asyncio.get_running_loop().run_in_executor(None, flush, 10)
        gc.collect()
        gc.disable()
        try:
            before = alive()
            await calls(20)
            await asyncio.get_running_loop().run_in_executor(None, flush, 10)
            await asyncio.sleep(0)
            return alive() - before
        finally:
            gc.enable()

    assert asyncio.run(run()) <= 3


def test_what_is_left_out_is_counted_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "LIMIT", 5)
    one = delivery.Delivery()
    go = threading.Event()
    seen: list[int] = []
    with caplog.at_level(logging.WARNING):
        one.tell(lambda: None if go.wait(10) else pytest.fail("nobody let it go"))
        for number in range(20):
            one.tell(lambda number=number: seen.append(number))  # type: ignore[misc]
        go.set()
        assert one.flush(10)
        one.tell(lambda: None)
        assert one.flush(10)
    assert len(seen) == 20 - one.left_out and seen == sorted(seen) and one.left_out >= 14
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2 and f"{one.left_out} events were left out" in said[1]
