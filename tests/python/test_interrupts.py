"""Ctrl-C and other signals while the library waits."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from child import command
from raw_server import GUARD, Exchange, Handler, RawServer, hold

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")

#: Counts in another thread, says when a signal broke the wait, and lives on until the test lets it go.
INTERRUPTED = """
import signal
# A suite that runs in the background has Ctrl-C ignored, and its children with it.
signal.signal(signal.SIGINT, signal.default_int_handler)
ticks = 0
def tick():
    global ticks
    while True:
        time.sleep(0.001)
        ticks += 1
threading.Thread(target=tick, daemon=True).start()
try:
    {waiting}
except KeyboardInterrupt:
    print(time.monotonic(), ticks, flush=True)
sys.stdin.read()
"""


def busy(exchange: Exchange) -> None:
    headers = {"retry-after": "30"}
    exchange.plain(status="503 Overloaded", **headers)


WAITS: dict[str, tuple[str, Handler]] = {
    "a plain call": ("eq.completion(**call)", hold()),
    "the beginning of a stream": ("eq.completion(stream=True, **call)", hold()),
    "the first chunk of a stream": ("for _ in eq.completion(stream=True, **call): pass", hold("one")),
    "a stream in a with": ("with eq.completion(stream=True, **call) as s: list(s)", hold("one", "two")),
    "a retry sleep": ("eq.completion(**{**call, 'num_retries': 3})", busy),
    "a plain call in a loop": ("asyncio.run(eq.acompletion(**call))", hold()),
    "a stream in a loop": ("asyncio.run(astreamed())", hold("one")),
}


@contextlib.contextmanager
def child(program: str, base_url: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command(program, base_url), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def unanswered() -> Iterator[str]:
    """The base URL of a port that neither accepts nor refuses: its queue is full."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


@pytest.mark.parametrize("name", WAITS)
def test_ctrl_c_during(name: str) -> None:
    waiting, handler = WAITS[name]
    with RawServer(handler) as server, child(INTERRUPTED.format(waiting=waiting), server.base_url) as process:
        server.arrivals.get(timeout=GUARD)
        interrupt(process)
        if handler is not busy:
            server.wait_hangup()  # while the process lives on
        leave(process)
        assert len(server.requests) == 1


def test_ctrl_c_during_a_connection() -> None:
    program = INTERRUPTED.format(waiting="print(flush=True); eq.completion(**call)")
    with unanswered() as base_url, child(program, base_url) as process:
        assert process.stdout is not None
        process.stdout.readline()
        interrupt(process)
        leave(process)


def interrupt(process: subprocess.Popen[str]) -> None:
    """Sends Ctrl-C once the process waits, and sees it arrive in time."""
    time.sleep(0.2)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    said = process.stdout.readline().split()
    assert said, process.communicate()
    assert float(said[0]) - sent < 1
    assert int(said[1]) > 20, "no other thread could run"


def leave(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate("", timeout=GUARD)
    assert (process.returncode, errors) == (0, "")


def test_sigterm_ends_the_process() -> None:
    program = "import signal; signal.signal(signal.SIGTERM, signal.SIG_DFL); eq.completion(**call)"
    with RawServer(hold()) as server, child(program, server.base_url) as process:
        server.arrivals.get(timeout=GUARD)
        process.send_signal(signal.SIGTERM)
        assert process.wait(GUARD) == -signal.SIGTERM


def test_a_handler_that_does_not_raise_leaves_the_call_alone() -> None:
    def handler(exchange: Exchange) -> None:
        os.kill(running[0].pid, signal.SIGUSR1)
        time.sleep(0.2)
        exchange.answer("hello")

    program = """
import signal
seen = []
signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
sys.stdin.readline()
print(text(eq.completion(**call)), len(seen), streamed(), len(seen))
"""
    running: list[subprocess.Popen[str]] = []
    with RawServer(handler) as server, child(program, server.base_url) as process:
        running.append(process)
        assert process.communicate("go\n", timeout=GUARD) == ("hello 1 hello 2\n", "")


def test_a_handler_that_raises_breaks_the_call_with_its_exception() -> None:
    program = """
import signal
def handler(*_):
    raise ZeroDivisionError
signal.signal(signal.SIGALRM, handler)
for stream in (False, True):
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        answer = eq.completion(stream=stream, **call)
        list(answer)
    except ZeroDivisionError:
        print("raised", flush=True)
sys.stdin.read()
"""
    with RawServer(hold()) as server, child(program, server.base_url) as process:
        server.wait_hangup()
        server.wait_hangup()
        assert process.communicate("", timeout=GUARD) == ("raised\nraised\n", "")
