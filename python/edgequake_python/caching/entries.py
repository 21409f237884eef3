"""What is stored of an answer, as bytes: when it was given, what it cost, and the answer as JSON."""

from __future__ import annotations

import json
import time

from .. import _eq_core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Classes of responses that the core makes from JSON again, by the operation it does so for.
_CORE = {"ModelResponse": "chat", "EmbeddingResponse": "embed"}
#: Of `_hidden_params`, what is as true of a stored answer as it was of the first.
_KEPT = (
    "custom_llm_provider",
    "litellm_model_name",
    "api_base",
    "response_cost",
    "dropped_params",
    "model_id",
)


def pack(answer: Any) -> bytes | None:
    """An answer as bytes, or None for one that cannot be stored.

    One line that says what it is, then the answer: a pydantic model, or JSON in Python's own types, alone or
    with what is known beside it.
    """
    head: dict[str, Any] = {"timestamp": time.time()}
    if isinstance(answer, tuple) and len(answer) == 2 and hasattr(answer[1], "hidden_params"):
        head.update(kind="raw", hidden=_kept(answer[1].hidden_params()))
        answer = answer[0]
    elif hasattr(answer, "model_dump_json"):
        kind = type(answer)
        head.update(kind="model", of=f"{kind.__module__}:{kind.__qualname__}")
        head["hidden"] = _kept(getattr(answer, "_hidden_params", None) or {})
        body: bytes = answer.model_dump_json().encode()
        return json.dumps(head, separators=(",", ":")).encode() + b"\n" + body
    else:
        head["kind"] = "plain"
    try:
        body = json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode()
    except (TypeError, ValueError):
        return None
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + body


def _kept(hidden: Any) -> dict[str, Any]:
    return {name: hidden[name] for name in _KEPT if hidden.get(name) is not None}


class Entry:
    """A stored answer.

    Attributes:
        timestamp: when it was stored, in seconds since 1970.
        hidden: what was known beside it.
    """

    def __init__(self, data: bytes) -> None:
        head, separator, self._body = data.partition(b"\n")
        known = json.loads(head)
        if not separator or not isinstance(known, dict):
            raise ValueError("not a stored answer")
        self._head = known
        self.timestamp: float = float(known["timestamp"])
        self.hidden: dict[str, Any] = known.get("hidden") or {}

    def is_raw(self) -> bool:
        """Whether it is JSON with what is known beside it, as the core answers rarer operations."""
        return bool(self._head.get("kind") == "raw")

    def answer(self) -> Any:
        """A new copy of the answer."""
        if self._head.get("kind") != "model":
            return json.loads(self._body)
        module, _, name = str(self._head.get("of")).partition(":")
        # Only classes of this package: what is stored must not choose what is imported.
        package = __package__.partition(".")[0]
        if module != package and not module.startswith(f"{package}."):
            raise ValueError(f"{module} is no module of stored answers")
        operation = _CORE.get(name)
        if operation is not None:
            return _eq_core.revive(operation, self._body)
        from importlib import import_module

        model = getattr(import_module(module), name)
        return model.model_validate_json(self._body)
