"""What an answer out of the cache costs: memory, Redis beside a bare GET, streams in chunks; litellm too.

    python bench/cache.py [--write] [--rounds N] [--libs edgequake_python,litellm] [--peer-python PATH]

Each library runs in a process of its own, on an answer that it got from the simulator first. Figures are the
best of many batches, CPU time of the process: what the work costs when nothing disturbs it. The answer's text
is read each time. A bare GET is the official Redis client fetching the same bytes. Hits in Redis and bare
GETs are made by turns and their medians told, CPU and wall time (what a caller waits, over loopback): a loop
of nothing but GETs finds a server that has not yet gone to sleep, and no program does that.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

MESSAGES = [
    {"role": "system", "content": "You are a helpful assistant."},
    {"role": "user", "content": "Hello, what is the weather in Paris?"},
]
LIBRARIES = ("edgequake_python", "litellm")
BARE = "bare GET"
WORKS = {
    "memory, sync": "hit, memory, sync (us)",
    "memory, async": "hit, memory, async (us)",
    "redis, sync": "hit, Redis, sync, median (us)",
    f"{BARE}, sync": "bare GET of the same bytes, sync, median (us)",
    "redis, async": "hit, Redis, async, median (us)",
    f"{BARE}, async": "bare GET of the same bytes, async, median (us)",
    "redis, sync, wall": "hit, Redis, sync, wall time, median (us)",
    f"{BARE}, sync, wall": "bare GET, sync, wall time, median (us)",
    "redis, async, wall": "hit, Redis, async, wall time, median (us)",
    f"{BARE}, async, wall": "bare GET, async, wall time, median (us)",
    "stream, sync": "stream of 16 kB out of memory, sync (us)",
    "stream, async": "stream of 16 kB out of memory, async (us)",
    "chunks": "its chunks",
}
GOALS = {
    "memory, sync": "<= 30",
    "memory, async": "<= 30",
    "redis, sync": "<= 1.3x",
    "redis, async": "<= 1.3x",
    "redis, sync, wall": "<= 1.3x",
    "redis, async, wall": "<= 1.3x",
}


def best(run: Callable[[int], None], seconds: float) -> float:
    """Microseconds of CPU for each of ``run``'s steps, in the least disturbed of many batches."""
    run(20)
    count, end, least = 100, time.monotonic() + seconds, float("inf")
    while time.monotonic() < end:
        begun = time.process_time()
        run(count)
        least = min(least, (time.process_time() - begun) / count)
    return least * 1e6


def median(times: list[float]) -> float:
    """The middle one, in microseconds."""
    return sorted(times)[len(times) // 2] * 1e6


class Bench:
    """The works of one library."""

    def __init__(self, library: Any, base_url: str, redis_port: int | None, seconds: float) -> None:
        self._library, self._redis, self._seconds = library, redis_port, seconds
        self._call: dict[str, Any] = {
            "model": "openai/gpt-4o-mini",
            "messages": MESSAGES,
            "temperature": 0.2,
            "api_base": base_url,
            "api_key": "sk-simulated",
        }
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self.figures: dict[str, float | str] = {}

    def _cache(self, type: str, **more: Any) -> Any:
        # litellm has a module of the name, from which its class is imported.
        make = importlib.import_module(f"{self._library.__name__}.caching").Cache
        self._library.cache = make(type=type, ttl=3600, **more)
        return self._library.cache

    def _measure(self, name: str, run: Callable[[int], None], steps: float = 1) -> None:
        try:
            self.figures[name] = best(run, self._seconds) / steps
        except Exception as error:  # a peer that cannot do it is said to
            self.figures[name] = type(error).__name__

    def _hits(self, place: str) -> None:
        library, call = self._library, self._call
        texts = {library.completion(**call).choices[0].message.content}

        def read(answer: Any) -> None:
            texts.add(answer.choices[0].message.content)

        def sync(count: int) -> None:
            for _ in range(count):
                read(library.completion(**call))

        async def some(count: int) -> None:
            for _ in range(count):
                read(await library.acompletion(**call))

        # litellm stores beside the call.
        self._loop.run_until_complete(some(3))
        self._loop.run_until_complete(asyncio.sleep(0.5))
        if place == "memory":
            self._measure(f"{place}, sync", sync)
            self._measure(f"{place}, async", lambda count: self._loop.run_until_complete(some(count)))
        else:
            self._by_turns(lambda: read(library.completion(**call)), lambda: some(1))
        assert len(texts) == 1, "not the answer out of the cache"

    def _by_turns(self, hit: Callable[[], Any], later: Callable[[], Any]) -> None:
        """What hits in Redis and bare GETs take, the one after the other."""
        import redis
        import redis.asyncio

        client = redis.Redis(host="127.0.0.1", port=self._redis or 0)
        keys: Any = client.keys()
        size: Any = client.strlen
        key = max(keys, key=size)
        clocks = {"": time.process_time, ", wall": time.perf_counter}
        times: dict[str, list[float]] = {}

        def sync() -> None:
            for suffix, clock in clocks.items():
                begun = clock()
                hit()
                between = clock()
                client.get(key)
                end = clock()
                times.setdefault(f"redis, sync{suffix}", []).append(between - begun)
                times.setdefault(f"{BARE}, sync{suffix}", []).append(end - between)

        async def asynchronous(bare: Any) -> None:
            for suffix, clock in clocks.items():
                begun = clock()
                await later()
                between = clock()
                await bare.get(key)
                end = clock()
                times.setdefault(f"redis, async{suffix}", []).append(between - begun)
                times.setdefault(f"{BARE}, async{suffix}", []).append(end - between)

        async def all_of_them() -> None:
            async with redis.asyncio.Redis(host="127.0.0.1", port=self._redis or 0) as bare:
                until = time.monotonic() + self._seconds
                while time.monotonic() < until:
                    await asynchronous(bare)

        until = time.monotonic() + self._seconds
        while time.monotonic() < until:
            sync()
        self._loop.run_until_complete(all_of_them())
        self.figures.update({name: median(seconds) for name, seconds in times.items()})

    def memory(self) -> None:
        self._cache("local")
        self._hits("memory")

    def redis(self) -> None:
        import redis

        where: dict[str, Any] = {"host": "127.0.0.1", "port": self._redis}
        redis.Redis(**where).flushall()
        self._cache("redis", **where)
        self._hits("redis")

    def stream(self) -> None:
        self._cache("local")
        library, call = self._library, {**self._call, "model": "openai/sim/tokens?n=2000", "stream": True}
        list(library.completion(**call))
        counts = {len(list(library.completion(**call)))}

        def sync(count: int) -> None:
            for _ in range(count // 20):
                counts.add(sum(1 for _ in library.completion(**call)))

        async def some(count: int) -> None:
            for _ in range(count // 20):
                counts.add(sum([1 async for _ in await library.acompletion(**call)]))

        self.figures["chunks"] = max(counts)
        self._measure("stream, sync", sync, 1 / 20)
        self._measure("stream, async", lambda count: self._loop.run_until_complete(some(count)), 1 / 20)


def work(name: str, base_url: str, redis_port: int | None, seconds: float) -> dict[str, float | str]:
    bench = Bench(importlib.import_module(name), base_url, redis_port, seconds)
    bench.memory()
    bench.stream()
    if redis_port is not None:
        bench.redis()
    return bench.figures


def cell(figures: dict[str, float | str], name: str, ours: dict[str, float | str]) -> str:
    """A figure; how many times ours, or the bare GET, it is."""
    figure = figures.get(name, "")
    if isinstance(figure, str) or name == "chunks":
        return str(figure)
    text = f"{figure:,.1f}"
    place, _, way = name.partition(", ")
    bare, mine = figures.get(f"{BARE}, {way}"), ours.get(name)
    if place == "redis" and isinstance(bare, float):
        text += f", {figure / bare:.2f}x the bare GET"
    if figures is not ours and isinstance(mine, float) and place != BARE:
        text += f" ({figure / mine:.0f}x)"
    return text


def table(found: dict[str, dict[str, float | str]]) -> list[str]:
    lines = [
        "| work | " + " | ".join(found) + " | goal |",
        "|---|" + "---:|" * len(found) + "---|",
    ]
    ours = found[LIBRARIES[0]]
    for name, label in WORKS.items():
        if any(name in figures for figures in found.values()):
            cells = [cell(figures, name, ours) for figures in found.values()]
            lines.append(f"| {label} | {' | '.join(cells)} | {GOALS.get(name, '')} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="processes of each library; the best counts")
    parser.add_argument("--seconds", type=float, default=1.5, help="how long each work is measured")
    parser.add_argument("--libs", default=",".join(LIBRARIES))
    parser.add_argument("--peer-python", help="a Python that has litellm and redis; else one is made")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    parser.add_argument("--worker", choices=LIBRARIES, help=argparse.SUPPRESS)
    parser.add_argument("--base-url", help=argparse.SUPPRESS)
    parser.add_argument("--redis-port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(work(options.worker, options.base_url, options.redis_port, options.seconds)))
        return

    import page
    import routing
    import run

    pythons = {"edgequake_python": sys.executable}
    if "litellm" in options.libs:
        pythons["litellm"] = options.peer_python or str(
            run.prepare("litellm-cache", ["litellm[proxy]", "redis"], refresh=False)
        )
    server = routing.Redis() if shutil.which("redis-server") else None
    try:
        found = measured(pythons, server, options)
    finally:
        if server is not None:
            server.stop()
    lines = table(found)
    versions = f"CPython {platform.python_version()}"
    if "litellm" in pythons:
        versions += f", litellm {run.version(Path(pythons['litellm']), 'litellm')}"
    if server is not None:
        versions += f", Redis {server.version}"
    lines += [
        "",
        f"Best of {options.rounds} processes, CPU time, {os.cpu_count()} x {platform.machine()}, {versions}; "
        f"load {os.getloadavg()[0]:.1f} at the end of the run.",
    ]
    print("\n".join(lines))
    if options.write:
        page.write(page.README, {"cache": lines})


def measured(
    pythons: dict[str, str], server: Any, options: argparse.Namespace
) -> dict[str, dict[str, float | str]]:
    """The best figures of each library, by its works."""
    import edgequake_python

    found: dict[str, dict[str, float | str]] = {library: {} for library in pythons}
    with edgequake_python.Simulator() as simulator:
        for _ in range(options.rounds):
            for library, python in pythons.items():
                command = [python, __file__, "--worker", library, "--base-url", simulator.base_url]
                if server is not None:
                    command += ["--redis-port", str(server.port)]
                output = subprocess.run(
                    [*command, "--seconds", str(options.seconds)],
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                    env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
                ).stdout
                for name, figure in json.loads(output.splitlines()[-1]).items():
                    known = found[library].get(name)
                    better = not isinstance(known, float) or isinstance(figure, str) or figure < known
                    if better:
                        found[library][name] = figure
    return found


if __name__ == "__main__":
    main()
