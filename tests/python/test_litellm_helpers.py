"""LiteLLM's helpers beside this package's, over hundreds of inputs; runs when `test_litellm_compat` does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from litellm_environment import COMPARED, ask

pytestmark = COMPARED

#: Where the two differ on purpose: what was asked, and why.
ON_PURPOSE: tuple[tuple[str, str], ...] = (
    (
        r"^(count|text|trim \d+) claude|^trim 300 claude",
        "an approximation, of another vocabulary than litellm's",
    ),
    (r"^encode (gpt-4o|o3) ", "in the vocabulary of the model, where litellm has an older one's"),
    (r"^trim rest", "the rest is returned whether or not something was cut"),
    (r"^provider .*\d-x-\d", "a price by size, no model"),
    (r"^cost (cached|texts) perplexity", "a model costs what the table says of it"),
    (r"^speech ", "every character counts, spaces too"),
    (r"^answer gemini/gemini-2.5-flash audio priority", "the tier's own price of audio counts"),
    (r"^answer .*reasoning (flex|priority)", "the tier's price counts for thoughts as for the rest"),
    (r"^(no model|unknown)$", "BadRequestError and NotFoundError say which it is"),
    (r"^(answer|image) ", "of a model that litellm does not know either, by another class"),
    (r"^(environment|valid models)", "the keys of every provider that is spoken here are asked for"),
    (r"^max ", "None where no limit is known"),
    (r"^params ", "what this package sends"),
    (r"^(info|supports|system) ", "what the table says of a name, whichever provider it is listed under"),
)


def models() -> list[str]:
    """Every fortieth name of the table, but those that litellm logs in for or asks a server about."""
    names = sorted(edgequake_python.model_cost)
    skipped = ("chatgpt/", "github_copilot/", "ollama", "oci/", "sample_spec")
    return [name for name in names[::40] if not name.startswith(skipped)]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    chosen = Path(tmp_path_factory.mktemp("models")) / "models.txt"
    chosen.write_text("\n".join(models()), encoding="utf-8")
    return ask("helpers.py", "litellm", str(chosen)), ask("helpers.py", "edgequake_python", str(chosen))


def same(one: Any, other: Any) -> bool:
    """Equality, of sums of money to nine digits."""
    if isinstance(one, float) or isinstance(other, float):
        if not isinstance(one, (int, float)) or not isinstance(other, (int, float)):
            return False
        return abs(one - other) <= 1e-9 * max(abs(one), abs(other))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return bool(one == other)


def refused(answer: Any) -> bool:
    return isinstance(answer, dict) and set(answer) == {"raised"}


def test_helpers_say_the_same(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = both
    assert theirs.keys() == ours.keys()
    assert len(theirs) > 900
    wrong = [
        f"{asked}: litellm {str(one)[:150]}, here {str(ours[asked])[:150]}"
        for asked, one in theirs.items()
        # What litellm cannot answer about a model it may be answered here.
        if not same(one, ours[asked])
        and not (refused(one) and re.match("cost |provider ", asked))
        and not any(re.search(what, asked) for what, _ in ON_PURPOSE)
    ]
    assert wrong == [], "\n".join(wrong)


def test_prices_were_compared(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = both
    priced = [asked for asked, one in theirs.items() if re.match("cost |answer ", asked) and not refused(one)]
    assert len(priced) > 250
    assert all(not refused(ours[asked]) for asked in priced)
