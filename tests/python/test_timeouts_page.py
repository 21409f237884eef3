"""The page of time limits claims no cell that has no test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from test_time_limits import EVERY, LEAVING, LIMITS, WAYS

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parents[1] / "docs" / "timeouts.md"

#: What the matrix has for each row of the page's: the test, the ways it is tried in, and what is claimed.
ROWS: dict[str, tuple[str, tuple[str, ...], str]] = {
    **{f"`{limit}` runs out": (f"test_limit[{limit}]", tuple(WAYS), "`Timeout`") for limit in LIMITS},
    "two retries": ("test_repetition", tuple(WAYS), "three requests"),
    "the caller leaves": ("test_leaving", tuple(LEAVING), "connection closed"),
}


def _cells() -> str:
    """The table of cells, as the page has to have it."""
    lines = [
        f"| every wire | {' | '.join(f'`{way}`' if ' ' not in way else way for way in WAYS)} | test |\n",
        f"|---|{'---|' * (len(WAYS) + 1)}\n",
    ]
    for what, (test, ways, claim) in ROWS.items():
        cells = [claim if way in ways else "Ctrl-C: `test_interrupts.py`" for way in WAYS]
        lines.append(f"| {what} | {' | '.join(cells)} | `test_time_limits.py::{test}` |\n")
    return "".join(lines)


def test_the_table_of_cells_is_that_of_the_tests() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert _cells() in text, _cells()
    wires = ", ".join(sorted(EVERY))
    assert f"The wires: {wires}." in text, wires


def test_every_cell_was_collected(request: pytest.FixtureRequest) -> None:
    """The tests that pytest finds are those of the page: none is left out by a filter."""
    collected = pytest.Module.from_parent(request.session, path=TESTS / "test_time_limits.py")
    names = {item.name for item in collected.collect() if isinstance(item, pytest.Function)}
    for test, ways, _ in ROWS.values():
        function, _, limit = test.partition("[")
        for way in ways:
            for wire in EVERY:
                parts = {way, wire, *filter(None, [limit.rstrip("]")])}
                assert any(
                    name.startswith(f"{function}[") and parts == set(_parts(name)) for name in names
                ), (test, way, wire)


def _parts(name: str) -> list[str]:
    """The parameters of a test's id; a wire's name may have a hyphen of its own."""
    inside = name[name.index("[") + 1 : -1]
    for wire in EVERY:
        if "-" in wire:
            inside = inside.replace(wire, wire.replace("-", "+"))
    return [part.replace("+", "-") for part in inside.split("-")]


def test_what_the_page_names_exists() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+\.py)(?:::(\w+))?(?:::(\w+))?", text))
    assert named
    for file, first, second in named:
        path = TESTS / file
        tree = ast.parse((path if path.exists() else TESTS / "behaviours" / file).read_text(encoding="utf-8"))
        body: list[ast.stmt] = tree.body
        for part in filter(None, (first, second)):
            found = [node for node in body if getattr(node, "name", None) == part]
            assert found, f"{file}::{first}::{second}"
            body = getattr(found[0], "body", [])
