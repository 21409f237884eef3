"""The Python blocks of the guide, run page by page as a reader would type them, on the simulator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import edgequake_python as eq

DOCS = Path(__file__).resolve().parents[2] / "docs"
#: `<!-- not run: why -->` on the line before a block excuses it.
BLOCK = re.compile(r"^(<!-- not run: .+ -->\n+)?```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[str]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [code for excuse, code in found if not excuse]


PAGES = [page for page in [DOCS / "index.md", *sorted((DOCS / "guide").glob("*.md"))] if blocks(page)]


def test_the_guide_is_run() -> None:
    assert len([page for page in PAGES if page.parent.name == "guide"]) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_block_runs(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    namespace: dict[str, Any] = {"__name__": "page"}
    with eq.Simulator() as sim:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_BASE_URL", sim.base_url)
        for number, block in enumerate(blocks(page), start=1):
            exec(compile(block, f"{page.name}, block {number}", "exec"), namespace)
