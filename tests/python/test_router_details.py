"""What programs of LiteLLM ask a Router beside calls: tags that exclude, what is left, who is healthy."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from edgequake_python import InternalServerError, RateLimitError, Router
from edgequake_python.router_utils.cooldown_handlers import (
    _async_get_cooldown_deployments,
    _get_cooldown_deployments,
)
from edgequake_python.types.router import Deployment
from test_router import Ask, ask
from test_router_past import HI, quick, staged

__all__ = ["ask", "quick"]

ENTRIES = [
    staged("a", "x", "free", tags=["free", "eu"]),
    staged("a", "x", "paid", tags=["paid", "eu"]),
    staged("a", "x", "default", tags=["default"]),
]


def served(router: Router, ask: Ask, tags: list[str], **more: Any) -> set[str]:
    """The ids of the deployments that answer calls with these tags; none when they are refused."""
    try:
        return {
            ask(router, "a", metadata={"tags": tags}, **more)._hidden_params["model_id"] for _ in range(25)
        }
    except ValueError as error:
        assert "Not allowed to access model due to tags" in str(error)
        return set()


@pytest.mark.parametrize(
    ("tags", "ids"),
    [
        (["eu"], {"free", "paid"}),
        (["eu", "!paid"], {"free"}),
        (["&eu", "&free"], {"free"}),
        (["&eu"], {"free", "paid"}),
        (["&nobody"], set()),
        (["!paid"], {"default"}),
        (["!default"], set()),
        (["nobody"], {"default"}),
        (["nobody", "!default"], set()),
        (["free", "&paid"], set()),
        (["&", "!"], {"default"}),
    ],
)
def test_tags_that_require_and_exclude(ask: Ask, tags: list[str], ids: set[str]) -> None:
    assert served(Router(ENTRIES, enable_tag_filtering=True), ask, tags) == ids


def test_all_tags_must_be_there(ask: Ask) -> None:
    router = Router(ENTRIES, enable_tag_filtering=True, tag_filtering_match_any=False)
    assert served(router, ask, ["free", "eu"]) == {"free"}
    assert served(router, ask, ["free", "paid"]) == set(), (
        "these tags are known here, so no default serves them"
    )
    assert served(router, ask, ["nobody"]) == {"default"}


def test_tags_that_are_meant_for_the_router(ask: Ask) -> None:
    router = Router(ENTRIES, enable_tag_filtering=True, tag_routing_prefix="route:")
    assert served(router, ask, ["route:free"]) == {"free"}
    assert served(router, ask, ["free"]) == {"free"}
    assert served(router, ask, ["route:nobody"]) == set()
    assert served(router, ask, ["nobody"]) == {"default"}
    assert served(router, ask, ["route:!paid", "eu"]) == {"free"}


def test_a_call_wants_its_tags_to_count(ask: Ask) -> None:
    router = Router(ENTRIES)
    assert served(router, ask, ["free"]) == {"free", "paid", "default"}
    assert served(router, ask, ["free"], enable_tag_filtering=True) == {"free"}


def test_what_is_left_of_limits(ask: Ask) -> None:
    router = Router([staged("a", "x", "1", rpm=10, tpm=1000), staged("a", "x", "2", rpm=5), staged("b", "x")])
    ask(router, "a")
    left = asyncio.run(router.get_remaining_model_group_usage("a"))
    assert (left["x-ratelimit-limit-requests"], left["x-ratelimit-remaining-requests"]) == (15, 14)
    assert left["x-ratelimit-limit-tokens"] == 1000
    assert left["x-ratelimit-remaining-tokens"] <= 1000
    for group in ("b", "nobody"):
        assert asyncio.run(router.get_remaining_model_group_usage(group)) == {}


def test_who_is_healthy() -> None:
    router = Router([staged("a", "x", "1"), staged("a", "x", "2")], num_retries=0)
    with pytest.raises(RateLimitError):
        router.completion("a", HI, mock_response="litellm.RateLimitError")
    (resting,) = _get_cooldown_deployments(router, parent_otel_span=None)
    assert asyncio.run(_async_get_cooldown_deployments(router, parent_otel_span=None)) == [resting]
    for healthy, everybody in (
        router._get_healthy_deployments(model="a", parent_otel_span=None),
        asyncio.run(router._async_get_healthy_deployments(model="a", parent_otel_span=None)),
    ):
        assert {entry["model_info"]["id"] for entry in healthy} == {"1", "2"} - {resting}
        assert len(everybody) == len(router._get_all_deployments("a")) == 2


def test_where_deployments_stand() -> None:
    router = Router([staged("a", "x", "1"), staged("b", "x", "2"), staged("a", "x", "3")])
    assert router.model_id_to_deployment_index_map == {"1": 0, "2": 1, "3": 2}
    assert router.model_name_to_deployment_indices == {"a": [0, 2], "b": [1]}
    names = [router.resolve_model_name_from_model_id(key) for key in ("2", "a", "nobody", None)]
    assert names == ["b", "a", None, None]


def test_what_is_known_of_a_model() -> None:
    def entry(model: str, key: str, **info: Any) -> dict[str, Any]:
        return {
            "model_name": "a",
            "litellm_params": {"model": model, "api_key": "k", "api_base": "http://127.0.0.1:9"},
            "model_info": {"id": key, **info},
        }

    router = Router(
        [
            entry("gpt-4o", "1", max_input_tokens=7),
            entry("azure/mine", "2", base_model="azure/gpt-4o"),
            entry("gemini/*", "3"),
            entry("openai/nobody-knows", "4"),
        ]
    )
    first = router.get_deployment("1")
    assert isinstance(first, Deployment)
    info = router.get_router_model_info(deployment=first.to_json(), received_model_name="a")
    assert (info["max_input_tokens"], info["mode"]) == (7, "chat")
    assert router.get_router_model_info(None, "a", "2")["max_input_tokens"] == 128000
    wild = router.get_deployment_model_info(model_id="3", model_name="gemini/gemini-2.5-flash")
    assert wild is not None
    assert wild["litellm_provider"] == "gemini"
    assert router.get_deployment_model_info("4", "openai/nobody-knows") is None
    assert router.get_deployment_model_info("nobody", "gpt-4o") is None
    with pytest.raises(ValueError, match="not found"):
        router.get_router_model_info(None, "a")


def test_a_deployment_is_shown_without_its_secrets() -> None:
    entry = staged("a", "x", aws_secret_access_key="very-secret")
    shown = Router().print_deployment(entry)["litellm_params"]
    assert shown["aws_secret_access_key"] == shown["api_key"] == "***"
    assert shown["model"] == "openai/m"
    assert entry["litellm_params"]["aws_secret_access_key"] == "very-secret"


def test_one_request_under_its_older_name() -> None:
    router = Router(
        [staged("a", "fine"), staged("b", "litellm.InternalServerError")], fallbacks=[{"b": ["a"]}]
    )
    asked: dict[str, Any] = {"model": "a", "messages": HI}
    answers = [
        router._completion(**asked),
        asyncio.run(router._acompletion(**asked)),
        router.function_with_fallbacks(original_function=router._completion, num_retries=0, **asked),
        asyncio.run(router.async_function_with_fallbacks(original_function=router._acompletion, **asked)),
        asyncio.run(router.async_function_with_retries(original_function=router._acompletion, **asked)),
        router.function_with_fallbacks(original_function=router._completion, **{**asked, "model": "b"}),
    ]
    assert [answer.choices[0].message.content for answer in answers] == ["fine"] * 6
    with pytest.raises(InternalServerError):
        router._completion(**{**asked, "model": "b"})
    assert router.fail_calls["openai/m"] == 4


@pytest.mark.parametrize(
    "others",
    ["b", ["b"], [{"a": "b"}], [{"a": ["b"]}], [{"model": "b"}], ["nobody", {"model": "b", "user": "u"}]],
)
def test_ways_to_say_where_a_call_goes_else(ask: Ask, others: Any) -> None:
    router = Router([staged("a", "litellm.InternalServerError"), staged("b", "fine")], num_retries=0)
    assert ask(router, "a", fallbacks=others).choices[0].message.content == "fine"


def test_what_failed_before_a_fallback_is_told_to_who_asks(ask: Ask) -> None:
    router = Router(
        [
            staged("a", "litellm.InternalServerError"),
            staged("b", "litellm.RateLimitError"),
            staged("c", "fine"),
        ],
        num_retries=0,
        fallbacks=[{"a": ["b", "c"]}],
    )
    name = "x-litellm-fallback-errors"
    headers = ask(router, "a", include_fallback_errors=True)._hidden_params["additional_headers"]
    told = [(error["type"], error["code"]) for error in json.loads(headers[name])]
    assert told == [("InternalServerError", "500"), ("RateLimitError", "429")]
    assert name not in ask(router, "a")._hidden_params["additional_headers"]
