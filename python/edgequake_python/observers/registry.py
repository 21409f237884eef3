"""Who listens: the package's lists, a call's own callbacks, and the built-in ones by their names."""

from __future__ import annotations

import inspect
import logging
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_logger = logging.getLogger("edgequake_python.callbacks")
_package = sys.modules[__package__.partition(".")[0]].__dict__

#: Built-in loggers by the names that stand for them, and the extra each needs.
BUILT_IN = {
    "langfuse": ("langfuse", "LangfuseLogger"),
    "otel": ("opentelemetry", "OpenTelemetry"),
    "opentelemetry": ("opentelemetry", "OpenTelemetry"),
    "prometheus": ("prometheus", "PrometheusLogger"),
    "json_logs": ("json_logs", "JsonLogger"),
    "json": ("json_logs", "JsonLogger"),
}
_made: dict[str, Any] = {}
_unknown: set[str] = set()


class Listeners:
    """The callbacks of one call, by what they are told.

    Attributes:
        objects: with hooks, `CustomLogger` and its like; told of everything.
        before: functions that are told that a call is about to be sent.
        succeeded: functions that are told of answers.
        failed: functions that are told of failures.
        loggers: functions that are told that a provider has answered.
    """

    __slots__ = ("before", "failed", "loggers", "objects", "succeeded")

    def __init__(self) -> None:
        self.objects: list[Any] = []
        self.before: list[Any] = []
        self.succeeded: list[Any] = []
        self.failed: list[Any] = []
        self.loggers: list[Any] = []

    def __bool__(self) -> bool:
        return bool(self.objects or self.before or self.succeeded or self.failed)

    def add(self, callbacks: Iterable[Any], *kinds: list[Any]) -> None:
        """Add callbacks; functions to ``kinds``, objects once."""
        for callback in callbacks:
            found = named(callback) if isinstance(callback, str) else callback
            if found is None:
                continue
            if is_function(found):
                for kind in kinds:
                    kind.append(found)
            elif not any(found is known for known in self.objects):
                self.objects.append(found)


def is_function(callback: Any) -> bool:
    """Whether a callback is called itself, rather than asked by its hooks."""
    return inspect.isroutine(callback) or (callable(callback) and not hasattr(callback, "log_success_event"))


def is_coroutine(callback: Any) -> bool:
    """Whether calling it gives something to be awaited."""
    called = vars(type(callback)).get("__call__")
    return inspect.iscoroutinefunction(callback) or inspect.iscoroutinefunction(called)


def listeners(arguments: Mapping[str, Any], settings: Mapping[str, Any] = _package) -> Listeners:
    """Everybody who listens to a call with these arguments; ``settings`` are the package's or a client's."""
    found = Listeners()
    for source in (settings.get("callbacks"), arguments.get("callbacks")):
        found.add(source or (), found.before, found.succeeded, found.failed)
    # As LiteLLM does, coroutines are not told here: whoever adds both (Sentry) would be told twice.
    before = [one for one in settings.get("input_callback") or () if not is_coroutine(one)]
    found.add(before, found.before)
    for name in ("success_callback", "_async_success_callback"):
        found.add(settings.get(name) or (), found.succeeded)
    for name in ("failure_callback", "_async_failure_callback"):
        found.add(settings.get(name) or (), found.failed)
    found.add(arguments.get("success_callback") or (), found.succeeded)
    found.add(arguments.get("failure_callback") or (), found.failed)
    logger = arguments.get("logger_fn")
    if callable(logger):
        found.before.append(logger)
        found.loggers.append(logger)
    return found


def named(name: str) -> Any:
    """The built-in logger of that name, made at its first use; None, with one warning, for another."""
    if name in _made:
        return _made[name]
    where = BUILT_IN.get(name)
    if where is None:
        if name not in _unknown:
            _unknown.add(name)
            _logger.warning(
                "there is no built-in callback %r; there are %s, and any function or CustomLogger",
                name,
                ", ".join(sorted(BUILT_IN)),
            )
        return None
    from importlib import import_module

    package = __package__.partition(".")[0]
    try:
        made = getattr(import_module(f"{package}.integrations.{where[0]}"), where[1])()
    except ImportError as error:
        if name not in _unknown:
            _unknown.add(name)
            _logger.warning("the callback %r is not available: %s", name, error)
        return None
    _made[name] = made
    return made
