"""Every module of the source tree has its place in the architecture's map, and the map names nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def drawn(heading: str) -> list[str]:
    """The modules in the table under the heading; a folder ends in a slash."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition(f"### {heading}\n")[2].partition("\n#")[0]
    rows = [line.rpartition(" | ")[2] for line in table.splitlines() if line.startswith("| ")]
    return [name for row in rows for name in re.findall(r"`([\w/]+)`", row)]


def standing(folder: Path, ending: str | tuple[str, ...]) -> set[str]:
    """The modules that are there: files of source, and folders with any."""
    files = {path.name.partition(".")[0] for path in folder.iterdir() if path.name.endswith(ending)}
    # What an interpreter leaves behind is no module.
    held = {path.name: {below.name for below in path.iterdir()} for path in folder.iterdir() if path.is_dir()}
    folders = {name for name, below in held.items() if name != "__pycache__" and below - {"__pycache__"}}
    return files | {f"{name}/" for name in folders}


@pytest.mark.parametrize(
    ("heading", "folder", "ending"),
    [
        ("The crate: `src/`", "src", ".rs"),
        ("The package: `python/edgequake_python/`", "python/edgequake_python", (".py", ".pyi")),
    ],
)
def test_every_module_has_its_place(heading: str, folder: str, ending: str | tuple[str, ...]) -> None:
    names = drawn(heading)
    assert len(names) == len(set(names))
    assert set(names) == standing(ROOT / folder, ending) - {"__init__"}
