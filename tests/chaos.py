"""Mixed traffic while everything fails: the Router must lose no call and double none.

    python tests/chaos.py [--minutes M] [--processes N]

Several processes call through Routers that share a redis-server, which is killed, paused and started again
the whole time. Their deployments fail in every way the simulator knows, and fall back to one that does not.
Each call has a name of its own, which the healthy deployment's server counts: a call that succeeded must have
been answered exactly once, and none may fail. Each fault has a group of one deployment, which falls back, and
one of three, where the other two are healthy. Prints tables (Markdown); exit code 1 when a call was lost or
doubled, or when a limit was exceeded.
"""

# ruff: noqa: E402 - the tests' helpers are found by their folder

from __future__ import annotations

import argparse
import asyncio
import collections
import dataclasses
import json
import multiprocessing
import pathlib
import random
import sys
import tempfile
import threading
import time
from typing import Any

sys.path[:0] = [str(pathlib.Path(__file__).parent / "python")]

from edgequake_python import Router, Simulator
from edgequake_python.state import RedisState
from loopback import Loopback, Reply, Request, chat, event
from redis_server import RedisServer

#: Faults before the first content; each is a group of its own that falls back to the healthy one.
FAULTS = (
    "sim/400",
    "sim/401",
    "sim/404",
    "sim/408",
    "sim/429?retry_after_ms=5",
    "sim/500",
    "sim/502",
    "sim/503",
    "sim/529",
    "sim/context_window",
    "sim/content_policy",
    "sim/quota?retry_after_ms=5",
    "sim/html",
    "sim/malformed?after=0",
    "sim/error_event?after=0",
    "sim/cut?after=0",
    "sim/cut_clean?after=0",
    "sim/stall?before=1",
    "sim/slow_first?ms=50",
    "sim/latency?ms=50",
)
#: Faults in the middle of a stream, which is then begun anew elsewhere.
BROKEN = ("sim/cut?after=3", "sim/cut_clean?after=3", "sim/malformed?after=3", "sim/error_event?after=3")
#: Groups of a faulty deployment alone, and of one with two healthy ones.
ALONE = (*FAULTS, *BROKEN)
AMONG = tuple(f"{fault} of 3" for fault in ALONE)
GROUPS = ("healthy", *ALONE, *AMONG)
#: What became of calls; the columns of the table.
OUTCOMES = ("by itself", "elsewhere", "begun anew", "cancelled", "failed")
#: What a request to the limited deployment is charged against, in a window that the run does not outlive.
LIMIT = 500


@dataclasses.dataclass
class Tally:
    #: By group and outcome.
    outcomes: collections.Counter[tuple[str, str]] = dataclasses.field(default_factory=collections.Counter)
    errors: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    #: Names of calls that a healthy deployment answered, with their groups.
    answered: list[tuple[str, str]] = dataclasses.field(default_factory=list)


def router_of(redis_url: str, healthy: str, simulated: str) -> Router:
    entries: list[dict[str, Any]] = []
    well = {
        "model": "openai/healthy",
        "api_base": healthy,
        "api_key": "sk-chaos",
        "max_parallel_requests": 200,
    }
    for group in (*ALONE, *AMONG):
        fault = group[: -len(" of 3")] if group in AMONG else group
        faulty = {**well, "model": f"openai/{fault}", "api_base": simulated}
        members = [faulty, well, well] if group in AMONG else [faulty]
        for place, params in enumerate(members):
            info = {"id": f"{group}-{place}"}
            entries.append({"model_name": group, "litellm_params": params, "model_info": info})
    for place in range(4):
        info = {"id": f"healthy-{place}"}
        entries.append({"model_name": "healthy", "litellm_params": well, "model_info": info})
    limited = {**well, "rpm": LIMIT}
    entries.append({"model_name": "limited", "litellm_params": limited, "model_info": {"id": "limited"}})
    return Router(
        entries,
        state=RedisState(redis_url, timeout=0.2, lease=3.0, window=1e9),
        routing_strategy="least-busy",
        num_retries=1,
        timeout=1.0,
        stream_timeout=1.0,
        cooldown_time=0.2,
        max_cooldown_time=1.0,
        default_fallbacks=["healthy"],
        stream_failure="restart",
        disable_cooldowns=False,
    )


def named(name: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": name}]


async def one(router: Router, tally: Tally, name: str) -> None:
    """One call of the mixture: plain or streamed, blocking or not, cancelled now and then."""
    group = random.choice(GROUPS)
    way = random.random()
    anew = False
    try:
        if way < 0.08:
            task = asyncio.ensure_future(router.acompletion(group, named(f"cancelled {name}")))
            await asyncio.sleep(random.random() * 0.05)
            task.cancel()
            await asyncio.wait([task])
            tally.outcomes[group, "cancelled"] += 1
            return
        if way < 0.35:
            text = ""
            stream = await router.acompletion(group, named(name), stream=True)
            async for chunk in stream:
                if getattr(chunk, "restarted", False):
                    text, anew = "", True
                text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        elif way < 0.6:
            loop = asyncio.get_running_loop()
            answer: Any = await loop.run_in_executor(None, router.completion, group, named(name))
            text = answer.choices[0].message.content
        elif way < 0.7:
            hedged: Any = await router.acompletion(group, named(name), hedge_after=5.0, single_flight=True)
            text = hedged.choices[0].message.content
        else:
            plain: Any = await router.acompletion(group, named(name))
            text = plain.choices[0].message.content
    except Exception as error:
        tally.outcomes[group, "failed"] += 1
        tally.errors[f"{group}: {type(error).__name__}: {str(error)[:80]}"] += 1
        return
    if text == f"answer to {name}":
        # In the healthy group every deployment is at that server.
        word = "begun anew" if anew else "by itself" if group == "healthy" else "elsewhere"
        tally.outcomes[group, word] += 1
        tally.answered.append((group, name))
    elif text.startswith("You said"):
        tally.outcomes[group, "by itself"] += 1
    else:
        tally.outcomes[group, "failed"] += 1
        tally.errors[f"{group}: another's answer: {text[:40]!r}"] += 1


def work(redis_url: str, healthy: str, simulated: str, seconds: float, number: int) -> Tally:
    """One process's part of the traffic."""
    tally = Tally()

    async def run() -> None:
        router = router_of(redis_url, healthy, simulated)
        ends = time.monotonic() + seconds

        async def worker(place: int) -> None:
            turn = 0
            while time.monotonic() < ends:
                turn += 1
                await one(router, tally, f"{number}.{place}.{turn}")

        await asyncio.gather(*[worker(place) for place in range(16)])
        router.discard()

    asyncio.run(run())
    return tally


def limited(redis_url: str, healthy: str, simulated: str, calls: int) -> int:
    """How many calls to the limited deployment were admitted; Redis is left alone meanwhile."""
    router = router_of(redis_url, healthy, simulated)
    admitted = 0
    for _ in range(calls):
        try:
            router.completion("limited", named("limited"), num_retries=0, disable_fallbacks=True)
            admitted += 1
        except ValueError:
            pass
    router.discard()
    return admitted


class Answers:
    """The healthy deployments' server: counts what it answered, by name."""

    def __init__(self) -> None:
        self.counts: collections.Counter[str] = collections.Counter()
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Any:
        name = json.loads(request.body)["messages"][0]["content"]
        with self._lock:
            self.counts[name] += 1
            request.server.requests.clear()
        text = f"answer to {name}"
        if not request.json.get("stream"):
            return chat(text)
        pieces = [event(delta={"content": part}, finish_reason=None) for part in (text[:5], text[5:])]
        end = event(delta={}, finish_reason="stop")
        return Reply(iter([*pieces, end, b"data: [DONE]\n\n"]))


def disturb(
    server: RedisServer, ends: float, done: threading.Event, counts: collections.Counter[str]
) -> None:
    """Kill, pause and start Redis until the time is up."""
    while time.monotonic() < ends and not done.is_set():
        if done.wait(random.uniform(1.0, 4.0)):
            break
        if random.random() < 0.5:
            server.kill()
            done.wait(random.uniform(0.2, 2.0))
            server.start()
            counts["killed"] += 1
        else:
            server.pause()
            done.wait(random.uniform(0.2, 2.0))
            server.resume()
            counts["paused"] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=4)
    options = parser.parse_args()
    answers = Answers()
    disturbed: collections.Counter[str] = collections.Counter()
    context = multiprocessing.get_context("spawn")
    seconds = options.minutes * 60
    with (
        tempfile.TemporaryDirectory() as folder,
        Loopback(answers.handle) as healthy,
        Simulator() as simulator,
    ):
        redis = RedisServer(pathlib.Path(folder))
        try:
            with context.Pool(options.processes) as pool:
                places = (redis.url, healthy.base_url, simulator.base_url)
                share = LIMIT // options.processes * 2
                admitted = sum(pool.starmap(limited, [(*places, share)] * options.processes))
                done = threading.Event()
                ends = time.monotonic() + seconds
                disturber = threading.Thread(target=disturb, args=(redis, ends, done, disturbed))
                disturber.start()
                parts = [(*places, seconds, number) for number in range(options.processes)]
                tallies = pool.starmap(work, parts)
                done.set()
                disturber.join()
            refused = simulator.stats["requests"]
        finally:
            redis.stop()
    return report(tallies, answers.counts, admitted, disturbed, refused)


def report(
    tallies: list[Tally],
    counts: collections.Counter[str],
    admitted: int,
    disturbed: collections.Counter[str],
    failing: int,
) -> int:
    """Print the tables; the exit code."""
    answered = [call for tally in tallies for call in tally.answered]
    lost = collections.Counter(group for group, name in answered if not counts[name])
    doubled = collections.Counter(group for group, name in answered if counts[name] > 1)
    none: collections.Counter[Any] = collections.Counter()
    errors = sum((tally.errors for tally in tallies), none)
    outcomes = sum((tally.outcomes for tally in tallies), none)
    lines = [
        "| what the deployment does | deployments | calls | " + " | ".join(OUTCOMES) + " | lost | doubled |",
        "|---|---:|---:|" + "---:|" * (len(OUTCOMES) + 2),
    ]
    for fault in ("healthy", *ALONE):
        for group in (fault,) if fault == "healthy" else (fault, f"{fault} of 3"):
            cells = [outcomes[group, outcome] for outcome in OUTCOMES]
            size = 4 if group == "healthy" else 3 if group in AMONG else 1
            row = [size, sum(cells), *cells, lost[group], doubled[group]]
            lines.append(
                f"| `{fault.removeprefix('sim/')}` | " + " | ".join(f"{cell:,}" for cell in row) + " |"
            )
    calls, failed = sum(outcomes.values()), sum(outcomes[group, "failed"] for group in GROUPS)
    rows = [
        ("calls", calls),
        ("cancelled on purpose", sum(outcomes[group, "cancelled"] for group in GROUPS)),
        ("requests to failing deployments", failing),
        ("answered by a healthy deployment", len(answered)),
        ("failed", failed),
        ("lost", sum(lost.values())),
        ("doubled", sum(doubled.values())),
        (f"admitted at a limit of {LIMIT}", admitted),
        ("Redis killed and started again", disturbed["killed"]),
        ("Redis paused", disturbed["paused"]),
    ]
    lines += ["", "| all together | |", "|---|---:|", *(f"| {label} | {value:,} |" for label, value in rows)]
    print("\n".join(lines))
    for error, count in errors.most_common(10):
        print(f"{count:>6} x {error}")
    good = not (lost or doubled or errors) and admitted == LIMIT and calls > 0
    print("no call was lost or doubled" if good else "CALLS WERE LOST OR DOUBLED, OR A LIMIT WAS NOT KEPT")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
