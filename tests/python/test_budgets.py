"""Budgets: nothing is sent that might cost more than is left, and everything is counted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from edgequake_python.budget import Budgets, Limit, limit, seconds
from edgequake_python.exceptions import BudgetExceededError

HI = [{"role": "user", "content": "hi"}]
#: A dollar a token of the answer, nothing for the prompt: what a call may cost is its max_tokens.
PRICE = {
    "litellm_provider": "openai",
    "mode": "chat",
    "input_cost_per_token": 0.0,
    "output_cost_per_token": 1.0,
}


@pytest.fixture
def priced(openai_simulated: edgequake_python.Simulator) -> Iterator[edgequake_python.Simulator]:
    edgequake_python.model_cost = {"gpt-4o": dict(PRICE), "sim/tokens?n=3": dict(PRICE)}
    yield openai_simulated
    edgequake_python.budgets = None
    edgequake_python.max_budget = 0.0


def call(**more: Any) -> dict[str, Any]:
    return {"model": "openai/gpt-4o", "messages": HI, "max_tokens": 30, **more}


def test_one_is_refused_before_anything_is_sent(priced: edgequake_python.Simulator, complete: Any) -> None:
    edgequake_python.budgets = Budgets(29)
    before = priced.stats["requests"]
    with pytest.raises(BudgetExceededError, match="all: 0") as caught:
        complete(**call())
    assert caught.value.max_budget == 29
    assert priced.stats["requests"] == before
    edgequake_python.budgets = Budgets(30)
    answer = complete(**call())
    # What was held has become what it cost.
    assert edgequake_python.budgets.spent() == answer.usage.completion_tokens
    assert answer._hidden_params["response_cost"] == answer.usage.completion_tokens


def test_a_limit_below_the_longest_answer_is_spent_by_one_call_after_another(
    priced: edgequake_python.Simulator, complete: Any
) -> None:
    """When a call does not say how long its answer may be; a model's longest costs more than most limits."""
    one = complete(**call(max_tokens=None)).usage.completion_tokens
    edgequake_python.budgets = budgets = Budgets(2.5 * one, users={"me": 2.5 * one})
    before = priced.stats["requests"]

    def admitted(_: int = 0) -> bool:
        try:
            complete(**call(max_tokens=None, user="me"))
        except BudgetExceededError:
            return False
        return True

    assert [admitted() for _ in range(5)] == [True, True, True, False, False]
    assert budgets.spent() == budgets.spent("user:me") == 3 * one
    # At the same time there is only one of them.
    edgequake_python.budgets = budgets = Budgets(10 * one)
    with ThreadPoolExecutor(30) as pool:
        count = sum(pool.map(admitted, range(100)))
    assert 1 <= count <= 10 and budgets.spent() == count * one
    assert priced.stats["requests"] == before + 3 + count


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_hundred_at_once_cannot_overspend(priced: edgequake_python.Simulator, asynchronous: bool) -> None:
    edgequake_python.budgets = Budgets(300)
    before = priced.stats["requests"]
    slow = {**call(), "model": "openai/gpt-4o"}

    def one(_: int) -> bool:
        try:
            edgequake_python.completion(**slow, timeout=20)
        except BudgetExceededError:
            return False
        return True

    async def all_of_them() -> list[bool]:
        async def one_async() -> bool:
            try:
                await edgequake_python.acompletion(**slow, timeout=20)
            except BudgetExceededError:
                return False
            return True

        return list(await asyncio.gather(*(one_async() for _ in range(100))))

    if asynchronous:
        admitted = sum(asyncio.run(all_of_them()))
    else:
        with ThreadPoolExecutor(100) as pool:
            admitted = sum(pool.map(one, range(100)))
    sent = priced.stats["requests"] - before
    spent = edgequake_python.budgets.spent()
    assert admitted == sent and spent <= 300
    # What the admitted ones did not use is free again.
    assert spent == sum(edgequake_python.budgets.spent(key) for key in ["all"])


def test_what_failed_costs_nothing(priced: edgequake_python.Simulator) -> None:
    edgequake_python.model_cost["sim/500"] = dict(PRICE)
    edgequake_python.budgets = Budgets(1000)
    with pytest.raises(edgequake_python.InternalServerError):
        edgequake_python.completion(**call(model="openai/sim/500", num_retries=0))
    assert edgequake_python.budgets.spent() == 0


def test_streams_are_counted_however_they_end(priced: edgequake_python.Simulator) -> None:
    edgequake_python.budgets = budgets = Budgets(1000)
    whole = call(stream=True, stream_options={"include_usage": True})
    stream = edgequake_python.completion(**whole)
    assert budgets.spent() == 30
    chunks = list(stream)
    usage = [chunk.get("usage") for chunk in chunks if chunk.get("usage")][-1]
    assert budgets.spent() == usage.completion_tokens
    assert stream._hidden_params["response_cost"] == usage.completion_tokens

    async def asynchronously() -> None:
        async for _ in await edgequake_python.acompletion(**whole):
            pass

    asyncio.run(asynchronously())
    assert budgets.spent() == 2 * usage.completion_tokens
    # One whose reader leaves has cost what it had said.
    before = budgets.spent()
    stream = edgequake_python.completion(**call(stream=True))
    said = ""
    for chunk in stream:
        said += chunk.choices[0].delta.content or ""
        if said:
            break
    stream.close()
    assert budgets.spent() == before + edgequake_python.token_counter("gpt-4o", text=said)
    # And so has one that is cut.
    edgequake_python.model_cost["sim/cut?after=2"] = dict(PRICE)
    before = budgets.spent()
    with pytest.raises(edgequake_python.IncompleteStreamError):
        list(edgequake_python.completion(**call(model="openai/sim/cut?after=2", stream=True)))
    assert 0 < budgets.spent() - before < 30


def test_each_call_belongs_to_several_budgets(priced: edgequake_python.Simulator) -> None:
    budgets = Budgets(
        1000,
        providers={"openai": 500, "groq": 1},
        tags={"nightly": {"budget_limit": 31, "time_period": "1d"}},
        users={"bob": (40, 60)},
        deployments={"d1": 29},
    )
    edgequake_python.budgets = budgets
    edgequake_python.completion(**call(metadata={"tags": ["nightly"]}, user="bob"))
    spent = budgets.spent()
    assert spent > 1
    for key in ("provider:openai", "tag:nightly", "user:bob"):
        assert budgets.spent(key) == spent
    with pytest.raises(BudgetExceededError) as caught:
        edgequake_python.completion(**call(metadata={"tags": ["nightly"]}))
    assert (caught.value.entity_type, caught.value.entity_id) == ("tag", "nightly")
    # Refused by one, it is held by none.
    assert budgets.spent() == spent
    with pytest.raises(BudgetExceededError):
        edgequake_python.completion(**call(metadata={"model_info": {"id": "d1"}}))
    assert budgets.has_room(["provider:openai"]) and budgets.has_room(["tag:unknown"])


def test_the_packages_own_budget(priced: edgequake_python.Simulator) -> None:
    edgequake_python.max_budget = 50
    edgequake_python._current_cost = 0.0
    answer = edgequake_python.completion(**call())
    assert edgequake_python._current_cost == answer.usage.completion_tokens
    edgequake_python._current_cost = 45.0
    with pytest.raises(BudgetExceededError) as caught:
        edgequake_python.completion(**call())
    assert caught.value.current_cost == 45.0
    edgequake_python._current_cost = 0.0
    edgequake_python.completion(**call())


def test_embeddings_and_mocks_and_fallbacks_are_counted(priced: edgequake_python.Simulator) -> None:
    edgequake_python.model_cost["text-embedding-3-small"] = {
        "litellm_provider": "openai",
        "mode": "embedding",
        "input_cost_per_token": 1.0,
    }
    edgequake_python.budgets = budgets = Budgets(100)
    answer = edgequake_python.embedding("openai/text-embedding-3-small", input=["hello world"])
    assert answer.usage is not None and budgets.spent() == answer.usage.prompt_tokens
    before = budgets.spent()
    edgequake_python.completion(**call(mock_response="hi"))
    assert budgets.spent() == before + 20
    edgequake_python.model_cost["sim/500"] = dict(PRICE)
    answer = edgequake_python.completion(
        **call(model="openai/sim/500", num_retries=0, fallbacks=["openai/gpt-4o"])
    )
    assert budgets.spent() == before + 20 + answer.usage.completion_tokens


def test_a_model_of_unknown_price_is_admitted(priced: edgequake_python.Simulator) -> None:
    edgequake_python.budgets = Budgets(0.5)
    edgequake_python.completion(model="openai/nobody-knows-it", messages=HI)
    assert edgequake_python.budgets.spent() == 0


def test_limits_as_they_are_written() -> None:
    assert limit(3) == Limit(3.0)
    assert limit({"max_budget": 2, "budget_duration": "12h"}) == Limit(2.0, 43200.0)
    assert seconds("1mo") == 2592000 and seconds("30s") == 30 and seconds(5) == 5
    with pytest.raises(ValueError, match="no length of time"):
        seconds("soon")
    with pytest.raises(ValueError, match="no limit"):
        limit({})


def test_the_manager_keeps_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    manager = edgequake_python.BudgetManager("project")
    manager.create_budget(10, "bob", "daily")
    manager.update_cost("bob", model="gpt-4o", input_text="hello world", output_text="hello world")
    spent = manager.get_current_cost("bob")
    assert spent == 2 * 2.5e-06 + 2 * 1e-05
    assert manager.get_model_cost("bob") == {"gpt-4o": spent}
    assert manager.projected_cost("gpt-4o", HI, "bob") > spent
    again = edgequake_python.BudgetManager("project")
    assert again.get_users() == ["bob"] and again.get_total_budget("bob") == 10
    assert again.get_current_cost("bob") == spent
    again.user_dict["bob"]["last_updated_at"] -= 2 * 86400
    again.update_budget_all_users()
    assert again.get_current_cost("bob") == 0
    assert json.loads((tmp_path / "user_cost.json").read_text())["bob"]["total_budget"] == 10
    with pytest.raises(NotImplementedError, match="local"):
        edgequake_python.BudgetManager("project", client_type="hosted")
    with pytest.raises(ValueError, match="daily"):
        manager.create_budget(1, "eve", "hourly")
