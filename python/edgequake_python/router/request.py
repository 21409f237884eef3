"""One call on its way through the Router."""

from __future__ import annotations

import random
import time

from .. import _given
from ..exceptions import BadRequestError, Timeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Callable

    from .answers import Answers
    from .member import Member

#: Arguments of a call that are the Router's own; none is handed on.
OPTIONS = frozenset(
    (
        "fallbacks",
        "context_window_fallbacks",
        "content_policy_fallbacks",
        "disable_fallbacks",
        "max_fallbacks",
        "num_retries",
        "max_retries",
        "retry_policy",
        "priority",
        "specific_deployment",
        "mock_testing_fallbacks",
        "mock_testing_context_fallbacks",
        "mock_testing_content_policy_fallbacks",
        "mock_testing_rate_limit_error",
        "allowed_model_region",
        "enable_tag_filtering",
        "include_fallback_errors",
        "wait_for_cooldown",
        "hedge_after",
        "single_flight",
        "stream_failure",
        "deadline",
        "timeout",
        "stream_timeout",
        "is_retry",
        "is_fallback",
        "is_async",
        "original_function",
        "fallback_depth",
    )
)

STREAM_FAILURES = ("raise", "continue", "restart")


class Operation:
    """A function of the package that the Router calls.

    Attributes:
        blocking, awaitable: its names; looked up when called, so that what a program puts there counts.
        metadata: the argument that carries the Router's notes; ``metadata`` is the provider's for some.
            Empty:
            none does.
        by_provider: whether it takes a provider instead of a model.
        function: what is called instead of the package's function; None: that one.
    """

    __slots__ = ("awaitable", "blocking", "by_provider", "function", "metadata")

    def __init__(
        self,
        blocking: str,
        awaitable: str | None = None,
        metadata: str = "metadata",
        by_provider: bool = False,
        function: Callable[..., Any] | None = None,
    ) -> None:
        self.blocking: str = blocking
        self.function: Callable[..., Any] | None = function
        self.by_provider: bool = by_provider
        self.awaitable: str = awaitable or f"a{blocking}"
        self.metadata: str = metadata


#: By how much a timer may be early, in seconds.
_MOMENT = 0.01

#: How long an answer may be, by operation.
_LONGEST = ("max_completion_tokens", "max_tokens", "max_output_tokens")


class Request:
    """A call, what it asks of the Router, and how far it has come.

    Attributes:
        operation: what is called.
        group: the model group that is asked for now.
        arguments: the call's own, without ``model`` and without the Router's.
        options: the Router's.
        on_chosen: called when a deployment was chosen.
        ends: when the whole journey must be over, by `time.monotonic`; None: never.
        failed: deployments that failed in this group.
        beyond: only deployments of a later ``order`` than this are asked.
        avoided: deployments that are not asked: they are at work on the call.
        last: the deployment that failed last.
        tried: every deployment a request went to.
        visited: the groups it went to, and the ``id`` of each fallback with arguments of its own; shared by
            the whole journey.
        past: what its metadata tells of attempts that failed, in all groups.
        spared: budgets that had no room for the call; their deployments are not asked again.
        boundless: whether it is known that the call says nothing about how long the answer may be.
        retries, fallbacks: how many there were.
        allowed: how many retries there may be, once there was one.
    """

    __slots__ = (
        "_amounts",
        "allowed",
        "arguments",
        "asynchronous",
        "avoided",
        "beyond",
        "boundless",
        "ends",
        "failed",
        "fallbacks",
        "group",
        "last",
        "on_chosen",
        "operation",
        "options",
        "past",
        "retries",
        "spared",
        "streamed",
        "trace",
        "tried",
        "visited",
    )

    def __init__(
        self, operation: Operation, group: str, given: Mapping[str, Any], *, asynchronous: bool
    ) -> None:
        name: Any = group
        if not isinstance(name, str) or not name:
            raise BadRequestError(
                message=f"model={_given.shown(group)} is not the name of a model", model="", llm_provider=""
            )
        self.operation: Operation = operation
        self.group: str = group
        self.asynchronous: bool = asynchronous
        self.options: dict[str, Any] = {name: given[name] for name in given if name in OPTIONS}
        self.arguments: dict[str, Any] = {name: given[name] for name in given if name not in OPTIONS}
        self.arguments.pop("model", None)
        self.streamed: bool = bool(given.get("stream"))
        self.ends: float | None = None
        self.trace: Any = given.get("litellm_trace_id")
        self.failed: set[int] = set()
        self.beyond: float | None = None
        self.avoided: frozenset[int] = frozenset()
        self.last: Member | None = None
        self.on_chosen: Callable[[], None] | None = None
        self.tried: list[Member] = []
        self.spared: set[str] = set()
        self.past: dict[str, Any] = {}
        self.visited: set[object] = {group}
        self.retries: int = 0
        self.allowed: int = 0
        self.fallbacks: int = 0
        self._amounts: tuple[float, ...] | None = None
        self.boundless: bool = False

    def instead(self, group: str, changed: Mapping[str, Any]) -> Request:
        """The same call to another group, with some arguments changed."""
        twin = object.__new__(Request)
        for name in Request.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.group = group
        twin.failed = set()
        twin.beyond = None
        twin.avoided = frozenset()
        twin.last = None
        twin.spared = set()
        twin._amounts, twin.boundless = None, False
        if changed:
            twin.arguments = {
                **self.arguments,
                **{name: value for name, value in changed.items() if name not in OPTIONS},
            }
            twin.options = {
                **self.options,
                **{name: value for name, value in changed.items() if name in OPTIONS},
            }
        return twin

    def with_arguments(self, arguments: Mapping[str, Any]) -> Request:
        """The same, with these arguments instead."""
        twin = self.instead(self.group, {})
        twin.failed, twin.beyond, twin.last = self.failed, self.beyond, self.last
        twin.arguments = dict(arguments)
        return twin

    def start(self, deadline: float | None) -> None:
        """The clock of the whole journey starts, unless it runs already."""
        if deadline is not None and self.ends is None:
            self.ends = time.monotonic() + float(deadline)

    def left(self) -> float | None:
        """Seconds left.

        Raises:
            Timeout: when there are none.
        """
        if self.ends is None:
            return None
        left = self.ends - time.monotonic()
        if left <= 0.0:
            raise Timeout(
                message="the deadline of the whole call, with its retries and fallbacks, has passed",
                model=self.group,
                llm_provider="",
            )
        return left

    def is_late(self) -> bool:
        """Whether the whole journey is over; a timer may be a moment early."""
        return self.ends is not None and time.monotonic() > self.ends - _MOMENT

    def trace_id(self) -> str:
        """One for all attempts."""
        if self.trace is None:
            self.trace = f"{random.getrandbits(128):032x}"
        return str(self.trace)

    def amounts(self, answers: Answers) -> tuple[float, ...]:
        """What the call is charged before it is made: request, tokens, input, output.

        The output is the longest that it allows, else what the group's answers usually have.
        """
        if self._amounts is None:
            given = self.arguments
            inward = estimated_tokens(given)
            outward = 0.0
            for name in _LONGEST:
                if given.get(name):
                    outward = float(given[name])
                    break
            else:
                self.boundless = True
                outward = answers.expected(self.operation.blocking, inward)
            self._amounts = (1.0, inward + outward, inward, outward)
        return self._amounts


def estimated_tokens(arguments: Mapping[str, Any]) -> float:
    """Input tokens, taken to be four bytes long; exact counts come from the provider afterwards."""
    letters = 0
    for name in ("messages", "prompt", "input", "tools", "system", "instructions"):
        value = arguments.get(name)
        if value:
            letters += _letters(value, 0)
    return float(letters // 4 + 1)


def _letters(value: Any, depth: int) -> int:
    if isinstance(value, str):
        # An image in the message is not text.
        return len(value) if not value.startswith("data:") else 1000
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        content = getattr(value, "content", None)
        return _letters(content, depth + 1) if content is not None else 4
    letters = 0
    if depth < 8:
        for below in value:
            letters += _letters(below, depth + 1)
    return letters
