"""One question to several models at once; the first good answer wins."""

from __future__ import annotations

from .._course import Step
from ..exceptions import BadRequestError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from typing import Any, Callable

    from .._course import Course
    from .call import Call, Proceed


def stage(call: Call, proceed: Proceed) -> Course:
    """``model_list``: ask every deployment of the model's name, and return what is answered first."""
    given = call.get("model_list")
    plain = call.but("model_list")
    if not given:
        return (yield from proceed(plain))
    named = [item for item in given if isinstance(item, dict) and item.get("model_name") == plain.model]
    deployments = [dict(item.get("litellm_params") or {}) for item in named]
    if not deployments:
        raise BadRequestError(
            message=f"model_list has no deployment named {plain.model!r}", model=plain.model, llm_provider=""
        )
    from .._course import drive, drive_async

    calls = [plain.but(**deployment) for deployment in deployments]
    return (
        yield Step(
            lambda: first([lambda one=one: drive(proceed(one)) for one in calls]),  # type: ignore[misc]
            lambda: first_async([drive_async(proceed(one)) for one in calls]),
        )
    )


def first(calls: Sequence[Callable[[], Any]]) -> Any:
    """The result of the first of ``calls`` to succeed, each on its own thread; else the last one's error.

    The others cannot be stopped; they end by themselves, and what they answer is thrown away.
    """
    import contextvars
    import queue
    import threading

    outcomes: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

    def run(one: Callable[[], Any]) -> None:
        try:
            outcomes.put((True, one()))
        except BaseException as error:
            outcomes.put((False, error))

    for one in calls:
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(run, one), daemon=True).start()
    error: BaseException | None = None
    for _ in calls:
        succeeded, result = outcomes.get()
        if succeeded:
            return result
        error = result
    assert error is not None
    raise error


async def first_async(calls: Sequence[Awaitable[Any]]) -> Any:
    """As `first`; the others are cancelled."""
    import asyncio

    tasks = {asyncio.ensure_future(call) for call in calls}
    error: BaseException | None = None
    try:
        while tasks:
            done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task.cancelled():
                    continue
                error = task.exception()
                if error is None:
                    return task.result()
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)
    if error is None:
        raise asyncio.CancelledError
    raise error
