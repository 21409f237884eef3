"""``edgequake models``: the table of models, filtered."""

from __future__ import annotations

from typing import List, Optional  # noqa: UP035 - Typer evaluates the annotations, on Python 3.9 too

import typer

from . import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SORTS = ("name", "input", "output", "context")
#: Columns of the terminal below which the list of abilities is not begun.
_ROOM = 20


def models(
    search: Optional[str] = typer.Argument(None, help="Part of the model's name."),
    provider: Optional[str] = typer.Option(None, "--provider", "-p", help="Only this provider's."),
    mode: Optional[str] = typer.Option(None, help="Only this mode: chat, embedding, image_generation, ..."),
    supports: List[str] = typer.Option(  # noqa: UP006
        [], "--supports", "-s", help="A capability: vision, function_calling, reasoning, ...; repeatable."
    ),
    max_input: Optional[float] = typer.Option(None, min=0.0, help="USD per million input tokens at most."),
    max_output: Optional[float] = typer.Option(None, min=0.0, help="USD per million output tokens at most."),
    min_context: Optional[int] = typer.Option(None, min=0, help="Input tokens that must fit."),
    sort: str = typer.Option("name", help="name, input, output (cheapest first) or context (largest first)."),
    limit: int = typer.Option(0, min=0, help="Show so many at most; 0 for all."),
    json: bool = typer.Option(False, "--json", help="A JSON list."),
) -> None:
    """List models with prices (USD per million tokens), context and capabilities. No network is asked."""
    output.refuse_nan({"--max-input": max_input, "--max-output": max_output})
    if sort not in _SORTS:
        output.usage_error(f"--sort is one of {', '.join(_SORTS)}, not {sort!r}")
    rows = [_row(name, entry) for name, entry in _table().items() if name != "sample_spec"]
    known = {capability for row in rows for capability in row["supports"]}
    for capability in supports:
        if capability not in known:
            output.usage_error(
                f"no model has the capability {capability!r}; known: {', '.join(sorted(known))}"
            )
    chosen = [
        row
        for row in rows
        if (search is None or search.lower() in row["model"].lower())
        and (provider is None or row["provider"] == provider)
        and (mode is None or row["mode"] == mode)
        and set(supports) <= set(row["supports"])
        and _at_most(row["input"], max_input)
        and _at_most(row["output"], max_output)
        and (min_context is None or (row["context"] or 0) >= min_context)
    ]
    chosen.sort(key=lambda row: _order(row, sort))
    _show(chosen[: limit or None], len(chosen), json)


def _table() -> dict[str, Any]:
    from ..model_table import table

    return table()


def _row(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "model": name,
        "provider": entry.get("litellm_provider"),
        "mode": entry.get("mode"),
        "input": _per_million(entry.get("input_cost_per_token")),
        "output": _per_million(entry.get("output_cost_per_token")),
        "context": _whole(entry.get("max_input_tokens")) or _whole(entry.get("max_tokens")),
        "supports": sorted(
            key[len("supports_") :]
            for key, value in entry.items()
            if key.startswith("supports_") and value is True
        ),
    }


def _per_million(price: Any) -> float | None:
    from ..pricing import decimal

    exact = decimal(price)
    return None if exact is None else float(exact * 1_000_000)


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _at_most(price: float | None, limit: float | None) -> bool:
    # A model whose price is not known may cost anything.
    return limit is None or (price is not None and price <= limit)


def _order(row: dict[str, Any], sort: str) -> tuple[float, str]:
    if sort == "name":
        return 0.0, row["model"]
    value = row[sort]
    if value is None:
        return float("inf"), row["model"]
    return (-value if sort == "context" else value), row["model"]


def _show(rows: list[dict[str, Any]], found: int, json: bool) -> None:
    if json:
        output.as_json(rows)
        return
    from rich.table import Table

    columns = {
        "model": [row["model"] for row in rows],
        "provider": [row["provider"] or "-" for row in rows],
        "mode": [row["mode"] or "-" for row in rows],
        "input $/M": [_number(row["input"]) for row in rows],
        "output $/M": [_number(row["output"]) for row in rows],
        "context": [f"{row['context']:,}" if row["context"] else "-" for row in rows],
    }
    widths = {title: max(map(len, [title, *cells])) + 2 for title, cells in columns.items()}
    # Names and prices come first. What a model can do gets the room that the rest leaves.
    for title in ("mode", "provider", "context"):
        if sum(widths.values()) > output.out.width:
            del columns[title], widths[title]
    room = output.out.width - sum(widths.values())
    table = Table(box=None, pad_edge=False)
    for title in columns:
        numeric = title not in ("model", "provider", "mode")
        table.add_column(title, justify="right" if numeric else "left", no_wrap=numeric, overflow="fold")
    if room >= _ROOM:
        table.add_column("supports", no_wrap=True, overflow="ellipsis", style="dim", max_width=room)
        columns["supports"] = [" ".join(row["supports"]) for row in rows]
    for cells in zip(*columns.values()):
        table.add_row(*cells)
    output.listing(table)
    output.err.print(
        f"{len(rows)} of {found} models" if len(rows) < found else f"{found} models", style="dim"
    )


def _number(price: float | None) -> str:
    return "-" if price is None else f"{price:.4g}"
