"""This package under LiteLLM's name, for programs that cannot be changed: ``import litellm`` gives it.

`install_as_litellm` must come before anything imports the real one. ``python -m edgequake_python run app.py``
does that for a program that is not to be touched at all.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys

from ._version import version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType
    from typing import Any

_NAME = "litellm"
_PACKAGE = __package__


class _Loader:
    """Gives the module that is there under our name."""

    def __init__(self, real: str) -> None:
        self._real = real

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._real)
        # The import system writes the alias's spec into the module; `exec_module` puts its own back.
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class _Finder:
    """Finds ``litellm`` and all that is below it, also for `importlib.metadata`."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != _NAME and not name.startswith(f"{_NAME}."):
            return None
        real = _PACKAGE + name[len(_NAME) :]
        if real not in sys.modules and importlib.util.find_spec(real) is None:
            return None
        loader: Any = _Loader(real)
        return importlib.machinery.ModuleSpec(name, loader)

    def find_distributions(self, context: Any = None) -> Iterator[Any]:
        """The metadata of a distribution ``litellm``: programs ask for its version."""
        from importlib.metadata import Distribution

        class Alias(Distribution):
            def read_text(self, filename: str) -> str | None:
                if filename != "METADATA":
                    return None
                return f"Metadata-Version: 2.1\nName: {_NAME}\nVersion: {version}\n"

            def locate_file(self, path: Any) -> Any:
                raise FileNotFoundError(path)

        # Only when it is asked for by name: it is no installed distribution.
        if getattr(context, "name", None) == _NAME:
            yield Alias()


_finder = _Finder()


def install_as_litellm() -> None:
    """Make ``import litellm``, and imports from below it, give this package; once is enough.

    Raises:
        RuntimeError: when the real litellm is imported already; what has it would go on using it.
    """
    package = sys.modules[_PACKAGE]
    known = sys.modules.get(_NAME)
    if known is package:
        return
    if known is not None:
        raise RuntimeError(
            "litellm is imported already; call edgequake_python.install_as_litellm() before anything else, "
            "or start the program with `python -m edgequake_python run`"
        )
    finder: Any = _finder
    sys.meta_path.insert(0, finder)
    sys.modules[_NAME] = package
    _name_classes(_PACKAGE, _NAME)


def uninstall_as_litellm() -> None:
    """Undo `install_as_litellm`. Modules that have imported the alias keep what they have."""
    finder: Any = _finder
    if finder in sys.meta_path:
        sys.meta_path.remove(finder)
    for name in [name for name in sys.modules if name == _NAME or name.startswith(f"{_NAME}.")]:
        real = sys.modules.get(_PACKAGE + name[len(_NAME) :])
        if sys.modules[name] is real:
            del sys.modules[name]
    _name_classes(_NAME, _PACKAGE)


def _name_classes(old: str, new: str) -> None:
    """Let the response classes and the exceptions say that they are of the package ``new``.

    Frameworks know LiteLLM's objects by their classes' ``__module__``, and a pickle names it.
    """
    base: Any = sys.modules.get(f"{_PACKAGE}.types.base")
    if base is not None:
        base.known_as = new if new != _PACKAGE else None
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{_PACKAGE}.types") or name == f"{_PACKAGE}.exceptions":
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__module__.startswith(f"{old}."):
                    value.__module__ = new + value.__module__[len(old) :]
