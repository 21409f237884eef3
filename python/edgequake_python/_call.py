"""From a function's arguments to the core and back: the one way that every operation takes."""

from __future__ import annotations

import sys

from . import _eq_core
from .streaming import CustomStreamWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._eq_core import AsyncStream, Begun, Meta, SyncStream

# The package's own attributes: what a program assigns there counts at its next call.
_settings = sys.modules[__package__].__dict__


def gather(parameters: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call, from the ``locals()`` of a function with parameters and ``kwargs``.

    None stands for "not given" and is left out by the core. The values are neither copied nor changed.
    """
    # A copy: until Python 3.13 the dict is the frame's own, which a debugger fills again when it looks.
    arguments = {**parameters}
    arguments.update(arguments.pop("kwargs"))
    given = arguments.get("response_format")
    if isinstance(given, type):
        from .structured import response_format

        arguments["response_format"] = response_format(given)
    return arguments


def load_types() -> None:
    """Import the response classes, and pydantic with them; on a thread beside the first asynchronous call."""
    global _types_are_loaded
    try:
        from .types import trusted  # noqa: F401
    finally:
        # Calls that wait for the classes must learn of a failure too: they will meet it themselves.
        _eq_core.types_loaded()
    _types_are_loaded = True


_types_are_loaded = False


def send(operation: str, arguments: dict[str, Any]) -> Any:
    """One plain call; blocks without the GIL."""
    if _types_are_loaded:
        return _eq_core.send(operation, arguments, _settings)
    return _first(_eq_core.begin(operation, False, arguments, _settings))


def _first(begun: Begun) -> Any:
    """The first call: it is under way while the response classes are imported here, by Python itself."""
    try:
        load_types()
    except BaseException:
        begun.abandon()
        raise
    return begun.finish()


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
    if _types_are_loaded:
        return _wrap(_eq_core.stream("chat", arguments, _settings), arguments)
    return _wrap(_first(_eq_core.begin("chat", True, arguments, _settings)), arguments)


async def stream_async(arguments: dict[str, Any]) -> CustomStreamWrapper:
    """As `stream`; cancelling it closes its connection."""
    pending = _eq_core.stream_async("chat", arguments, _settings)
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


def ask(operation: str, arguments: dict[str, Any]) -> tuple[Any, Meta]:
    """One plain call of another operation: its answer (JSON, text or bytes) and what is known of it."""
    answered: tuple[Any, Meta] = send(operation, arguments)
    return answered


async def ask_async(operation: str, arguments: dict[str, Any]) -> tuple[Any, Meta]:
    """As `ask`; cancelling it closes its connection."""
    answered: tuple[Any, Meta] = await send_async(operation, arguments)
    return answered


def open_stream(operation: str, arguments: dict[str, Any]) -> SyncStream:
    """One streamed call; returns when the answer has begun."""
    if _types_are_loaded:
        return _eq_core.stream(operation, arguments, _settings)
    stream: SyncStream = _first(_eq_core.begin(operation, True, arguments, _settings))
    return stream


async def open_stream_async(operation: str, arguments: dict[str, Any]) -> AsyncStream:
    """As `open_stream`; cancelling it closes its connection."""
    pending = _eq_core.stream_async(operation, arguments, _settings)
    try:
        stream: AsyncStream = await pending.future
    except BaseException:
        pending.abort()
        raise
    return stream
