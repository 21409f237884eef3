"""Lets ``except openai.RateLimitError`` catch our exceptions without ever importing `openai`.

Programs written for LiteLLM catch either library's names, because LiteLLM's classes derive from openai's.
Importing openai for that would cost most of a second, so it is done the other way round: once the *program*
has imported openai, its classes are added to the bases of ours. `except` looks at real base classes only, so
a metaclass or an ABC could not do this.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_pairs: list[tuple[type[BaseException], str]] = []
_linked: object = None


def register(pairs: Iterable[tuple[type[BaseException], str]]) -> None:
    """Declare which class of ours corresponds to which class of openai."""
    _pairs.extend(pairs)


def link_openai() -> None:
    """Make our exceptions instances of openai's, if the program has imported openai.

    Costs a dictionary look-up when openai is absent or already linked. Needs no lock, which a fork could
    leave held: each step only adds a base that is missing, so threads that meet here write the same bases.
    Exceptions that already exist change with their classes. Called whenever an exception is made.
    """
    global _linked
    module = sys.modules.get("openai")
    if module is None or module is _linked:
        return
    # Not getattr: that would make a lazily loaded module import itself, or a test double invent classes.
    try:
        names: dict[str, Any] = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return
    complete = True
    for ours, name in _pairs:
        theirs = names.get(name)
        if isinstance(theirs, type) and issubclass(theirs, Exception):
            _add_base(ours, theirs)
        else:
            complete = False  # still being imported by another thread, or too old: look again next time
    if complete:
        _linked = module


def _add_base(ours: type[BaseException], theirs: type[BaseException]) -> None:
    if issubclass(ours, theirs):
        return
    try:  # noqa: SIM105 (contextlib is not loaded yet, and this module must import quickly)
        # Last, so that constructors, text and pickling stay ours.
        ours.__bases__ = (*ours.__bases__, theirs)
    except TypeError:
        # Another thread was first, or `theirs` is a test double that cannot be combined. Nothing has changed.
        pass
