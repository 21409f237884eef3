"""Diagnostics: off until asked for, and then Python's ``logging``, never a print."""

from __future__ import annotations

import logging

from . import _eq_core

_core_logger = logging.getLogger("edgequake_python")
_core_logger.addHandler(logging.NullHandler())

#: LiteLLM's loggers by its names; the first receives what this package has to say.
verbose_logger: logging.Logger = logging.getLogger("LiteLLM")
verbose_router_logger: logging.Logger = logging.getLogger("LiteLLM Router")
verbose_proxy_logger: logging.Logger = logging.getLogger("LiteLLM Proxy")


def set_level(level: int | None) -> None:
    """Log the core's events of ``level`` and above to the logger ``edgequake_python``.

    None turns them off, which is how they start. They are handed over in batches, when a call returns.
    """
    _eq_core.set_log_level(level)
    _core_logger.setLevel(logging.NOTSET if level is None else level)


def _turn_on_debug() -> None:
    """LiteLLM's switch: all loggers at DEBUG, shown on stderr unless the program has handlers of its own."""
    if not logging.getLogger().handlers:
        logging.basicConfig()
    for logger in (verbose_logger, verbose_router_logger, verbose_proxy_logger):
        logger.setLevel(logging.DEBUG)
    set_level(logging.DEBUG)


#: LiteLLM's name for the level that its loggers start with.
log_level = "DEBUG"


def print_verbose(print_statement: object, logger_only: bool = False, log_level: str = "DEBUG") -> None:
    """LiteLLM's function for diagnostics; ours goes to `verbose_logger`, and never prints."""
    level = logging.getLevelName(log_level.upper())
    verbose_logger.log(level if isinstance(level, int) else logging.DEBUG, "%s", print_statement)


def _turn_on_json() -> None:
    """LiteLLM's switch: records of its loggers as lines of JSON on stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    for logger in (verbose_logger, verbose_router_logger, verbose_proxy_logger, _core_logger):
        logger.handlers = [
            known for known in logger.handlers if not isinstance(known.formatter, JsonFormatter)
        ]
        logger.addHandler(handler)


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        import json

        values = {
            "message": record.getMessage(),
            "level": record.levelname,
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "logger": record.name,
        }
        if record.exc_info:
            values["stacktrace"] = self.formatException(record.exc_info)
        return json.dumps(values)


#: LiteLLM's loggers.
ALL_LOGGERS = [verbose_logger, verbose_router_logger, verbose_proxy_logger]


def _disable_debugging() -> None:
    """LiteLLM's switch: its loggers say nothing."""
    for logger in ALL_LOGGERS:
        logger.disabled = True


def _enable_debugging() -> None:
    """LiteLLM's switch: its loggers speak again."""
    for logger in ALL_LOGGERS:
        logger.disabled = False


def _is_debugging_on() -> bool:
    """Whether diagnostics are on."""
    return verbose_logger.isEnabledFor(logging.DEBUG)
