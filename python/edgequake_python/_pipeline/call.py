"""A call on its way through the chain."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._course import Course

    Proceed = Callable[["Call"], Course]

#: The package's attributes, as they are now.
settings = sys.modules[__package__.partition(".")[0]].__dict__


class Call:
    """One call: its operation, its arguments by name, and how it is made. Never changed once made.

    Attributes:
        operation: the core's name for it: ``chat``, ``embed``, ...
        arguments: keyword arguments; the dict is the call's own, the values are the caller's.
        streamed: whether the answer is to be a stream.
        asynchronous: whether it was made by a coroutine.
        settings: the attributes of the package, or the settings of the client that it was made with.
        make: builds the response of operations other than ``chat`` and ``embed``, or what their stream is
            read by.
    """

    __slots__ = ("arguments", "asynchronous", "make", "operation", "settings", "streamed")

    def __init__(
        self,
        operation: str,
        arguments: dict[str, Any],
        streamed: bool,
        *,
        asynchronous: bool,
        make: Callable[..., Any] | None = None,
        held: dict[str, Any] | None = None,
    ) -> None:
        self.operation = operation
        self.arguments = arguments
        self.streamed = streamed
        self.asynchronous = asynchronous
        self.make = make
        self.settings = settings if held is None else held

    def get(self, name: str) -> Any:
        """An argument, or None."""
        return self.arguments.get(name)

    def truthy(self, *names: str) -> bool:
        """Whether any of the arguments is given and not empty."""
        return any(self.arguments.get(name) for name in names)

    def but(self, *without: str, **changed: Any) -> Call:
        """The call without the arguments ``without`` and with ``changed``."""
        arguments = {**self.arguments, **changed}
        for name in without:
            if name not in changed:
                arguments.pop(name, None)
        return Call(
            self.operation,
            arguments,
            self.streamed,
            asynchronous=self.asynchronous,
            make=self.make,
            held=self.settings,
        )

    @property
    def model(self) -> str:
        """The model as it was asked for; empty when it is no text, which the core refuses."""
        model = self.arguments.get("model")
        return model if isinstance(model, str) else ""
