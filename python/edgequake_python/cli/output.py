"""How the commands write: consoles, money, and refusals."""

from __future__ import annotations

import json
import sys

import typer
from rich.console import Console

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

#: What a command was asked for; a pipe gets plain text, in wide lines.
out: Console = Console(highlight=False, width=None if sys.stdout.isatty() else 500)
#: What is said beside it: progress, costs, complaints.
err: Console = Console(stderr=True, highlight=False)


def dollars(amount: float | None) -> str:
    """USD for people: as many digits as a small amount needs; ``cost unknown`` for None."""
    if amount is None:
        return "cost unknown"
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.6f}".rstrip("0").rstrip(".") if amount else "$0"


def listing(table: Any) -> None:
    """A table; where no terminal shows it, without blanks at the ends of its lines."""
    if out.is_terminal:
        out.print(table)
        return
    with out.capture() as caught:
        out.print(table)
    print("\n".join(line.rstrip() for line in caught.get().splitlines()))


def as_json(value: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, default=str))


def usage_error(message: str) -> NoReturn:
    """Say what is wrong with what was given, and end with status 2."""
    print(f"edgequake: {message}", file=sys.stderr)
    raise typer.Exit(2)


def refuse_nan(numbers: dict[str, float | None]) -> None:
    """Refuse what is no number: it is within every bound for Click up to 8.2, and then nothing is."""
    for option, number in numbers.items():
        if number is not None and number != number:
            usage_error(f"{option} is a number, not nan")


def default_model() -> str:
    """``EDGEQUAKE_MODEL``; else a small model of the first provider with a key; else the simulator."""
    import os

    from ..demo import PROVIDERS, SIMULATED

    given = os.environ.get("EDGEQUAKE_MODEL")
    return given or next((row for row in PROVIDERS if os.environ.get(row[0])), SIMULATED)[1]


def cost_of(answer: Any) -> float | None:
    """USD of a response or of the last chunk of a stream, None where the price is not known."""
    cost = (getattr(answer, "_hidden_params", None) or {}).get("response_cost")
    return None if cost is None else float(cost)
