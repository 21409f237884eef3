"""What is stored of an answer, as bytes: when it was given, what it cost, and the answer as JSON."""

from __future__ import annotations

import json
import time

from .. import _eq_core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
    elif isinstance(answer, dict) and isinstance(hidden := getattr(answer, "_hidden_params", None), dict):
        head.update(kind="raw", hidden=_kept(hidden))
    elif hasattr(answer, "model_dump_json"):
        kind = type(answer)
        head.update(kind="model", of=f"{kind.__module__}:{kind.__qualname__}")
        head["hidden"] = _kept(getattr(answer, "_hidden_params", None) or {})
        body: bytes = answer.model_dump_json().encode()
        return json.dumps(head, separators=(",", ":")).encode() + b"\n" + body
    else:
        head["kind"] = "plain"
    try:
        body = json.dumps(answer, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        return None
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + body


def _kept(hidden: Any) -> dict[str, Any]:
    return {name: hidden[name] for name in _KEPT if hidden.get(name) is not None}


def unpack(packed: bytes, key: str | None = None, since: float | None = None) -> Any:
    """A new copy of a stored answer, or None for one that is older than ``since``, seconds since 1970.

    With a ``key`` it says that it came out of the cache, and under which key. An answer of the core's rarer
    operations comes as `Stored`.

    Raises:
        ValueError: for bytes that are no stored answer.
    """
    found = _eq_core.revive(packed, key, since)
    if found is None:
        return None
    kind, of, hidden, answer, start = found
    if kind == "raw":
        return Stored(answer, hidden)
    if answer is None and kind == "model":
        answer = _read(_model(str(of)), packed[start:])
        if hasattr(answer, "_hidden_params"):
            answer._hidden_params = hidden
    return answer


def _read(kind: Any, body: bytes) -> Any:
    """An answer from its JSON, as lenient as when it came from its provider."""
    if kind.__name__ == "ResponsesAPIResponse":
        from ..types.responses.api import response_from_json

        return response_from_json(json.loads(body))
    return kind.model_validate_json(body)


def _model(of: str) -> Any:
    """The class that a stored answer was dumped from."""
    module, _, name = of.partition(":")
    # Only classes of this package: what is stored must not choose what is imported.
    package = __package__.partition(".")[0]
    if module != package and not module.startswith(f"{package}."):
        raise ValueError(f"{module} is no module of stored answers")
    from importlib import import_module

    return getattr(import_module(module), name)


class Stored:
    """JSON out of the cache, with what was known beside it."""

    def __init__(self, value: Any, hidden: dict[str, Any]) -> None:
        self.value = value
        self.hidden = hidden
