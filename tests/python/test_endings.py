"""Streams that are still open when a program ends: settled, silently and once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import edgequake_python as eq
from edgequake_python import Router
from redis_server import RedisServer, needs_redis, opened

PRELUDE = """
import os, sys
import edgequake_python as eq
from edgequake_python.budget import Budgets
from edgequake_python.state import RedisState
base, url = sys.argv[1:3]
call = dict(messages=[{"role": "user", "content": "How long?"}], api_key="sk-end", api_base=base)
def begun(stream):
    next(stream)
    return stream
"""
BUDGETED = """
eq.budgets = Budgets(total=10.0, state=RedisState(url, prefix=PREFIX) if url else None)
open = begun(eq.FUNCTION(model="openai/sim/tokens?n=2000&ms=20", stream=True, INPUT))
"""
PRICED = "input_cost_per_token=0.001, output_cost_per_token=0.002, "
CHAT = ("completion", PRICED + "max_tokens=100, **call")
RESPONSES = (
    "responses",
    PRICED + "max_output_tokens=100, input='How long?', api_key='sk-end', api_base=base",
)
KEPT = "\nsys.kept = open"


def run(program: str, base_url: str, url: str = "") -> str:
    """What the program prints; it may complain of nothing."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + program, base_url, url],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def budgeted(prefix: str, function: str, given: str) -> str:
    program = BUDGETED.replace("PREFIX", repr(prefix)).replace("FUNCTION", function)
    return program.replace("INPUT", given)


@needs_redis
@pytest.mark.parametrize("kept", ["", KEPT], ids=["dropped", "kept"])
@pytest.mark.parametrize("kind", [CHAT, RESPONSES], ids=["chat", "responses"])
def test_what_a_left_stream_has_cost_is_told_to_redis(
    redis: RedisServer, kind: tuple[str, str], kept: str
) -> None:
    prefix = f"endings-{kind[0]}-{bool(kept)}"
    with eq.Simulator() as sim:
        run(budgeted(prefix, *kind) + kept, sim.base_url, redis.url)
    with opened(redis.url, prefix=prefix) as state:
        # Held were 0.2 USD for the longest answer; a few tokens have come.
        assert 0.0 < state.spent("budgets", "all") < 0.1


@pytest.mark.parametrize("kept", ["", KEPT], ids=["dropped", "kept"])
def test_a_budget_of_the_process_ends_with_it(kept: str) -> None:
    # Hooks are run last come, first served: this one after the streams were left.
    program = "import atexit\natexit.register(lambda: print(0.0 < eq.budgets.spent() < 0.1, held > 0.1))"
    program += budgeted("", *CHAT) + "held = eq.budgets.spent()" + kept
    with eq.Simulator() as sim:
        assert run(program, sim.base_url) == "True True\n"


@needs_redis
@pytest.mark.parametrize("kept", ["", KEPT], ids=["dropped", "kept"])
@pytest.mark.parametrize("kind", ["completion", "text_completion"])
def test_a_slot_of_a_left_stream_is_free_at_once(redis: RedisServer, kind: str, kept: str) -> None:
    with eq.Simulator() as sim:
        entry = {
            "model_name": "one",
            "litellm_params": {"model": "openai/sim/tokens?n=2000&ms=20", "api_key": "sk-end"},
            "model_info": {"id": f"end-{kind}-{bool(kept)}"},
        }
        entry["litellm_params"].update(api_base=sim.base_url, max_parallel_requests=1)  # type: ignore[attr-defined]
        asked = "messages=call['messages']" if kind == "completion" else "prompt='How long?'"
        run(
            f"router = eq.Router(model_list=[{entry!r}], redis_url=url)\n"
            f"open = begun(router.{kind}(model='one', stream=True, {asked}))" + kept,
            sim.base_url,
            redis.url,
        )
        router = Router(model_list=[entry], redis_url=redis.url, num_retries=0)
        router.completion(
            "one", messages=[{"role": "user", "content": "Now?"}], stream=True, timeout=20
        ).close()
        router.state.close()


@needs_redis
def test_a_program_ends_without_redis_too(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    try:
        with eq.Simulator() as sim:
            program = budgeted("away", *CHAT) + KEPT + "\nprint(flush=True)\nsys.stdin.readline()"
            with subprocess.Popen(
                [sys.executable, "-c", PRELUDE + program, sim.base_url, server.url],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as child:
                assert child.stdout is not None
                child.stdout.readline()
                server.kill()
                _, complaints = child.communicate("\n", timeout=60)
    finally:
        server.stop()
    assert (child.returncode, complaints) == (0, "")


def test_a_child_does_not_settle_what_is_its_parents() -> None:
    program = budgeted("", *CHAT)
    program += """
import edgequake_python._endings as endings
eq.budgets.settle_soon = lambda held, cost: os.write(1, b"settled ")
child = os.fork()
if not child:
    endings.ENDINGS.come()
    os._exit(0)
os.waitpid(child, 0)
"""
    with eq.Simulator() as sim:
        assert run(program + KEPT, sim.base_url) == "settled "


@pytest.mark.parametrize("warm", [False, True], ids=["the first", "a later"])
@pytest.mark.parametrize("more", ["", "stream=True, ", "mock_response='x', ", "budgets=eq.Budgets(1.0), "])
def test_a_call_of_a_finalizer_is_answered_or_refused(warm: bool, more: str) -> None:
    """Where Python can import nothing any more, one clear error; never an ImportError."""
    program = f"""
ask = dict(call, model="openai/gpt-4o")
functions = eq.completion, eq.Budgets
class Last:
    def __del__(self, write=os.write, ask=ask, eq=eq):
        try:
            answer = eq.completion({more}**ask)
            if hasattr(answer, "close"):
                list(answer)
        except eq.APIConnectionError as error:
            write(1, b"refused" if "program has ended" in str(error) else str(error).encode())
        else:
            write(1, b"answered")
if {warm}:
    eq.completion(**ask)
last = Last()
"""
    with eq.Simulator() as sim:
        printed = run(program, sim.base_url)
    assert printed in (("answered", "refused") if warm else ("refused",))
