"""``edgequake chat``: a question, or a conversation, in the terminal."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import List, Optional  # noqa: UP035 - Typer evaluates the annotations, on Python 3.9 too

import typer

from . import output
from .conversation import Conversation

_HELP = """/model NAME  go on with another model      /cost   tokens and USD so far
/clear       forget what was said          /show   what was said
/quit        leave (or Ctrl-D)             /help   this"""


def chat(
    message: Optional[List[str]] = typer.Argument(  # noqa: UP006
        None,
        help="A question to answer and be done, `-` for what is piped in; without one (and on a terminal) a "
        "conversation begins.",
    ),
    model: Optional[str] = typer.Option(
        None, "--model", "-m", help="Default: $EDGEQUAKE_MODEL, a provider with a key, else the simulator."
    ),
    system: Optional[str] = typer.Option(None, "--system", "-s", help="Instructions for the model."),
    temperature: Optional[float] = typer.Option(None, "--temperature", "-t"),
    max_tokens: Optional[int] = typer.Option(None, min=1, help="Longest answer, in tokens."),
    api_base: Optional[str] = typer.Option(None, help="Another address of the provider's."),
    history: Optional[Path] = typer.Option(
        None, help="Keep the conversation in this file, and go on with it."
    ),
    markdown: bool = typer.Option(True, help="Show markdown as such (on a terminal)."),
    json: bool = typer.Option(False, "--json", help="A JSON object with the answer, tokens and cost."),
) -> None:
    """Chat with a model; answers stream in, and what each has cost is told on standard error."""
    options = {"temperature": temperature, "max_tokens": max_tokens, "api_base": api_base}
    talk = Conversation(
        model or output.default_model(), {key: value for key, value in options.items() if value is not None}
    )
    if history is not None:
        _read(talk, history)
    if system is not None:
        talk.instruct(system)
    question = " ".join(sys.stdin.read().strip() if word == "-" else word for word in message or [])
    if not question and not sys.stdin.isatty():
        question = sys.stdin.read().strip()
        if not question:
            output.usage_error("nothing was asked: give a message, or pipe one in")
    show = markdown and output.out.is_terminal and not json
    if question:
        answer = talk.ask(question, quiet=json, markdown=show)
        _write(talk, history)
        if json:
            output.as_json(answer.as_dict())
        else:
            output.err.print(answer.summary(), style="dim")
        return
    if json:
        output.usage_error("--json needs a message")
    _converse(talk, history, show)


def _converse(talk: Conversation, history: Path | None, markdown: bool) -> None:
    from ..exceptions import EdgeQuakeError

    with suppress(ImportError):
        import readline  # noqa: F401 - its import gives input() editing and recall
    output.err.print(f"{talk.model}; /help for commands", style="dim")
    while True:
        try:
            line = input("> ").strip()
        except EOFError:
            break
        except KeyboardInterrupt:
            output.err.print()
            continue
        if line in ("/quit", "/exit"):
            break
        if line.startswith("/"):
            _command(talk, line)
            _write(talk, history)
        elif line:
            try:
                answer = talk.ask(line, markdown=markdown)
            except KeyboardInterrupt:
                output.err.print("\nstopped; the question is forgotten", style="dim")
                continue
            except EdgeQuakeError as error:
                output.err.print(str(error), style="red", markup=False)
                continue
            _write(talk, history)
            output.err.print(answer.summary(), style="dim")
    output.err.print(talk.total(), style="dim")


def _command(talk: Conversation, line: str) -> None:
    name, _, rest = line.partition(" ")
    if name == "/model" and rest.strip():
        talk.model = rest.strip()
        output.err.print(talk.model, style="dim")
    elif name == "/model":
        output.err.print(talk.model, style="dim")
    elif name == "/cost":
        output.err.print(talk.total(), style="dim")
    elif name == "/clear":
        talk.clear()
    elif name == "/show":
        for said in talk.messages:
            output.out.print(f"{said['role']}: {said['content']}", markup=False)
    else:
        output.err.print(_HELP, style="dim")


def _read(talk: Conversation, history: Path) -> None:
    try:
        talk.load(history)
    except (OSError, ValueError) as error:
        output.usage_error(f"{history} is no conversation that can be gone on with: {error}")


def _write(talk: Conversation, history: Path | None) -> None:
    if history is not None:
        talk.save(history)
