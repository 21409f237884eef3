"""Values that are worked out when somebody looks: callbacks read a few of the many they are told."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Callable

_UNKNOWN: Any = object()


class Later:
    """A value that is made at its first use, and then kept."""

    __slots__ = ("_make", "_value")

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._value = _UNKNOWN

    def value(self) -> Any:
        """The value."""
        if self._value is _UNKNOWN:
            self._value = self._make()
        return self._value


class Lazy(dict[str, "Any"]):
    """A dict of which some values are `Later`; whoever reads it never sees one.

    Looking at one key works out that value alone. Whatever looks at all of them (a loop, a copy by
    ``dict(...)`` or ``**``, a dump as JSON, a comparison) works out all.
    """

    def __getitem__(self, key: str) -> Any:
        value = dict.__getitem__(self, key)
        if isinstance(value, Later):
            value = self[key] = value.value()
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """As a dict's."""
        value = dict.get(self, key, default)
        return self[key] if isinstance(value, Later) else value

    def laid(self, key: str) -> Any:
        """What lies under a key, perhaps a `Later`; None when nothing does."""
        return dict.get(self, key)

    def pop(self, key: str, *default: Any) -> Any:
        """As a dict's."""
        value = dict.pop(self, key, *default)
        return value.value() if isinstance(value, Later) else value

    def popitem(self) -> tuple[str, Any]:
        """As a dict's."""
        key, value = dict.popitem(self)
        return key, value.value() if isinstance(value, Later) else value

    def setdefault(self, key: str, default: Any = None) -> Any:
        """As a dict's."""
        if key not in self:
            self[key] = default
        return self[key]

    def settled(self) -> Lazy:
        """Itself, with every value worked out."""
        for key in list(dict.keys(self)):
            self[key]
        return self

    def twin(self) -> Lazy:
        """A copy in which nothing more is worked out than here; what is, is so for both."""
        other = Lazy()
        for key, value in dict.items(self):
            dict.__setitem__(other, key, value)
        return other

    def copy(self) -> dict[str, Any]:
        """A plain copy."""
        return dict(self.items())

    # Overridden so that C code, which would look beneath `__getitem__`, takes the long way too.

    def __iter__(self) -> Iterator[str]:
        return dict.__iter__(self.settled())

    def items(self) -> Any:
        """As a dict's."""
        return dict.items(self.settled())

    def values(self) -> Any:
        """As a dict's."""
        return dict.values(self.settled())

    def __eq__(self, other: object) -> bool:
        return dict.__eq__(self.settled(), other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__: None = None  # type: ignore[misc]

    def __or__(self, other: Any) -> Any:
        return {**self.copy(), **other}

    def __ror__(self, other: Any) -> Any:
        return {**other, **self.copy()}

    def __repr__(self) -> str:
        return dict.__repr__(self.settled())

    def __reduce__(self) -> Any:
        # Pickled and copied as the plain dict that it reads like.
        return (dict, (self.copy(),))
