"""Prices by size: Together and Fireworks charge models that are on no list by their parameters."""

from __future__ import annotations

import re

from . import model_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Billions of parameters up to which a model belongs to a class of the table's.
_TOGETHER = (
    (4.0, "together-ai-up-to-4b"),
    (8.0, "together-ai-4.1b-8b"),
    (21.0, "together-ai-8.1b-21b"),
    (41.0, "together-ai-21.1b-41b"),
    (80.0, "together-ai-41.1b-80b"),
    (110.0, "together-ai-81.1b-110b"),
)
_FIREWORKS = (
    (4.0, "fireworks-ai-up-to-4b"),
    (16.0, "fireworks-ai-4.1b-to-16b"),
    (float("inf"), "fireworks-ai-above-16b"),
)
#: Of mixtures of experts, whose names say `8x7b`.
_MIXTURES = ((56.0, "fireworks-ai-moe-up-to-56b"), (176.0, "fireworks-ai-56b-to-176b"))
#: Models that embed, by millions of parameters.
_EMBEDDING = {
    "together_ai": (
        (150.0, "together-ai-embedding-up-to-150m"),
        (350.0, "together-ai-embedding-151m-to-350m"),
    ),
    "fireworks_ai": (
        (150.0, "fireworks-ai-embedding-up-to-150m"),
        (350.0, "fireworks-ai-embedding-150m-to-350m"),
    ),
}
_SIZE = re.compile(r"(?<![\w.])(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)


def size_class(model: str, provider: str | None) -> str | None:
    """The table's name of the class that a model's size puts it in; None where there is none."""
    if provider not in ("together_ai", "fireworks_ai"):
        return None
    found = _SIZE.search(model.rpartition("/")[2])
    if found is None:
        return None
    experts, size = int(found[1] or 1), float(found[2])
    if found[3] in "mM":
        return _within(_EMBEDDING[provider], size)
    if found[1]:
        # Together does not say what it takes for those.
        return None if provider == "together_ai" else _within(_MIXTURES, experts * size)
    return _within(_TOGETHER if provider == "together_ai" else _FIREWORKS, size)


def _within(classes: tuple[tuple[float, str], ...], size: float) -> str | None:
    return next((name for limit, name in classes if size <= limit), None)


def find_by_size(model: str, provider: str | None) -> tuple[str, model_table.Entry] | None:
    """As `model_table.find`, for a model that the table has by its size only."""
    name = size_class(model, provider)
    return None if name is None else model_table.find(name)


def get_model_params_and_category(model_name: str, call_type: Any = None) -> str:
    """LiteLLM's name of `size_class` for Together; the model's own name where it has no class."""
    return size_class(model_name, "together_ai") or model_name
