"""The commands that Typer reads, put together."""

from __future__ import annotations

import inspect
import re
import sys

import typer

from .. import __version__
from .batch import batch
from .bench import bench
from .chat import chat
from .cost import cost
from .doctor import doctor
from .models import models

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

app: typer.Typer = typer.Typer(
    name="edgequake",
    help="Talk to language models: chat, prices, batches, a simulator to test against.",
    epilog="Exit status: 0 done, 1 something failed, 2 not understood, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (chat, models, cost, doctor, bench, batch):
    # The lines of a docstring are as long as the code's; those of --help are as long as the terminal's.
    app.command(help=re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.getdoc(_command) or ""))(_command)

# These two are read without Typer (see the package); they stand here to be listed by --help.
_ELSEWHERE = {
    "simulate": "Run the simulator, an OpenAI-compatible server for trying and testing.",
    "run": "Run a program that imports litellm, with this package in its place.",
}
for _name, _about in _ELSEWHERE.items():
    app.command(_name, help=_about, add_help_option=False)(lambda: None)


@app.callback()
def _root(version: bool = typer.Option(False, "--version", help="Show the version and exit.")) -> None:
    if version:  # alone it does not come here: what needs no Typer is answered without
        typer.echo(f"edgequake_python {__version__}")
        raise typer.Exit


def run(argv: Sequence[str]) -> int:
    """Run a command line and return its exit status; a refusal of a call is one line on stderr."""
    from ..exceptions import EdgeQuakeError

    try:
        status = app(args=list(argv), prog_name="edgequake", standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except EdgeQuakeError as error:
        # The text begins as LiteLLM's does, with the class named twice; once is enough for people.
        text = re.sub(r"^litellm[.](\w+): (?=\1: )", "", str(error))
        print(f"edgequake: {text}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status if isinstance(status, int) else 0
