"""Callbacks run beside the call, in its context, and exactly once, however the loop or the program ends."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import subprocess
import sys
import threading
from typing import Any

import pytest

import edgequake_python
from edgequake_python.integrations.custom_logger import CustomLogger
from edgequake_python.observers import flush
from edgequake_python.observers.delivery import Delivery
from recorder import CALL, Recorder

CONTEXT: contextvars.ContextVar[str] = contextvars.ContextVar("context", default="nobody's")


def test_they_run_in_the_callers_context_and_off_its_thread(
    openai_simulated: edgequake_python.Simulator, restored_settings: None
) -> None:
    seen: list[tuple[str, bool]] = []

    def success(*event: Any) -> None:
        seen.append((CONTEXT.get(), threading.current_thread() is threading.main_thread()))

    loops: list[Any] = []

    class InLoop(CustomLogger):
        async def async_log_success_event(self, *event: Any) -> None:
            loops.append((asyncio.get_running_loop(), CONTEXT.get()))

    edgequake_python.success_callback = [success]
    edgequake_python.callbacks = [InLoop()]

    async def call() -> Any:
        CONTEXT.set("mine")
        await edgequake_python.acompletion(**CALL)
        from edgequake_python.observers.delivery import flush_async

        assert await flush_async(10)
        return asyncio.get_running_loop()

    loop = asyncio.run(call())
    assert seen == [("mine", False)]
    assert loops == [(loop, "mine")]


def test_flush_does_not_wait_for_the_loop_that_it_blocks(
    openai_simulated: edgequake_python.Simulator, restored_settings: None, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    class InLoop(CustomLogger):
        async def async_log_success_event(self, *event: Any) -> None:
            told.append("in the loop")

    edgequake_python.success_callback = [lambda *event: told.append("beside it")]
    edgequake_python.callbacks = [InLoop()]

    async def call() -> None:
        await edgequake_python.acompletion(**CALL)
        assert not edgequake_python.flush()
        assert told == ["beside it"]
        assert "await flush_async()" in caplog.text
        assert await edgequake_python.flush_async(10)

    asyncio.run(call())
    assert sorted(told) == ["beside it", "in the loop"]


def test_slow_and_raising_callbacks_neither_delay_nor_break(
    recorder: Recorder, restored_settings: None, caplog: pytest.LogCaptureFixture
) -> None:
    gate = threading.Event()

    def slow(*event: Any) -> None:
        gate.wait(20)

    def raising(*event: Any) -> None:
        raise RuntimeError("of the callback's own")

    edgequake_python.success_callback = [slow, raising]
    with caplog.at_level(logging.WARNING):
        assert edgequake_python.completion(**CALL).choices
        assert not flush(0.05)
        gate.set()
        assert flush(10)
    assert recorder.names() == ["pre", "post", "success"]
    assert len([record for record in caplog.records if "of the callback's own" in record.message]) == 1


@pytest.mark.parametrize("way", ["sync", "async", "stream", "failure"])
def test_a_program_that_ends_at_once_has_told_exactly_once(
    openai_simulated: edgequake_python.Simulator, way: str
) -> None:
    program = f"""
import asyncio, sys, edgequake_python as e
class Log(e.CustomLogger):
    def log_success_event(self, *a): print("told", flush=True)
    def log_failure_event(self, *a): print("told", flush=True)
    async def async_log_success_event(self, *a):
        await asyncio.sleep(0.05)
        print("told", flush=True)
e.callbacks = [Log()]
hi = [{{"role": "user", "content": "hi"}}]
way = {way!r}
if way == "sync": e.completion(model="openai/gpt-4o", messages=hi)
elif way == "async": asyncio.run(e.acompletion(model="openai/gpt-4o", messages=hi))
elif way == "stream": list(e.completion(model="openai/gpt-4o", messages=hi, stream=True))
else:
    try: e.completion(model="openai/sim/400", messages=hi)
    except e.BadRequestError: pass
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert said.stdout.split() == ["told"], said.stderr
    assert said.stderr == ""


@pytest.mark.parametrize("raises", [False, True])
def test_what_ends_as_its_loop_does_is_not_told_again(raises: bool, caplog: pytest.LogCaptureFixture) -> None:
    delivery, loop = Delivery(), asyncio.new_event_loop()
    told: list[int] = []

    async def hook() -> None:
        told.append(1)
        # The loop does not come to saying that this has ended.
        loop.stop()
        if raises:
            raise ValueError("for a test")

    loop.call_soon(delivery.tell, hook, loop)
    loop.run_forever()
    loop.close()
    assert delivery.flush(10)
    assert told == [1]
    assert caplog.text.count("a callback raised ValueError") == int(raises)


def test_what_was_cut_off_by_the_end_of_its_loop_is_told_from_its_start() -> None:
    delivery, loop = Delivery(), asyncio.new_event_loop()
    told: list[str] = []

    async def hook() -> None:
        told.append("begun")
        if loop.is_running():
            loop.stop()
            await asyncio.sleep(60)
        told.append("ended")

    loop.call_soon(delivery.tell, hook, loop)
    loop.run_forever()
    loop.close()
    assert delivery.flush(10)
    assert told == ["begun", "begun", "ended"]


ENDS = """
import os, sys
import edgequake_python as eq

def told(kwargs, response, begun, ended):
    os.write(1, b"!" if kwargs.get("stream_abandoned") or not kwargs["stream"] else b"?")

eq.success_callback = [told]
messages = [{"role": "user", "content": "Hi"}]
call = dict(model="openai/gpt-4o-mini", messages=messages, api_base=sys.argv[1], api_key="x")
"""
LEFT = """
from edgequake_python.integrations.custom_logger import CustomLogger

class Ledger(CustomLogger):
    def log_success_event(self, kwargs, *more):
        os.write(1, b"!" if kwargs.get("stream_abandoned") else b"?")

eq.success_callback = []
stream = eq.completion(stream=True, callbacks=[Ledger()], **call)
next(stream)
"""
WORKER = """
import multiprocessing
worker = multiprocessing.get_context("fork").Process(target=lambda: eq.completion(**call))
worker.start()
worker.join()
"""


@pytest.mark.parametrize("program", [LEFT, WORKER], ids=["a stream is left open", "a worker process"])
def test_a_program_that_ends_in_other_ways_has_told_exactly_once(
    simulator: edgequake_python.Simulator, program: str
) -> None:
    command = [sys.executable, "-c", ENDS + program, simulator.base_url]
    ended = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert (ended.stdout, ended.returncode) == (b"!", 0), ended.stderr
