"""Diagnostics: nothing by default, the core's events on request, a key never."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from child import run
from edgequake_python import _logging
from raw_server import MESSAGES, Exchange, RawServer, read

KEY = "sk-never-to-be-shown"


@pytest.fixture(autouse=True)
def quiet_again() -> Iterator[None]:
    loggers = [_logging.verbose_logger, _logging.verbose_router_logger, _logging.verbose_proxy_logger]
    levels = [logger.level for logger in loggers]
    yield
    _logging.set_level(None)
    for logger, level in zip(loggers, levels):
        logger.setLevel(level)


@pytest.fixture(params=["sync", "async"])
def mode(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


def ask(mode: str, server: RawServer, **more: Any) -> Any:
    call = server.call(api_key=KEY, extra_headers={"x-secret": "header-never-to-be-shown"}, **more)
    if mode == "sync":
        return edgequake_python.completion(**call)
    return asyncio.run(edgequake_python.acompletion(**call))


def everything(mode: str) -> None:
    """Calls of every kind that end well or badly."""

    def handler(exchange: Exchange) -> None:
        if len(exchange.server.requests) == 1:
            exchange.plain(status="503 Overloaded", **{"retry-after-ms": "1"})
        else:
            exchange.answer("one", "two")

    with RawServer(handler) as server:
        ask(mode, server, num_retries=1)
        read(mode, **server.call(api_key=KEY))
        read(mode, model="sim/cut", messages=MESSAGES)
        with pytest.raises(edgequake_python.AuthenticationError):
            ask(mode, server, model="sim/401", api_base=None)


def test_nothing_by_default(
    mode: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(0):
        everything(mode)
    ours = [record for record in caplog.records if not record.name.startswith("asyncio")]
    assert ours == []
    assert capfd.readouterr() == ("", "")


def of_core(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "edgequake_python"]


@pytest.mark.parametrize("switch", ["_turn_on_debug", "set_level"])
def test_events_of_the_core_on_request(mode: str, switch: str, caplog: pytest.LogCaptureFixture) -> None:
    if switch == "_turn_on_debug":
        edgequake_python._turn_on_debug()
    else:
        _logging.set_level(logging.DEBUG)
    everything(mode)
    records = of_core(caplog)
    assert {record.levelno for record in records} >= {logging.DEBUG}
    text = "\n".join(record.getMessage() for record in records)
    for wanted in ("provider=openai", "model=raw", "status=200", "status=503", "model=401", "status=401"):
        assert wanted in text
    assert "retrying" in text


def test_never_a_key_or_a_header(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    edgequake_python._turn_on_debug()
    everything(mode)
    texts = [str(vars(record)) + record.getMessage() for record in caplog.records]
    assert texts
    for text in texts:
        assert KEY not in text and "never-to-be-shown" not in text and "Bearer" not in text
        assert MESSAGES[0]["content"] not in text


def test_off_again(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    _logging.set_level(logging.DEBUG)
    with RawServer(lambda exchange: exchange.answer("one")) as server:
        ask(mode, server)
        assert of_core(caplog)
        caplog.clear()
        _logging.set_level(None)
        ask(mode, server)
        assert of_core(caplog) == []
        _logging.set_level(logging.DEBUG)
        ask(mode, server)
        assert of_core(caplog)


def test_a_higher_level_keeps_the_small_talk_out(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    _logging.set_level(logging.WARNING)
    with RawServer(lambda exchange: exchange.answer("one")) as server:
        ask(mode, server)
    assert of_core(caplog) == []


def test_a_failing_handler_does_not_break_a_call(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise ZeroDivisionError

    reported: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", reported.append)
    logger = logging.getLogger("edgequake_python")
    broken = Broken()
    logger.addHandler(broken)
    try:
        _logging.set_level(logging.DEBUG)
        with RawServer(lambda exchange: exchange.answer("one")) as server:
            assert ask(mode, server).choices[0].message.content == "one"
    finally:
        logger.removeHandler(broken)
    assert [report.exc_type for report in reported] == [ZeroDivisionError]


def test_a_program_of_its_own_stays_silent() -> None:
    """Without handlers Python's last resort prints warnings; our logger must not come to that."""
    program = """
text(eq.completion(**call)), streamed(), asyncio.run(astreamed())
try:
    eq.completion(model="sim/503", messages=call["messages"], num_retries=1)
except eq.ServiceUnavailableError:
    pass
"""
    with RawServer(lambda exchange: exchange.answer("one")) as server:
        assert run(program, server.base_url) == ""


def test_the_debug_switch_shows_events_on_stderr() -> None:
    program = """
import io, contextlib
eq._turn_on_debug()
import logging
logging.getLogger().handlers[0].setStream(sys.stdout)
eq.completion(**call)
"""
    with RawServer(lambda exchange: exchange.answer("one")) as server:
        printed = run(program, server.base_url)
    assert "edgequake_python" in printed and "status=200" in printed and "sk-child" not in printed
