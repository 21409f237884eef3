"""Who may refuse a deployment before a call and learns how the call went: budgets, callbacks, health
checks.
"""

from __future__ import annotations

import sys

from .._course import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from .._course import Course
    from ..integrations.custom_logger import CustomLogger
    from .member import Member
    from .request import Request
    from .router import Router
    from .selection import Picked
else:
    Protocol = object


class Guard(Protocol):
    """Added with `Router.add_guard`. Its methods run for every call of the Router, so they must be quick."""

    if TYPE_CHECKING:

        def idle(self, router: Router, request: Request) -> bool:
            """Whether it would let everybody take the call: then nobody is looked at."""

        def admitted(self, router: Router, request: Request, members: list[Member]) -> Course:
            """The members that may take the call. What it waits for it yields; it may raise to refuse all."""

        def ended(
            self, router: Router, request: Request, picked: Picked, answer: Any, error: BaseException | None
        ) -> None:
            """How a call went: its answer, or its error; neither, when a stream's reader left."""


class CallbackGuard:
    """The hooks of the program's `CustomLogger` objects that have to do with deployments."""

    def idle(self, router: Router, request: Request) -> bool:
        """See `Guard.idle`."""
        return not _hooks(request)

    def admitted(self, router: Router, request: Request, members: list[Member]) -> Course:
        """See `Guard.admitted`. ``async_filter_deployments`` is asked by asynchronous calls only."""
        for hook in _hooks(request):
            if members:
                members = yield from _filtered(hook, request, members)
        return members

    def ended(
        self, router: Router, request: Request, picked: Picked, answer: Any, error: BaseException | None
    ) -> None:
        """See `Guard.ended`."""


def _hooks(request: Request) -> list[Any]:
    """The program's own ``async_filter_deployments``; the one every `CustomLogger` has lets all pass."""
    callbacks = vars(sys.modules[__name__.partition(".")[0]]).get("callbacks")
    if not callbacks or not request.asynchronous:
        return []
    from ..integrations.custom_logger import CustomLogger

    plain = CustomLogger.async_filter_deployments
    hooks = [getattr(callback, "async_filter_deployments", None) for callback in callbacks]
    return [hook for hook in hooks if hook is not None and getattr(hook, "__func__", hook) is not plain]


def checked(request: Request, member: Member) -> Course:
    """Ask the program's own ``pre_call_check`` (``async_pre_call_check``) about a chosen deployment.

    Raises:
        Exception: what it raises: then another deployment is asked, as after any failure.
    """
    callbacks = vars(sys.modules[__name__.partition(".")[0]]).get("callbacks")
    if not callbacks:
        return
    from ..integrations.custom_logger import CustomLogger

    for callback in list(callbacks):
        if isinstance(callback, CustomLogger):
            kind = type(callback)
            if request.asynchronous and kind.async_pre_call_check is not CustomLogger.async_pre_call_check:
                yield _asked(callback, member)
            elif not request.asynchronous and kind.pre_call_check is not CustomLogger.pre_call_check:
                callback.pre_call_check(member.entry)


def _asked(callback: CustomLogger, member: Member) -> Step:
    return Step(lambda: None, lambda: callback.async_pre_call_check(member.entry, None))


def _filtered(hook: Any, request: Request, members: list[Member]) -> Course:
    by_id = {member.id: member for member in members}
    entries = [member.entry for member in members]
    left = yield Step(
        lambda: entries,
        lambda: hook(request.group, entries, request.arguments.get("messages"), request.arguments, None),
    )
    return [by_id[entry["model_info"]["id"]] for entry in left if entry["model_info"]["id"] in by_id]
