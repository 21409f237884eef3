"""The Responses API. The functions are in `main`.

LiteLLM's name ``responses`` is both a function and a package. Importing a package binds it as an attribute
of its parent, over the function; so that ``edgequake_python.responses(...)`` works either way, this module
can be called, and the function has the package's modules as attributes, which is what
``import edgequake_python.responses.utils as utils`` looks for.
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

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; a module of the package, which Python sets so, is also the function's."""
        super().__setattr__(name, value)
        main = sys.modules.get(f"{self.__name__}.main")
        function = getattr(main, "responses", None)
        if function is not None and value is sys.modules.get(f"{self.__name__}.{name}"):
            setattr(function, name, value)


sys.modules[__name__].__class__ = _Callable


def __getattr__(name: str) -> object:
    """Submodules, loaded when they are asked for."""
    from .._names import submodule

    return submodule(__name__, name)
