"""Draws docs/assets/dashboard.png: the panels of the Grafana dashboard, from a real run.

Traffic of many kinds goes to the simulator while a real Prometheus (Debian's ``prometheus``) reads the
metrics of this process; then every query of docs/assets/grafana-dashboard.json is asked of Prometheus and its
answer drawn with matplotlib. It is no screenshot of Grafana, and the page that shows it says so.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import edgequake_python as eq
from edgequake_python.integrations.prometheus import PrometheusLogger

ASSETS = Path(__file__).resolve().parents[1] / "docs" / "assets"
STEP = 1.0


def queries(panel: dict[str, Any]) -> list[tuple[str, str]]:
    """PromQL and legend of a panel's lines, for this run."""
    found = []
    for target in panel["targets"]:
        query = target["expr"].replace("$__rate_interval", "8s")
        found.append((query.replace("$provider", ".*").replace("$model", ".*"), target["legendFormat"]))
    return found


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def prometheus(served: int) -> Any:
    """Prometheus, reading the metrics at a port every second; gives its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        target = f"{{job_name: app, static_configs: [{{targets: ['127.0.0.1:{served}']}}]}}"
        config = Path(folder, "prometheus.yml")
        config.write_text(f"global: {{scrape_interval: 1s}}\nscrape_configs: [{target}]\n")
        program = shutil.which("prometheus")
        if program is None:
            raise SystemExit("prometheus is not installed (Debian: apt install prometheus)")
        command = [program, f"--config.file={config}", f"--storage.tsdb.path={folder}/data"]
        process = subprocess.Popen(
            [*command, f"--web.listen-address=127.0.0.1:{port}"], stderr=subprocess.DEVNULL
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


async def traffic(base_url: str, router: eq.Router, seconds: float) -> None:
    """Calls of every kind, in waves."""
    begun = time.monotonic()
    where: dict[str, Any] = {"api_base": base_url, "api_key": "sk-simulated", "num_retries": 0}

    async def one() -> None:
        kind = random.random()
        words = "word " * random.randint(5, 400)
        ask: dict[str, Any] = {"messages": [{"role": "user", "content": words}], **where}
        with contextlib.suppress(eq.EdgeQuakeError):
            if kind < 0.3:
                wait = random.choice((150, 150, 400, 900))
                await eq.acompletion(f"openai/sim/latency?ms={wait}", caching=False, **ask)
            elif kind < 0.5:
                short = [{"role": "user", "content": words[:200]}]
                model = f"openai/sim/drip?ms={random.choice((15, 30))}"
                async for _ in await eq.acompletion(
                    model, stream=True, caching=False, **{**ask, "messages": short}
                ):
                    pass
            elif kind < 0.65:
                same = [{"role": "user", "content": f"question {random.randint(1, 4)}"}]
                await eq.acompletion("openai/gpt-4o-mini", **{**ask, "messages": same})
            elif kind < 0.75:
                await eq.aembedding("openai/text-embedding-3-small", input=[words], caching=False, **where)
            elif kind < 0.8:
                await eq.acompletion(f"openai/sim/{random.choice((429, 500, 503))}", caching=False, **ask)
            else:
                await router.acompletion("chat", ask["messages"], caching=False)

    tasks: set[asyncio.Task[None]] = set()
    while time.monotonic() - begun < seconds:
        wave = 12 if (time.monotonic() - begun) % 30 < 15 else 30
        for _ in range(random.randint(1, wave) // 4):
            task = asyncio.ensure_future(one())
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.1)
    await asyncio.gather(*tasks)


def asked(address: str, query: str, begun: float, end: float) -> list[Any]:
    """The lines that Prometheus has for a query."""
    given = urllib.parse.urlencode({"query": query, "start": begun, "end": end, "step": STEP})
    with urllib.request.urlopen(f"{address}/api/v1/query_range?{given}", timeout=10) as answer:
        result: list[Any] = json.load(answer)["data"]["result"]
        return result


def named(legend: str, labels: dict[str, str]) -> str:
    """The legend of a line."""
    for name, value in labels.items():
        legend = legend.replace(f"{{{{{name}}}}}", value)
    return legend


def draw(address: str, begun: float, end: float, path: Path) -> None:
    """All panels, in their places."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot

    panels = json.loads((ASSETS / "grafana-dashboard.json").read_text())["panels"]
    rows = max(panel["gridPos"]["y"] for panel in panels) // 8 + 1
    figure = matplotlib.pyplot.figure(figsize=(15, 3.1 * rows))
    grid = figure.add_gridspec(rows, 24, hspace=0.55, wspace=6)
    units = {"s": "seconds", "reqps": "per second", "currencyUSD": "USD", "percentunit": "share"}
    for panel in panels:
        place = panel["gridPos"]
        axes = figure.add_subplot(grid[place["y"] // 8, place["x"] : place["x"] + place["w"]])
        for query, legend in queries(panel):
            for line in asked(address, query, begun, end):
                points = [(float(at) - begun, float(value)) for at, value in line["values"]]
                axes.plot(*zip(*points), linewidth=1.1, label=named(legend, line["metric"]))
        axes.set_title(panel["title"], fontsize=10, loc="left")
        axes.set_ylabel(units.get(panel["fieldConfig"]["defaults"]["unit"], ""), fontsize=8)
        axes.set_ylim(0, axes.get_ylim()[1] * 1.3)
        axes.set_xlim(0, end - begun)
        axes.tick_params(labelsize=7)
        axes.grid(alpha=0.25)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(
            handles[:6], labels[:6], fontsize=6.5, framealpha=0.6, edgecolor="none", loc="upper left", ncols=2
        )
    figure.savefig(path, dpi=85, bbox_inches="tight", pil_kwargs={"optimize": True})


def main() -> None:
    """Runs and draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--to", type=Path, default=ASSETS / "dashboard.png")
    options = parser.parse_args()
    import prometheus_client

    registry = prometheus_client.CollectorRegistry()
    served = free_port()
    server, thread = prometheus_client.start_http_server(served, "127.0.0.1", registry)
    with eq.Simulator() as simulator, prometheus(served) as address:
        where = {"api_base": simulator.base_url, "api_key": "sk-simulated"}
        models = {"eu": "openai/gpt-4o", "us": "openai/gpt-4o-mini", "old": "openai/sim/500?times=3"}
        entries = [
            {"model_name": "chat", "litellm_params": {"model": model, **where}, "model_info": {"id": name}}
            for name, model in models.items()
        ]
        router = eq.Router(entries, cooldown_time=8, allowed_fails=0)
        eq.callbacks = [PrometheusLogger(registry, router=router)]
        eq.cache = eq.Cache(ttl=10)
        eq.budgets = eq.Budgets(total=1.0, providers={"openai": 0.6})
        begun = time.time()
        asyncio.run(traffic(simulator.base_url, router, options.seconds))
        eq.flush(10)
        time.sleep(2)
        draw(address, begun + 8, time.time() - 2, options.to)
    server.shutdown()
    server.server_close()
    thread.join(10)
    print(f"{options.to}: {options.to.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
