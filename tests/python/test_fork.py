"""A forked child calls as if its parent had never done so, and does not disturb it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from child import PRELUDE, run
from raw_server import GUARD, Exchange, RawServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")

#: Python 3.12 warns of every fork of a process with threads.
MAY_FORK = ("-W", "ignore::DeprecationWarning")

FORKED = """
def all_ways():
    return [text(eq.completion(**call)), streamed(), text(asyncio.run(eq.acompletion(**call))),
            asyncio.run(astreamed())]
def in_child(work):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if work() else 2
        except BaseException as error:
            print(type(error), error, flush=True)
        finally:
            os._exit(code)
    return pid
def wait(pid):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.01)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return "hangs"
expected = ["onetwo"] * 4
"""


def answers(exchange: Exchange) -> None:
    exchange.answer("one", "two")


def test_ten_children_after_use_in_the_parent() -> None:
    program = """
assert all_ways() == expected
statuses = [wait(in_child(lambda: all_ways() == expected)) for _ in range(10)]
assert all_ways() == expected
print(statuses)
"""
    with RawServer(answers) as server:
        assert run(FORKED + program, server.base_url, *MAY_FORK) == f"{[0] * 10}\n"
        # Connections are not shared with the parent: each process opened its own (one sync, one async).
        assert server.connections == 22


def test_a_child_of_a_child() -> None:
    program = """
assert all_ways() == expected
print(wait(in_child(lambda: all_ways() == expected and wait(in_child(lambda: all_ways() == expected)) == 0)))
"""
    with RawServer(answers) as server:
        assert run(FORKED + program, server.base_url, *MAY_FORK) == "0\n"


def test_children_while_other_threads_call() -> None:
    program = """
assert all_ways() == expected
over = threading.Event()
def work():
    while not over.is_set():
        all_ways()
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
statuses = [wait(in_child(lambda: all_ways() == expected)) for _ in range(10)]
over.set()
[thread.join() for thread in threads]
print(statuses)
"""
    with RawServer(answers) as server:
        assert run(FORKED + program, server.base_url, *MAY_FORK) == f"{[0] * 10}\n"


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_child_that_drops_its_copy_of_an_open_stream(mode: str) -> None:
    """The parent reads on: the child's copy of the connection is not the connection."""
    opening = {
        "sync": """
stream = eq.completion(stream=True, **call)
first = next(stream)
rest = lambda: list(stream)
""",
        "async": """
loop = asyncio.new_event_loop()
async def begin():
    stream = await eq.acompletion(stream=True, **call)
    return stream, await stream.__anext__()
stream, first = loop.run_until_complete(begin())
async def collect(): return [chunk async for chunk in stream]
rest = lambda: loop.run_until_complete(collect())
""",
    }
    program = """
def drop():
    global stream
    stream.close()
    del stream
    return text(eq.completion(**call)) == "twothree"
print(wait(in_child(drop)))
print(len(rest()))
"""
    dropped = threading.Event()

    def handler(exchange: Exchange) -> None:
        if exchange.json.get("stream"):
            exchange.start()
            exchange.events("one")
            assert dropped.wait(GUARD)
            exchange.events("two", "three")
            exchange.finish()
        else:
            exchange.answer("two", "three")
            dropped.set()

    closing = "loop.close()" if mode == "async" else ""
    with RawServer(handler) as server:
        printed = run(FORKED + opening[mode] + program + closing, server.base_url, *MAY_FORK)
    assert printed == "0\n3\n"


def test_the_built_in_simulator_in_a_child() -> None:
    program = """
ask = lambda: text(eq.completion("sim/gpt-4o", call["messages"])) == "1, 2, 3, 4, 5"
assert ask()
print(wait(in_child(ask)), ask())
"""
    assert run(FORKED + program, "http://127.0.0.1:9", *MAY_FORK) == "0 True\n"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pools_of_processes(method: str, tmp_path: Path) -> None:
    script = tmp_path / "pool.py"
    script.write_text(
        PRELUDE
        + f"""
def work(number):
    return text(eq.completion(**call)) + streamed() + asyncio.run(astreamed())
if __name__ == "__main__":
    import concurrent.futures, multiprocessing
    assert work(0) == "onetwo" * 3
    context = multiprocessing.get_context({method!r})
    with concurrent.futures.ProcessPoolExecutor(2, context) as pool:
        print(list(pool.map(work, range(6))) == ["onetwo" * 3] * 6)
"""
    )
    with RawServer(answers) as server:
        done = subprocess.run(
            [sys.executable, str(script), server.base_url],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
