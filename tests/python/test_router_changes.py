"""A Router whose deployments change while calls are under way, and whose state is others' too."""

from __future__ import annotations

import copy
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from edgequake_python import Router
from edgequake_python.state import LocalState, RedisState
from loopback import MESSAGES, Loopback, Request, chat, error
from redis_server import RedisServer, needs_redis
from test_router import deployment


@pytest.mark.parametrize("change", ["add", "strategy"])
def test_calls_that_end_after_a_change_are_not_counted_for_ever(server: Loopback, change: str) -> None:
    """Five calls are under way when the group changes; afterwards nobody is busy."""
    going_on, arrived = threading.Event(), threading.Semaphore(0)

    def answer(request: Request) -> Any:
        arrived.release()
        going_on.wait(20)
        return chat(request.json["model"])

    server.handler = answer
    entries = [deployment(server, "group", "one", "one"), deployment(server, "group", "two", "two")]
    router = Router(entries[: 1 if change == "add" else 2], routing_strategy="least-busy", num_retries=0)
    threads = [threading.Thread(target=router.completion, args=("one", MESSAGES)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for _ in threads:
        arrived.acquire(timeout=20)
    if change == "add":
        router.add_deployment(entries[1])  # type: ignore[arg-type]
    else:
        router.update_settings(routing_strategy_args={"ttl": 10})
    going_on.set()
    for thread in threads:
        thread.join(20)
    chosen = Counter(router.completion("group", MESSAGES).choices[0].message.content for _ in range(40))
    assert set(chosen) == {"one", "two"}


def test_who_rests_goes_on_resting_when_another_is_added(server: Loopback) -> None:
    router = Router([deployment(server, "group", name) for name in ("one", "two")], num_retries=0)
    server.handler = lambda request: error(401)
    with pytest.raises(Exception, match="no"):
        router.completion("one", MESSAGES)
    router.add_deployment(deployment(server, "group", "three"))  # type: ignore[arg-type]
    healthy = {entry["model_info"]["id"] for entry in router.healthy_deployments}
    assert healthy == {"two", "three"}


def connected(state: Any) -> bool:
    found: bool = state.connected
    return found


@needs_redis
def test_a_state_that_was_closed_opens_again_and_survives_an_outage(server: Loopback, tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    try:
        router = Router([deployment(server, "group", "one", rpm=9)], redis_url=redis.url)
        state: Any = router.state
        assert isinstance(state, RedisState)
        copy.deepcopy(router).discard()
        router.completion("group", MESSAGES)
        router.discard()  # the state may be another Router's too
        redis.kill()
        router.completion("group", MESSAGES)
        assert not connected(state)
        redis.start()
        deadline = time.monotonic() + 20
        while not connected(state) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert connected(state)
        router.discard()
    finally:
        redis.stop()


def test_a_clock_that_is_set_back_lengthens_no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    state = LocalState()
    before = state.clock()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert before <= state.clock() < before + 60


def test_numbers_may_be_given_as_text(server: Loopback) -> None:
    router = Router([deployment(server, "group", "one")])
    router.update_settings(num_retries="7", timeout="1.5")
    assert (router.num_retries, router.timeout) == (7, 1.5)


@pytest.mark.parametrize(
    "settings",
    [
        {"num_retries": "x"},
        {"cooldown_time": [1]},
        {"retry_policy": 5},
        {"allowed_fails_policy": "none"},
        {"model_group_retry_policy": {"group": 7}},
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_once(server: Loopback, settings: dict[str, Any]) -> None:
    """Later they would hide the error of the first call that fails."""
    with pytest.raises(ValueError, match=next(iter(settings))):
        Router([deployment(server, "group", "one")], **settings)
    router = Router([deployment(server, "group", "one")], num_retries="1", cooldown_time="0.5")  # type: ignore[arg-type]
    assert (router.num_retries, router.cooldown_time) == (1, 0.5)
    if "allowed_fails_policy" not in settings:  # that one stays as it is
        with pytest.raises(ValueError, match=next(iter(settings))):
            router.update_settings(**settings)


def test_a_single_tag_may_be_a_text(server: Loopback) -> None:
    entries = [deployment(server, "group", name, tags=name) for name in ("free", "paid")]
    router = Router(entries, enable_tag_filtering=True)
    for _ in range(6):
        assert router.completion("group", MESSAGES, tags=["paid"])._hidden_params["model_id"] == "paid"
