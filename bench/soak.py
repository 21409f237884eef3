"""Calls of every kind, 500 in flight, for minutes: does anything grow, and is the event loop ever late?

Plain, streamed, left, cancelled, failing and told-of (callbacks) calls against the simulator, which runs
in a process of its own; most of a call is waiting, as it is with a provider. After a fifth of the time
(warm-up) memory, threads and descriptors are sampled every second; printed are the slope of memory for
each call, the extremes of the others and the latest heartbeat of the event loop. A bare loop beats in a
process beside it: where that one is late at the same moment, the machine was busy with other things, and
the beat is printed apart. ``bench/soak.svg`` shows them over time (``--plot`` names another file). The
exit status is 1 when a bound is passed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import random
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import curves
import edgequake_python as eq
import page
from curves import Curve

MESSAGES = [{"role": "user", "content": "Count 1 to 5"}]
#: Bytes that a call may leave behind, and milliseconds that the loop may be late.
BYTES = 50.0
LATE = 50.0
PICTURE = Path(__file__).resolve().parent / "soak.svg"


def serve(pipe: Any) -> None:
    """The simulator, until the other end says so."""
    with eq.Simulator() as simulator:
        pipe.send(simulator.base_url)
        pipe.recv()


async def heart(beats: list[tuple[float, float]], end: float) -> None:
    """Notes when a sleep of ten milliseconds ended more than five late: the moment, and seconds late."""
    while time.monotonic() < end:
        begun = time.monotonic()
        await asyncio.sleep(0.01)
        now = time.monotonic()
        if now - begun > 0.015:
            beats.append((now, now - begun - 0.01))


def bare(pipe: Any, seconds: float) -> None:
    """A loop that has nothing else to do."""
    beats: list[tuple[float, float]] = []
    asyncio.run(heart(beats, time.monotonic() + seconds))
    pipe.send(beats)


def own(beats: list[tuple[float, float]], bare: list[tuple[float, float]]) -> list[float]:
    """Seconds late of the beats, without those at whose moment the bare loop was at least half as late."""
    return [
        late
        for moment, late in beats
        if not any(abs(moment - other) < late + 0.1 and also > late / 2 for other, also in bare)
    ]


def sample() -> tuple[int, int, int]:
    """Resident bytes, threads, descriptors."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return (
        pages * os.sysconf("SC_PAGE_SIZE"),
        len(os.listdir("/proc/self/task")),
        len(os.listdir("/proc/self/fd")),
    )


class Point(NamedTuple):
    """A moment: seconds since the beginning, calls so far, resident bytes, threads, descriptors."""

    seconds: float
    calls: int
    resident: int
    threads: int
    files: int


class Soak:
    """The traffic and what was seen of it."""

    def __init__(self, base_url: str, end: float) -> None:
        self.where: dict[str, Any] = {
            "api_base": base_url,
            "api_key": "sk-soak",
            "messages": MESSAGES,
            "num_retries": 0,
        }
        self.end = end
        self.callbacks = True
        self.calls = 0
        self.told = 0
        #: Moments of the clock and seconds late, see `heart`.
        self.beats: list[tuple[float, float]] = []
        self.samples: list[Point] = []

    async def one(self, kind: str) -> None:
        """One call of a kind."""
        if kind == "plain":
            await eq.acompletion(model="openai/sim/latency?ms=2000", **self.where)
        elif kind in ("streamed", "left"):
            stream: Any = await eq.acompletion(model="openai/sim/drip?ms=400", stream=True, **self.where)
            async for _ in stream:
                if kind == "left":
                    break
            await stream.aclose()
        elif kind == "failing":
            await asyncio.sleep(2)
            with contextlib.suppress(eq.EdgeQuakeError):
                await eq.acompletion(model="openai/sim/500", **self.where)
        else:
            task = asyncio.ensure_future(eq.acompletion(model="openai/sim/latency?ms=9000", **self.where))
            await asyncio.sleep(random.random() * 4)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def worker(self, number: int) -> None:
        """Calls one after another until the time is over."""
        kinds = ("plain", "streamed", "left", "failing", "cancelled")
        while time.monotonic() < self.end:
            await self.one(kinds[(number + self.calls) % len(kinds)])
            self.calls += 1

    async def sampler(self, warm: float) -> None:
        """A sample every second after the warm-up."""
        begun = time.monotonic()
        await asyncio.sleep(warm)
        while time.monotonic() < self.end:
            self.samples.append(Point(time.monotonic() - begun, self.calls, *sample()))
            await asyncio.sleep(1)

    def tell(self, *given: Any) -> None:
        """The callback."""
        self.told += 1

    async def run(self, flight: int, warm: float) -> None:
        """Everything at once."""
        if self.callbacks:
            eq.success_callback = [self.tell]
            eq.failure_callback = [self.tell]
        workers = (self.worker(number) for number in range(flight))
        await asyncio.gather(heart(self.beats, self.end), self.sampler(warm), *workers)


def slope(points: list[Point]) -> float:
    """Bytes for each call, by least squares."""
    count = len(points)
    x, y = sum(point.calls for point in points) / count, sum(point.resident for point in points) / count
    spread = sum((point.calls - x) ** 2 for point in points)
    return sum((point.calls - x) * (point.resident - y) for point in points) / spread if spread else 0.0


def plot(points: list[Point], path: Path) -> None:
    """Memory, its bound, descriptors and threads over time, as an SVG."""
    memory = [point.resident / 2**20 for point in points]
    allowed = [memory[0] + (point.calls - points[0].calls) * BYTES / 2**20 for point in points]
    panels = {
        "Resident memory (MiB)": [Curve("measured", "ours", memory), Curve("bound", "bound", allowed)],
        "Descriptors and threads": [
            Curve("descriptors", "ours", [float(point.files) for point in points]),
            Curve("threads", "others", [float(point.threads) for point in points]),
        ],
    }
    seconds = [point.seconds for point in points]
    path.write_text(
        curves.picture("Traffic of every kind, after the warm-up", seconds, panels), encoding="utf-8"
    )


def report(soak: Soak, options: argparse.Namespace, late: float, machine: float) -> list[str]:
    """The table, as Markdown; ``late`` and ``machine`` are milliseconds."""
    threads = [point.threads for point in soak.samples]
    files = [point.files for point in soak.samples]
    lines = [
        f"| {options.minutes:g} minutes, {options.flight} at once, {soak.calls:,} calls | measured | bound |",
        "|---|---:|---:|",
        f"| memory that a call leaves behind | {slope(soak.samples):+.1f} B | {BYTES:.0f} B |",
        f"| resident at the end | {soak.samples[-1].resident / 2**20:.1f} MiB | |",
        f"| threads | {min(threads)} to {max(threads)} | |",
        f"| descriptors | {min(files)} to {max(files)} | |",
        f"| event loop late, at most | {late:.1f} ms | {LATE:.0f} ms |",
        f"| callbacks told | {soak.told:,} | |",
    ]
    if machine > late:
        lines.append(f"| late while a bare loop in another process was late as well | {machine:.1f} ms | |")
    return lines


def main() -> int:
    """Runs, prints, judges."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--flight", type=int, default=500, help="calls at once")
    parser.add_argument("--no-callbacks", action="store_true")
    parser.add_argument("--plot", default=str(PICTURE), help="the SVG to draw")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    options = parser.parse_args()
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    seconds = options.minutes * 60
    mine, other = multiprocessing.get_context("spawn").Pipe()
    control = multiprocessing.get_context("spawn").Process(target=bare, args=(other, seconds), daemon=True)
    control.start()
    soak = Soak(here.recv(), time.monotonic() + seconds)
    soak.callbacks = not options.no_callbacks
    asyncio.run(soak.run(options.flight, seconds / 5))
    here.send(None)
    server.join(10)
    warm = soak.samples[0].seconds + soak.end - seconds
    beats = [beat for beat in soak.beats if beat[0] > warm]
    late = max(own(beats, mine.recv()), default=0) * 1000
    machine = max((beat[1] for beat in beats), default=0) * 1000
    lines = report(soak, options, late, machine)
    print("\n".join(lines))
    plot(soak.samples, Path(options.plot))
    print(f"\n{options.plot}: memory, descriptors and threads over time")
    if options.write:
        page.write(page.README, {"soak": lines})
    threads = [point.threads for point in soak.samples]
    return int(slope(soak.samples) > BYTES or late > LATE or max(threads) > min(threads) + 8)


if __name__ == "__main__":
    sys.exit(main())
