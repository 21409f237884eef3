"""The Python blocks of every page of the documentation, run page by page as a reader would type them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import edgequake_python as eq
from edgequake_python import testing

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
#: `<!-- not run: why -->` on the line before a block excuses it.
BLOCK = re.compile(r"^(<!-- not run: .+ -->\n+)?```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[str]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [code for excuse, code in found if not excuse]


PAGES = [
    page
    for page in [*sorted(DOCS.rglob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "bench" / "README.md"]
    if blocks(page)
]


def imaginary(request: testing.Request) -> Any:
    """Who answers for providers that only a page knows; all others are asked over the network."""
    if not request.url.startswith("https://api.acme.example/"):
        return testing.Pass()
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello!"}}]}


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    """Neither a page's provider nor its alias: pickles name the package that the classes are known as."""
    yield
    eq.unregister_provider("acme")
    eq.uninstall_as_litellm()


def test_the_guide_is_run() -> None:
    assert len([page for page in PAGES if page.parent.name == "guide"]) >= 10
    assert {"index.md", "migration.md", "testing.md", "client.md", "adding-a-provider.md"} <= {
        page.name for page in PAGES
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_runs(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    namespace: dict[str, Any] = {"__name__": "page"}
    with eq.Simulator() as sim, testing.handler(imaginary):
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("ACME_API_KEY", "sk-acme")
        # The page about testing names the addresses that real requests go to; it sends none.
        if page.name != "testing.md":
            monkeypatch.setenv("OPENAI_BASE_URL", sim.base_url)
        for number, block in enumerate(blocks(page), start=1):
            exec(compile(block, f"{page.name}, block {number}", "exec"), namespace)


def test_the_reference_has_every_public_name() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in (DOCS / "reference").glob("*.md"))
    shown = {line.rpartition(".")[2] for line in re.findall(r"^::: ([\w.]+)$", text, re.MULTILINE)}
    shown |= set(re.findall(r"`(\w+)`", text))
    public = {
        name
        for name in eq.__all__
        if callable(getattr(eq, name)) and not name.startswith("_") and name not in NAMES_OF_LITELLM
    }
    twins = {name for name in public if name[0] == "a" and name[1:] in public}
    assert sorted(public - twins - shown) == []


#: Second names that LiteLLM has for what the reference shows under its first one.
NAMES_OF_LITELLM = {"anthropic_messages", "anthropic_messages_handler"}


def test_every_page_is_in_the_navigation() -> None:
    named = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    assert named == {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}


def test_the_picture_of_the_bench_is_of_its_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "bench"), *sys.path])
    import plots

    facts = json.loads((ROOT / "bench" / "results.json").read_text(encoding="utf-8"))
    assert plots.PICTURE.read_text(encoding="utf-8") == plots.picture(facts)
