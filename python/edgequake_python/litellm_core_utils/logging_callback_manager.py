"""LiteLLM's manager of the lists of callbacks; the lists are ordinary ones, and may be changed without it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Union

    from ..integrations.custom_logger import CustomLogger

    Callback = Union[CustomLogger, Callable[..., Any], str]

_package = sys.modules[__package__.partition(".")[0]]
_LISTS = (
    "callbacks",
    "input_callback",
    "success_callback",
    "failure_callback",
    "_async_success_callback",
    "_async_failure_callback",
    "service_callback",
)


class LoggingCallbackManager:
    """Adds callbacks once, and takes them out by name, by identity or by type."""

    MAX_CALLBACKS = 100

    def add_litellm_callback(self, callback: Callback) -> None:
        """Add to ``callbacks``."""
        self._add("callbacks", callback)

    def add_litellm_input_callback(self, callback: Callback) -> None:
        """Add to ``input_callback``."""
        self._add("input_callback", callback)

    def add_litellm_success_callback(self, callback: Callback) -> None:
        """Add to ``success_callback``."""
        self._add("success_callback", callback)

    def add_litellm_failure_callback(self, callback: Callback) -> None:
        """Add to ``failure_callback``."""
        self._add("failure_callback", callback)

    def add_litellm_async_success_callback(self, callback: Callback) -> None:
        """Add to ``_async_success_callback``."""
        self._add("_async_success_callback", callback)

    def add_litellm_async_failure_callback(self, callback: Callback) -> None:
        """Add to ``_async_failure_callback``."""
        self._add("_async_failure_callback", callback)

    def add_litellm_service_callback(self, callback: Callback) -> None:
        """Add to ``service_callback``."""
        self._add("service_callback", callback)

    def remove_callback_from_list_by_object(
        self, callback_list: list[Any], obj: Any, require_self: bool = True
    ) -> None:
        """Take out of a list an object, and the methods of it."""
        callback_list[:] = [
            one for one in callback_list if one is not obj and getattr(one, "__self__", None) is not obj
        ]

    def remove_callbacks_by_type(self, callback_list: list[Any], callback_type: type) -> None:
        """Take out of a list what is of a type."""
        callback_list[:] = [one for one in callback_list if not isinstance(one, callback_type)]

    def get_custom_loggers_for_type(self, callback_type: type) -> list[Any]:
        """Every callback of a type, each once."""
        found: list[Any] = []
        for one in self._all():
            if isinstance(one, callback_type) and not any(one is known for known in found):
                found.append(one)
        return found

    def callback_is_active(self, callback_type: type) -> bool:
        """Whether there is a callback of a type."""
        return any(isinstance(one, callback_type) for one in self._all())

    def get_active_custom_logger_for_callback_name(self, callback_name: str) -> Any:
        """The built-in logger of a name, where it is listed; None otherwise."""
        if callback_name not in self._all():
            return None
        from ..observers.registry import named

        return named(callback_name)

    def _get_all_callbacks(self) -> list[Any]:
        return self._all()

    def _reset_all_callbacks(self) -> None:
        for name in _LISTS:
            getattr(_package, name).clear()

    def _all(self) -> list[Any]:
        return [one for name in _LISTS for one in getattr(_package, name)]

    def _add(self, name: str, callback: Any) -> None:
        known = getattr(_package, name)
        if len(known) < self.MAX_CALLBACKS and not any(
            one is callback or (isinstance(one, str) and one == callback) for one in known
        ):
            known.append(callback)


#: The one that LiteLLM has as an attribute.
logging_callback_manager: LoggingCallbackManager = LoggingCallbackManager()
