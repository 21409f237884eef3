"""Values that nobody expects, as functions that make a new one each time."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import math
import threading
import types
import uuid
from collections import OrderedDict, UserDict, UserList, defaultdict, deque
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Callable

HELLO = {"role": "user", "content": "Hello"}


@dataclasses.dataclass
class Data:
    """A message of a dataclass."""

    role: str = "user"
    content: str = "Hello"


class Word(str):
    """A text of one's own."""


class Role(str, enum.Enum):
    """A text among others."""

    USER = "user"


class Number(enum.IntEnum):
    """A number among others."""

    ONE = 1


class Plain(enum.Enum):
    """A name for a value."""

    USER = "user"


class Growing(dict):
    """Changes whenever it is looked at."""

    def __getitem__(self, key: Any) -> Any:
        self[len(self)] = 1
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self[len(self)] = 1
        return super().get(key, default)

    def keys(self) -> Any:
        self[len(self)] = 1
        return super().keys()


class Hostile:
    """Fails however it is looked at."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("hostile")

    def __str__(self) -> str:
        raise RuntimeError("hostile")

    __repr__ = __str__

    def __bool__(self) -> bool:
        raise RuntimeError("hostile")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("hostile")

    def __len__(self) -> int:
        raise RuntimeError("hostile")

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("hostile")

    __hash__ = None  # type: ignore[assignment]


class HostileMapping(Mapping[str, Any]):
    """A mapping that fails when it is read."""

    def __getitem__(self, key: str) -> Any:
        raise RuntimeError("hostile")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("hostile")

    def __len__(self) -> int:
        return 3


class Shrinking:
    """Empties what it is held by when it is written."""

    def __init__(self, holder: Any) -> None:
        self.holder = holder

    def model_dump(self, **_: Any) -> Any:
        self.holder.clear()
        return "x"


def shrinking() -> dict[str, Any]:
    holder: dict[str, Any] = {"role": "user"}
    holder["content"] = Shrinking(holder)
    holder["name"] = "a"
    return holder


class Itself:
    """Is made of itself without end."""

    def model_dump(self, **_: Any) -> Any:
        return Itself()


def circular() -> list[Any]:
    items: list[Any] = [HELLO]
    items.append(items)
    return items


def circular_dict() -> dict[str, Any]:
    items: dict[str, Any] = {"role": "user"}
    items["content"] = items
    return items


def deep(levels: int, end: Any = "x", kind: str = "list") -> Any:
    value = end
    for _ in range(levels):
        value = [value] if kind == "list" else {"a": value}
    return value


def flattened(value: Any) -> None:
    """Takes a deep value apart, or Python would by recursion."""
    while isinstance(value, (list, dict)) and len(value) == 1:
        value = value.pop() if isinstance(value, list) else value.popitem()[1]


def model() -> Any:
    from pydantic import BaseModel

    class Message(BaseModel):
        role: str = "user"
        content: str = "Hello"

    return Message()


def number_of_numpy() -> Any:
    try:
        numpy: Any = import_module("numpy")
    except ImportError:
        return 1.5
    return numpy.float32(1.5)


#: name: what makes it
ODD: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "int": lambda: 7,
    "huge int": lambda: 10**400,
    "float": lambda: 1.5,
    "nan": lambda: math.nan,
    "inf": lambda: -math.inf,
    "complex": lambda: 1j,
    "Decimal": lambda: decimal.Decimal("1.5"),
    "numpy": number_of_numpy,
    "empty": lambda: "",
    "text": lambda: "Hello",
    "surrogate": lambda: "a\ud800",
    "nul": lambda: "a\x00b",
    "str subclass": lambda: Word("Hello"),
    "str enum": lambda: Role.USER,
    "int enum": lambda: Number.ONE,
    "enum": lambda: Plain.USER,
    "bytes": lambda: b"Hello",
    "bytearray": lambda: bytearray(b"Hello"),
    "memoryview": lambda: memoryview(b"Hello"),
    "datetime": lambda: datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc),
    "uuid": lambda: uuid.UUID(int=5),
    "object": object,
    "class": lambda: Data,
    "function": lambda: print,
    "module": lambda: types,
    "hostile": Hostile,
    "hostile mapping": HostileMapping,
    "lock": threading.RLock,
    "itself": Itself,
    "list": list,
    "dict": dict,
    "tuple": tuple,
    "set": lambda: {1, 2},
    "list of None": lambda: [None],
    "list of int": lambda: [1, 2],
    "list of bytes": lambda: [b"x"],
    "list of surrogates": lambda: ["a\ud800"],
    "list of hostile": lambda: [Hostile()],
    "list of lists": lambda: [[[]]],
    "list of nan": lambda: [math.nan],
    "messages": lambda: [HELLO],
    "a tuple of messages": lambda: (HELLO,),
    "frozen": lambda: types.MappingProxyType({"role": "user", "content": "Hello"}),
    "frozen messages": lambda: (types.MappingProxyType(HELLO),),
    "user dict": lambda: UserDict(HELLO),
    "user list": lambda: UserList([HELLO]),
    "ordered": lambda: OrderedDict(HELLO),
    "default": lambda: defaultdict(list, HELLO),
    "deque": lambda: deque([HELLO]),
    "growing": lambda: Growing(HELLO),
    "list of growing": lambda: [Growing(HELLO)],
    "shrinking": lambda: [shrinking()],
    "dataclass": Data,
    "list of dataclasses": lambda: [Data()],
    "pydantic": model,
    "list of pydantic": lambda: [model()],
    "generator": lambda: (message for message in [HELLO]),
    "range": lambda: range(3),
    "circular": circular,
    "circular dict": circular_dict,
    "list of circular": lambda: [circular_dict()],
    "int keys": lambda: {1: 2},
    "None keys": lambda: {None: 2},
    "tuple keys": lambda: [{"role": "user", "content": {(1,): 2}}],
    "deep": lambda: deep(100_000),
    "deep dict": lambda: deep(100_000, kind="dict"),
    "deep message": lambda: [{"role": "user", "content": deep(100_000)}],
}
