"""The chain around a call: who enters it, its order, and that nothing of the caller's is changed."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest

import edgequake_python
from edgequake_python import _call
from edgequake_python._course import drive, drive_async
from edgequake_python._pipeline import CONCERNS, Call, Concern, Step, run, run_async
from loopback import MESSAGES, Loopback, chat


class TestTheGate:
    def test_it_knows_what_every_concern_asks_for(self) -> None:
        arguments = {name for concern in CONCERNS for name in concern.arguments}
        parameters = {"model_list", "deployment_id", "enable_json_schema_validation"}
        assert arguments - parameters - _call.AROUND == set()
        attributes = {name for concern in CONCERNS for name in concern.attributes}
        assert attributes - set(_call.AROUND_ATTRIBUTES) == set()

    @pytest.mark.parametrize("name", _call.AROUND_ATTRIBUTES)
    def test_an_attribute_that_holds_something_opens_it(self, name: str) -> None:
        assert type(_call.gather({"kwargs": {}})) is dict
        setattr(edgequake_python, name, [1])
        assert type(_call.gather({"kwargs": {}})) is _call.Around

    @pytest.mark.parametrize("name", sorted(_call.AROUND))
    def test_an_argument_opens_it(self, name: str) -> None:
        assert type(_call.gather({"kwargs": {name: 1}})) is _call.Around

    def test_a_missing_attribute_is_no_accident(self, server: Loopback, complete: Any) -> None:
        server.handler = lambda request: chat("ok")
        del edgequake_python.callbacks
        answer = complete(model="gpt-4o", messages=MESSAGES, api_key="k", api_base=server.base_url)
        assert answer.choices[0].message.content == "ok"

    def test_an_ordinary_call_does_not_load_the_chain(self) -> None:
        import subprocess
        import sys

        program = """
import sys, edgequake_python as eq
eq.completion("sim/echo", [{"role": "user", "content": "hi"}])
assert "edgequake_python._pipeline" not in sys.modules
"""
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


class TestTheDrivers:
    def test_both_give_results_and_errors_to_the_concern(self) -> None:
        def course() -> Any:
            async def three() -> int:
                return 3

            async def fail() -> None:
                raise ValueError("x")

            def fail_now() -> None:
                raise ValueError("x")

            first = yield Step(lambda: 3, three)
            try:
                yield Step(fail_now, fail)
            except ValueError as error:
                return first, str(error)

        assert drive(course()) == (3, "x")
        assert asyncio.run(drive_async(course())) == (3, "x")

    def test_cancelling_reaches_what_is_waited_for(self) -> None:
        seen: list[str] = []

        def course() -> Any:
            async def forever() -> None:
                try:
                    await asyncio.sleep(60)
                finally:
                    seen.append("stopped")

            yield Step(lambda: None, forever)

        async def main() -> None:
            task = asyncio.ensure_future(drive_async(course()))
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(main())
        assert seen == ["stopped"]


def test_a_concern_can_be_put_into_the_chain(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """How a cache, a budget or callbacks take their places."""
    import sys
    import types

    seen: list[str] = []

    def stage(call: Call, proceed: Any) -> Any:
        seen.append(f"before {call.operation} {call.model}")
        answer = yield from proceed(call.but(temperature=0.5))
        seen.append(f"after {answer.choices[0].message.content}")
        return answer

    module = types.ModuleType("a_concern")
    module.stage = stage  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_concern", module)
    monkeypatch.setattr(
        "edgequake_python._pipeline.order.CONCERNS", [Concern("a_concern", ("mine",)), *CONCERNS]
    )
    server.handler = lambda request: chat("ok")
    arguments = {
        "model": "gpt-4o",
        "messages": MESSAGES,
        "api_key": "k",
        "api_base": server.base_url,
        "mine": True,
    }
    before = copy.deepcopy(arguments)
    run("chat", {name: value for name, value in arguments.items() if name != "mine"})
    assert seen == []
    with pytest.raises(edgequake_python.BadRequestError):
        run("chat", {**arguments, "model": "nobody/x"})
    run("chat", arguments)
    asyncio.run(run_async("chat", arguments))
    assert seen[-4:] == ["before chat gpt-4o", "after ok"] * 2
    assert server.requests[-1].json["temperature"] == 0.5
    assert arguments == before
