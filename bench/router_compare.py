"""litellm's Router and this one side by side: one process per library, the same work, on the simulator.

    python bench/router_compare.py [--rounds N] [--peer-python PATH]

Ten deployments, one after another and 64 at a time; beside the routed call, the same call without a Router.
CPU is user and system time of the library's whole process; the simulator runs in one of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

MESSAGES = [{"role": "user", "content": "Hello, how are you today?"}]
LIBRARIES = ("edgequake_python", "litellm")
FLYING = 64
GOAL = 15


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measured(run: Callable[[int], None], seconds: float) -> dict[str, float]:
    """Microseconds of CPU for each call, and calls in a second, after a warm-up of a tenth."""
    run(FLYING)
    started = time.perf_counter()
    run(FLYING)
    count = max(FLYING, int(seconds / (time.perf_counter() - started) * FLYING) // FLYING * FLYING)
    run(max(FLYING, count // 10 // FLYING * FLYING))
    wall, used = time.perf_counter(), cpu()
    run(count)
    used, wall = cpu() - used, time.perf_counter() - wall
    return {"cpu_us": used / count * 1e6, "per_second": count / wall}


def work(name: str, base_url: str, seconds: float) -> dict[str, dict[str, float]]:
    """What the library does in this process."""
    library: Any = importlib.import_module(name)
    library.num_retries = 0
    where = {"api_base": base_url, "api_key": "sk-simulated"}
    entries = [
        {
            "model_name": "group",
            "litellm_params": {"model": "openai/gpt-4o", **where},
            "model_info": {"id": str(number)},
        }
        for number in range(10)
    ]
    router = library.Router(model_list=entries, num_retries=0)

    def read(answer: Any) -> None:
        assert answer.choices[0].message.content.startswith("You said")

    def one_by_one(call: Callable[[], Any]) -> Callable[[int], None]:
        def run(count: int) -> None:
            for _ in range(count):
                read(call())

        return run

    def together(call: Callable[[], Any]) -> Callable[[int], None]:
        async def worker(count: int) -> None:
            for _ in range(count):
                read(await call())

        async def gathered(count: int) -> None:
            await asyncio.gather(*[worker(count // FLYING) for _ in range(FLYING)])

        # One event loop for all of it, as in a server.
        return lambda count: loop.run_until_complete(gathered(count))

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    direct = {"model": "openai/gpt-4o", "messages": MESSAGES, **where}
    works = {
        "sync, routed": one_by_one(lambda: router.completion(model="group", messages=MESSAGES)),
        "sync, direct": one_by_one(lambda: library.completion(**direct)),
        "async, routed": together(lambda: router.acompletion(model="group", messages=MESSAGES)),
        "async, direct": together(lambda: library.acompletion(**direct)),
    }
    return {label: measured(run, seconds) for label, run in works.items()}


def table(figures: dict[str, list[dict[str, dict[str, float]]]]) -> list[str]:
    def median(library: str, work: str, figure: str) -> float:
        return statistics.median(round[work][figure] for round in figures[library])

    lines = [
        f"| work | {LIBRARIES[0]}, CPU per call (us) | {LIBRARIES[1]}, CPU per call (us) | times "
        f"| calls per second | times | goal |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for work in ("sync, routed", "async, routed", "sync, direct", "async, direct"):
        ours, theirs = (median(library, work, "cpu_us") for library in LIBRARIES)
        fast, slow = (median(library, work, "per_second") for library in LIBRARIES)
        goal = f">= {GOAL}x less CPU" if "routed" in work else ""
        lines.append(
            f"| {work} | {ours:,.0f} | {theirs:,.0f} | {theirs / ours:.1f}x | {fast:,.0f} and {slow:,.0f} "
            f"| {fast / slow:.1f}x | {goal} |"
        )
    for work in ("sync", "async"):
        added = [
            median(library, f"{work}, routed", "cpu_us") - median(library, f"{work}, direct", "cpu_us")
            for library in LIBRARIES
        ]
        lines.append(f"| {work}, added by the Router | {added[0]:,.0f} | {added[1]:,.0f} | | | | |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each work is measured")
    parser.add_argument(
        "--peer-python", help="a Python that has litellm; else one is made in the cache folder"
    )
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    parser.add_argument("--worker", choices=LIBRARIES, help=argparse.SUPPRESS)
    parser.add_argument("--base-url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(work(options.worker, options.base_url, options.seconds)))
        return

    import page
    import run

    pythons = {
        "edgequake_python": sys.executable,
        "litellm": options.peer_python or str(run.prepare("litellm", ["litellm"], refresh=False)),
    }
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    simulator = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import edgequake_python, sys; simulator = edgequake_python.Simulator(); "
            "print(simulator.base_url, flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert simulator.stdout is not None and simulator.stdin is not None
    base_url = simulator.stdout.readline().strip()
    figures: dict[str, list[dict[str, dict[str, float]]]] = {library: [] for library in LIBRARIES}
    try:
        for _ in range(options.rounds):
            for library in LIBRARIES:
                command = [pythons[library], __file__, "--worker", library, "--base-url", base_url]
                output = subprocess.run(
                    [*command, "--seconds", str(options.seconds)],
                    check=True,
                    capture_output=True,
                    text=True,
                    env=environment,
                ).stdout
                figures[library].append(json.loads(output.splitlines()[-1]))
    finally:
        simulator.stdin.close()
        simulator.wait(10)
    lines = table(figures)
    versions = [run.version(Path(pythons["litellm"]), "litellm"), platform.python_version()]
    lines += [
        "",
        f"Medians of {options.rounds} rounds on {os.cpu_count()} x {platform.machine()}, "
        f"CPython {versions[1]}, litellm {versions[0]}; load {os.getloadavg()[0]:.1f} at the end of the run.",
    ]
    print("\n".join(lines))
    if options.write:
        page.write(page.README, {"router": lines})


if __name__ == "__main__":
    main()
