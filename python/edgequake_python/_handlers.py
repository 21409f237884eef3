"""Calls the program's handlers of requests: those that answer in the network's place, and those that look.

Each runs on a thread of its own, in no event loop: whatever it waits for, it is not the call's own thread or
loop that it holds up. A coroutine function is run on a loop of that thread.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._eq_core import Asked, Reply


def start(handler: Callable[..., Any], asked: Asked, reply: Reply) -> None:
    """Have ``handler`` answer."""
    _begin(_serve, handler, asked, reply)


def start_hook(hook: Callable[..., Any], asked: Asked, reply: Reply) -> None:
    """Have ``hook`` look at the request; what it throws stops the call."""
    _begin(_look, hook, asked, reply)


def _begin(serve: Callable[..., None], handler: Any, asked: Asked, reply: Reply) -> None:
    import threading

    thread = threading.Thread(
        target=_guarded, args=(serve, handler, asked, reply), name="edgequake-handler", daemon=True
    )
    thread.start()


def _guarded(serve: Callable[..., None], handler: Any, asked: Asked, reply: Reply) -> None:
    from .testing.wire import Broken

    try:
        serve(handler, asked, reply)
    except Broken as error:
        reply.cut("APIConnectionError", str(error))
    except TimeoutError as error:
        reply.cut("Timeout", str(error) or "Request timed out: a handler says so")
    except ConnectionError as error:
        reply.cut("APIConnectionError", f"Connection error: {error}")
    except BaseException as error:
        # Its frames hold the request, and must not outlive it.
        reply.fail(error.with_traceback(None) if isinstance(error, SystemExit) else error)
    finally:
        reply.end()


def _look(hook: Any, asked: Asked, reply: Reply) -> None:
    from .dry_run import PreparedRequest

    _finished(hook(PreparedRequest(asked)))
    reply.pass_on(None)


def _serve(handler: Any, asked: Asked, reply: Reply) -> None:
    from .testing.wire import Request, answer

    answer(handler, Request(asked), reply)


def _finished(result: Any) -> Any:
    """What a handler returned, or what the coroutine it returned comes to."""
    import inspect

    if not inspect.isawaitable(result):
        return result
    import asyncio

    async def wait() -> Any:
        return await result

    return asyncio.run(wait())
