"""How far names, checks and tags reach: providers' models, files of batches, prompts beside messages."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from edgequake_python import (
    BadRequestError,
    BudgetExceededError,
    ContextWindowExceededError,
    RateLimitError,
    Router,
    RouterRateLimitError,
)
from edgequake_python.types.router import Deployment
from loopback import Loopback
from redis_server import RedisServer, needs_redis
from test_router import Ask, ask, deployment
from test_router_past import HI, seen_by_callbacks, staged

__all__ = ["ask"]

LONG = "You are a meticulous assistant. " * 40


def test_a_provider_s_model_means_its_deployments(server: Loopback, ask: Ask) -> None:
    entries = [deployment(server, "a", "one", "m"), deployment(server, "b", "two", "n")]
    router = Router(entries)
    answer = ask(router, "openai/n")
    assert answer._hidden_params["model_id"] == "two"
    assert answer._hidden_params["additional_headers"]["x-litellm-model-group"] == "openai/n"
    assert router.get_model_list("openai/n") == []
    with pytest.raises(BadRequestError):
        ask(router, "n")
    # A wildcard is more of a name than a provider's model.
    wild = Router([*entries, deployment(server, "openai/*", "three", "*")])
    assert ask(wild, "openai/n")._hidden_params["model_id"] == "three"


@pytest.mark.parametrize(
    "more",
    [
        {"tools": [{"type": "function", "function": {"name": "f", "description": LONG, "parameters": {}}}]},
        {"messages": [{"role": "user", "content": LONG}]},
    ],
)
def test_everything_that_is_sent_has_to_fit(ask: Ask, more: dict[str, Any]) -> None:
    entry = {**staged("a", "fine"), "model_info": {"max_input_tokens": 60}}
    router = Router([entry], enable_pre_call_checks=True, num_retries=0)
    assert ask(router, "a").choices[0].message.content == "fine"
    with pytest.raises(ContextWindowExceededError):
        ask(router, "a", **more)


@pytest.mark.parametrize(
    "more",
    [
        {"system": LONG},
        {"system": [{"type": "text", "text": LONG}]},
        {"tools": [{"name": "f", "description": LONG, "input_schema": {"type": "object"}}]},
    ],
)
def test_everything_of_a_message_has_to_fit(more: dict[str, Any]) -> None:
    entry = {**staged("a", "fine"), "model_info": {"max_input_tokens": 60}}
    entry["litellm_params"]["model"] = "anthropic/claude-sonnet-4-5"
    router = Router([entry], enable_pre_call_checks=True, num_retries=0)
    asked: dict[str, Any] = {"model": "a", "messages": HI, "max_tokens": 5}
    assert asyncio.run(router.aanthropic_messages(**asked))["type"] == "message"
    with pytest.raises(ContextWindowExceededError):
        asyncio.run(router.aanthropic_messages(**asked, **more))


def test_tags_of_a_deployment_are_told(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = seen_by_callbacks(monkeypatch)
    router = Router([staged("a", "x", tags=["account", "shared"]), staged("b", "x")])
    mine = {"tags": ["mine", "shared"]}
    ask(router, "a", metadata=mine)
    ask(router, "a")
    ask(router, "b")
    edgequake_python.flush(10)
    assert [told.get("tags") for told in seen] == [["mine", "shared", "account"], ["account", "shared"], None]
    assert mine == {"tags": ["mine", "shared"]}


LINES = [{"custom_id": str(i), "body": {"model": name, "messages": HI}} for i, name in enumerate(["a", "z"])]
DATA = "\n".join(json.dumps(line) for line in LINES).encode()


def forms(path: Path) -> dict[str, Any]:
    path.write_bytes(DATA)
    named = io.BytesIO(DATA)
    named.name = "list.jsonl"
    return {
        "bytes": DATA,
        "file": named,
        "pair": ("list.jsonl", DATA),
        "triple": ("list.jsonl", io.BytesIO(DATA), "application/jsonl"),
        "path": path,
    }


@pytest.mark.parametrize("form", ["bytes", "file", "pair", "triple", "path"])
def test_a_batch_names_its_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    sent: list[dict[str, Any]] = []

    async def create(**kwargs: Any) -> str:
        sent.append(kwargs)
        return "made"

    monkeypatch.setattr(edgequake_python, "acreate_file", create)
    entry = staged("a", "x")
    entry["litellm_params"]["model"] = "azure/mine"
    router = Router([entry])
    given = forms(tmp_path / "list.jsonl")[form]
    for _ in range(2):
        assert asyncio.run(router.acreate_file(model="a", purpose="batch", file=given)) == "made"
    for call in sent:
        name, data, _ = call["file"]
        assert [json.loads(line)["body"]["model"] for line in data.decode().split("\n")] == ["mine", "z"]
        assert name.endswith(".jsonl") or form == "bytes"
        assert call["custom_llm_provider"] == "azure"
    asyncio.run(router.acreate_file(model="a", purpose="user_data", file=given))
    assert sent[-1]["file"] is given


@pytest.mark.parametrize("given", [b"no list", b"\xff\xfe", 5, b'{"body": {"model": "other"}}'])
def test_what_is_no_batch_goes_as_it_is(monkeypatch: pytest.MonkeyPatch, given: Any) -> None:
    sent: list[Any] = []

    async def create(**kwargs: Any) -> None:
        sent.append(kwargs["file"])

    monkeypatch.setattr(edgequake_python, "acreate_file", create)
    asyncio.run(Router([staged("a", "x")]).acreate_file(model="a", purpose="batch", file=given))
    assert sent == [given]


def test_whose_budget_is_spent(ask: Ask) -> None:
    entry = staged("a", "x", max_budget=1e-9)
    entry["litellm_params"]["model"] = "gpt-4o"
    router = Router(
        [entry], num_retries=0, provider_budget_config={"openai": {"budget_limit": 1e-9, "time_period": "1d"}}
    )
    ask(router, "a")
    with pytest.raises(BudgetExceededError, match=r"Exceeded budget for provider openai.* 1e-09 USD"):
        ask(router, "a")


def test_an_end_user_is_not_an_account(ask: Ask) -> None:
    router = Router(
        [staged("a", "x", "1"), staged("a", "x", "2")], optional_pre_call_checks=["deployment_affinity"]
    )

    def served(**more: Any) -> set[str]:
        return {ask(router, "a", **more)._hidden_params["model_id"] for _ in range(40)}

    assert len(served(metadata={"user_api_key_hash": "one"})) == 1
    assert served(user="one") == {"1", "2"}


def test_one_that_is_not_valid_is_not_added() -> None:
    router = Router([staged("b", "b")], ignore_invalid_deployments=True)
    params = {"model": "nobody/knows"}
    assert router.upsert_deployment(Deployment(model_name="a", litellm_params=params)) is None
    assert router.add_deployment(Deployment(model_name="a", litellm_params=params)) is None
    assert router.get_model_names() == ["b"]
    with pytest.raises(BadRequestError, match="nobody"):
        Router().upsert_deployment(Deployment(model_name="a", litellm_params=params))


@pytest.mark.parametrize(("seconds", "resting"), [(0, 0), (None, 1), (30, 1)])
def test_how_long_a_call_lets_a_deployment_rest(ask: Ask, seconds: int | None, resting: int) -> None:
    router = Router([staged("a", "x", "1"), staged("a", "x", "2")], num_retries=0)
    with pytest.raises(RateLimitError):
        ask(router, "a", cooldown_time=seconds, mock_response="litellm.RateLimitError")
    rests = router.cooldown_cache.get_active_cooldowns(["1", "2"])
    assert len(rests) == resting
    if seconds:
        assert 25 < rests[0][1]["cooldown_time"] <= 30


def test_allowed_failures_that_are_assigned(ask: Ask) -> None:
    router = Router([staged("a", "litellm.RateLimitError", "1")], num_retries=0)
    router.allowed_fails = 1
    for _ in range(2):
        with pytest.raises(RateLimitError):
            ask(router, "a")
    with pytest.raises(RouterRateLimitError):
        ask(router, "a")


@needs_redis
def test_values_of_programs_are_in_the_router_s_redis(redis_server: RedisServer) -> None:
    where: dict[str, Any] = {"redis_host": "127.0.0.1", "redis_port": redis_server.port, "redis_db": 3}
    with Router([staged("a", "x")], **where) as one, Router([staged("a", "x")], **where) as two:
        assert one.cache.redis_cache.sync_ping()
        one.cache.set_cache("mine", {"a": 1})
        assert two.cache.get_cache("mine") == {"a": 1}
    where["redis_db"] = 4
    with Router([staged("a", "x")], **where) as elsewhere:
        assert elsewhere.cache.get_cache("mine") is None
    assert Router([staged("a", "x")]).cache.redis_cache is None
