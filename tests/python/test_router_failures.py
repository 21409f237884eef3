"""Retries, fallbacks and rests: how many requests are made, to whom, and which error is raised."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from typing import Any, Callable

import pytest

import edgequake_python
from edgequake_python import (
    APIConnectionError,
    AuthenticationError,
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    InternalServerError,
    NotFoundError,
    RateLimitError,
    Router,
    RouterRateLimitError,
    Timeout,
)
from edgequake_python.state import LocalState
from edgequake_python.types.router import AllowedFailsPolicy, RetryPolicy
from loopback import DROP, MESSAGES, Loopback, Reply, Request, chat, error
from test_router import Ask, ask, deployment

__all__ = ["ask"]


def failing(status: int, **more: Any) -> Callable[[Request], Any]:
    """A server where only models named ``good...`` answer well."""

    def handle(request: Request) -> Any:
        model = request.json["model"]
        return chat(model) if model.startswith("good") else error(status, "it failed", **more)

    return handle


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting between attempts costs nothing here, except where a server asks for it."""
    from edgequake_python.router import failures

    monkeypatch.setattr(failures, "_FIRST", 0.0)
    monkeypatch.setattr(failures, "_JITTER", 0.0)


def models(server: Loopback) -> list[str]:
    return [body["model"] for body in server.bodies]


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_exactly_one_layer_retries(server: Loopback, ask: Ask, retries: int) -> None:
    server.handler = failing(500)
    router = Router([deployment(server, "group", "one")], num_retries=retries)
    with pytest.raises(InternalServerError) as raised:
        ask(router, "group")
    assert len(server.requests) == retries + 1
    if retries:
        assert f"LiteLLM Retried: {retries} times, LiteLLM Max Retries: {retries}" in str(raised.value)


def test_two_retries_unless_told_otherwise(server: Loopback, ask: Ask) -> None:
    server.handler = failing(500)
    with pytest.raises(InternalServerError):
        ask(Router([deployment(server, "group", "one", max_retries=9)]), "group")
    assert len(server.requests) == 3


def test_who_says_how_often(server: Loopback, ask: Ask) -> None:
    server.handler = failing(500)

    def requests(router: Router, **more: Any) -> int:
        before = len(server.requests)
        with pytest.raises(InternalServerError):
            ask(router, "group", **more)
        return len(server.requests) - before

    own = [deployment(server, "group", "one", num_retries=2)]
    assert requests(Router(own, num_retries=0)) == 3
    assert requests(Router(own, num_retries=0), num_retries=1) == 2
    policy: dict[str, Any] = {"retry_policy": RetryPolicy(InternalServerErrorRetries=3)}
    assert requests(Router(own, num_retries=0, **policy), num_retries=1) == 4
    groups: dict[str, Any] = {"model_group_retry_policy": {"group": {"InternalServerErrorRetries": 0}}}
    assert requests(Router(own, **groups)) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(400, BadRequestError), (404, NotFoundError), (401, AuthenticationError)]
)
def test_what_cannot_pass_is_not_repeated(
    server: Loopback, ask: Ask, status: int, kind: type[Exception]
) -> None:
    server.handler = failing(status)
    with pytest.raises(kind):
        ask(Router([deployment(server, "group", "one")], num_retries=3), "group")
    assert len(server.requests) == 1


def test_another_key_is_tried(server: Loopback, ask: Ask) -> None:
    server.handler = failing(401)
    router = Router(
        [deployment(server, "group", "one", "bad", order=1), deployment(server, "group", "two", "good")]
    )
    assert ask(router, "group")._hidden_params["model_id"] == "two"
    # It rests from the first wrong key on.
    assert ask(router, "group")._hidden_params["model_id"] == "two"
    assert models(server) == ["bad", "good", "good"]


def test_retries_go_to_whom_has_not_failed(server: Loopback, ask: Ask) -> None:
    server.handler = failing(503)
    entries = [deployment(server, "group", f"bad{n}", f"bad{n}", weight=1000) for n in range(4)]
    router = Router([*entries, deployment(server, "group", "good", "good", weight=1)], num_retries=4)
    started = time.monotonic()
    assert ask(router, "group")._hidden_params["model_id"] == "good"
    assert len(set(models(server))) == len(models(server))
    assert time.monotonic() - started < 5


def test_retry_after_is_obeyed(server: Loopback, ask: Ask) -> None:
    times: list[float] = []

    def handle(request: Request) -> Any:
        times.append(time.monotonic())
        return chat() if len(times) > 1 else error(429, headers={"retry-after-ms": "300"})

    server.handler = handle
    ask(Router([deployment(server, "group", "one")]), "group")
    assert times[1] - times[0] >= 0.3


def test_nobody_waits_for_an_hour(server: Loopback, ask: Ask) -> None:
    server.handler = failing(429, headers={"retry-after": "3600"})
    with pytest.raises(RateLimitError) as raised:
        ask(Router([deployment(server, "group", "one")]), "group")
    assert len(server.requests) == 1 and raised.value.retry_after == 3600


def test_the_deadline_covers_the_whole_journey(server: Loopback, ask: Ask) -> None:
    def handle(request: Request) -> Any:
        request.server.pause(0.2)
        return error(500)

    server.handler = handle
    entries = [deployment(server, "a", "one"), deployment(server, "b", "two")]
    router = Router(entries, num_retries=50, fallbacks=[{"a": ["b"]}], deadline=0.7)
    started = time.monotonic()
    with pytest.raises((InternalServerError, Timeout)):
        ask(router, "a")
    assert time.monotonic() - started < 5
    assert len(server.requests) < 10


def test_a_stalled_call_ends_with_the_deadline(server: Loopback, ask: Ask) -> None:
    def handle(request: Request) -> Any:
        request.server.pause(20)
        return chat()

    server.handler = handle
    with pytest.raises(Timeout):
        ask(Router([deployment(server, "group", "one")]), "group", deadline=0.3)
    with pytest.raises(Timeout):
        ask(Router([deployment(server, "group", "one")]), "group", deadline=0.3, timeout=30)


# Fallbacks.


def test_fallbacks_after_the_retries(server: Loopback, ask: Ask) -> None:
    server.handler = failing(500)
    entries = [deployment(server, name, name, name) for name in ("a", "b", "good")]
    router = Router(entries, fallbacks=[{"a": ["b", "good"]}], num_retries=1)
    answer = ask(router, "a")
    assert models(server) == ["a", "a", "b", "b", "good"]
    headers = answer._hidden_params["additional_headers"]
    assert headers["x-litellm-attempted-fallbacks"] == 1 and headers["x-litellm-model-group"] == "good"
    assert answer._hidden_params["attempted_deployments"] == models(server)


def test_the_first_error_is_raised_when_nothing_helps(server: Loopback, ask: Ask) -> None:
    def handle(request: Request) -> Any:
        return error(429 if request.json["model"] == "a" else 500)

    server.handler = handle
    entries = [deployment(server, name, name, name) for name in ("a", "b")]
    with pytest.raises(RateLimitError) as raised:
        ask(Router(entries, fallbacks=[{"a": ["b"]}], num_retries=0), "a")
    assert [type(one) for one in raised.value.fallback_errors] == [InternalServerError]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "setting"),
    [
        (
            error(400, "This model's maximum context length is 5 tokens", code="context_length_exceeded"),
            "context_window",
        ),
        (
            error(400, "rejected as a result of the safety system", code="content_policy_violation"),
            "content_policy",
        ),
    ],
)
def test_fallbacks_of_their_own(server: Loopback, ask: Ask, answer: Reply, setting: str) -> None:
    body: Any = answer.body
    body["error"]["type"] = "invalid_request_error"
    server.handler = lambda request: chat() if request.json["model"] != "a" else answer
    entries = [deployment(server, name, name, name) for name in ("a", "special", "general")]
    tables: dict[str, Any] = {f"{setting}_fallbacks": [{"a": ["special"]}]}
    ask(Router(entries, fallbacks=[{"a": ["general"]}], **tables), "a")
    assert models(server) == ["a", "special"]
    # Without one of their own they take the general one.
    ask(Router(entries, fallbacks=[{"a": ["general"]}]), "a")
    assert models(server)[2:] == ["a", "general"]
    with pytest.raises((ContextWindowExceededError, ContentPolicyViolationError)):
        ask(Router(entries), "a")


def test_more_ways_to_name_a_fallback(server: Loopback, ask: Ask) -> None:
    server.handler = failing(500)
    entries = [deployment(server, name, name, name) for name in ("a", "good", "good2", "provider/b")]
    ask(Router(entries, num_retries=0, default_fallbacks=["good"]), "a")
    assert models(server)[-1] == "good"
    ask(Router(entries, num_retries=0), "a", fallbacks=["good2"])
    assert models(server)[-1] == "good2"
    ask(Router(entries, num_retries=0), "a", fallbacks=[{"a": ["good"]}])
    assert models(server)[-1] == "good"
    ask(Router(entries, num_retries=0), "a", fallbacks=[{"model": "good", "seed": 5}])
    assert server.bodies[-1]["seed"] == 5
    ask(Router(entries, num_retries=0, fallbacks=[{"b": ["good"]}]), "provider/b")
    assert models(server)[-1] == "good"
    ask(
        Router(entries, num_retries=0, fallbacks=[{"a": ["good"]}], model_group_alias={"alias": "a"}), "alias"
    )
    assert models(server)[-1] == "good"


def test_fallbacks_can_be_turned_off_and_are_not_endless(server: Loopback, ask: Ask) -> None:
    server.handler = failing(500)
    names = [f"bad{n}" for n in range(6)]
    entries = [deployment(server, name, name, name) for name in (*names, "good")]
    chain: list[Any] = [
        {name: [following]} for name, following in itertools.zip_longest(names, names[1:], fillvalue="good")
    ]
    router = Router(entries, fallbacks=chain, num_retries=0)
    with pytest.raises(InternalServerError):
        ask(router, "bad0", disable_fallbacks=True)
    assert models(server) == ["bad0"]
    with pytest.raises(InternalServerError):
        ask(router, "bad0")  # five fallbacks at most
    assert models(server)[1:] == names
    assert ask(router, "bad0", max_fallbacks=6).choices[0].message.content == "good"
    circle: list[Any] = [{"bad0": ["bad1"]}, {"bad1": ["bad0"]}]
    before = len(server.requests)
    with pytest.raises(InternalServerError):
        ask(Router(entries, fallbacks=circle, num_retries=0), "bad0")
    assert len(server.requests) - before == 2


def test_failures_on_request(server: Loopback, ask: Ask) -> None:
    entries = [deployment(server, name, name, name) for name in ("a", "b", "c", "d")]
    router = Router(
        entries,
        num_retries=0,
        fallbacks=[{"a": ["b"]}],
        context_window_fallbacks=[{"a": ["c"]}],
        content_policy_fallbacks=[{"a": ["d"]}],
    )
    ask(router, "a", mock_testing_fallbacks=True)
    ask(router, "a", mock_testing_context_fallbacks=True)
    ask(router, "a", mock_testing_content_policy_fallbacks=True)
    with pytest.raises(RateLimitError):
        ask(Router(entries[:1], num_retries=0), "a", mock_testing_rate_limit_error=True)
    assert models(server) == ["b", "c", "d"]


def test_callbacks_hear_of_fallbacks(server: Loopback) -> None:
    server.handler = failing(500)
    heard: list[tuple[str, str]] = []

    class Listener:
        async def log_success_fallback_event(self, group: str, kwargs: Any, error: Exception) -> None:
            heard.append(("success", kwargs["model"]))

        async def log_failure_fallback_event(self, group: str, kwargs: Any, error: Exception) -> None:
            heard.append(("failure", kwargs["model"]))
            raise RuntimeError("a callback's own")

    edgequake_python.callbacks = [Listener()]
    entries = [deployment(server, name, name, name) for name in ("a", "b", "good")]
    router = Router(entries, fallbacks=[{"a": ["b", "good"]}], num_retries=0)
    asyncio.run(router.acompletion("a", MESSAGES))
    assert heard == [("failure", "b"), ("success", "good")]


# Rests.


def two(server: Loopback, **settings: Any) -> tuple[Router, list[float]]:
    """A bad and a good deployment, the bad one asked first, and the time, which stands still."""
    now = [1000.0]
    settings.setdefault("num_retries", 0)
    entries = [
        deployment(server, "group", "bad", "bad", order=1),
        deployment(server, "group", "good", "good", order=2),
    ]
    return Router(entries, state=LocalState(clock=lambda: now[0]), **settings), now


def bad_requests(server: Loopback, router: Router, calls: int) -> int:
    before = len(server.requests)
    for _ in range(calls):
        with contextlib.suppress(Exception):
            router.completion("group", MESSAGES)
    return models(server)[before:].count("bad")


@pytest.mark.parametrize(
    ("status", "expected"), [(429, 1), (401, 1), (404, 1), (402, 1), (400, 12), (500, 5)]
)
def test_which_failures_make_a_deployment_rest(server: Loopback, status: int, expected: int) -> None:
    server.handler = failing(status)
    router, _ = two(server)
    # 500: more than half of at least five calls; 400: never.
    assert bad_requests(server, router, 12) == expected


def test_a_rest_ends(server: Loopback) -> None:
    server.handler = failing(429)
    router, now = two(server, cooldown_time=30)
    assert bad_requests(server, router, 3) == 1
    now[0] += 29.9
    assert bad_requests(server, router, 3) == 0
    now[0] += 0.2
    assert bad_requests(server, router, 3) == 1
    now[0] += 30.1  # the second rest is twice as long
    assert bad_requests(server, router, 3) == 0
    now[0] += 30.1
    assert bad_requests(server, router, 3) == 1


def test_how_long_a_rest_is(server: Loopback) -> None:
    server.handler = failing(429, headers={"retry-after": "100"})
    router, now = two(server)
    assert bad_requests(server, router, 2) == 1
    now[0] += 99.0
    assert bad_requests(server, router, 2) == 0
    now[0] += 2.0
    assert bad_requests(server, router, 2) == 1
    server.handler = failing(429)
    own, now = two(server)
    own.set_model_list(
        [deployment(server, "group", "bad", "bad", order=1, cooldown_time=2), *own.model_list[1:]]
    )
    assert bad_requests(server, own, 2) == 1
    now[0] += 2.1
    assert bad_requests(server, own, 2) == 1


def test_rests_by_count_and_not_at_all(server: Loopback) -> None:
    server.handler = failing(500)
    assert bad_requests(server, two(server, allowed_fails=2)[0], 10) == 3
    policy = AllowedFailsPolicy(InternalServerErrorAllowedFails=1)
    assert bad_requests(server, two(server, allowed_fails_policy=policy)[0], 10) == 2
    server.handler = failing(429)
    assert bad_requests(server, two(server, disable_cooldowns=True)[0], 10) == 10


def test_an_only_deployment_does_not_rest(server: Loopback) -> None:
    server.handler = failing(429)
    router = Router([deployment(server, "group", "one")], num_retries=0)
    for _ in range(8):
        with pytest.raises(RateLimitError):
            router.completion("group", MESSAGES)
    server.handler = failing(401)
    with pytest.raises(AuthenticationError):
        router.completion("group", MESSAGES)
    with pytest.raises(RouterRateLimitError):
        router.completion("group", MESSAGES)


def test_all_rest(server: Loopback, ask: Ask) -> None:
    server.handler = failing(429)
    entries = [deployment(server, "group", name, name) for name in ("one", "two")]
    router = Router(entries, num_retries=0, cooldown_time=40)
    for _ in range(2):
        with pytest.raises(RateLimitError):
            ask(router, "group")
    with pytest.raises(RouterRateLimitError) as raised:
        ask(router, "group")
    assert issubclass(RouterRateLimitError, ValueError)
    assert raised.value.status_code == 429
    assert 30 < raised.value.cooldown_time <= 40
    assert set(raised.value.cooldown_list) == {"one", "two"} and raised.value.all_deployments_in_cooldown
    assert "No deployments available for selected model, Try again in" in str(raised.value)
    assert len(server.requests) == 2
    # With retries, what the last deployment said is raised.
    with pytest.raises(RateLimitError):
        ask(Router(entries, num_retries=5), "group")
    router.flush_cache()
    with pytest.raises(RateLimitError):
        ask(router, "group")


def test_waiting_for_the_end_of_a_rest(server: Loopback, ask: Ask) -> None:
    server.handler = failing(429)
    entries = [deployment(server, "group", name, name) for name in ("one", "two")]
    router = Router(entries, num_retries=0, cooldown_time=0.3, wait_for_cooldown=True)
    for _ in range(2):
        with pytest.raises(RateLimitError):
            ask(router, "group")
    server.handler = lambda request: chat()
    assert ask(router, "group").choices[0].message.content == "Hello!"
    server.handler = failing(429)
    with pytest.raises((RouterRateLimitError, RateLimitError)):
        for _ in range(3):
            ask(router, "group", wait_for_cooldown=False)


def test_retries_wait_for_the_end_of_a_rest_that_the_call_itself_led_to(server: Loopback, ask: Ask) -> None:
    asked: list[str] = []

    def first_time(request: Request) -> Any:
        asked.append(request.json["model"])
        return chat() if len(asked) > 2 else error(429, headers={"retry-after-ms": "200"})

    server.handler = first_time
    entries = [deployment(server, "group", name, name) for name in ("one", "two")]
    with pytest.raises(RateLimitError):
        ask(Router(entries, num_retries=3), "group")
    assert len(asked) == 2
    asked.clear()
    router = Router(entries, num_retries=3, wait_for_cooldown=True)
    assert ask(router, "group").choices and len(asked) == 3
    # Who has somewhere else to go goes there.
    asked.clear()
    other = deployment(server, "other", "three", "three")
    router = Router([*entries, other], wait_for_cooldown=True, fallbacks=[{"group": ["other"]}])
    answer = ask(router, "group")
    assert answer._hidden_params["additional_headers"]["x-litellm-attempted-fallbacks"] == 1
    assert len(asked) == 3


def test_a_lost_connection_is_repeated_and_nobody_rests(server: Loopback, ask: Ask) -> None:
    server.handler = lambda request: DROP if len(server.requests) < 3 else chat()
    assert ask(Router([deployment(server, "group", "one")]), "group").choices
    server.handler = lambda request: DROP
    router = Router(
        [deployment(server, "group", name) for name in ("one", "two")], num_retries=0, allowed_fails=0
    )
    for _ in range(4):
        with pytest.raises(APIConnectionError):
            ask(router, "group")


def test_subclasses_may_decide(server: Loopback, ask: Ask) -> None:
    server.handler = failing(400)

    class Stubborn(Router):
        waits = 0

        def should_retry_this_error(self, error: Exception, *args: Any, **kwargs: Any) -> bool:
            return True

        def _time_to_sleep_before_retry(self, *args: Any, **kwargs: Any) -> float:
            self.waits += 1
            return 0.0

    router = Stubborn([deployment(server, "group", "one")])
    with pytest.raises(BadRequestError):
        ask(router, "group")
    assert len(server.requests) == 3 and router.waits == 2


def test_who_rests_can_be_asked(server: Loopback) -> None:
    server.handler = failing(429, headers={"retry-after": "40"})
    names = ("one", "two", "good")
    entries = [deployment(server, "group", name, name, order=place) for place, name in enumerate(names)]
    router = Router(entries, num_retries=2, cooldown_time=7)
    rests = router.cooldown_cache
    everybody = ["one", "two", "good", "nobody"]
    assert rests.get_active_cooldowns(everybody, None) == [] and rests.get_min_cooldown(everybody, None) == 7
    router.completion("group", MESSAGES)
    found = dict(rests.get_active_cooldowns(everybody, None))
    assert set(found) == {"one", "two"} == set(dict(asyncio.run(rests.async_get_active_cooldowns(everybody))))
    assert all(30 < rest["cooldown_time"] <= 40 for rest in found.values())
    assert 30 < rests.get_min_cooldown(everybody, None) <= 40
    assert [entry["model_info"]["id"] for entry in router.healthy_deployments] == ["good"]
    assert router.leastbusy_logger is router.lowestlatency_logger is None
