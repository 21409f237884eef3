"""What happens around a call, when something asks for it: an ordered chain, one file per concern.

A concern is a generator function ``stage(call, proceed)``. It may change the call, hand it on with
``answer = yield from proceed(call)`` (more than once, or not at all), and change the answer or replace an
exception. What has to wait is yielded as a `Step`, which says how to do it in blocking code and how in a
coroutine; so each concern is written once and serves both. `CONCERNS` is the order, from the outside in.

Calls that ask for none of this never come here: `edgequake_python._call` looks at the names of their
arguments and at a few attributes of the package.
"""

from __future__ import annotations

from .._course import Step, drive, drive_async
from .call import Call
from .order import CONCERNS, Concern, chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

__all__ = ["CONCERNS", "Call", "Concern", "Step", "run", "run_async"]


def run(
    operation: str,
    arguments: dict[str, Any],
    streamed: bool = False,
    make: Callable[..., Any] | None = None,
) -> Any:
    """One call with everything around it; blocks without the GIL while it waits."""
    held = _held(arguments)
    call = Call(operation, _given(arguments), streamed, asynchronous=False, make=make, held=held)
    return drive(chain(call))


async def run_async(
    operation: str,
    arguments: dict[str, Any],
    streamed: bool = False,
    make: Callable[..., Any] | None = None,
) -> Any:
    """As `run`, for asyncio; cancelling it cancels what is under way."""
    held = _held(arguments)
    call = Call(operation, _given(arguments), streamed, asynchronous=True, make=make, held=held)
    return await drive_async(chain(call))


def _given(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments that have a value; None stands for "not given", and most of a call's are."""
    return {name: value for name, value in arguments.items() if value is not None}


def _held(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The settings of the client that a call was made with."""
    held: dict[str, Any] | None = getattr(arguments, "settings", None)
    return held
