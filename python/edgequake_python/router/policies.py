"""What a Router does about errors; subclasses may answer otherwise."""

from __future__ import annotations

import sys

from .. import _given
from ..exceptions import ContentPolicyViolationError, ContextWindowExceededError, RateLimitError
from . import failures, fallbacks, past
from .request import Operation, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .catalog import Found
    from .member import Member
    from .router import Router

    #: How many deployments there are, are healthy, and are healthy and have not failed the call.
    Standing = tuple[int, int, int]


class Policies:
    """The part of a `Router` that decides about errors. The public methods have LiteLLM's names."""

    if TYPE_CHECKING:
        retry_after: float
        retry_policy: Any
        model_group_retry_policy: dict[str, Any]
        allowed_fails_policy: Any
        fallbacks: list[Any]
        context_window_fallbacks: list[Any]
        content_policy_fallbacks: list[Any]

        @property
        def _self(self) -> Router: ...
    else:

        @property
        def _self(self):
            return self

    def _table(self, given: list[Any] | None, name: str) -> list[Any]:
        package = sys.modules[__name__.partition(".")[0]]
        table = _given.items(name, given or getattr(package, name, None) or ())
        self.validate_fallbacks(table)
        return table

    @staticmethod
    def validate_fallbacks(fallback_param: list[Any] | None) -> None:
        """Whether it is a list of ``{group: [others]}``.

        Raises:
            ValueError: when it is not.
        """
        for item in fallback_param or ():
            if not isinstance(item, dict):
                raise ValueError(f"Item '{_given.shown(item)}' is not a dictionary.")
            if len(item) != 1:
                told = _given.shown(item)
                raise ValueError(f"Dictionary '{told}' must have exactly one key, but has {len(item)} keys.")

    def _has_fallbacks(self, request: Request) -> bool:
        return bool(fallbacks.targets(self._self, request, RuntimeError()))

    def _retries_for(self, request: Request, error: Exception) -> int:
        return failures.retries_for(self._self, request, error, request.last)

    def _should_retry(self, error: Exception, request: Request, found: Found, standing: Standing) -> bool:
        if type(self).should_retry_this_error is Policies.should_retry_this_error:
            return failures.worth_retrying(self._self, request, error, standing[1], standing[0])
        everybody, healthy = self._listed(found)
        try:
            return bool(
                self.should_retry_this_error(
                    error,
                    healthy_deployments=[member.entry for member in healthy],
                    all_deployments=[member.entry for member in everybody],
                    context_window_fallbacks=self.context_window_fallbacks,
                    content_policy_fallbacks=self.content_policy_fallbacks,
                    regular_fallbacks=self.fallbacks,
                )
            )
        except Exception:
            return False

    def should_retry_this_error(
        self,
        error: Exception,
        healthy_deployments: list[Any] | None = None,
        all_deployments: list[Any] | None = None,
        context_window_fallbacks: list[Any] | None = None,
        content_policy_fallbacks: list[Any] | None = None,
        regular_fallbacks: list[Any] | None = None,
    ) -> bool:
        """True when the call is worth repeating in its group.

        Raises:
            Exception: the error itself, when it is not.
        """
        healthy, total = len(healthy_deployments or ()), len(all_deployments or healthy_deployments or ())
        request = Request(Operation("completion"), "-", {}, asynchronous=False)
        if healthy_deployments is not None and not healthy:
            raise error
        if context_window_fallbacks and isinstance(error, ContextWindowExceededError):
            raise error
        if content_policy_fallbacks and isinstance(error, ContentPolicyViolationError):
            raise error
        if not failures.worth_retrying(self._self, request, error, healthy, total):
            raise error
        if isinstance(error, RateLimitError) and not healthy and regular_fallbacks:
            raise error
        return True

    def _listed(self, found: Found) -> tuple[list[Member], list[Member]]:
        everybody = list(found.only if found.only is not None else found.pool.members)
        awake = {member.number for member in found.pool.healthy(self._self.state.clock())}
        return everybody, [member for member in everybody if member.number in awake]

    def _wait_before(
        self, error: Exception, request: Request, made: int, found: Found, standing: Standing
    ) -> float | None:
        if not standing[1] and failures.waits_for_rest(self._self, request):
            return self.retry_after  # the rest itself is waited for when the next one is chosen
        if type(self)._time_to_sleep_before_retry is Policies._time_to_sleep_before_retry:
            return failures.wait_before(error, made, standing[2], self.retry_after)
        allowed = self._retries_for(request, error)
        fresh = [member for member in self._listed(found)[1] if member.number not in request.failed]
        return self._time_to_sleep_before_retry(
            error, allowed - made, allowed, [member.entry for member in fresh]
        )

    def _time_to_sleep_before_retry(
        self,
        e: Exception,
        remaining_retries: int,
        num_retries: int,
        healthy_deployments: list[Any] | None = None,
        all_deployments: list[Any] | None = None,
    ) -> float:
        """Seconds to wait before the next attempt."""
        made = max(0, num_retries - remaining_retries)
        alone = all_deployments is not None and len(all_deployments) <= 1
        others = 0 if alone else len(healthy_deployments or ())
        wait = failures.wait_before(e, made, others, self.retry_after)
        return float("inf") if wait is None else wait

    def log_retry(self, kwargs: dict[str, Any], e: Exception) -> dict[str, Any]:
        """The arguments, their metadata telling of the failed attempt; called before each repetition and
        fallback.

        ``previous_models`` holds the last four attempts, ``request_retry_count`` how many there were.
        """
        return past.with_failure(kwargs, e)

    def get_num_retries_from_retry_policy(
        self, exception: Exception, model_group: str | None = None
    ) -> int | None:
        """How often the policy has such an error repeated."""
        policy = self.model_group_retry_policy.get(model_group or "") or self.retry_policy
        return failures.of_policy(policy, exception, "Retries")

    def get_allowed_fails_from_policy(self, exception: Exception) -> int | None:
        """How many of such failures a minute the policy forgives."""
        return failures.of_policy(self.allowed_fails_policy, exception, "AllowedFails")
