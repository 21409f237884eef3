"""How hooks are called: by LiteLLM's names of their arguments, or in order where a hook has other names."""

from __future__ import annotations

import inspect
from types import CodeType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any, Callable


def ask(hook: Callable[..., Any], **given: Any) -> Any:
    """What a hook gives for arguments, which are named in the order that the hook has them in."""
    return hook(**given) if _knows(hook, given) else hook(*given.values())


def _knows(hook: Any, names: Collection[str]) -> bool:
    """Whether a hook can be called by these names. Mocks can, and are looked at by name afterwards."""
    function = getattr(hook, "__func__", hook)
    function = getattr(function, "__wrapped__", function)
    code = getattr(function, "__code__", None)
    if type(code) is not CodeType:
        try:
            inspect.signature(hook).bind(**dict.fromkeys(names))
        except (TypeError, ValueError):
            return False
        return True
    first = 0 if function is hook else 1
    if code.co_posonlyargcount > first:
        return False
    own = code.co_varnames[first : code.co_argcount]
    if code.co_flags & inspect.CO_VARKEYWORDS:
        required = own[: len(own) - len(function.__defaults__ or ())]
        return all(name in names for name in required)
    named = (*own, *code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
    return all(name in named for name in names)
