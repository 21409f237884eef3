"""1,000 streams and 10,000 calls at once in one process, and a slow reader: what each costs in memory."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import sys
import time
from typing import Any

import edgequake_python as eq
import page
from soak import MESSAGES, sample, serve

#: Bytes that a reader who waits may hold, and that a waiting call may.
HELD = 32 << 20
EACH = 100 << 10


async def streams(where: dict[str, Any], count: int) -> int:
    """Reads ``count`` streams of 50 chunks at once; how many pieces came."""

    async def one() -> int:
        stream: Any = await eq.acompletion(model="openai/tokens?n=50&ms=40", stream=True, **where)
        return len([chunk async for chunk in stream])

    return sum(await asyncio.gather(*(one() for _ in range(count))))


async def calls(where: dict[str, Any], count: int) -> int:
    """Makes ``count`` calls that the server holds for three seconds; the memory while all wait."""

    async def one() -> None:
        await eq.acompletion(model="openai/sim/latency?ms=3000", **where)

    tasks = [asyncio.ensure_future(one()) for _ in range(count)]
    await asyncio.sleep(2.5)
    held = sample()[0]
    await asyncio.gather(*tasks)
    return held


async def slow(where: dict[str, Any]) -> int:
    """Reads ten chunks of 64 MiB and waits: the memory meanwhile is what back-pressure leaves."""
    before = sample()[0]
    stream: Any = await eq.acompletion(model="openai/huge?mb=64&chunks=6400", stream=True, **where)
    for _ in range(10):
        await stream.__anext__()
    await asyncio.sleep(2)
    held = sample()[0] - before
    await stream.aclose()
    return held


def main() -> int:
    """Runs the three and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    many = min(10_000, most - 200)
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    where: dict[str, Any] = {
        "api_base": here.recv(),
        "api_key": "sk-load",
        "messages": MESSAGES,
        "num_retries": 0,
        "timeout": 120,
    }
    asyncio.run(streams(where, 10))
    held = asyncio.run(slow(where))
    begun = time.monotonic()
    pieces = asyncio.run(streams(where, 1000))
    took = time.monotonic() - begun
    before = sample()[0]
    each = (asyncio.run(calls(where, many)) - before) / many
    here.send(None)
    server.join(10)
    lines = [
        "| load | measured | bound |",
        "|---|---:|---:|",
        f"| a slow reader of a stream of 64 MiB: memory held | {held / 2**20:.1f} MiB | {HELD >> 20} MiB |",
        f"| 1,000 streams at once, {pieces:,} chunks in all | {took:.1f} s | |",
        f"| {many:,} calls at once: memory for each | {each / 1024:.1f} KiB | {EACH >> 10} KiB |",
    ]
    print("\n".join(lines))
    if options.write:
        page.write(page.README, {"load": lines})
    return int(held > HELD or each > EACH)


if __name__ == "__main__":
    sys.exit(main())
