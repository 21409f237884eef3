"""Measure edgequake_python against its peers: one process per library and workload, ratios in one run.

usage: python bench/run.py [--wheel DIST_FOLDER] [--rounds N] [--write] ...   (see --help)

Each library gets a virtual environment of its own in the cache folder. A round runs every (library, workload)
once, each in a process of its own; the figures are medians over the rounds. Interleaving the libraries is
what makes ratios trustworthy: a machine that slows down slows all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any, Optional

import page
import payloads
import plots
import server

HERE = Path(__file__).resolve().parent
OURS = "edgequake_python"
PEERS = {
    "litellm": ["litellm"],
    "openai": ["openai"],
    "pyreqwest": ["pyreqwest"],
    "aiohttp": ["aiohttp"],
    "socket": [],
    "orjson": ["orjson"],
}
WORKLOADS = {
    OURS: ["import", "first", "sync", "threads", "async", "stream", "astream", "embed", "aembed"],
    "litellm": ["import", "first", "sync", "threads", "async", "stream", "astream", "embed", "aembed"],
    "openai": ["import", "first", "sync", "threads", "async", "stream", "astream", "embed", "aembed"],
    "pyreqwest": ["import", "first", "sync", "threads", "async", "embed", "aembed"],
    "aiohttp": ["import", "async", "astream", "aembed"],
    "socket": ["sync", "stream", "embed"],
    "orjson": ["embed"],
}

# One row of the table: label, workload, figure, divisor from the figure's unit to the table's, goal.
ROWS: list[tuple[str, str, str, float, str]] = [
    ("import, cold (ms)", "import", "wall_us", 1e3, "<= 40"),
    ("import, RSS (MB)", "import", "peak_rss_mb", 1, "<= 25"),
    ("import and first call (ms)", "first", "wall_us", 1e3, ""),
    ("sync call, p50 (us)", "sync", "p50_us", 1, "<= 140"),
    ("sync calls in 64 threads, CPU (us)", "threads", "cpu_us", 1, ""),
    ("async call at 64 in flight, CPU (us)", "async", "cpu_us", 1, "<= 85"),
    ("stream, CPU per chunk, sync (us)", "stream", "cpu_us", payloads.CHUNKS, "<= 4"),
    ("stream, CPU per chunk, async (us)", "astream", "cpu_us", payloads.CHUNKS, "<= 5"),
    ("embedding 256 x 1536, sync, wall (ms)", "embed", "wall_us", 1e3, "<= 20"),
    ("embedding 256 x 1536, async, wall (ms)", "aembed", "wall_us", 1e3, ""),
]

# A load average, before the run, from which on absolute figures say little.
BUSY = 0.5

IMPORT_RSS = """
import {module}
try:
    lines = open("/proc/self/status").read().split("VmHWM:")[1].split()
    print(int(lines[0]) / 1024)
except OSError:
    import resource, sys
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / (1 << (20 if sys.platform == "darwin" else 10)))
"""

# (library, workload) -> one dict of figures per round
Figures = dict[tuple[str, str], list[dict[str, float]]]


def environment() -> dict[str, str]:
    """The caller's environment without what would change what is measured."""
    dropped = ("PYTHON", "OPENAI_", "LITELLM_", "EDGEQUAKE_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    kept = {key: value for key, value in os.environ.items() if not key.upper().startswith(dropped)}
    return {**kept, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "PYTHONNOUSERSITE": "1"}


def cache_folder() -> Path:
    """Where the peers' environments live, outside the checkout."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "edgequake-python" / "bench"


def prepare(library: str, requirements: list[str], refresh: bool) -> Path:
    """The Python of a library's own environment, made on first use."""
    folder = cache_folder() / library
    python = folder / "bin" / "python"
    done = folder / ".ready"
    if refresh or not done.exists():
        print(f"installing {library} ...", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        if requirements:
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, *requirements], check=True)
        done.touch()
    return python


def version(python: Path, distribution: str) -> str:
    """The installed version of a distribution."""
    code = f"from importlib.metadata import version; print(version({distribution!r}))"
    return subprocess.run(
        [str(python), "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def refuse_debug_build(python: Path) -> None:
    """A debug build warns when it is imported; its figures would mean nothing."""
    command = [str(python), "-W", "error", "-c", f"import {OURS}, {OURS}._eq_core"]
    subprocess.run(command, check=True, env=environment())


def timed(command: list[str], folder: str) -> float:
    """Wall microseconds of a command."""
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=folder, env=environment(), stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1e6


def measure_import(python: Path, library: str) -> dict[str, float]:
    """The time an import adds to a bare interpreter's, and the memory of a process that does nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        start = [str(python), "-c"]
        bare = min(timed([*start, "pass"], folder) for _ in range(3))
        wall = min(timed([*start, f"import {library}"], folder) for _ in range(3))
        peak = subprocess.run(
            [*start, IMPORT_RSS.format(module=library)],
            check=True,
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
        ).stdout
    return {"wall_us": round(wall - bare, 1), "peak_rss_mb": round(float(peak.split()[-1]), 1)}


def measure(python: Path, library: str, workload: str, base: str) -> dict[str, float]:
    """One process, one workload."""
    if workload == "import":
        return measure_import(python, library)
    command = [str(python), str(HERE / "client.py"), library, workload, base]
    done = subprocess.run(
        command, env=environment(), capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        raise SystemExit(f"{library} {workload} failed:\n{done.stderr[-3000:]}")
    result = json.loads(done.stdout.strip().splitlines()[-1])
    return {key: value for key, value in result.items() if key not in ("lib", "work")}


def machine() -> str:
    """What the figures were taken on."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return f"{os.cpu_count()} x {model}, {platform.system()}, CPython {platform.python_version()}"


def medians(figures: Figures) -> dict[str, dict[str, dict[str, float]]]:
    """Library -> workload -> figure -> median over the rounds."""
    result: dict[str, dict[str, dict[str, float]]] = {}
    for (library, workload), rounds in figures.items():
        middle = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
        result.setdefault(library, {})[workload] = middle
    return result


def short(value: float) -> str:
    """A figure with as many digits as it deserves."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(results: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures as Markdown; where ours are among them, each peer's cell adds how many times ours it is."""
    libraries = [library for library in WORKLOADS if library in results]
    lines = ["| work | " + " | ".join(libraries) + " | goal |", "|---|" + "---:|" * len(libraries) + "---|"]
    for label, workload, figure, divisor, goal in ROWS:

        def value(library: str, row: tuple[str, str, float] = (workload, figure, divisor)) -> Optional[float]:
            found = results[library].get(row[0])
            return found[row[1]] / row[2] if found else None

        ours = value(OURS) if OURS in results else None
        cells = []
        for library in libraries:
            cost = value(library)
            cell = "" if cost is None else short(cost)
            if cost is not None and ours and library != OURS:
                cell += f" ({cost / ours:.2g}x)" if cost / ours < 10 else f" ({cost / ours:.0f}x)"
            cells.append(cell)
        if any(cells):
            lines.append(f"| {label} | " + " | ".join(cells) + f" | {goal} |")
    return "\n".join(lines)


def describe(facts: dict[str, Any]) -> str:
    """The line under the table: how to read it."""
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items())
    how = f"Medians of {facts['rounds']} rounds on {facts['machine']}; server: {facts['server']}."
    if facts["load_before"] > BUSY:
        how += f" The machine was busy: load {facts['load_before']} before the run."
    return f"{how} Versions: {versions}."


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure edgequake_python against its peers.")
    parser.add_argument(
        "--wheel", type=Path, help="folder with our wheel; without it only the peers are measured"
    )
    parser.add_argument("--libs", help="comma-separated choice of libraries", default=",".join(WORKLOADS))
    parser.add_argument(
        "--works", help="comma-separated choice of workloads", default=",".join(WORKLOADS[OURS])
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--server", choices=["auto", "nginx", "asyncio"], default="auto")
    parser.add_argument(
        "--refresh", action="store_true", help="reinstall the peers, at their newest versions"
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="rewrite the table in README.md, results.json and the picture made of it",
    )
    return parser.parse_args()


def main() -> None:
    """Prepare, measure, report."""
    options = arguments()
    works = options.works.split(",")
    pythons: dict[str, Path] = {}
    versions: dict[str, str] = {}
    for library in options.libs.split(","):
        if library != OURS:
            pythons[library] = prepare(library, PEERS[library], options.refresh)
            if PEERS[library]:
                versions[library] = version(pythons[library], library)
        elif options.wheel:
            wheels = sorted(options.wheel.glob("*.whl"))
            if len(wheels) != 1:
                raise SystemExit(f"expected one wheel in {options.wheel}, found {len(wheels)}")
            pythons[OURS] = prepare(OURS, [str(wheels[0])], refresh=True)
            refuse_debug_build(pythons[OURS])
            versions[OURS] = version(pythons[OURS], "edgequake-python")

    load_before = round(os.getloadavg()[0], 2)
    if load_before > BUSY:
        print(f"warning: the machine is busy (load {load_before})", file=sys.stderr)
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        payloads.write(Path(folder))
        with server.serve(Path(folder), options.server) as (base, server_name):
            print(f"server: {server_name}", file=sys.stderr)
            for number in range(options.rounds):
                for workload in works:
                    for library, python in pythons.items():
                        if workload not in WORKLOADS[library]:
                            continue
                        figure = measure(python, library, workload, base)
                        figures.setdefault((library, workload), []).append(figure)
                        print(f"round {number + 1}: {workload:8} {library:17} {figure}", file=sys.stderr)

    facts: dict[str, Any] = {
        "machine": machine(),
        "server": server_name,
        "rounds": options.rounds,
        "load_before": load_before,
        "versions": versions,
        "medians": medians(figures),
    }
    text = f"{table(facts['medians'])}\n\n{describe(facts)}"
    print(text)
    if options.write:
        (HERE / "results.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        page.write(page.README, {"table": text.splitlines()})
        plots.write(facts)


if __name__ == "__main__":
    main()
