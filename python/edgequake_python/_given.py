"""What functions that send nothing are given: as they need it, or a `BadRequestError` that names it."""

from __future__ import annotations

from . import _eq_core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INFINITE = float("inf")


def text(name: str, value: object) -> str:
    """A text; whatever it holds."""
    if isinstance(value, str):
        return value
    raise wrong(name, f"is a {type(value).__name__}, not a text")


def word(name: str, value: object) -> str:
    """A text that is a name: it can be written as UTF-8."""
    found = text(name, value)
    try:
        found.encode()
    except UnicodeEncodeError:
        raise wrong(name, "holds a lone surrogate, which UTF-8 cannot") from None
    return found


def texts(name: str, value: object) -> list[str]:
    """A text, or several."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, (list, tuple)):
        return [text(f"{name}[{index}]", item) for index, item in enumerate(value)]
    raise wrong(name, f"is a {type(value).__name__}, neither a text nor a list of texts")


def dicts(name: str, value: object) -> list[dict[str, Any]]:
    """Messages or tools: a list of mappings or of objects that dump themselves, all as new plain dicts."""
    found: Any = _eq_core.plain(value, name)
    if isinstance(found, list):
        for index, item in enumerate(found):
            if not isinstance(item, dict):
                raise wrong(f"{name}[{index}]", "is not an object")
        return found
    raise wrong(name, f"is a {type(value).__name__}, not a list")


def items(name: str, value: Any) -> list[Any]:
    """What is in a list or in anything else that goes through its items; a text or a mapping is one thing."""
    from collections.abc import Mapping

    if not isinstance(value, (str, bytes, bytearray, Mapping)):
        try:
            return list(value)
        except TypeError:
            pass
    raise wrong(name, f"is a {type(value).__name__}, not a list")


def mapping(name: str, value: object) -> dict[str, Any]:
    """A mapping, as a new plain dict."""
    found: Any = _eq_core.plain(value, name)
    if isinstance(found, dict):
        return found
    raise wrong(name, f"is a {type(value).__name__}, not a dict")


def number(name: str, value: Any) -> None:
    """Refuses what is not a finite number; of another library's it may be one."""
    from numbers import Real

    if isinstance(value, bool) or not isinstance(value, Real):
        raise wrong(name, f"is a {type(value).__name__}, not a number")
    # Of whole numbers, which may be larger than any float, neither is true.
    if value != value or value in (_INFINITE, -_INFINITE):
        raise wrong(name, f"is {value}, not a number that can be counted with")


def shown(value: object) -> str:
    """A value in a message; of one that cannot be shown, what it is."""
    try:
        return f"{value}"
    except Exception:
        return f"a {type(value).__name__}"


def wrong(name: str, why: str) -> Exception:
    """The error about an argument."""
    from .exceptions import BadRequestError

    return BadRequestError(message=f"{name} {why}", model="", llm_provider="")
