"""Objects that read like OpenAI's: attributes, items and dict methods, whatever keys the provider sends.

An answer of the Responses API is a tree of some forty kinds of object that grow keys every month. They are
built from parsed JSON without validation, keep every key in the provider's order, and dump to what was sent.
"""

from __future__ import annotations

from collections.abc import Generator, ItemsView, KeysView
from typing import Any, ClassVar, Optional, TypeVar

from .base import Model, Values

O = TypeVar("O", bound="OpenObject")  # noqa: E741 - a class, not a number

#: Keys whose value is the program's own data, not an object of the API: they stay plain dicts.
_PLAIN = frozenset(
    (
        "metadata",
        "parameters",
        "schema",
        "input_schema",
        "output_schema",
        "arguments",
        "headers",
        "attributes",
        "variables",
        "logit_bias",
    )
)

_set_slot = object.__setattr__
_new = object.__new__


class OpenObject(Model):
    """``x.k``, ``x["k"]`` (KeyError when missing), ``x.get("k")`` and ``"k" in x`` for every key."""

    has_meta: ClassVar[bool] = False
    """Whether instances know how the call went; see ``metadata.Response``."""

    def __init__(self, **values: Any) -> None:
        self._fill(**values)

    def __getattr__(self, name: str) -> Any:
        # Only for what is not in `__dict__`: undeclared keys, and declared ones that were not sent.
        extra = object.__getattribute__(self, "__pydantic_extra__")
        if extra and name in extra:
            return extra[name]
        if name in declared(type(self)):
            return None
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __getitem__(self, key: str) -> Any:
        extra = self.__pydantic_extra__
        if extra and key in extra:
            return extra[key]
        if key in self.__dict__:
            return self.__dict__[key]
        raise KeyError(key)

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, value)

    def __contains__(self, key: str) -> bool:
        return key in self.__dict__ or key in (self.__pydantic_extra__ or {})

    def get(self, key: str, default: Any = None) -> Any:
        """The value of ``key``, or ``default`` when it was not sent."""
        try:
            return self[key]
        except KeyError:
            return default

    def _values(self) -> Values:
        return {**self.__dict__, **(self.__pydantic_extra__ or {})}

    def keys(self) -> KeysView[str]:
        """The keys that were sent, so that ``dict(x)`` works."""
        return self._values().keys()

    def items(self) -> ItemsView[str, Any]:
        """Keys and values that were sent."""
        return self._values().items()

    def __iter__(self) -> Generator[tuple[str, Any], None, None]:
        yield from self._values().items()


BaseLiteLLMOpenAIResponseObject = OpenObject


_declared: dict[type[Model], tuple[str, ...]] = {}


def declared(cls: type[Model]) -> tuple[str, ...]:
    """Names of the declared fields; pydantic's own dict of them is made anew at each look."""
    names = _declared.get(cls)
    if names is None:
        names = _declared[cls] = tuple(cls.model_fields)
    return names


def build_open(cls: type[O], values: Values, meta: Any = None) -> O:
    """An instance of ``cls`` that takes over ``values``, unvalidated."""
    instance = _new(cls)
    names = _declared.get(cls) or declared(cls)
    fields = {name: values.pop(name) for name in names if name in values} if names else {}
    _set_slot(instance, "__dict__", fields)
    _set_slot(instance, "__pydantic_extra__", values)
    _set_slot(instance, "__pydantic_fields_set__", set(fields))
    _set_slot(instance, "__pydantic_private__", {"_meta": meta} if cls.has_meta else None)
    return instance


def opened(value: Any, classes: Optional[dict[str, type[OpenObject]]] = None) -> Any:
    """``value`` with every object of the API in it as an `OpenObject`; ``value`` itself is used up.

    Args:
        value: parsed JSON.
        classes: the class of an object by its ``type``; `OpenObject` for all others.
    """
    if isinstance(value, dict):
        for key, below in value.items():
            if isinstance(below, (dict, list)) and key not in _PLAIN:
                value[key] = opened(below, classes)
        kind = value.get("type")
        cls: type[OpenObject] = OpenObject
        if classes is not None and isinstance(kind, str):
            cls = classes.get(kind, OpenObject)
        return build_open(cls, value)
    if isinstance(value, list):
        return [opened(item, classes) if isinstance(item, (dict, list)) else item for item in value]
    return value


def plain(value: Any) -> Any:
    """The opposite of `opened`: dicts and lists again, for what is sent back."""
    if isinstance(value, OpenObject):
        return {key: plain(below) for key, below in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(below) for key, below in value.items()}
    return value


__all__ = ["BaseLiteLLMOpenAIResponseObject", "OpenObject", "build_open", "opened", "plain"]
