"""Code that waits, written once for blocking calls and for coroutines.

A *course* is a generator. What has to be waited for it yields as a `Step`, which says how to wait in either
world, and gets the result, or the exception, back.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Generator
    from typing import Any, Callable

    Course = Generator["Step", Any, Any]


class Step:
    """Something to wait for."""

    __slots__ = ("awaitable", "blocking")

    def __init__(self, blocking: Callable[[], Any], awaitable: Callable[[], Awaitable[Any]]) -> None:
        self.blocking: Callable[[], Any] = blocking
        self.awaitable: Callable[[], Awaitable[Any]] = awaitable


def sleep(seconds: float) -> Step:
    """Wait; in a coroutine without blocking the loop."""

    def awaitable() -> Any:
        import asyncio

        return asyncio.sleep(seconds)

    return Step(lambda: time.sleep(seconds), awaitable)


def elsewhere(work: Callable[[], Any]) -> Step:
    """Do something that blocks; for a coroutine, on another thread."""

    def awaitable() -> Any:
        import asyncio

        return asyncio.get_running_loop().run_in_executor(None, work)

    return Step(work, awaitable)


def drive(course: Course) -> Any:
    """Run a course in blocking code and return its answer."""
    try:
        step = next(course)
        while True:
            try:
                result = step.blocking()
            except BaseException as error:
                step = course.throw(error)
            else:
                step = course.send(result)
    except StopIteration as end:
        return end.value


async def drive_async(course: Course) -> Any:
    """Run a course in a coroutine and return its answer."""
    try:
        step = next(course)
        while True:
            try:
                result = await step.awaitable()
            except BaseException as error:
                step = course.throw(error)
            else:
                step = course.send(result)
    except StopIteration as end:
        return end.value
