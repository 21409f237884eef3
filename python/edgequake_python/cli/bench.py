"""``edgequake bench``: how fast a model answers."""

from __future__ import annotations

import asyncio
import time
from typing import Optional

import typer

from . import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def bench(
    model: Optional[str] = typer.Option(None, "--model", "-m", help="Default: as for chat."),
    requests: int = typer.Option(50, "--requests", "-n", min=1, help="How many requests."),
    concurrency: int = typer.Option(5, "--concurrency", "-c", min=1, help="So many at once."),
    prompt: str = typer.Option("Count from 1 to 20.", help="What is asked."),
    max_tokens: Optional[int] = typer.Option(None, min=1, help="Longest answer, in tokens."),
    api_base: Optional[str] = typer.Option(None, help="Another address of the provider's."),
    json: bool = typer.Option(False, "--json", help="A JSON object."),
) -> None:
    """Send streaming requests and measure: time to the first token, whole time, rate, tokens, cost.

    The requests are real: with a provider's model they cost money, and their cost is told. Exit status 1
    when any has failed.
    """
    options = {"max_tokens": max_tokens, "api_base": api_base}
    run = _Run(model or output.default_model(), prompt, {k: v for k, v in options.items() if v is not None})
    begun = time.monotonic()
    asyncio.run(run.all(requests, concurrency))
    report = run.report(time.monotonic() - begun)
    if json:
        output.as_json(report)
    else:
        _show(report)
    raise typer.Exit(1 if report["failed"] else 0)


class _Run:
    def __init__(self, model: str, prompt: str, options: dict[str, Any]) -> None:
        self.model = model
        self._messages = [{"role": "user", "content": prompt}]
        self._options = options
        self.first: list[float] = []
        self.whole: list[float] = []
        self.errors: dict[str, int] = {}
        self.tokens = 0
        self.cost = 0.0
        self.priced = True

    async def all(self, requests: int, concurrency: int) -> None:
        left = iter(range(requests))

        async def worker() -> None:
            for _ in left:
                await self._one()

        await asyncio.gather(*(worker() for _ in range(min(concurrency, requests))))

    async def _one(self) -> None:
        import edgequake_python as eq

        begun = time.perf_counter()
        first: float | None = None
        try:
            stream = await eq.acompletion(
                self.model,
                self._messages,
                stream=True,
                stream_options={"include_usage": True},
                num_retries=0,
                **self._options,
            )
            async for chunk in stream:
                if first is None and chunk.choices and chunk.choices[0].delta.content:
                    first = time.perf_counter() - begun
                usage = getattr(chunk, "usage", None)
                if usage is not None:
                    self.tokens += usage.completion_tokens
                    cost = output.cost_of(chunk)
                    self.priced = self.priced and cost is not None
                    self.cost += cost or 0.0
        except eq.EdgeQuakeError as error:
            kind = type(error).__name__
            self.errors[kind] = self.errors.get(kind, 0) + 1
            return
        self.whole.append(time.perf_counter() - begun)
        if first is not None:
            self.first.append(first)

    def report(self, seconds: float) -> dict[str, Any]:
        """Times in milliseconds, rates per second, cost in USD."""
        done = len(self.whole)
        return {
            "model": self.model,
            "requests": done + sum(self.errors.values()),
            "failed": sum(self.errors.values()),
            "errors": self.errors,
            "seconds": round(seconds, 3),
            "requests_per_second": round(done / seconds, 2),
            "tokens_per_second": round(self.tokens / seconds, 1),
            "first_token_ms": _percentiles(self.first),
            "whole_ms": _percentiles(self.whole),
            "completion_tokens": self.tokens,
            "cost": self.cost if self.priced and done else None,
        }


def _percentiles(times: list[float]) -> dict[str, float] | None:
    if not times:
        return None
    ordered = sorted(times)
    picked = {f"p{p}": ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 90, 99)}
    return {name: round(value * 1000, 2) for name, value in picked.items()}


def _show(report: dict[str, Any]) -> None:
    def say(name: str, value: object) -> None:
        output.out.print(f"{name:16} {value}", markup=False)

    say("model", report["model"])
    say("requests", f"{report['requests']} in {report['seconds']:.2f} s, {report['requests_per_second']}/s")
    for kind, number in report["errors"].items():
        say("failed", f"{number} x {kind}")
    for name, title in (("first_token_ms", "first token"), ("whole_ms", "whole answer")):
        if report[name]:
            say(title, "  ".join(f"{p} {ms:.1f} ms" for p, ms in report[name].items()))
    say("tokens", f"{report['completion_tokens']} answered, {report['tokens_per_second']}/s")
    say("cost", output.dollars(report["cost"]))
