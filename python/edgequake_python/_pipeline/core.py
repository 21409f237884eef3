"""The end of the chain: the core."""

from __future__ import annotations

from .. import _call, _eq_core
from .._course import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from .call import Call


def stage(call: Call) -> Course:
    """Send the call and return its answer, or its stream."""
    # A plain dict: `_call` takes it for a call that asks for nothing more.
    arguments = _call.with_settings(call.arguments, call.settings)
    if call.get("dry_run"):
        return (yield _shown(call, arguments))
    if call.streamed and call.operation == "chat":
        return (yield Step(lambda: _call.stream(arguments), lambda: _call.stream_async(arguments)))
    operation, make = call.operation, call.make
    if make is not None and call.streamed:
        return (
            yield Step(
                lambda: _call.open_stream(operation, arguments, make),
                lambda: _call.open_stream_async(operation, arguments, make),
            )
        )
    if make is not None:
        return (
            yield Step(
                lambda: _call.ask(operation, arguments, make),
                lambda: _call.ask_async(operation, arguments, make),
            )
        )
    return (
        yield Step(lambda: _call.send(operation, arguments), lambda: _call.send_async(operation, arguments))
    )


def _shown(call: Call, arguments: dict[str, Any]) -> Step:
    """The request instead of its answer."""
    from ..dry_run import prepared
    from .order import CONCERNS

    for concern in CONCERNS:
        if not concern.shapes:
            for name in concern.arguments:
                arguments.pop(name, None)
    asked = (call.operation, call.streamed, arguments, call.settings)

    async def wait() -> Any:
        pending = _eq_core.show_async(*asked)
        try:
            return prepared(await pending.future)
        except BaseException:
            pending.abort()
            raise

    return Step(lambda: prepared(_eq_core.show(*asked)), wait)


def examine(call: Call) -> tuple[str, str, list[str]]:
    """Provider, model and dropped parameters of a call that is checked as ever but not sent; needs no key."""
    from .custom import handler_of

    found = handler_of(call)
    if found is not None:
        return found[0], found[1], []
    if call.operation not in ("chat", "embed"):
        return (*provider_of(call), [])
    provider, model, dropped, _ = _eq_core.examine(
        call.operation, dict(call.arguments), call.settings, call.streamed
    )
    return provider, model, dropped


def provider_of(call: Call) -> tuple[str, str]:
    """Provider and bare model that the call names.

    Raises:
        BadRequestError: when it names none.
    """
    return _eq_core.split_model(call.model, call.get("custom_llm_provider"))
