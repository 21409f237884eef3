"""Tables that a bench puts into a page, each between two comments that bear its name."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"


def write(page: Path, tables: dict[str, list[str]]) -> None:
    """Replaces each named table of ``page``; what lies outside the comments stays as it is.

    Raises:
        LookupError: when the page has no comments of that name.
    """
    text = page.read_text(encoding="utf-8")
    for name, lines in tables.items():
        start, end = f"<!-- {name}: start -->", f"<!-- {name}: end -->"
        before, found, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise LookupError(f"{page.name} has no place for the table {name!r}")
        text = "\n".join([f"{before}{start}", *lines, f"{end}{after}"])
    page.write_text(text, encoding="utf-8")
