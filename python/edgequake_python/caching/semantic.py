"""Answers to questions that mean the same: a store searched by the direction of an embedding.

Only the words of the last user message are compared by meaning. Everything else of a call (what was said
before, the instructions, the tools, the model, every parameter) must be equal, so an answer never comes from
another conversation.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from threading import Lock

from .keys import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Callable

    Embed = Callable[[str], Sequence[float]]


class SemanticStore:
    """Stored answers, in groups of calls that are equal but for their question.

    Args:
        embed: makes a vector of a text; the same length each time.
        similarity_threshold: from which cosine on two questions are the same; 0 to 1.
        size: how many answers at most; the least recently used go first.
        ttl: seconds an answer lives when nothing else is said; None: for ever.

    Raises:
        ValueError: for a threshold that is none.
    """

    def __init__(
        self, embed: Embed, similarity_threshold: float, size: int = 1000, ttl: float | None = None
    ) -> None:
        if not 0 < similarity_threshold <= 1:
            raise ValueError(f"similarity_threshold is {similarity_threshold}, not between 0 and 1")
        self._embed = embed
        self._threshold = similarity_threshold
        self._size = size
        self._ttl = ttl
        self._lock = Lock()
        self._answers: OrderedDict[tuple[str, str], tuple[list[float], bytes, float]] = OrderedDict()
        self._groups: dict[str, set[str]] = {}

    def find(
        self,
        operation: str,
        arguments: Mapping[str, Any],
        namespace: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> tuple[bytes, float] | None:
        """The stored answer to the most similar question, and how similar it is, from 0 to 1.

        ``namespace`` and ``settings`` keep answers apart as they do for `key_of`.
        """
        asked = _question(arguments)
        if asked is None:
            return None
        question, rest = asked
        group = key_of(operation, rest, namespace, settings)
        with self._lock:
            empty = not self._groups.get(group)
        if empty:
            return None
        vector = _unit(self._embed(question))
        best: tuple[float, str, bytes] | None = None
        now = time.monotonic()
        with self._lock:
            for other in list(self._groups.get(group) or ()):
                direction, answer, end = self._answers[group, other]
                if end <= now:
                    self._drop(group, other)
                    continue
                likeness = 1.0 if other == question else _dot(vector, direction)
                if likeness >= self._threshold and (best is None or likeness > best[0]):
                    best = (likeness, other, answer)
            if best is None:
                return None
            self._answers.move_to_end((group, best[1]))
        return best[2], best[0]

    def keep(
        self,
        operation: str,
        arguments: Mapping[str, Any],
        answer: bytes,
        ttl: float | None = None,
        namespace: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Store an answer."""
        asked = _question(arguments)
        if asked is None:
            return
        question, rest = asked
        group = key_of(operation, rest, namespace, settings)
        vector = _unit(self._embed(question))
        life = self._ttl if ttl is None else ttl
        end = math.inf if life is None else time.monotonic() + life
        with self._lock:
            self._answers[group, question] = (vector, answer, end)
            self._answers.move_to_end((group, question))
            self._groups.setdefault(group, set()).add(question)
            while len(self._answers) > self._size:
                self._drop(*next(iter(self._answers)))

    def clear(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()
            self._groups.clear()

    def _drop(self, group: str, question: str) -> None:
        del self._answers[group, question]
        members = self._groups[group]
        members.discard(question)
        if not members:
            del self._groups[group]


def _question(arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The text that is compared by meaning, and the call without it; None for a call that has none."""
    messages = arguments.get("messages")
    if not isinstance(messages, (list, tuple)) or not messages:
        return None
    last = messages[-1]
    role, content = (last.get("role"), last.get("content")) if hasattr(last, "get") else (None, None)
    if role != "user" or not isinstance(content, str) or not content.strip():
        return None
    other = {name: last[name] for name in last if name != "content"}
    return content, {**arguments, "messages": [*messages[:-1], other]}


def _unit(vector: Sequence[float]) -> list[float]:
    numbers = [float(number) for number in vector]
    length = math.sqrt(sum(number * number for number in numbers))
    if not length or not math.isfinite(length):
        raise ValueError("an embedding without a direction")
    return [number / length for number in numbers]


def _dot(one: list[float], other: list[float]) -> float:
    if len(one) != len(other):
        return 0.0
    return min(1.0, sum(left * right for left, right in zip(one, other)))


def embedder(model: str, **arguments: Any) -> Embed:
    """A function that asks an embedding model."""

    def embed(text: str) -> Sequence[float]:
        from ..embedding import embedding

        vector: list[float] = embedding(model=model, input=[text], caching=False, **arguments).data[0][
            "embedding"
        ]
        return vector

    return embed
