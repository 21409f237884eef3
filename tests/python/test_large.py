"""Large requests and answers: a small multiple of their bytes is held, and time grows with their size alone.

A quadratic step would take hours at these sizes, so that the tests' own limit tells.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from child import run
from raw_server import Exchange, RawServer

BYTES = 32_000_000
MANY = 300_000

pytestmark = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs /proc")

#: Prints how many times the bytes of ``large()``'s subject the resident memory grew at its height.
PROGRAM = """
from pathlib import Path

def resident(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

eq.completion(**call)
prepare()
Path("/proc/self/clear_refs").write_text("5")
before = resident("VmRSS")
large()
print((resident("VmHWM") - before) / size)
"""


def growth(program: str, server: RawServer) -> float:
    return float(run(program + PROGRAM, server.base_url, timeout=120))


def short(exchange: Exchange) -> None:
    exchange.plain("ok")


def test_one_large_text() -> None:
    program = f"""
size = {BYTES}
def prepare():
    call["messages"] = [{{"role": "user", "content": "x" * size}}]
def large():
    eq.completion(**call)
"""
    with RawServer(short) as server:
        assert growth(program, server) < 4
        assert len(server.requests[-1].json["messages"][0]["content"]) == BYTES


def test_many_messages() -> None:
    program = f"""
count = {MANY}
size = count * len('{{"role":"user","content":"message 123456"}},')
def prepare():
    call["messages"] = [{{"role": "user", "content": f"message {{number}}"}} for number in range(count)]
def large():
    eq.completion(**call)
"""
    with RawServer(short) as server:
        # Parsed messages are larger than their text: each has a role, a list of parts and room for more.
        assert growth(program, server) < 16
        assert len(server.requests[-1].json["messages"]) == MANY


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_a_large_answer(streamed: bool) -> None:
    def handler(exchange: Exchange) -> None:
        if exchange.json.get("stream"):
            exchange.stream(*["y" * 100_000] * (BYTES // 100_000))
        elif len(server.requests) == 1:
            exchange.plain("ok")
        else:
            exchange.plain("y" * BYTES)

    reading = "len(streamed())" if streamed else "len(text(eq.completion(**call)))"
    program = f"""
size = {BYTES}
prepare = list
def large():
    assert {reading} == size
"""
    with RawServer(handler) as server:
        assert growth(program, server) < 4


def test_other_threads_go_on_while_a_large_answer_comes() -> None:
    """Amid the answer the server goes on only once another thread of the program has called too."""
    body = json.dumps({"choices": [{"index": 0, "message": {"content": "y" * BYTES}}]}).encode()

    def handler(exchange: Exchange) -> None:
        if exchange.json["messages"][0]["content"] == "turn":
            exchange.plain("go on")
            turn.set()
            return
        exchange.start(kind="application/json")
        half = len(body) // 2
        exchange.send(body[:half])
        if turn.wait(30):
            exchange.send(body[half:])
            exchange.connection.sendall(b"0\r\n\r\n")

    turn = threading.Event()
    program = """
def turn():
    time.sleep(0.05)
    eq.completion(**{**call, "messages": [{"role": "user", "content": "turn"}]})
threading.Thread(target=turn).start()
print(len(text(eq.completion(**call))))
"""
    with RawServer(handler) as server:
        assert run(program, server.base_url) == f"{BYTES}\n"
