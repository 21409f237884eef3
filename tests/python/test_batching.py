"""Many calls at once."""

from __future__ import annotations

import contextvars
from typing import Any

import pytest

import edgequake_python
from edgequake_python import batch_completion, batch_completion_models, batch_completion_models_all_responses
from edgequake_python.exceptions import BadRequestError, InternalServerError
from loopback import MESSAGES, Loopback, Request, chat, error


def say(request: Request) -> Any:
    text = request.json["messages"][-1]["content"]
    return error(400) if text == "bad" else chat(f"{request.json['model']}: {text}")


@pytest.fixture
def there(server: Loopback) -> dict[str, Any]:
    server.handler = say
    return {"api_key": "k", "api_base": server.base_url}


def test_answers_in_order_and_errors_in_their_place(server: Loopback, there: dict[str, Any]) -> None:
    conversations = [[{"role": "user", "content": text}] for text in ("a", "bad", "c")]
    first, second, third = batch_completion("openai/m", conversations, temperature=0.5, **there)
    assert (first.choices[0].message.content, third.choices[0].message.content) == ("m: a", "m: c")
    assert isinstance(second, BadRequestError)
    assert {request.json["temperature"] for request in server.requests} == {0.5}
    assert batch_completion("openai/m", [], **there) == []


def test_the_callers_context_is_seen() -> None:
    who: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")
    seen: list[str] = []
    who.set("me")
    edgequake_python.pre_call_rules = [lambda text: seen.append(who.get())]
    batch_completion("openai/m", [MESSAGES, MESSAGES], mock_response="x")
    assert seen == ["me", "me"]


def test_the_first_good_answer() -> None:
    answer = batch_completion_models(
        models=["sim/500", "sim/latency?ms=20000", "sim/gpt"], messages=MESSAGES, num_retries=0
    )
    assert answer.choices[0].message.content
    answer = batch_completion_models(
        deployments=[{"model": "sim/500"}, {"model": "sim/gpt"}], messages=MESSAGES, num_retries=0
    )
    assert answer.choices[0].message.content
    with pytest.raises(InternalServerError):
        batch_completion_models(models=["sim/500"], messages=MESSAGES, num_retries=0)
    with pytest.raises(BadRequestError, match="models"):
        batch_completion_models(messages=MESSAGES)


def test_all_good_answers(there: dict[str, Any]) -> None:
    call: dict[str, Any] = {"messages": MESSAGES, "num_retries": 0}
    models = ["openai/a", "sim/500", "openai/b"]
    answers = batch_completion_models_all_responses(models=["openai/a", "openai/b"], **call, **there)
    assert [answer.choices[0].message.content for answer in answers] == ["a: Hello", "b: Hello"]
    answers = batch_completion_models_all_responses(models=models[:2], mock_response="x", **call)
    assert len(answers) == 2
    with pytest.raises(InternalServerError):
        batch_completion_models_all_responses(models=["sim/500"], **call)


def test_retries_are_counted_once(server: Loopback) -> None:
    server.handler = lambda request: error(500, headers={"retry-after-ms": "1"})
    there: dict[str, Any] = {"api_key": "k", "api_base": server.base_url, "messages": MESSAGES}
    with pytest.raises(InternalServerError):
        edgequake_python.completion_with_retries("openai/m", num_retries=2, **there)
    assert len(server.requests) == 3


class TestRetryPolicy:
    def test_by_kind_of_error(self, server: Loopback, complete: Any) -> None:
        answers = iter([429, 429, 500])
        server.handler = lambda request: error(next(answers), headers={"retry-after-ms": "1"})
        policy = {"RateLimitErrorRetries": 5, "InternalServerErrorRetries": 0}
        with pytest.raises(InternalServerError):
            complete(
                model="openai/m",
                messages=MESSAGES,
                api_key="k",
                api_base=server.base_url,
                retry_policy=policy,
            )
        assert len(server.requests) == 3

    def test_an_error_it_does_not_name(self, server: Loopback, complete: Any) -> None:
        server.handler = lambda request: error(400)
        there = {"api_key": "k", "api_base": server.base_url, "messages": MESSAGES}
        with pytest.raises(BadRequestError):
            complete(model="openai/m", retry_policy={"TimeoutErrorRetries": 3}, num_retries=4, **there)
        assert len(server.requests) == 1


def test_the_client_object(server: Loopback, there: dict[str, Any]) -> None:
    client = edgequake_python.LiteLLM(base_url=server.base_url, api_key="k", default_headers={"x-mine": "1"})
    answer = client.chat.completions.create(model="openai/m", messages=MESSAGES)
    assert answer.choices[0].message.content == "m: Hello"
    assert server.requests[-1].headers["x-mine"] == "1"


def test_health(server: Loopback, there: dict[str, Any]) -> None:
    import asyncio

    check = edgequake_python.ahealth_check
    params = {"model": "openai/m", **there}
    assert asyncio.run(check(params)) == {}
    assert params == {"model": "openai/m", **there}
    assert "error" in asyncio.run(check({"model": "sim/401"}))
    assert "mode" in asyncio.run(check(params, mode="dance"))["error"]
    assert edgequake_python.check_valid_key("sim/gpt", "k") is True
    assert edgequake_python.check_valid_key("sim/401", "k") is False


def test_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "value")
    monkeypatch.setenv("YES", "True")
    get = edgequake_python.get_secret
    assert [get("MINE"), get("os.environ/MINE"), get("YES"), get("NONE", 3)] == ["value", "value", True, 3]
    assert edgequake_python.get_secret_str("MINE") == "value"
    assert [edgequake_python.get_secret_bool(name) for name in ("YES", "MINE")] == [True, None]
    edgequake_python.credential_list = [{"credential_name": "c", "credential_values": {"api_key": "k"}}]
    kwargs = {"litellm_credential_name": "c"}
    edgequake_python.utils.load_credentials_from_list(kwargs)
    assert kwargs["api_key"] == "k"


def test_named_credentials_and_clients(server: Loopback, complete: Any) -> None:
    import openai

    server.handler = say
    edgequake_python.credential_list = [
        {"credential_name": "c", "credential_values": {"api_key": "named", "api_base": server.base_url}}
    ]
    complete(model="openai/m", messages=MESSAGES, litellm_credential_name="c")
    with pytest.raises(BadRequestError, match="credential"):
        complete(model="openai/m", messages=MESSAGES, litellm_credential_name="other")
    client = openai.OpenAI(api_key="clients", base_url=server.base_url)
    complete(model="openai/m", messages=MESSAGES, client=client)
    specific = {"custom_llm_provider": "openai", "extra_headers": {"x-specific": "1"}}
    other = {"custom_llm_provider": "groq", "extra_headers": {"x-other": "1"}}
    there = {"api_key": "k", "api_base": server.base_url}
    complete(model="openai/m", messages=MESSAGES, provider_specific_header=specific, **there)
    complete(model="openai/m", messages=MESSAGES, provider_specific_header=other, **there)
    headers = [request.headers for request in server.requests]
    assert [given["authorization"] for given in headers[:2]] == ["Bearer named", "Bearer clients"]
    assert headers[2]["x-specific"] == "1"
    assert "x-other" not in headers[3]


def test_a_client_with_a_transport_of_its_own(complete: Any) -> None:
    import openai

    class Transport:
        """Stands for a mock."""

    client: Any = openai.OpenAI(api_key="k")
    client._client._transport = Transport()
    for refused in (client, object()):
        with pytest.raises(edgequake_python.UnsupportedParamsError, match="client"):
            complete(model="openai/m", messages=MESSAGES, client=refused)


def test_through_a_gateway(server: Loopback, complete: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server.handler = say
    monkeypatch.setenv("LITELLM_PROXY_API_BASE", server.base_url)
    monkeypatch.setenv("LITELLM_PROXY_API_KEY", "gateway")
    complete(model="anthropic/claude", messages=MESSAGES, use_litellm_proxy=True)
    edgequake_python.use_litellm_proxy = True
    complete(model="claude", custom_llm_provider="anthropic", messages=MESSAGES)
    sent = [(request.json["model"], request.headers["authorization"]) for request in server.requests]
    assert sent == [("anthropic/claude", "Bearer gateway")] * 2


def test_other_names_for_models(server: Loopback, complete: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server.handler = say
    there = {"api_key": "k", "api_base": server.base_url, "messages": MESSAGES}
    complete(model="mine", model_alias_map={"mine": "openai/real"}, **there)
    edgequake_python.model_alias_map = {"mine": "openai/global"}
    complete(model="mine", **there)
    assert [request.json["model"] for request in server.requests] == ["real", "global"]
    complete(model="gpt", deployment_id="deployed", api_version="2024-10-21", **there)
    assert "/deployments/deployed/" in server.requests[-1].path
