"""From a function's arguments to the core and back: the one way that every operation takes."""

from __future__ import annotations

import sys

from . import _eq_core
from .streaming import CustomStreamWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._eq_core import AsyncStream, SyncStream

# The package's own attributes: what a program assigns there counts at its next call.
_settings = sys.modules[__package__].__dict__


def gather(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call, from the ``locals()`` of a function with parameters and ``kwargs``.

    None stands for "not given" and is left out by the core. Nothing in it is copied or changed.
    """
    arguments.update(arguments.pop("kwargs"))
    given = arguments.get("response_format")
    if isinstance(given, type):
        from .structured import response_format

        arguments["response_format"] = response_format(given)
    return arguments


def send(operation: str, arguments: dict[str, Any]) -> Any:
    """One plain call; blocks without the GIL."""
    return _eq_core.send(operation, arguments, _settings)


async def send_async(operation: str, arguments: dict[str, Any]) -> Any:
    """One plain call; cancelling it closes its connection."""
    pending = _eq_core.send_async(operation, arguments, _settings)
    try:
        return await pending.future
    except BaseException:
        pending.abort()
        raise


def stream(arguments: dict[str, Any]) -> CustomStreamWrapper:
    """One streamed chat call; returns when the answer has begun."""
    return _wrap(_eq_core.stream(arguments, _settings), arguments)


async def stream_async(arguments: dict[str, Any]) -> CustomStreamWrapper:
    """As `stream`; cancelling it closes its connection."""
    pending = _eq_core.stream_async(arguments, _settings)
    try:
        core = await pending.future
    except BaseException:
        pending.abort()
        raise
    return _wrap(core, arguments)


def _wrap(core: SyncStream | AsyncStream, arguments: dict[str, Any]) -> CustomStreamWrapper:
    return CustomStreamWrapper(
        core,
        core.meta.model,
        custom_llm_provider=core.meta.provider,
        stream_options=arguments.get("stream_options"),
    )
