"""Diagnostics: off until asked for, and then Python's ``logging``, never a print."""

from __future__ import annotations

import logging

from . import _eq_core

_core_logger = logging.getLogger("edgequake_python")
_core_logger.addHandler(logging.NullHandler())

#: LiteLLM's loggers by its names; the first receives what this package has to say.
verbose_logger = logging.getLogger("LiteLLM")
verbose_router_logger = logging.getLogger("LiteLLM Router")
verbose_proxy_logger = logging.getLogger("LiteLLM Proxy")


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
