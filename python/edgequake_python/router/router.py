"""`Router`: its constructor, and how a call goes through it."""

from __future__ import annotations

import sys
from collections import defaultdict

from .._course import drive, drive_async
from . import affinity
from .calls import Calls
from .copies import Copies
from .deployments import Deployments
from .details import Details
from .flights import Flights, key_of
from .guards import CallbackGuard
from .introspection import Introspection
from .journey import journey
from .keeping import Keeping, state_of
from .once import Once
from .options import checked, take_note, take_note_of_checks
from .policies import Policies
from .priorities import Queues, in_turn
from .request import STREAM_FAILURES, Operation, Request
from .strategies import known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from typing_extensions import Self

    from .._course import Course
    from ..openai_client import Chat
    from ..state import State
    from ..types.router import Deployment
    from .guards import Guard


class Router(Calls, Once, Deployments, Policies, Keeping, Introspection, Details, Copies):
    """Calls over many deployments: choosing one, retries, fallbacks, limits, rests.

    Beside LiteLLM's arguments there are these:

    Args:
        state: where limits, rests and counts live; `RedisState` when ``redis_...`` is given, else in memory.
        stream_failure: what a stream does that breaks after its first content: ``"raise"``, ``"continue"`` or
            ``"restart"``; see `RoutedStream`.
        wait_for_cooldown: wait for the first deployment that is ready again instead of raising.
        hedge_after: seconds, or a percentile such as ``"p95"``, after which a second deployment is asked too.
        single_flight: identical calls at the same time make one request.
        deadline: seconds for the whole journey of a call, its retries and fallbacks included.
        max_cooldown_time: the longest rest that repeated failures lead to, in seconds.

    Each of them may be given with a call too.

    Raises:
        ValueError: for a strategy, or a policy, that does not exist.
    """

    def __init__(
        self,
        model_list: Sequence[Mapping[str, Any] | Deployment] | None = None,
        *,
        redis_url: str | None = None,
        redis_host: str | None = None,
        redis_port: int | None = None,
        redis_password: str | None = None,
        redis_db: int | None = None,
        cache_responses: bool | None = False,
        cache_kwargs: Mapping[str, Any] | None = None,
        caching_groups: list[tuple[str, ...]] | None = None,
        client_ttl: int = 3600,
        polling_interval: float | None = None,
        default_priority: int | None = None,
        num_retries: int | None = None,
        max_fallbacks: int | None = None,
        timeout: float | None = None,
        stream_timeout: float | None = None,
        default_litellm_params: Mapping[str, Any] | None = None,
        default_max_parallel_requests: int | None = None,
        set_verbose: bool = False,
        debug_level: str = "INFO",
        default_fallbacks: list[str] | None = None,
        fallbacks: list[Any] | None = None,
        context_window_fallbacks: list[Any] | None = None,
        content_policy_fallbacks: list[Any] | None = None,
        model_group_alias: Mapping[str, Any] | None = None,
        enable_pre_call_checks: bool = False,
        enable_tag_filtering: bool = False,
        tag_filtering_match_any: bool = True,
        tag_routing_prefix: str = "",
        retry_after: float = 0,
        retry_policy: Any = None,
        model_group_retry_policy: Mapping[str, Any] | None = None,
        allowed_fails: int | None = None,
        allowed_fails_policy: Any = None,
        cooldown_time: float | None = None,
        disable_cooldowns: bool | None = None,
        routing_strategy: Any = "simple-shuffle",
        routing_strategy_args: Mapping[str, Any] | None = None,
        optional_pre_call_checks: list[str] | None = None,
        provider_budget_config: Mapping[str, Any] | None = None,
        router_general_settings: Any = None,
        deployment_affinity_ttl_seconds: float = 3600,
        model_group_affinity_config: Mapping[str, list[str]] | None = None,
        ignore_invalid_deployments: bool = False,
        state: State | None = None,
        stream_failure: str = "raise",
        wait_for_cooldown: bool = False,
        hedge_after: float | str | None = None,
        single_flight: bool = False,
        deadline: float | None = None,
        max_cooldown_time: float = 60.0,
        **others: Any,
    ) -> None:
        package = sys.modules[__name__.partition(".")[0]]
        take_note(others)
        if stream_failure not in STREAM_FAILURES:
            raise ValueError(f"stream_failure={stream_failure!r} is none of: {', '.join(STREAM_FAILURES)}")
        self.state: State = state or state_of(
            redis_url, redis_host, redis_port, redis_password, redis_db, cache_kwargs
        )
        self.num_retries: Any = checked(
            "num_retries", _first(num_retries, getattr(package, "num_retries", None), 2)
        )
        self.max_fallbacks: Any = checked(
            "max_fallbacks", _first(max_fallbacks, getattr(package, "max_fallbacks", None), 5)
        )
        self.timeout: Any = _first(timeout, getattr(package, "request_timeout", None))
        self.stream_timeout = stream_timeout
        self.deadline = deadline
        self.retry_after: float = checked("retry_after", retry_after)
        self.retry_policy: Any = checked("retry_policy", retry_policy)
        self.model_group_retry_policy: dict[str, Any] = dict(
            checked("model_group_retry_policy", model_group_retry_policy) or {}
        )
        self._allowed_fails_given = allowed_fails is not None
        self.allowed_fails: Any = checked(
            "allowed_fails", _first(allowed_fails, getattr(package, "allowed_fails", None), 3)
        )
        self._allowed_fails_before: Any = self.allowed_fails  # who assigns another one wants it to count
        self.allowed_fails_policy: Any = checked("allowed_fails_policy", allowed_fails_policy)
        self.cooldown_time: float = checked("cooldown_time", _first(cooldown_time, 5))
        self.max_cooldown_time: float = checked("max_cooldown_time", max_cooldown_time)
        self.disable_cooldowns: bool = bool(disable_cooldowns)
        self.default_priority = default_priority
        self.polling_interval = polling_interval
        self.default_litellm_params: dict[str, Any] = dict(default_litellm_params or {})
        self.default_max_parallel_requests = default_max_parallel_requests
        self.fallbacks: list[Any] = self._table(fallbacks, "fallbacks")
        default_fallbacks = default_fallbacks or getattr(package, "default_fallbacks", None)
        if default_fallbacks:
            self.fallbacks = [*self.fallbacks, {"*": list(default_fallbacks)}]
        self.default_fallbacks = default_fallbacks
        self.context_window_fallbacks: list[Any] = self._table(
            context_window_fallbacks, "context_window_fallbacks"
        )
        self.content_policy_fallbacks: list[Any] = self._table(
            content_policy_fallbacks, "content_policy_fallbacks"
        )
        self.model_group_alias: dict[str, Any] = dict(model_group_alias or {})
        self.enable_pre_call_checks = enable_pre_call_checks
        self.enable_tag_filtering = enable_tag_filtering
        self.tag_filtering_match_any = tag_filtering_match_any
        self.tag_routing_prefix = tag_routing_prefix
        self.routing_strategy: str = known(routing_strategy)
        self.routing_strategy_args: dict[str, Any] = dict(routing_strategy_args or {})
        self.optional_pre_call_checks: list[str] = list(optional_pre_call_checks or ())
        self.deployment_affinity_ttl_seconds = deployment_affinity_ttl_seconds
        self.model_group_affinity_config: dict[str, list[str]] = dict(model_group_affinity_config or {})
        self.provider_budget_config = provider_budget_config
        self.router_general_settings = router_general_settings
        self.ignore_invalid_deployments = ignore_invalid_deployments
        self.cache_responses: bool = bool(cache_responses)
        self.caching_groups = caching_groups
        self.client_ttl = client_ttl
        self.set_verbose = set_verbose
        self.debug_level = debug_level
        self.stream_failure = stream_failure
        self.wait_for_cooldown = wait_for_cooldown
        self.hedge_after = hedge_after
        self.single_flight = single_flight
        self.total_calls: defaultdict[str, int] = defaultdict(int)
        self.success_calls: defaultdict[str, int] = defaultdict(int)
        self.fail_calls: defaultdict[str, int] = defaultdict(int)
        self._custom_strategy: Any = None
        self._guards: list[Guard] = []
        self._callback_guard = CallbackGuard()
        self._flights = Flights()
        self._queues = Queues()
        self._set_affinities()
        self._cache: Any = None
        self._redis = {
            "redis_url": redis_url,
            "host": redis_host,
            "port": redis_port,
            "password": redis_password,
            "db": redis_db,
            **(cache_kwargs or {}),
        }
        if cache_responses:
            self._start_cache()
        self._start_deployments(model_list)

    def _set_affinities(self) -> None:
        own = self.model_group_affinity_config
        take_note_of_checks(
            [*self.optional_pre_call_checks, *(kind for kinds in own.values() for kind in kinds)]
        )
        everywhere = affinity.kinds_of([self.routing_strategy, *self.optional_pre_call_checks])
        self._affinity_of_group: dict[str, tuple[str, ...]] = {
            group: affinity.kinds_of([self.routing_strategy, *kinds]) for group, kinds in own.items()
        }
        self._affinity_elsewhere = everywhere
        #: Whether there are any at all.
        self._affinities: bool = bool(everywhere) or any(self._affinity_of_group.values())

    # A call.

    def _run(self, operation: Operation, model: str, given: Mapping[str, Any]) -> Any:
        request = Request(operation, model, given, asynchronous=False)
        if request.options.get("single_flight", self.single_flight):
            key = key_of(request)
            if key is not None:
                return self._flights.fly(key, lambda: drive(self._course(request)))
        return drive(self._course(request))

    async def _run_async(self, operation: Operation, model: str, given: Mapping[str, Any]) -> Any:
        request = Request(operation, model, given, asynchronous=True)
        if request.options.get("single_flight", self.single_flight):
            key = key_of(request)
            if key is not None:
                return await self._flights.fly_async(key, lambda: drive_async(self._course(request)))
        return await drive_async(self._course(request))

    def _course(self, request: Request) -> Course:
        priority = request.options.get("priority", self.default_priority)
        if priority is not None:
            return in_turn(self, request, int(priority))
        return journey(self, request)

    @property
    def chat(self) -> Chat:
        """``router.chat.completions.create(...)``, as with the openai package's client."""
        from ..openai_client import Chat

        return Chat(self.default_litellm_params, router_obj=self)

    # Around.

    def _active_guards(self, request: Request) -> list[Guard]:
        """Those that have something to say about a call."""
        return [guard for guard in (*self._guards, self._callback_guard) if not guard.idle(self, request)]

    def add_guard(self, guard: Guard) -> None:
        """Have ``guard`` asked before every call, and told after it."""
        self._guards = [*self._guards, guard]

    def set_custom_routing_strategy(self, CustomRoutingStrategy: Any) -> None:
        """Ask a `CustomRoutingStrategyBase` which deployment to take."""
        self._custom_strategy = CustomRoutingStrategy

    def flush_cache(self) -> None:
        """Forget what shared state knows about the deployments, end all rests, and empty `cache`."""
        if self._cache is not None:
            self._cache.flush_cache()
        for pool in self._catalog.pools.values():
            self.state.forget(pool.name, [member.id for member in pool.members])
            pool.wake_all()

    def reset(self) -> None:
        """Forget the counts of calls too."""
        self.flush_cache()
        for counts in (self.total_calls, self.success_calls, self.fail_calls):
            counts.clear()

    def discard(self) -> None:
        """The Router is not used any more: close its state and its cache; using them opens them again."""
        self.state.close()
        shared = None if self._cache is None else self._cache.redis_cache
        if shared is not None:
            shared.state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.discard()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.discard()


def _first(*values: Any) -> Any:
    """The first that is not None, or None."""
    return next((value for value in values if value is not None), None)
