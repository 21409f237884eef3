"""The Responses API. The functions are in `main`.

LiteLLM's name ``responses`` is both a function and a package. Importing a package binds it as an attribute
of its parent, over the function; so that ``edgequake_python.responses(...)`` works either way, this module
can be called.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Callable(type(sys)):  # type: ignore[misc]
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As ``main.responses``."""
        from .main import responses

        return responses(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
