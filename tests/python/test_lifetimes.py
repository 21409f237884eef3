"""The end of a program: silent and without a fault, whatever is under way."""

from __future__ import annotations

import threading

import pytest

from child import run
from raw_server import Exchange, RawServer, hold

#: Programs that end while something is open; each has a server that streams one chunk and then stays silent.
UNFINISHED = {
    "a plain call in a thread": """
        threading.Thread(target=lambda: eq.completion(**call), daemon=True).start()
        time.sleep(0.2)
    """,
    "several plain calls in threads": """
        for _ in range(8):
            threading.Thread(target=lambda: eq.completion(**call), daemon=True).start()
        time.sleep(0.2)
    """,
    "a stream read in a thread": """
        threading.Thread(target=lambda: list(eq.completion(stream=True, **call)), daemon=True).start()
        time.sleep(0.2)
    """,
    "a loop in a thread": """
        threading.Thread(target=lambda: asyncio.run(eq.acompletion(**call)), daemon=True).start()
        time.sleep(0.2)
    """,
    "a task that nobody awaits": """
        async def main():
            global task
            task = asyncio.create_task(eq.acompletion(**call))
            await asyncio.sleep(0.1)
        asyncio.run(main())
    """,
    "a stream half read": """
        stream = eq.completion(stream=True, **call)
        next(stream)
    """,
    "a stream not read": """
        stream = eq.completion(stream=True, **call)
    """,
    "a stream half read in a loop that is over": """
        async def main():
            global stream
            stream = await eq.acompletion(stream=True, **call)
            await stream.__anext__()
        asyncio.run(main())
    """,
    "sys.exit amid a stream": """
        for chunk in eq.completion(stream=True, **call):
            sys.exit(0)
    """,
    "a stream in a reference cycle": """
        class Holder: pass
        holder = Holder()
        holder.own, holder.stream = holder, eq.completion(stream=True, **call)
        next(holder.stream)
    """,
    "a simulator": """
        simulator = eq.Simulator()
        print(text(eq.completion("sim/gpt-4o", call["messages"])))
    """,
}


def unindented(program: str) -> str:
    return program.replace("\n        ", "\n")


@pytest.mark.parametrize("program", list(UNFINISHED.values()), ids=list(UNFINISHED))
def test_leaving_with(program: str) -> None:
    with RawServer(hold("one")) as server:
        run(unindented(program), server.base_url)


@pytest.mark.parametrize("name", [name for name, program in UNFINISHED.items() if "Thread" in program])
def test_leaving_slowly_with(name: str) -> None:
    """The end of the interpreter takes its time, so whoever waits beside it wakes up in the middle of it."""
    slowly = """
        class Slow:
            def __del__(self, sleep=time.sleep):
                sleep(0.3)
        slow = Slow()
    """
    with RawServer(hold("one")) as server:
        run(unindented(UNFINISHED[name] + slowly), server.base_url)


@pytest.mark.parametrize(
    "call",
    [
        "list(eq.completion(stream=True, **call))",
        "eq.completion(**call)",
        "asyncio.run(eq.acompletion(**call))",
    ],
)
def test_leaving_amid_the_first_call_of_a_thread(call: str) -> None:
    """The classes of answers are being imported then, where the end of the interpreter must not tear."""
    program = """
threading.Thread(target=lambda: CALL, daemon=True).start()
while "pydantic" not in sys.modules:
    time.sleep(0.001)
time.sleep(PAUSE)
class Slow:
    def __del__(self, sleep=time.sleep):
        sleep(0.2)
slow = Slow()
"""
    with RawServer(hold("one")) as server:
        for pause in ("0", "0.03", "0.06", "0.1", "0.15"):
            run(program.replace("CALL", call).replace("PAUSE", pause), server.base_url)


#: Programs that are through before their first call has loaded what answers are made of.
SHORT = {
    "a stream not read": "eq.completion('sim/x', call['messages'], stream=True)",
    "a stream closed": "eq.completion('sim/x', call['messages'], stream=True).close()",
    "a refusal": """
        try:
            eq.completion("sim/401", call["messages"])
        except eq.AuthenticationError:
            pass
    """,
    "no connection": """
        try:
            eq.completion(**call)
        except eq.APIConnectionError:
            pass
    """,
    "an answer": "eq.completion('sim/x', call['messages'])",
    "a call in a thread": """
        threading.Thread(target=lambda: eq.completion("sim/stall", call["messages"]), daemon=True).start()
    """,
    "a task that is cancelled": """
        async def main():
            task = asyncio.create_task(eq.acompletion("sim/x", call["messages"]))
            await asyncio.sleep(0)
        asyncio.run(main())
    """,
}


@pytest.mark.parametrize("program", list(SHORT.values()), ids=list(SHORT))
def test_leaving_at_once(program: str) -> None:
    """Whether a program ends in the middle of something is luck, so each gets several chances."""
    for _ in range(5):
        run(unindented(program), "http://127.0.0.1:9")


@pytest.mark.parametrize(
    "call", ["eq.completion(**call)", "asyncio.run(eq.acompletion(**call))", "streamed()"]
)
def test_a_call_at_exit(call: str) -> None:
    """The hooks of `atexit` may call like anybody else, whether or not the program has done so before."""
    program = f"import atexit\natexit.register(lambda: print(type({call}).__name__, 'done'))"
    with RawServer(lambda exchange: exchange.answer("hello")) as server:
        printed = run(program, server.base_url)
    assert printed.endswith("done\n")


def test_a_thread_that_is_not_a_daemon_gets_its_answer() -> None:
    def handler(exchange: Exchange) -> None:
        threading.Event().wait(0.3)
        exchange.plain("late")

    with RawServer(handler) as server:
        program = "threading.Thread(target=lambda: print(text(eq.completion(**call)))).start()"
        assert run(program, server.base_url) == "late\n"


def test_nothing_is_left_open() -> None:
    """Neither sockets nor loops nor threads of Python's: the interpreter would warn."""
    program = """
        import gc
        for _ in range(3):
            text(eq.completion(**call)), streamed()
            asyncio.run(eq.acompletion(**call)), asyncio.run(astreamed())
        with eq.completion(stream=True, **call) as stream:
            next(stream)
        gc.collect()
        print(threading.active_count())
    """
    with RawServer(lambda exchange: exchange.answer("one", "two")) as server:
        assert run(unindented(program), server.base_url) == "1\n"


def test_descriptors_and_threads_do_not_pile_up() -> None:
    program = """
        def once():
            streamed(), asyncio.run(astreamed()), asyncio.run(eq.acompletion(**call)), eq.completion(**call)
            with eq.completion(stream=True, **call) as stream:
                next(stream)
        def count():
            return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))
        for _ in range(10):
            once()
        time.sleep(0.2)
        before = count()
        for _ in range(50):
            once()
        time.sleep(0.2)
        descriptors, threads = count()
        print(descriptors - before[0] < 10, threads - before[1] < 3)
    """
    with RawServer(lambda exchange: exchange.answer("one", "two")) as server:
        assert run(unindented(program), server.base_url) == "True True\n"
