"""The Router: where calls go, what is sent, and what the answer says about it."""

from __future__ import annotations

import asyncio
import pickle
from collections import Counter
from typing import Any, Callable

import pytest

import edgequake_python
from edgequake_python import BadRequestError, Router
from edgequake_python.types.router import CustomRoutingStrategyBase, Deployment, LiteLLM_Params, ModelInfo
from loopback import MESSAGES, Loopback, chat

Ask = Callable[..., Any]


def deployment(server: Loopback, group: str, id: str, model: str = "m", **params: Any) -> dict[str, Any]:
    where = {"model": f"openai/{model}", "api_base": server.base_url, "api_key": "sk-loopback"}
    return {"model_name": group, "litellm_params": {**where, **params}, "model_info": {"id": id}}


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """A Router's method, called by blocking code or by a coroutine."""

    def call(router: Router, model: str, method: str = "completion", **more: Any) -> Any:
        if method == "completion":
            more.setdefault("messages", MESSAGES)
        if request.param == "sync":
            return getattr(router, method)(model=model, **more)
        return asyncio.run(getattr(router, f"a{method}")(model=model, **more))

    return call


def test_an_answer_tells_where_it_came_from(server: Loopback, ask: Ask) -> None:
    router = Router([deployment(server, "group", "one")])
    answer = ask(router, "group")
    hidden = answer._hidden_params
    assert hidden["model_id"] == "one"
    headers = hidden["additional_headers"]
    assert headers["x-litellm-model-group"] == "group"
    assert headers["x-litellm-attempted-retries"] == headers["x-litellm-attempted-fallbacks"] == 0
    assert pickle.loads(pickle.dumps(answer))._hidden_params["model_id"] == "one"


def test_the_calls_arguments_win_and_the_routers_are_not_sent(server: Loopback, ask: Ask) -> None:
    entry = deployment(
        server, "group", "one", temperature=0.1, seed=7, rpm=100, tags=["a"], weight=2, order=1
    )
    entry["litellm_params"].update(num_retries=3, max_retries=5, cooldown_time=9, region_name="eu", timeout=9)
    router = Router([entry], default_litellm_params={"user": "somebody"})
    ask(router, "group", temperature=0.9, num_retries=0, fallbacks=["other"], deadline=20)
    assert server.bodies == [
        {"model": "m", "messages": MESSAGES, "temperature": 0.9, "seed": 7, "user": "somebody"}
    ]
    assert entry["litellm_params"]["temperature"] == 0.1


def test_the_callers_own_objects_are_left_alone(server: Loopback, ask: Ask) -> None:
    metadata = {"mine": 1}
    messages = [dict(MESSAGES[0])]
    ask(Router([deployment(server, "group", "one")]), "group", messages=messages, metadata=metadata)
    assert metadata == {"mine": 1} and messages == MESSAGES


def test_embeddings_and_streams(server: Loopback, ask: Ask) -> None:
    router = Router([deployment(server, "group", "one")])
    answer = ask(router, "group", "embedding", input=["a", "b"])
    assert len(answer.data) == 2 and answer._hidden_params["model_id"] == "one"
    stream = router.completion("group", MESSAGES, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "Hello!"
    assert stream._hidden_params["model_id"] == "one"


def test_names_that_mean_deployments(server: Loopback) -> None:
    router = Router(
        [
            deployment(server, "group", "one", "exact"),
            deployment(server, "openai/*", "two", "*"),
            deployment(server, "claude-*", "three", "own-*"),
        ],
        model_group_alias={"alias": "group", "hidden": {"model": "group", "hidden": True}},
    )
    for name in ("group", "alias", "hidden", "one", "openai/gpt-x", "claude-9"):
        router.completion(name, MESSAGES)
    assert [body["model"] for body in server.bodies] == ["exact", "exact", "exact", "exact", "gpt-x", "own-9"]
    router.completion("openai/exact", MESSAGES, specific_deployment=True)
    assert server.bodies[-1]["model"] == "exact"
    with pytest.raises(BadRequestError, match="There are no healthy deployments for this model"):
        router.completion("unknown", MESSAGES)


def test_everything_goes_through_when_that_is_wanted(openai_simulated: Any) -> None:
    router = Router([], router_general_settings={"pass_through_all_models": True})
    assert router.completion("openai/gpt-4o", MESSAGES).choices[0].message.content


def test_values_from_the_environment(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "sk-from-environment")
    router = Router([deployment(server, "group", "one", api_key="os.environ/SOME_KEY")])
    router.completion("group", MESSAGES)
    assert server.requests[0].headers["authorization"] == "Bearer sk-from-environment"


def test_pydantic_forms_of_a_deployment(server: Loopback) -> None:
    made = Deployment(
        model_name="group",
        litellm_params=LiteLLM_Params(
            model="openai/m", api_base=server.base_url, api_key="sk-secret", seed=3
        ),
        model_info=ModelInfo(id=5),
    )
    router = Router([made])
    router.completion("group", MESSAGES)
    assert server.bodies[0]["seed"] == 3
    assert router.get_model_ids() == ["5"]
    assert "sk-secret" not in repr(made) and "sk-secret" not in str(made.litellm_params)
    assert made.litellm_params["api_key"] == "sk-secret" and made.litellm_params.get("nothing", 1) == 1


def test_deployments_come_and_go(server: Loopback) -> None:
    router = Router([deployment(server, "group", "one")])
    second = Deployment(**deployment(server, "group", "two", "second"))
    assert router.add_deployment(second) is not None
    assert router.add_deployment(second) is None
    assert router.get_model_ids("group") == ["one", "two"]
    assert router.upsert_deployment(second) is None
    changed = Deployment(**deployment(server, "group", "two", "changed"))
    assert router.upsert_deployment(changed) is not None
    router.completion("two", MESSAGES)
    assert server.bodies[0]["model"] == "changed"
    removed = router.delete_deployment("one")
    assert removed is not None and removed.model_info.id == "one"
    assert router.delete_deployment("one") is None
    assert not router.has_model_id("one") and router.has_model_id("two")
    assert router.get_deployment("one") is None
    router.set_model_list([deployment(server, "other", "three")])
    assert router.model_names == {"other"} and router.get_model_names() == ["other"]


def test_ids_are_the_same_for_the_same_deployment(server: Loopback) -> None:
    entry = deployment(server, "group", "x")
    del entry["model_info"]
    ids = [Router([entry]).get_model_ids()[0] for _ in range(2)]
    assert ids[0] == ids[1] and len(ids[0]) == 64
    with pytest.raises(ValueError, match="model_name"):
        Router([{"litellm_params": {"model": "openai/m"}}])
    assert Router([{"model_name": "a"}, entry], ignore_invalid_deployments=True).get_model_ids() == ids[:1]


def test_what_a_router_tells(server: Loopback) -> None:
    router = Router(
        [deployment(server, "group", "one", rpm=3, tpm=1000), deployment(server, "group", "two", rpm=4)],
        model_group_alias={"alias": "group"},
    )
    entries = router.get_model_list()
    assert entries is not None
    assert [entry["model_info"]["id"] for entry in entries] == ["one", "two", "one", "two"]
    assert router.get_model_names() == ["alias", "group"]
    info = router.get_model_group_info("alias")
    assert info is not None and (info.rpm, info.tpm, info.providers) == (7, 1000, ["openai"])
    assert router.get_deployment_credentials("one") == {
        "api_base": server.base_url,
        "api_key": "sk-loopback",
    }
    router.completion("group", MESSAGES)
    assert asyncio.run(router.get_model_group_usage("group"))[1] == 1
    settings = router.get_settings()
    assert (settings["num_retries"], settings["cooldown_time"], settings["routing_strategy"]) == (
        2,
        5,
        "simple-shuffle",
    )
    router.update_settings(num_retries=0, routing_strategy="least-busy", model_list=[])
    assert router.num_retries == 0 and router.routing_strategy == "least-busy" and len(router.model_list) == 2
    assert sum(router.total_calls.values()) == sum(router.success_calls.values()) == 1


def test_choosing_alone_charges_nothing(server: Loopback) -> None:
    router = Router([deployment(server, "group", "one", rpm=1)])
    for _ in range(5):
        assert router.get_available_deployment("group")["model_info"]["id"] == "one"
        found = asyncio.run(router.async_get_available_deployment("group", {}, MESSAGES))
        assert found["model_name"] == "group"
    router.completion("group", MESSAGES)


def test_tags(server: Loopback, ask: Ask) -> None:
    entries = [
        deployment(server, "group", "free", tags=["free"]),
        deployment(server, "group", "paid", tags=["paid", "eu"]),
        deployment(server, "group", "usual", tags=["default"]),
    ]
    router = Router(entries, enable_tag_filtering=True)

    def served(**more: Any) -> str:
        return str(ask(router, "group", **more)._hidden_params["model_id"])

    assert served(metadata={"tags": ["free"]}) == "free"
    assert served(tags=["paid"]) == "paid"
    assert served() == "usual"
    assert served(tags=["unknown"]) == "usual"
    router = Router(entries[:2], enable_tag_filtering=True, tag_filtering_match_any=False)
    assert served(tags=["paid", "eu"]) == "paid"
    with pytest.raises(ValueError, match="Not allowed to access model due to tags configuration"):
        served(tags=["paid", "us"])


def test_batches_of_calls(server: Loopback) -> None:
    server.handler = lambda request: (
        chat(request.json["model"]) if request.json["model"] != "bad" else loopback_error()
    )
    router = Router(
        [
            deployment(server, "a", "1", "one"),
            deployment(server, "b", "2", "two"),
            deployment(server, "bad", "3", "bad"),
        ],
        num_retries=0,
    )

    async def use() -> None:
        answers = await router.abatch_completion(["a", "bad"], MESSAGES)
        assert answers[0].choices[0].message.content == "one" and isinstance(answers[1], BadRequestError)
        table = await router.abatch_completion(["a", "b"], [MESSAGES, MESSAGES])
        assert [[one.choices[0].message.content for one in row] for row in table] == [["one", "two"]] * 2
        several = await router.abatch_completion_one_model_multiple_requests("a", [MESSAGES, MESSAGES])
        assert len(several) == 2
        fastest = await router.abatch_completion_fastest_response("bad, b", MESSAGES)
        assert fastest.choices[0].message.content == "two"

    asyncio.run(use())


def loopback_error() -> Any:
    from loopback import error

    return error(400, "no")


def test_a_strategy_of_ones_own(server: Loopback) -> None:
    router = Router([deployment(server, "group", str(number)) for number in range(5)])

    class Third(CustomRoutingStrategyBase):
        def get_available_deployment(self, *args: Any, **kwargs: Any) -> Any:
            return router.model_list[3]

        async def async_get_available_deployment(self, *args: Any, **kwargs: Any) -> Any:
            return router.model_list[4]

    router.set_custom_routing_strategy(Third())
    assert router.completion("group", MESSAGES)._hidden_params["model_id"] == "3"
    answer = asyncio.run(router.acompletion("group", MESSAGES))
    assert answer._hidden_params["model_id"] == "4"


def test_functions_put_in_their_place_are_called(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    whole = edgequake_python.completion

    def instead(**kwargs: Any) -> Any:
        seen[kwargs["metadata"]["model_group"]] += 1
        assert kwargs["num_retries"] == 0
        return whole(**kwargs)

    monkeypatch.setattr(edgequake_python, "completion", instead)
    Router([deployment(server, "group", "one")]).completion("group", MESSAGES)
    assert seen == {"group": 1}


def test_wrong_settings_are_refused(server: Loopback) -> None:
    with pytest.raises(ValueError, match="routing_strategy"):
        Router([], routing_strategy="best")
    with pytest.raises(ValueError, match="not a dictionary"):
        Router([], fallbacks=["a"])
    with pytest.raises(ValueError, match="stream_failure"):
        Router([], stream_failure="ignore")
    with pytest.raises(TypeError, match="unexpected"):
        Router([], unknown=1)
    with pytest.raises(BadRequestError, match="rpm"):
        Router([deployment(server, "group", "one", rpm="many")])


def test_prices_of_a_deployments_own(server: Loopback, ask: Ask) -> None:
    prices = {"input_cost_per_token": 1.0, "output_cost_per_token": 2.0}
    based = deployment(server, "based", "two", "some-name")
    based["model_info"]["base_model"] = "gpt-4o"
    entries = [
        deployment(server, "priced", "one", "some-name", **prices),
        based,
        deployment(server, "unknown", "three", "some-name"),
    ]
    router = Router(entries)
    costs = [ask(router, group)._hidden_params["response_cost"] for group in ("priced", "based", "unknown")]
    assert costs == [3 * 1.0 + 4 * 2.0, pytest.approx(3 * 2.5e-6 + 4 * 1e-5), None]


def test_prices_in_what_describes_a_deployment(server: Loopback) -> None:
    described = {"input_cost_per_token": 1.0, "output_cost_per_token": 2.0, "input_cost_per_image": None}
    params = {"model": "openai/unknown", "api_base": server.base_url, "api_key": "k"}
    entry: dict[str, Any] = {"model_name": "group", "litellm_params": params, "model_info": described}
    one = Router([entry])
    # Those among its parameters count before those.
    two = Router(
        [{**entry, "litellm_params": {**params, "input_cost_per_token": 1.0, "output_cost_per_token": 0.0}}]
    )
    usage = one.completion("group", MESSAGES).usage
    for router, price in ((one, 2.0), (two, 0.0)):
        answer = router.completion("group", MESSAGES)
        expected = usage.prompt_tokens + price * usage.completion_tokens
        assert answer._hidden_params["response_cost"] == expected
        router.discard()


def test_a_group_shares_its_cached_answers(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgequake_python, "cache", None)
    with Loopback() as elsewhere:
        entries = [
            deployment(place, "group", str(number)) for number, place in enumerate([server, elsewhere])
        ]
        other = deployment(server, "other", "2", "another-model")
        router = Router([*entries, other], cache_responses=True, caching_groups=[("shared", "other")])
        for _ in range(8):
            router.completion("group", MESSAGES)
        router.completion("other", MESSAGES)
        assert len(server.requests) + len(elsewhere.requests) == 2


def test_any_function_through_the_router(server: Loopback) -> None:
    def blocking(**kwargs: Any) -> Any:
        return edgequake_python.completion(**kwargs)

    async def awaited(**kwargs: Any) -> Any:
        return await edgequake_python.acompletion(**kwargs)

    router = Router([deployment(server, "group", "one")])
    answer = router.function_with_fallbacks(original_function=blocking, model="group", messages=MESSAGES)
    assert answer._hidden_params["model_id"] == "one"
    answer = asyncio.run(
        router.async_function_with_fallbacks(original_function=awaited, model="group", messages=MESSAGES)
    )
    assert answer._hidden_params["model_id"] == "one"
