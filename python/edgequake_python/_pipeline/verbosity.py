"""``set_verbose``: LiteLLM's old switch for diagnostics, here a way to turn on the loggers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._course import Course
    from .call import Call, Proceed

_on = False


def stage(call: Call, proceed: Proceed) -> Course:
    """Turn diagnostics on, once."""
    global _on
    if not _on:
        from .._logging import _turn_on_debug

        _on = True
        _turn_on_debug()
    return (yield from proceed(call))
