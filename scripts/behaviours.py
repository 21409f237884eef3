"""Runs the tests of the forty-nine behaviours and prints a table; ``--page`` writes docs/promises.md instead.

A behaviour is a file `tests/python/behaviours/test_bNN_name.py`: its docstring is the promise, its tests and
those that ``PROOFS`` names (files, classes or functions under tests/python) prove it, and ``ELSEWHERE`` says
what no test on this machine can show, and who shows it. ``--check`` compares the page with the files. Names
of rows (``B02 B17``) run those alone.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests" / "python"
PAGE = ROOT / "docs" / "promises.md"

HEAD = """\
# Promises

<!-- Written by scripts/behaviours.py from tests/python/behaviours/; change a file there and run it again. -->

What hurts users of libraries like this one, and what this one promises instead. Every row has tests that fail
when the promise is broken: `make behaviours` runs them all and prints this table with its results;
`make behaviours ROWS="B02 B17"` runs some.

| id | promise | shown by |
|---|---|---|
"""


class Behaviour(NamedTuple):
    """One row."""

    id: str
    promise: str
    #: What pytest is asked to run, relative to tests/python.
    proofs: list[str]
    #: What is shown by others, in words.
    elsewhere: str


def behaviours() -> list[Behaviour]:
    """Every row, read from its file without importing it."""
    rows = []
    for path in sorted((TESTS / "behaviours").glob("test_b*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        values: dict[str, Any] = {}
        own = False
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if name in ("PROOFS", "ELSEWHERE"):
                    values[name] = ast.literal_eval(node.value)
            own = own or getattr(node, "name", "").startswith(("test_", "Test"))
        proofs = list(values.get("PROOFS", []))
        if own:
            proofs.insert(0, path.relative_to(TESTS).as_posix())
        promise = (ast.get_docstring(tree) or "").split("\n")[0].rstrip(".")
        rows.append(Behaviour(path.name[5:8].upper(), promise, proofs, values.get("ELSEWHERE", "")))
    return rows


def page() -> str:
    """The text of docs/promises.md."""
    lines = []
    for row in behaviours():
        names = [
            f"[{proof.split('::')[-1].removeprefix('behaviours/')}](../tests/python/{proof.split('::')[0]})"
            for proof in row.proofs
        ]
        shown = ", ".join(names) + ("; " if names and row.elsewhere else "") + row.elsewhere
        lines.append(f"| {row.id} | {row.promise} | {shown} |\n")
    return HEAD + "".join(lines)


class Results:
    """A pytest plugin that counts by test how it ended."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.reasons: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keeps the worst of set-up, call and tear-down."""
        name = report.nodeid.removeprefix("tests/python/")
        if report.outcome == "failed" or name not in self.outcomes or report.outcome == "skipped":
            self.outcomes[name] = report.outcome
        if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
            self.reasons[name] = str(report.longrepr[2]).removeprefix("Skipped: ")

    def of(self, row: Behaviour) -> tuple[str, Counter[str], str]:
        """What became of a row: the word, the counts, and why what was skipped was."""
        names = [
            name
            for name in self.outcomes
            if any(name == proof or name.startswith((f"{proof}::", f"{proof}[")) for proof in row.proofs)
        ]
        counts = Counter(self.outcomes[name] for name in names)
        reasons = "; ".join(sorted({self.reasons[name] for name in names if name in self.reasons}))
        if counts["failed"] or not names:
            return "FAIL", counts, reasons
        return ("pass" if counts["passed"] else "skip"), counts, reasons


def run(wanted: set[str]) -> int:
    """Runs the rows in one pytest and prints the table; 1 when one fails."""
    import pytest

    rows = [row for row in behaviours() if not wanted or row.id in wanted]
    results = Results()
    paths = sorted({str(TESTS / proof) for row in rows for proof in row.proofs})
    code = pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", *paths], plugins=[results])
    print()
    failed = code not in (0, 1)
    for row in rows:
        word, counts, reasons = results.of(row)
        failed = failed or word == "FAIL"
        tests = f"{counts['passed']:4} passed"
        for other in ("failed", "skipped"):
            tests += f", {counts[other]} {other}" if counts[other] else ""
        notes = "".join(f"  ({note})" for note in (reasons, row.elsewhere) if note)
        print(f"{row.id}  {word:4}  {tests:<22}  {row.promise}{notes}")
    return int(failed)


def main(arguments: list[str]) -> int:
    """Writes, checks or runs."""
    if "--page" in arguments:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if "--check" in arguments:
        if PAGE.read_text(encoding="utf-8") == page():
            return 0
        print(
            f"{PAGE.relative_to(ROOT)} is not current: python scripts/behaviours.py --page", file=sys.stderr
        )
        return 1
    return run(set(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
