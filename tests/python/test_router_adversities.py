"""What goes wrong in unusual ways: in the middle of tools or thoughts, in circles, or while nobody waits."""

from __future__ import annotations

import asyncio
import email.utils
import time
from typing import Any

import pytest

from edgequake_python import BadRequestError, ContentPolicyViolationError, Router, RouterRateLimitError
from loopback import CUT, MESSAGES, Loopback, Reply, Request, chat, error, event, events
from test_router import Ask, ask, deployment

__all__ = ["ask"]


def first_breaks(*begun: bytes) -> Any:
    """The deployment of the model ``bad`` begins like that and breaks off; any other answers whole."""

    def handle(request: Request) -> Any:
        if request.json["model"] == "bad":
            return Reply(iter([*begun, CUT]))
        return Reply(events("well", " done"))

    return handle


def two(server: Loopback, **settings: Any) -> Router:
    entries = [
        deployment(server, "group", "bad", "bad", order=1),
        deployment(server, "group", "good", "good", order=2),
    ]
    return Router(entries, num_retries=0, **settings)


def read(router: Router, **more: Any) -> list[Any]:
    return list(router.completion("group", MESSAGES, stream=True, **more))


TOOL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "find", "arguments": '{"q'}}


# Streams.


def test_after_half_a_tool_call_the_answer_begins_anew(server: Loopback) -> None:
    server.handler = first_breaks(event(delta={"tool_calls": [TOOL]}, finish_reason=None))
    chunks = read(two(server, stream_failure="restart"))
    anew = [place for place, chunk in enumerate(chunks) if getattr(chunk, "restarted", False)]
    assert len(anew) == 1
    after = chunks[anew[0] :]
    assert not any(chunk.choices[0].delta.tool_calls for chunk in after)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in after) == "well done"


def test_after_thoughts_alone_the_same_question_is_asked(server: Loopback) -> None:
    server.handler = first_breaks(event(delta={"reasoning_content": "Hm"}, finish_reason=None))
    chunks = read(two(server, stream_failure="continue"))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "well done"
    # There is no text to go on from, so none is sent.
    assert server.bodies[1]["messages"] == MESSAGES


@pytest.mark.parametrize("policy", ["raise", "continue", "restart"])
def test_everybody_breaks_off(server: Loopback, policy: str) -> None:
    begun = event(delta={"content": "half"}, finish_reason=None)
    server.handler = lambda request: Reply(iter([begun, CUT]))
    router = two(server, stream_failure=policy, cooldown_time=0, max_fallbacks=3)
    chunks: list[Any] = []
    with pytest.raises(Exception) as caught:
        for chunk in router.completion("group", MESSAGES, stream=True):
            chunks.append(chunk)
    assert type(caught.value).__name__ == "IncompleteStreamError" and chunks
    assert 1 <= len(server.requests) <= 8  # it ends


# Retry-After.


@pytest.mark.parametrize("form", ["seconds", "milliseconds", "date"])
def test_how_a_provider_may_say_when_to_come_back(server: Loopback, ask: Ask, form: str) -> None:
    value = {
        "seconds": ("retry-after", "20"),
        "milliseconds": ("retry-after-ms", "20000"),
        "date": ("retry-after", email.utils.formatdate(time.time() + 20, usegmt=True)),
    }[form]
    server.handler = lambda request: error(429, headers=dict([value]))
    router = two(server)
    with pytest.raises(Exception, match="RateLimit"):
        ask(router, "group")
    with pytest.raises(RouterRateLimitError) as caught:
        ask(router, "group")
    assert 15 < caught.value.cooldown_time <= 20


def test_the_first_that_is_back_counts(server: Loopback, ask: Ask) -> None:
    waits = {"bad": "30", "good": "12"}
    server.handler = lambda request: error(429, headers={"retry-after": waits[request.json["model"]]})
    router = two(server)
    with pytest.raises(Exception, match="RateLimit"):
        ask(router, "group")
    with pytest.raises(RouterRateLimitError) as caught:
        ask(router, "group")
    assert 8 < caught.value.cooldown_time <= 12
    assert sorted(caught.value.cooldown_list) == ["bad", "good"]
    assert len(server.requests) == 2


# Circles.


def test_fallbacks_in_a_circle_end(server: Loopback, ask: Ask) -> None:
    server.handler = lambda request: error(500, f"from {request.json['model']}")
    router = Router(
        [deployment(server, name, name, name) for name in ("group", "b", "c")],
        fallbacks=[{"group": ["b"]}, {"b": ["c", "group"]}, {"c": ["group", "b", "c"]}],
        num_retries=0,
        max_fallbacks=50,
    )
    with pytest.raises(Exception, match="from group"):
        ask(router, "group")
    assert [body["model"] for body in server.bodies] == ["group", "b", "c"]


def test_a_fallbacks_own_parameters(server: Loopback, ask: Ask) -> None:
    server.handler = lambda request: error(500) if request.json["model"] == "group" else chat()
    router = Router(
        [deployment(server, name, name, name, temperature=0.1) for name in ("group", "b")],
        fallbacks=[{"group": [{"model": "b", "temperature": 0.9, "seed": 3}]}],
        num_retries=0,
    )
    ask(router, "group", temperature=0.5)
    assert [(body["temperature"], body.get("seed")) for body in server.bodies] == [(0.5, None), (0.9, 3)]


# Filters and windows.


def filtered(request: Request) -> Any:
    answer = chat("I ca")
    if request.json["model"] == "group":
        answer["choices"][0]["finish_reason"] = "content_filter"
    return answer


def test_a_filtered_answer_is_given_by_another_group(server: Loopback, ask: Ask) -> None:
    server.handler = filtered
    entries = [deployment(server, name, name, name) for name in ("group", "b")]
    router = Router(entries, content_policy_fallbacks=[{"group": ["b"]}])
    assert ask(router, "group")._hidden_params["model_id"] == "b"
    assert len(server.requests) == 2
    # It did not fail: nobody rests, and what it cost was paid.
    assert router.fail_calls["openai/group"] == 0
    # Where no group is named for it, the fallbacks of all groups are meant.
    router_of_all = Router(entries, default_fallbacks=["b"])
    assert ask(router_of_all, "group")._hidden_params["model_id"] == "b"
    # Without such a fallback the answer is the caller's.
    for more in ({}, {"disable_fallbacks": True}):
        plain = Router(entries, fallbacks=[{"group": ["b"]}]) if not more else router
        assert ask(plain, "group", **more).choices[0].finish_reason == "content_filter"


def test_nobody_gives_a_filtered_answer(server: Loopback, ask: Ask) -> None:
    def handle(request: Request) -> Any:
        return filtered(request) if request.json["model"] == "group" else error(400)

    server.handler = handle
    entries = [deployment(server, name, name, name) for name in ("group", "b")]
    router = Router(entries, content_policy_fallbacks=[{"group": ["b"]}])
    with pytest.raises(ContentPolicyViolationError):
        ask(router, "group")


def test_a_prompt_of_any_length_goes_to_a_model_that_no_table_knows(server: Loopback, ask: Ask) -> None:
    small = deployment(server, "group", "small", "small")
    small["model_info"]["max_input_tokens"] = 5
    router = Router(
        [small, deployment(server, "group", "unknown", "nobody-knows")], enable_pre_call_checks=True
    )
    for _ in range(8):
        answer = ask(router, "group", messages=[{"role": "user", "content": "word " * 50}])
        assert answer._hidden_params["model_id"] == "unknown"


# Counting.


@pytest.mark.parametrize(
    "asked", ["call", "router", "deployment", "policy", "group policy", "call's policy", "max"]
)
@pytest.mark.parametrize("retries", [0, 1, 3])
def test_every_way_to_say_how_often_is_requests_less_one(
    server: Loopback, ask: Ask, asked: str, retries: int
) -> None:
    server.handler = lambda request: error(500)
    policy = {"InternalServerErrorRetries": retries}
    params: dict[str, Any] = {"num_retries": retries} if asked == "deployment" else {}
    router = _Eager(
        [deployment(server, "group", str(number), **params) for number in range(5)],
        num_retries={"router": retries, "call": 2, "deployment": 2}.get(asked),
        retry_policy=policy if asked == "policy" else None,
        model_group_retry_policy={"group": policy} if asked == "group policy" else None,
    )
    more: dict[str, Any] = {"num_retries": retries} if asked == "call" else {}
    if asked == "max":
        more = {"max_retries": retries}
    if asked == "call's policy":
        more = {"retry_policy": policy}
    with pytest.raises(Exception, match="InternalServerError"):
        ask(router, "group", **more)
    assert len(server.requests) == 1 + retries


class _Eager(Router):
    def _time_to_sleep_before_retry(self, *args: Any, **kwargs: Any) -> float:
        return 0.0


# While nobody waits.


def test_a_hedged_call_that_is_cancelled_leaves_nothing(server: Loopback) -> None:
    def late(request: Request) -> Any:
        request.server.pause(20)
        return chat()

    server.handler = late
    entries = [
        deployment(server, "group", str(number), str(number), order=number, max_parallel_requests=1)
        for number in (1, 2)
    ]
    router = Router(entries, num_retries=0, hedge_after=0.05)

    async def use() -> None:
        call = asyncio.ensure_future(router.acompletion("group", MESSAGES))
        while len(server.requests) < 2:
            await asyncio.sleep(0.01)
        call.cancel()
        await asyncio.wait([call])
        assert call.cancelled()
        server.handler = lambda request: chat()
        # Both slots are free again.
        for model in ("1", "2"):
            await router.acompletion(model, MESSAGES, hedge_after=None)

    asyncio.run(use())


def test_deployments_are_replaced_while_streams_are_read(server: Loopback) -> None:
    server.handler = lambda request: Reply(events("a", "b", "c"))
    router = Router([deployment(server, "group", "one", "one", max_parallel_requests=1)], num_retries=0)
    stream = iter(router.completion("group", MESSAGES, stream=True))
    next(stream)
    router.upsert_deployment(deployment(server, "group", "one", "two", max_parallel_requests=1))  # type: ignore[arg-type]
    assert len(list(stream)) >= 2
    answer = list(router.completion("group", MESSAGES, stream=True))
    assert answer and server.bodies[-1]["model"] == "two"
    router.delete_deployment("one")
    with pytest.raises(BadRequestError):
        router.completion("group", MESSAGES)
