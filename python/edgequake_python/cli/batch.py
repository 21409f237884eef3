"""``edgequake batch``: a file of requests, answered into another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Optional

import typer

from . import output
from .batch_files import Answers, BadInput, Requests
from .batch_run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def batch(
    source: Path = typer.Argument(..., metavar="IN.JSONL", help="Requests, one a line.", dir_okay=False),
    target: Path = typer.Argument(..., metavar="OUT.JSONL", help="Answers, one a line, as they come."),
    model: Optional[str] = typer.Option(None, "--model", "-m", help="For lines that do not name one."),
    concurrency: int = typer.Option(10, "--concurrency", "-c", min=1, help="So many requests at once."),
    retries: int = typer.Option(2, min=0, help="How often a request is sent again that may succeed then."),
    timeout: Optional[float] = typer.Option(
        None, min=0.001, help="Seconds of silence after which to give up."
    ),
    max_cost: Optional[float] = typer.Option(
        None, min=0.0, help="Send nothing more once this many USD are spent."
    ),
    failures: Optional[Path] = typer.Option(
        None, help="Where requests that failed go, with the error. Default: OUT.failures.jsonl"
    ),
    api_base: Optional[str] = typer.Option(None, help="Another address of the provider's."),
    restart: bool = typer.Option(False, "--restart", help="Throw away what OUT.JSONL holds and begin anew."),
    json: bool = typer.Option(False, "--json", help="The summary as a JSON object."),
) -> None:
    """Answer a file of requests. Run it again after a kill, or a failure, and it does what is left to do.

    A line is OpenAI's batch format ({"custom_id", "url", "body"}) or simply a body ({"messages": [...]}, or
    {"input": ...} for an embedding); "custom_id" then defaults to the line's number. The whole input is
    checked before anything is sent. Exit status 1 when some requests have failed or are left.
    """
    output.refuse_nan({"--timeout": timeout, "--max-cost": max_cost})
    options = {"num_retries": retries, "timeout": timeout, "api_base": api_base}
    if target.exists() and target.samefile(source):
        output.usage_error(f"{source} cannot be both read and written")
    try:
        requests = Requests.read(source, model)
        answers = Answers(target, failures or target.with_suffix(".failures.jsonl"), restart)
    except OSError as error:
        output.usage_error(f"{error.filename or source}: {error.strerror or error}")
    except BadInput as error:
        output.usage_error(str(error))
    with answers:
        run = Run(
            requests, answers, concurrency, max_cost, {k: v for k, v in options.items() if v is not None}
        )
        interrupted = False
        try:
            if run.left:
                with _progress(run, json):
                    asyncio.run(run.all())
        except KeyboardInterrupt:
            interrupted = True
        report = run.report()
    if json:
        output.as_json(report)
    else:
        _show(report, answers.failures)
    if interrupted:
        output.err.print("interrupted; run the same command again to go on", style="dim")
        raise typer.Exit(130)
    raise typer.Exit(1 if report["failed"] or report["left"] else 0)


class _progress:
    """A bar with rate, cost and time to go on standard error, when that is a terminal."""

    def __init__(self, run: Run, quiet: bool) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:.1f}/s"),
            TextColumn("{task.fields[cost]}"),
            TextColumn("{task.fields[failed]} failed"),
            TimeRemainingColumn(),
            console=output.err,
            disable=quiet or not output.err.is_terminal,
        )
        self._task = self._bar.add_task(
            "", total=run.total, completed=run.total - run.left, rate=0.0, cost="$0", failed=0
        )
        run.told = self._tell

    def _tell(self, run: Run) -> None:
        self._bar.update(
            self._task,
            completed=run.total - run.left,
            rate=run.rate(),
            cost=output.dollars(run.cost),
            failed=run.failed,
        )

    def __enter__(self) -> None:
        self._bar.start()

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _show(report: dict[str, Any], failures: Path) -> None:
    line = f"{report['answered']} answered, {report['already']} were already, {report['failed']} failed"
    if report["left"]:
        line += f", {report['left']} left"
    spent = output.dollars(report["cost"])
    if report["unpriced"]:
        spent += f" and {report['unpriced']} of unknown cost"
    output.err.print(f"{line}; {report['seconds']:.1f} s, {report['rate']:.1f}/s, {spent}", markup=False)
    if report["failed"]:
        output.err.print(f"failures: {failures}", markup=False)
    if report["stopped"]:
        output.err.print("stopped: the limit of cost is reached", markup=False)
