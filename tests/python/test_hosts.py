"""Hosts with rules of their own: a Jupyter kernel, gevent, subinterpreters, a collector always at work."""

from __future__ import annotations

import subprocess
import sys

import pytest

from child import PRELUDE, run
from raw_server import Exchange, RawServer


def answers(exchange: Exchange) -> None:
    exchange.answer("one", "two")


def loosely(program: str, base_url: str) -> str:
    """What a program prints whose host brings warnings of its own."""
    command = [sys.executable, "-c", program, base_url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_notebooks_cells() -> None:
    """In a real kernel a cell may call plainly, although a loop runs in its thread, or await."""
    pytest.importorskip("ipykernel")
    client = pytest.importorskip("jupyter_client")
    manager, kernel = client.manager.start_new_kernel(kernel_name="python3")
    try:
        with RawServer(answers) as server:
            cells = [
                f"import sys; sys.argv = ['', {server.base_url!r}]\n{PRELUDE}",
                "print(text(eq.completion(**call)), streamed())",
                "print(text(await eq.acompletion(**call)), await astreamed())",
            ]
            printed: list[str] = []

            def hook(message: dict[str, dict[str, str]]) -> None:
                printed.append(str(message["content"].get("text") or message["content"].get("evalue") or ""))

            for cell in cells:
                reply = kernel.execute_interactive(cell, timeout=60, output_hook=hook)
                assert reply["content"]["status"] == "ok", printed
            assert "".join(printed).split() == ["onetwo"] * 4
    finally:
        kernel.stop_channels()
        manager.shutdown_kernel(now=True)


def test_gevent() -> None:
    """Patched or not, calls work. A greenlet that calls holds its thread meanwhile, as any extension does."""
    pytest.importorskip("gevent")
    program = f"""
from gevent import monkey
monkey.patch_all()
import gevent
{PRELUDE}
jobs = [gevent.spawn(lambda: text(eq.completion(**call)) + streamed()) for _ in range(5)]
gevent.joinall(jobs, timeout=30)
print([job.value for job in jobs] == ["onetwoonetwo"] * 5)
"""
    with RawServer(answers) as server:
        assert loosely(program, server.base_url) == "True\n"


@pytest.mark.skipif(sys.version_info < (3, 10), reason="3.9 lets in what pyo3 would refuse")
def test_a_subinterpreter_is_refused() -> None:
    program = """
eq.completion(**call)
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
other = interpreters.create()
inner = '''
import sys
sys.path[:0] = PATH
try:
    import edgequake_python
    edgequake_python.completion(model="sim/x", messages=[{"role": "user", "content": "hi"}])
except ImportError as error:
    assert "interpreter" in str(error), error
else:
    raise AssertionError("it was let in")
'''
failed = interpreters.run_string(other, inner.replace("PATH", repr(sys.path)))
assert failed is None, failed
interpreters.destroy(other)
print(text(eq.completion(**call)))
"""
    with RawServer(answers) as server:
        assert loosely(PRELUDE + program, server.base_url) == "onetwo\n"


def test_a_collector_that_runs_all_the_time() -> None:
    program = """
import gc
gc.set_threshold(1)
for _ in range(20):
    assert [text(eq.completion(**call)), streamed(), asyncio.run(astreamed())] == ["onetwo"] * 3
print(text(asyncio.run(eq.acompletion(**call))))
"""
    with RawServer(answers) as server:
        assert run(program, server.base_url) == "onetwo\n"
