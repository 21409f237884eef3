"""``edgequake cost``: what a call would cost."""

from __future__ import annotations

import sys
from typing import Optional

import typer

from . import output

#: More than anybody sends; USD for it can be told.
_MOST = 10**15


def cost(
    model: str = typer.Argument(..., help="The model, with or without its provider: openai/gpt-4o-mini."),
    input_tokens: Optional[int] = typer.Option(
        None, "--input", "-i", min=0, max=_MOST, help="Tokens that are sent."
    ),
    output_tokens: int = typer.Option(
        0, "--output", "-o", min=0, max=_MOST, help="Tokens that are answered."
    ),
    text: Optional[str] = typer.Option(
        None, "--text", "-t", help="A prompt whose tokens are counted instead; `-` reads standard input."
    ),
    calls: int = typer.Option(1, "--calls", "-n", min=1, max=_MOST, help="So many such calls."),
    json: bool = typer.Option(False, "--json", help="A JSON object."),
) -> None:
    """Tell what a call costs, from counts or from a text. No network is asked."""
    import edgequake_python as eq

    if (input_tokens is None) == (text is None):
        output.usage_error("give either --input (tokens) or --text (a prompt)")
    if text is not None:
        words = sys.stdin.read() if text == "-" else text
        input_tokens = eq.token_counter(model=model, messages=[{"role": "user", "content": words}])
    assert input_tokens is not None
    asked, answered = eq.cost_per_token(
        model=model, prompt_tokens=input_tokens, completion_tokens=output_tokens
    )
    total = (asked + answered) * calls
    if json:
        output.as_json(
            {
                "model": model,
                "calls": calls,
                "input_tokens": input_tokens,
                "output_tokens": output_tokens,
                "input_cost": asked * calls,
                "output_cost": answered * calls,
                "cost": total,
            }
        )
        return
    output.out.print(output.dollars(total))
    output.err.print(
        f"{model}: {input_tokens:,} tokens in {output.dollars(asked)}, {output_tokens:,} out "
        f"{output.dollars(answered)}" + (f", times {calls:,}" if calls > 1 else ""),
        style="dim",
    )
