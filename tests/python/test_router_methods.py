"""Every method of the Router that calls: retries, fallbacks, rests and limits are the same for all."""

from __future__ import annotations

import asyncio
import inspect
import itertools
from typing import Any

import pytest

import edgequake_python
from edgequake_python import Router, Simulator
from loopback import MESSAGES

HI = MESSAGES
#: The head of a WAV file without a sound in it.
SOUND = b"RIFF$\x00\x00\x00WAVEfmt \x10" + b"\x00" * 27
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 32

#: Method, arguments, and whether there is a blocking twin.
METHODS: list[tuple[str, dict[str, Any], bool]] = [
    ("completion", {"messages": HI}, True),
    ("text_completion", {"prompt": "Once"}, True),
    ("embedding", {"input": ["a", "b"]}, True),
    ("image_generation", {"prompt": "a fox"}, True),
    ("image_edit", {"image": PIXEL, "prompt": "a fox"}, True),
    ("transcription", {"file": ("a.wav", SOUND)}, True),
    ("speech", {"input": "hello", "voice": "alloy"}, True),
    ("rerank", {"query": "a", "documents": ["a", "b"]}, True),
    ("moderation", {"input": "hello"}, True),
    ("responses", {"input": "hello"}, True),
    ("anthropic_messages", {"messages": HI, "max_tokens": 50}, False),
]
WAYS = [
    pytest.param(method, given, asynchronous, id=f"{'a' if asynchronous else ''}{method}")
    for method, given, twin in METHODS
    for asynchronous in ((False, True) if twin else (True,))
]
everywhere = pytest.mark.parametrize(("method", "given", "asynchronous"), WAYS)
_numbers = itertools.count()


def fresh(fault: str, times: int | None = None) -> str:
    """A model that fails like that; counted apart from all others."""
    return f"m{next(_numbers)}?sim={fault}" + ("" if times is None else f"&times={times}")


class Eager(Router):
    """One that does not wait before it tries again."""

    def _time_to_sleep_before_retry(self, *args: Any, **kwargs: Any) -> float:
        return 0.0


def entry(sim: Simulator, method: str, group: str, id: str, model: str, **params: Any) -> dict[str, Any]:
    provider = {"anthropic_messages": "anthropic", "rerank": "cohere"}.get(method, "openai")
    base = sim.base_url.rpartition("/v1")[0] if provider != "openai" else sim.base_url
    where = {"model": f"{provider}/{model}", "api_base": base, "api_key": "sk-simulated"}
    return {"model_name": group, "litellm_params": {**where, **params}, "model_info": {"id": id}}


def ask(router: Router, method: str, given: dict[str, Any], asynchronous: bool, **more: Any) -> Any:
    if not asynchronous:
        return getattr(router, method)(model="group", **given, **more)
    name = method if method == "anthropic_messages" else f"a{method}"
    return asyncio.run(getattr(router, name)(model="group", **given, **more))


def where_from(answer: Any) -> str | None:
    hidden = getattr(answer, "_hidden_params", None)
    return hidden.get("model_id") if isinstance(hidden, dict) else None


@everywhere
def test_a_retry(simulator: Simulator, method: str, given: dict[str, Any], asynchronous: bool) -> None:
    router = Eager([entry(simulator, method, "group", "one", fresh("503", 2))], num_retries=2)
    before = simulator.stats["requests"]
    answer = ask(router, method, given, asynchronous)
    assert simulator.stats["requests"] - before == 3
    assert sum(router.fail_calls.values()) == 2 and sum(router.success_calls.values()) == 1
    assert where_from(answer) in ("one", None)


@everywhere
@pytest.mark.parametrize("retries", [0, 1, 2])
def test_as_many_requests_as_that(
    simulator: Simulator, method: str, given: dict[str, Any], asynchronous: bool, retries: int
) -> None:
    router = Eager(
        [entry(simulator, method, "group", "one", fresh("500"), max_retries=5)], num_retries=retries
    )
    before = simulator.stats["requests"]
    with pytest.raises(edgequake_python.InternalServerError):
        ask(router, method, given, asynchronous)
    assert simulator.stats["requests"] - before == 1 + retries


@everywhere
def test_a_fallback(simulator: Simulator, method: str, given: dict[str, Any], asynchronous: bool) -> None:
    router = Router(
        [
            entry(simulator, method, "group", "bad", fresh("400")),
            entry(simulator, method, "other", "good", "a-model"),
        ],
        fallbacks=[{"group": ["other"]}],
    )
    before = simulator.stats["requests"]
    answer = ask(router, method, given, asynchronous)
    assert simulator.stats["requests"] - before == 2
    assert where_from(answer) in ("good", None)
    if where_from(answer) is not None:
        assert answer._hidden_params["additional_headers"]["x-litellm-attempted-fallbacks"] == 1


@everywhere
def test_a_rest(simulator: Simulator, method: str, given: dict[str, Any], asynchronous: bool) -> None:
    bad = fresh("401")
    router = Router(
        [
            entry(simulator, method, "group", "bad", bad, order=1),
            entry(simulator, method, "group", "good", "a-model", order=2),
        ],
        cooldown_time=60,
    )
    for _ in range(3):
        ask(router, method, given, asynchronous)
    counts = {model.rpartition("/")[2]: count for model, count in router.total_calls.items()}
    assert counts == {bad: 1, "a-model": 3}


@everywhere
def test_a_limit(simulator: Simulator, method: str, given: dict[str, Any], asynchronous: bool) -> None:
    router = Router([entry(simulator, method, "group", "one", "a-model", rpm=2)])
    for _ in range(2):
        ask(router, method, given, asynchronous)
    with pytest.raises(edgequake_python.RouterRateLimitError):
        ask(router, method, given, asynchronous)


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("completion", {"messages": HI}),
        ("text_completion", {"prompt": "Once"}),
        ("responses", {"input": "hello"}),
        ("anthropic_messages", {"messages": HI, "max_tokens": 50}),
    ],
)
def test_a_stream_that_fails_at_once(simulator: Simulator, method: str, given: dict[str, Any]) -> None:
    router = Router(
        [
            entry(simulator, method, "group", "bad", fresh("529")),
            entry(simulator, method, "other", "good", "a-model"),
        ],
        fallbacks=[{"group": ["other"]}],
        num_retries=0,
    )

    async def use() -> int:
        name = method if method == "anthropic_messages" else f"a{method}"
        stream = await getattr(router, name)(model="group", stream=True, **given)
        return len([part async for part in stream])

    assert asyncio.run(use()) > 1
    if method != "anthropic_messages":
        assert len(list(getattr(router, method)(model="group", stream=True, **given))) > 1
    assert sum(router.fail_calls.values()) == sum(router.success_calls.values())


def test_files_and_batches(simulator: Simulator) -> None:
    """They go to the deployment's account, and nothing of the deployment's parameters for chats is sent."""
    where = entry(simulator, "chat", "group", "one", "gpt-4o", temperature=0.5, input_cost_per_token=1e-6)
    router = Router([where])

    async def use() -> None:
        line = b'{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {}}\n'
        file = await router.acreate_file(model="group", file=("a.jsonl", line), purpose="batch")
        assert (await router.afile_retrieve(model="group", file_id=file.id)).id == file.id
        assert file.id in [item.id for item in (await router.afile_list(model="group")).data]
        assert (await router.afile_content(model="group", file_id=file.id)).content == line
        batch = await router.acreate_batch(
            model="group",
            input_file_id=file.id,
            endpoint="/v1/chat/completions",
            completion_window="24h",
        )
        assert (await router.aretrieve_batch(model="group", batch_id=batch.id)).id == batch.id
        assert batch.id in [item.id for item in (await router.alist_batches(model="group")).data]
        # The simulator is done with a batch at once, and says so; nobody asks it again.
        with pytest.raises(edgequake_python.BadRequestError, match="Cannot cancel"):
            await router.acancel_batch(model="group", batch_id=batch.id, num_retries=0)
        assert (await router.afile_delete(model="group", file_id=file.id)).deleted

    asyncio.run(use())


def test_stored_responses_are_asked_for_where_they_are(simulator: Simulator) -> None:
    with Simulator() as elsewhere:
        router = Router(
            [
                entry(simulator, "responses", "group", "one", "gpt-4o"),
                entry(elsewhere, "responses", "group", "two", "gpt-4o"),
            ]
        )

        async def use() -> None:
            for _ in range(6):
                made = await router.aresponses(model="group", input="hello", store=True)
                found = await router.aget_responses(made.id)
                assert found.output[0].content[0].text == made.output[0].content[0].text
                assert (await router.alist_input_items(made.id))["data"]
                assert (await router.adelete_responses(made.id)).deleted

        asyncio.run(use())
        assert elsewhere.stats["requests"] > 0
        with pytest.raises(edgequake_python.BadRequestError, match="which deployment"):
            asyncio.run(router.aget_responses("resp_1"))


def test_the_client_that_is_used_like_openais(simulator: Simulator) -> None:
    router = Router([entry(simulator, "completion", "group", "one", "gpt-4o")])
    answer = router.chat.completions.create(model="group", messages=HI)
    assert answer._hidden_params["model_id"] == "one"
    again = asyncio.run(router.chat.completions.acreate(model="group", messages=HI))
    assert again._hidden_params["model_id"] == "one"


def test_all_methods_are_tried_here() -> None:
    """A method that calls and is not in the table above, or tested by name, is not tested."""
    tested = {name for method, _, _ in METHODS for name in (method, f"a{method}")}
    source = inspect.getsource(inspect.getmodule(test_all_methods_are_tried_here))  # type: ignore[arg-type]
    from edgequake_python.router.batches import Batches
    from edgequake_python.router.calls import Calls
    from edgequake_python.router.stored import Stored

    found = {name for part in (Calls, Stored) for name in vars(part) if not name.startswith("_")}
    elsewhere = {"function_with_fallbacks", "function_with_retries", "schedule_acompletion"}
    elsewhere |= {f"async_{name}" for name in elsewhere} | set(vars(Batches))
    for name in found - tested - elsewhere:
        assert f"router.{name}(" in source or name == "acancel_responses", name
