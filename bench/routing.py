"""What a decision of the Router costs: in one process, and with Redis between many.

    python bench/routing.py [--quick] [--write]

``--write`` puts the tables into docs/scaling.md. Needs redis-server on PATH and the package importable (a
release build). Times are CPU time of the process that decides, unless a column says otherwise; Redis's own is
what it reports as used.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import multiprocessing
import os
import pathlib
import platform
import shutil
import socket
import subprocess
import tempfile
import time
from typing import Any

import page
from edgequake_python import Router
from edgequake_python._course import drive, drive_async
from edgequake_python.router import selection, settling
from edgequake_python.router.calls import CHAT
from edgequake_python.router.request import Request
from edgequake_python.state import LocalState, RedisState

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "scaling.md"
MESSAGES = [{"role": "user", "content": "Hello, how are you today?"}]
STRATEGIES = (
    "simple-shuffle",
    "least-busy",
    "usage-based-routing-v2",
    "latency-based-routing",
    "cost-based-routing",
)


class Usage:
    """Stands for an answer: what settling looks at."""

    def __init__(self) -> None:
        self.usage = {"prompt_tokens": 20, "completion_tokens": 30, "total_tokens": 50}


def router_of(count: int, strategy: str, state: Any, **limits: Any) -> Router:
    entries = [
        {
            "model_name": "group",
            "litellm_params": {"model": "openai/m", "api_key": "sk", **limits},
            "model_info": {"id": f"deployment-{number}"},
        }
        for number in range(count)
    ]
    return Router(entries, routing_strategy=strategy, state=state, num_retries=0)


def decision(router: Router) -> Any:
    """A choice and its settlement: all the Router does for a call but the call."""
    request = Request(CHAT, "group", {"messages": MESSAGES}, asynchronous=False)
    picked = yield from selection.choose(router, request)
    yield from settling.succeeded(router, request, picked, Usage(), None)


def cpu_of(router: Router, times: int) -> float:
    """Microseconds of a decision."""
    for _ in range(times // 10):
        drive(decision(router))
    started = time.process_time()
    for _ in range(times):
        drive(decision(router))
    return (time.process_time() - started) / times * 1e6


def in_process(times: int) -> list[str]:
    sizes = (1, 10, 100, 1000)
    lines = [
        "| strategy | " + " | ".join(f"{size:,} deployments" for size in sizes) + " |",
        "|---|" + "---:|" * len(sizes),
    ]
    for strategy in STRATEGIES:
        cells = [f"{cpu_of(router_of(size, strategy, LocalState()), times):.1f}" for size in sizes]
        lines.append(f"| {strategy} | " + " | ".join(cells) + " |")
    limits = {"rpm": 10**9, "tpm": 10**12}
    cells = [
        f"{cpu_of(router_of(size, 'simple-shuffle', LocalState(), **limits), times):.1f}" for size in sizes
    ]
    lines.append("| simple-shuffle, rpm and tpm limited | " + " | ".join(cells) + " |")
    return lines


class Redis:
    """A redis-server of our own."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._folder = tempfile.mkdtemp()
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen([*command, "--dir", self._folder], stdout=subprocess.DEVNULL)
        self.url = f"redis://127.0.0.1:{self.port}/0"
        import redis

        self.client: Any = redis.Redis.from_url(self.url)
        for _ in range(1000):
            try:
                self.client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.01)
        self.version: str = self.client.info("server")["redis_version"]

    def counters(self) -> dict[str, float]:
        info: dict[str, Any] = self.client.info("all")
        calls = sum(
            value["calls"] for name, value in info.items() if name in ("cmdstat_evalsha", "cmdstat_eval")
        )
        return {
            "cpu": info["used_cpu_user"] + info["used_cpu_sys"],
            "calls": calls,
            "in": info["total_net_input_bytes"],
            "out": info["total_net_output_bytes"],
        }

    def stop(self) -> None:
        self.client.close()
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)


def _decide(
    url: str, size: int, strategy: str, limits: dict[str, Any], times: int, flying: int
) -> list[float]:
    """Seconds of CPU, and of wall time, for each decision of one process."""
    router = router_of(size, strategy, RedisState(url), **limits)
    drive(decision(router))
    wall, cpu = time.perf_counter(), time.process_time()
    if flying == 1:
        for _ in range(times):
            drive(decision(router))
    else:

        async def run() -> None:
            async def worker() -> None:
                for _ in range(times // flying):
                    await drive_async(decision(router))

            await asyncio.gather(*[worker() for _ in range(flying)])

        asyncio.run(run())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    router.discard()
    return [cpu / times, wall / times]


CASES: tuple[tuple[str, int, str, dict[str, Any]], ...] = (
    ("no limits", 2, "simple-shuffle", {}),
    ("rpm limited", 10, "simple-shuffle", {"rpm": 10**9, "max_parallel_requests": 10**6}),
    ("rpm and tpm limited", 10, "usage-based-routing-v2", {"rpm": 10**9, "tpm": 10**12}),
    ("least busy", 1000, "least-busy", {}),
)


def with_redis(times: int) -> list[str]:
    lines = [
        "| what is shared | deployments | scripts per call | bytes to and from Redis "
        "| CPU, one call after another (us) | CPU, 64 calls in flight (us) | Redis CPU (us) |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    redis = Redis()
    try:
        for name, size, strategy, limits in CASES:
            _decide(redis.url, size, strategy, limits, 50, 1)
            before = redis.counters()
            alone = _decide(redis.url, size, strategy, limits, times, 1)
            after = redis.counters()
            together = _decide(redis.url, size, strategy, limits, times, 64)
            used = {key: (after[key] - before[key]) / times for key in after}
            lines.append(
                f"| {name} ({strategy}) | {size:,} | {used['calls']:.1f} "
                f"| {used['in']:,.0f} + {used['out']:,.0f} "
                f"| {alone[0] * 1e6:.0f} | {together[0] * 1e6:.0f} | {used['cpu'] * 1e6:.0f} |"
            )
    finally:
        redis.stop()
    return lines


def growth(times: int) -> tuple[list[str], float]:
    lines = [
        "| processes | decisions per second, all together | Redis CPU per decision (us) |",
        "|---:|---:|---:|",
    ]
    context = multiprocessing.get_context("spawn")
    _, size, strategy, limits = CASES[1]
    used = 0.0
    for count in (1, 2, 4, 8):
        redis = Redis()
        try:
            with context.Pool(count) as pool:
                arguments = [(redis.url, size, strategy, limits, times // count, 16)] * count
                pool.starmap(_decide, [(*one[:4], 50, 1) for one in arguments])
                before, started = redis.counters(), time.perf_counter()
                pool.starmap(_decide, arguments)
                wall, after = time.perf_counter() - started, redis.counters()
            made = times // count * count
            used = (after["cpu"] - before["cpu"]) / made
            lines.append(f"| {count} | {made / wall:,.0f} | {used * 1e6:.0f} |")
        finally:
            redis.stop()
    return lines, used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the decisions")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scaling.md")
    options = parser.parse_args()
    times = 2_000 if options.quick else 20_000
    tables: dict[str, list[str]] = {"in process": in_process(times)}
    tables["redis"] = with_redis(times // 4)
    tables["growth"], used = growth(times)
    rate = 1 / used
    load = os.getloadavg()[0]
    tables["fleet"] = [
        f"A routed call with limits takes {used * 1e6:.0f} us of Redis's one thread, so one node has time "
        f"for about {rate:,.0f} of them a second. A fleet of 1,000 processes may make {rate / 1000:.0f} "
        "calls a second each before its groups have to be spread over the nodes of a Cluster; at one call a "
        f"second each it uses {100_000 * used:.0f} % of one node.",
    ]
    tables["machine"] = [
        f"Measured {datetime.date.today()} on {os.cpu_count()} x {platform.machine()}, "
        f"{platform.system()}, CPython {platform.python_version()}; load {load:.1f} at the end of the run."
    ]
    for name, lines in tables.items():
        print(f"\n{name}\n" + "\n".join(lines))
    if options.write:
        page.write(PAGE, tables)


if __name__ == "__main__":
    main()
