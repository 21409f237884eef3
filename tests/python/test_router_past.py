"""What programs written for LiteLLM's Router read: attempts that failed, failures on request, limits beside a
deployment's parameters, credentials of the caller's own.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

import edgequake_python
from edgequake_python import (
    AuthenticationError,
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    InternalServerError,
    RateLimitError,
    Router,
    RouterRateLimitError,
)
from edgequake_python.types.router import Deployment, RetryPolicy
from loopback import Loopback, Request, chat, error
from test_router import Ask, ask, deployment

__all__ = ["ask"]
HI = [{"role": "user", "content": "hi"}]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting between attempts costs nothing here."""
    from edgequake_python.router import failures

    monkeypatch.setattr(failures, "_FIRST", 0.0)
    monkeypatch.setattr(failures, "_JITTER", 0.0)


def staged(group: str, answer: Any, key: str | None = None, **params: Any) -> dict[str, Any]:
    """A deployment that answers without a provider."""
    entry: dict[str, Any] = {
        "model_name": group,
        "litellm_params": {"model": "openai/m", "api_key": "k", "mock_response": answer, **params},
    }
    if key is not None:
        entry["model_info"] = {"id": key}
    return entry


class Noted(Router):
    """Keeps what `log_retry` was told, and said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told: list[tuple[str, str]] = []
        self.said: list[dict[str, Any]] = []

    def log_retry(self, kwargs: dict[str, Any], e: Exception) -> dict[str, Any]:
        self.told.append((kwargs["model"], type(e).__name__))
        self.said.append(super().log_retry(kwargs, e))
        return self.said[-1]


def seen_by_callbacks(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The metadata of calls that went well."""
    seen: list[dict[str, Any]] = []

    def listen(kwargs: dict[str, Any], *rest: Any) -> None:
        seen.append(kwargs["litellm_params"]["metadata"])

    monkeypatch.setattr(edgequake_python, "success_callback", [listen])
    return seen


def test_the_answer_knows_the_attempts_before_it(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = seen_by_callbacks(monkeypatch)
    router = Noted(
        [staged("a", "litellm.InternalServerError", "one"), staged("b", "fine", "two")],
        num_retries=1,
        fallbacks=[{"a": ["b"]}],
    )
    mine = {"mine": 1}
    ask(router, "a", metadata=mine)
    ask(router, "b", metadata=mine)
    edgequake_python.flush(10)
    assert router.told == [("a", "InternalServerError")] * 2
    attempts = seen[0]["previous_models"]
    assert [(attempt["model_group"], attempt["deployment_id"]) for attempt in attempts] == [("a", "one")] * 2
    assert [attempt["attempted_retries"] for attempt in attempts] == [0, 1]
    assert attempts[0]["exception_type"] == "InternalServerError"
    assert seen[0]["request_retry_count"] == 2
    assert "previous_models" not in seen[1]
    assert mine == {"mine": 1}, "the caller's metadata is the caller's"


def test_the_last_four_attempts_are_told(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = seen_by_callbacks(monkeypatch)
    router = Router(
        [staged("a", "litellm.InternalServerError"), staged("b", "fine")],
        num_retries=5,
        fallbacks=[{"a": ["b"]}],
    )
    ask(router, "a")
    edgequake_python.flush(10)
    assert [attempt["attempted_retries"] for attempt in seen[0]["previous_models"]] == [2, 3, 4, 5]
    assert seen[0]["request_retry_count"] == 6


def test_log_retry_leaves_what_it_is_given() -> None:
    given: dict[str, Any] = {"metadata": {"mine": 1}, "model": "g"}
    told = Router().log_retry(given, RuntimeError("no"))
    assert given == {"metadata": {"mine": 1}, "model": "g"}
    assert told["metadata"]["mine"] == 1
    assert told["metadata"]["previous_models"][0]["exception_string"] == "no"


@pytest.mark.parametrize(("most", "requests"), [(None, 4), (0, 1), (2, 3)])
def test_retries_of_a_whole_request_are_bounded(
    server: Loopback, ask: Ask, monkeypatch: pytest.MonkeyPatch, most: int | None, requests: int
) -> None:
    server.handler = lambda request: error(500, "it failed")
    monkeypatch.setattr(edgequake_python, "num_retries_per_request", most)
    router = Router(
        [deployment(server, "a", "one"), deployment(server, "b", "two")],
        num_retries=1,
        fallbacks=[{"a": ["b"]}],
    )
    with pytest.raises(InternalServerError):
        ask(router, "a")
    assert len(server.requests) == requests


@pytest.mark.parametrize(
    ("name", "said"),
    [("context", ContextWindowExceededError), ("content_policy", ContentPolicyViolationError)],
)
def test_a_failure_on_request_goes_to_the_fallbacks_at_once(
    ask: Ask, name: str, said: type[Exception]
) -> None:
    entries = [staged("a", "a", "1"), staged("a", "a", "2"), staged("b", "b")]
    general = Router(entries, fallbacks=[{"a": ["b"]}])
    assert ask(general, "a", mock_testing_fallbacks=True).choices[0].message.content == "b"
    alone = Router(entries)
    with pytest.raises(InternalServerError):
        ask(alone, "a", mock_testing_fallbacks=True)
    with pytest.raises(said):
        ask(alone, "a", **{f"mock_testing_{name}_fallbacks": True})
    # This one is a first attempt that fails, and the next one helps.
    assert ask(alone, "a", mock_testing_rate_limit_error=True).choices[0].message.content == "a"


@pytest.mark.parametrize(("value", "content"), [("true", "b"), ("True", "b"), ("false", "a"), ("", "a")])
def test_failures_on_request_are_understood_as_texts(ask: Ask, value: str, content: str) -> None:
    router = Router([staged("a", "a"), staged("b", "b")], fallbacks=[{"a": ["b"]}])
    assert ask(router, "a", mock_testing_fallbacks=value).choices[0].message.content == content


def test_a_timeout_on_request_is_the_first_group_s(ask: Ask) -> None:
    router = Router(
        [staged("a", "a", timeout=0.05), staged("b", "b")], num_retries=0, fallbacks=[{"a": ["b"]}]
    )
    assert ask(router, "a", mock_timeout=True).choices[0].message.content == "b"


def test_errors_that_a_policy_names_are_repeated(server: Loopback, ask: Ask) -> None:
    refused = "The response was filtered: content management policy"
    server.handler = lambda request: error(400, refused, code="content_filter")
    router = Router(
        [deployment(server, "a", "one")],
        retry_policy=RetryPolicy(ContentPolicyViolationErrorRetries=2, BadRequestErrorRetries=9),
    )
    with pytest.raises(ContentPolicyViolationError):
        ask(router, "a")
    assert len(server.requests) == 3
    with pytest.raises(ContentPolicyViolationError):
        ask(router, "a", num_retries=0)
    assert len(server.requests) == 4, "what a call says of itself counts"


def test_should_retry_this_error_is_asked_with_fallbacks() -> None:
    router = Router([staged("a", "a")])
    said: dict[str, Any] = {"message": "m", "model": "m", "llm_provider": "p"}
    failed, limited = InternalServerError(**said), RateLimitError(**said)
    assert router.should_retry_this_error(failed, healthy_deployments=["one"])
    with pytest.raises(InternalServerError):
        router.should_retry_this_error(failed, healthy_deployments=[])
    with pytest.raises(RateLimitError):
        router.should_retry_this_error(limited, healthy_deployments=[], regular_fallbacks=[{"a": ["b"]}])
    for kind, name in (
        (ContextWindowExceededError, "context_window_fallbacks"),
        (ContentPolicyViolationError, "content_policy_fallbacks"),
    ):
        with pytest.raises(kind):
            router.should_retry_this_error(kind(**said), healthy_deployments=["x"], **{name: [{"a": ["b"]}]})


def test_the_package_s_default_fallbacks(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgequake_python, "default_fallbacks", ["b"])
    router = Router([staged("a", "litellm.InternalServerError"), staged("b", "b")], num_retries=0)
    assert ask(router, "a").choices[0].message.content == "b"


def test_limits_beside_the_parameters(ask: Ask) -> None:
    entries = [
        {**staged("a", "a", "1"), "rpm": 1},
        {**staged("b", "b", "2"), "rpm": 0},
        staged("c", "c", "3"),
    ]
    router = Router(entries, num_retries=0, fallbacks=[{"a": ["b"]}, {"b": ["c"]}])
    assert [ask(router, "a")._hidden_params["model_id"] for _ in range(3)] == ["1", "3", "3"]
    with pytest.raises(RouterRateLimitError):
        ask(router, "b", disable_fallbacks=True)
    assert router.model_list[0]["litellm_params"]["rpm"] == 1
    assert "rpm" not in entries[0]["litellm_params"]
    weighted = Router([{**staged("a", "a", "1"), "tpm": 1}, {**staged("a", "a", "2"), "tpm": 99}])
    chosen = Counter(weighted.get_available_deployment("a")["model_info"]["id"] for _ in range(300))
    assert chosen["2"] > 250


def test_a_deployment_for_each_organization() -> None:
    entry = staged("a", "a", organization=["one", "two"])
    router = Router([entry, staged("b", "b", "named", organization=["x", "y"])])
    assert [item["litellm_params"]["organization"] for item in router.model_list] == ["one", "two", "x", "y"]
    assert len(set(router.get_model_ids())) == 4
    assert router.get_model_ids("b") == ["named-x", "named-y"]


def test_deployments_of_other_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(name: str, *environments: str) -> dict[str, Any]:
        return {**staged(name, name), "model_info": {"supported_environments": list(environments)}}

    with pytest.raises(ValueError, match="LITELLM_ENVIRONMENT"):
        Router([entry("a", "staging")])
    monkeypatch.setenv("LITELLM_ENVIRONMENT", "staging")
    router = Router([entry("a", "staging", "production"), entry("b", "development"), staged("c", "c")])
    assert router.get_model_names() == ["a", "c"]
    assert router.add_deployment(Deployment(**entry("d", "development"))) is None
    assert router.deployment_is_active_for_environment(entry("e", "staging"))


@pytest.mark.parametrize("status", [401, 429, 500])
def test_credentials_of_a_caller_s_own_rest_nobody(server: Loopback, ask: Ask, status: int) -> None:
    def handle(request: Request) -> Any:
        mine = request.headers["authorization"] == "Bearer mine"
        return error(status, "not you") if mine else chat("fine")

    server.handler = handle
    router = Router([deployment(server, "a", "one"), deployment(server, "a", "two")], num_retries=0)
    for _ in range(12):
        with pytest.raises((AuthenticationError, RateLimitError, InternalServerError)):
            ask(router, "a", api_key="mine")
    assert len(router.healthy_deployments) == 2
    assert ask(router, "a").choices[0].message.content == "fine"


def test_whose_model_a_bare_name_is() -> None:
    entries = [staged("a", "a"), staged("a", "a"), staged("a", "a")]
    for entry, model in zip(entries, ("gpt-4o", "claude-sonnet-4-5", "mine")):
        entry["litellm_params"]["model"] = model
    entries[2]["litellm_params"]["custom_llm_provider"] = "groq"
    info = Router(entries).get_model_group_info("a")
    assert info is not None
    assert info.providers == ["openai", "anthropic", "groq"]


def test_a_model_of_nobody_is_no_deployment() -> None:
    unknown = staged("a", "a")
    unknown["litellm_params"]["model"] = "nobody/knows"
    with pytest.raises(BadRequestError, match="nobody/knows"):
        Router([unknown])
    assert Router([unknown, staged("b", "b")], ignore_invalid_deployments=True).get_model_names() == ["b"]
    anything = staged("*", "fine")
    anything["litellm_params"]["model"] = "*"
    assert Router([anything]).completion("gpt-4o", HI).choices[0].message.content == "fine"


def test_flushing_forgets_what_programs_keep() -> None:
    router = Router([staged("a", "a")])
    router.cache.set_cache("mine", 1)
    assert router.cache.get_cache("mine") == 1
    router.flush_cache()
    assert router.cache.get_cache("mine") is None


def test_a_deployment_as_a_dict() -> None:
    made = Deployment(model_name="a", litellm_params={"model": "openai/m"})
    assert "api_key" not in made.to_json()["litellm_params"]
    assert made.to_json(exclude_none=False)["litellm_params"]["api_key"] is None
