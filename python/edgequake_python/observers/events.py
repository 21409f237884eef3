"""The events of a call, each told to everybody who listens: about to be sent, a chunk, success, failure."""

from __future__ import annotations

import inspect
from datetime import datetime

from ..integrations.custom_logger import overrides
from .delivery import DELIVERY
from .hooks import ask
from .later import Later, Lazy
from .redaction import Shown, blanked
from .registry import is_coroutine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Callable, Optional

    from .payload import Subject
    from .registry import Listeners

    #: Gives what was answered, and what gives the answer's ``_hidden_params``.
    Make = Callable[[], tuple[Any, Callable[[], Mapping[str, Any]]]]


class Events:
    """Tells the listeners of one call. Nothing here waits; what has to be worked out is, when it is told.

    Args:
        subject: the call.
        listeners: who is told.
        asynchronous: whether the call was made by a coroutine; objects are asked by their hooks for that.
    """

    def __init__(self, subject: Subject, listeners: Listeners, asynchronous: bool) -> None:
        self.subject = subject
        self._listeners = listeners
        self._asynchronous = asynchronous
        self._loop = _running_loop() if asynchronous else None
        #: LiteLLM's ``kwargs``, one dict for all events: what a callback puts there, later ones find.
        self._kept: Optional[Lazy] = None
        self._hears_chunks = not asynchronous and (
            bool(listeners.succeeded)
            or any(overrides(listener, "log_stream_event") for listener in listeners.objects)
        )

    # Those who are told.

    def _details(self) -> Lazy:
        """The call's one dict, made for the first who is told."""
        if self._kept is None:
            self._kept = Lazy(self.subject.details())
        return self._kept

    def about_to_be_sent(self) -> None:
        """The call is about to be sent."""
        subject = self.subject
        for listener in self._listeners.objects:
            if overrides(listener, "log_pre_api_call"):
                self._tell(listener, _of_a_call(listener.log_pre_api_call, subject))
            if self._asynchronous and overrides(listener, "async_log_pre_api_call"):
                self._tell(listener, _of_a_call(listener.async_log_pre_api_call, subject))
        for function in self._listeners.before:
            if _takes_one(function):
                self._tell(function, function)

    def chunk(self, chunk: Any) -> None:
        """A chunk has come."""
        if self.subject.first is None:
            self.answering(datetime.now())
        if not self._hears_chunks:
            return
        begun, now = self.subject.begun, datetime.now()
        for listener in self._listeners.objects:
            if overrides(listener, "log_stream_event"):
                self._tell(
                    listener,
                    lambda told, call=listener.log_stream_event, who=listener: ask(
                        call,
                        kwargs=told,
                        response_obj=self._shown(chunk, who),
                        start_time=begun,
                        end_time=now,
                    ),
                )
        for function in self._listeners.succeeded:
            if not is_coroutine(function):
                self._tell(
                    function,
                    lambda told, call=function: call(told, self._shown(chunk, call), begun, now),
                )

    def answering(self, since: Optional[datetime]) -> None:
        """The answer has begun to come; None where nothing is known of that."""
        if since is not None:
            self.subject.first = since
            if self._kept is not None:
                self._kept["completion_start_time"] = since

    def _shown(self, chunk: Any, listener: Any) -> Any:
        """A chunk as a listener may see it."""
        return blanked(chunk) if _is_redacted(self.subject, listener) else chunk

    def succeeded(self, make: Make, abandoned: bool = False) -> None:
        """The call has been answered."""
        end = datetime.now()
        subject = self.subject
        known: list[Any] = []
        # From here on it is kept by those who are to be told, and by nobody after them.
        kept, self._kept = self._kept, None

        def answered() -> tuple[Lazy, Any]:
            # Made once for all listeners, by the first that is told; they are told one after the other.
            if not known:
                answer, hidden = make()
                details = subject.ended(end, answer, Later(hidden), abandoned=abandoned, kept=kept)
                if subject.streamed:
                    name = "complete_streaming_response"
                    details[f"async_{name}" if self._asynchronous else name] = answer
                    details[name] = answer
                known.extend((details, answer))
            return known[0], known[1]

        self._outcome("success", answered, end, answered=True)

    def failed(self, error: BaseException, make: Optional[Make] = None) -> None:
        """The call has failed; ``make`` gives what had come."""
        end = datetime.now()
        subject = self.subject
        known: list[Any] = []
        kept, self._kept = self._kept, None

        def ended() -> tuple[Lazy, Any]:
            if not known:
                answer, hidden = make() if make is not None else (None, dict)
                known.append(subject.ended(end, answer, Later(hidden), error, kept=kept))
            return known[0], None

        # A provider that refuses has answered; LiteLLM tells of that where the call was synchronous.
        answered = not self._asynchronous and bool(getattr(error, "headers", None))
        self._outcome("failure", ended, end, answered=answered)

    def _outcome(
        self, kind: str, outcome: Callable[[], tuple[Lazy, Any]], end: datetime, answered: bool
    ) -> None:
        hook = f"async_log_{kind}_event" if self._asynchronous else f"log_{kind}_event"
        begun = self.subject.begun
        for function in self._listeners.loggers if answered else ():
            self._tell(function, function, details=lambda: outcome()[0])
        for listener in self._listeners.objects:
            if answered and overrides(listener, "log_post_api_call"):
                self._tell_outcome(listener, listener.log_post_api_call, outcome, begun, None)
            if overrides(listener, hook):
                self._tell_outcome(listener, getattr(listener, hook), outcome, begun, end)
        for function in self._listeners.succeeded if kind == "success" else self._listeners.failed:
            self._tell_outcome(function, function, outcome, begun, end)

    # How they are told.

    def _tell_outcome(
        self,
        listener: Any,
        call: Callable[..., Any],
        outcome: Callable[[], tuple[Lazy, Any]],
        begun: datetime,
        end: Optional[datetime],
    ) -> None:
        subject = self.subject
        by_name = call is not listener
        plain, later = "logging_hook", "async_logging_hook"

        def tell(details: dict[str, Any], answer: Any) -> Any:
            if not by_name:
                return call(details, answer, begun, end)
            return ask(call, kwargs=details, response_obj=answer, start_time=begun, end_time=end)

        def task() -> Any:
            kept, answer = outcome()
            shown = Shown(kept, answer) if _is_redacted(subject, listener) else None
            details: dict[str, Any] = kept
            if shown is not None:
                details, answer = shown.details, shown.answer
            if overrides(listener, plain):
                details, answer = ask(
                    listener.logging_hook, kwargs=details, result=answer, call_type=subject.call_type
                )
            # A provider's answer is told of before it is read, and before the call has ended.
            answer = answer if end is not None else None
            if self._asynchronous and overrides(listener, later):

                async def changed_first() -> None:
                    told = await ask(
                        listener.async_logging_hook,
                        kwargs=details,
                        result=answer,
                        call_type=subject.call_type,
                    )
                    result = tell(told[0], told[1])
                    if inspect.isawaitable(result):
                        await result

                return changed_first()
            return _result(tell(details, answer), shown)

        DELIVERY.tell(task, self._loop)

    def _tell(
        self,
        listener: Any,
        call: Callable[..., Any],
        details: Optional[Callable[[], Lazy]] = None,
    ) -> None:
        subject = self.subject
        kept = self._details() if details is None else None

        def task() -> Any:
            told = kept if kept is not None else details()  # type: ignore[misc]
            shown = Shown(told, None) if _is_redacted(subject, listener) else None
            return _result(call(told if shown is None else shown.details), shown)

        DELIVERY.tell(task, self._loop)


def _result(result: Any, shown: Optional[Shown]) -> Any:
    """What is to be awaited; what a callback has put into its copy goes to the others."""
    if shown is not None:
        shown.give_back()
    return result if inspect.isawaitable(result) else None


def _of_a_call(hook: Callable[..., Any], subject: Subject) -> Callable[[dict[str, Any]], Any]:
    return lambda told: ask(hook, model=subject.model, messages=told["messages"], kwargs=told)


def _is_redacted(subject: Subject, listener: Any) -> bool:
    if subject.redacted or getattr(listener, "turn_off_message_logging", False) is True:
        return True
    return getattr(listener, "message_logging", True) is False


def _takes_one(function: Any) -> bool:
    """Whether a function can be called with one argument, as those are that hear of a call to be sent."""
    try:
        inspect.signature(function).bind({})
    except (TypeError, ValueError):
        return False
    return True


def _running_loop() -> Any:
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
