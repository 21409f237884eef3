"""Whose a model is, where its calls go, with which key, and what it needs and takes."""

from __future__ import annotations

from typing import Any

import pytest

from edgequake_python import (
    AuthenticationError,
    BadRequestError,
    LiteLLMUnknownProvider,
    completion,
    get_llm_provider,
    get_supported_openai_params,
    validate_environment,
)
from edgequake_python import providers as registry
from loopback import MESSAGES, Loopback

ALL = [registry.provider_info(name) for name in registry.providers()]
#: Set for every test here: a key must only ever be read by its own provider.
FOREIGN = {variable: "sk-somebody-elses" for about in ALL for variable in about["key_env"]}


@pytest.fixture
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for about in ALL:
        for variable in (*about["key_env"], *about["base_env"]):
            monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize(
    "about", [row for row in ALL if row["openai_dialect"]], ids=lambda row: str(row["name"])
)
def test_every_row_answers_plainly_with_its_own_key_and_nobody_elses(
    about: dict[str, Any], server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, key in FOREIGN.items():
        monkeypatch.setenv(variable, key)
    for variable in about["key_env"]:
        monkeypatch.delenv(variable)
    if about["key_env"]:
        monkeypatch.setenv(about["key_env"][-1], "sk-its-own")
    answer = completion(f"{about['name']}/some-model", MESSAGES, api_base=server.base_url)
    assert answer.choices[0].message.content == "Hello!"
    sent = server.requests[-1]
    assert sent.path.endswith("/chat/completions")
    assert sent.json["messages"] == MESSAGES
    proof = sent.headers.get("authorization") or sent.headers.get(about["auth"], "")
    assert proof.endswith("sk-its-own")
    assert "sk-somebody-elses" not in str(sent.headers)


@pytest.mark.parametrize("name", ["hosted_vllm", "lm_studio", "litellm_proxy", "custom_openai"])
def test_a_server_of_ones_own_is_never_openai(
    name: str, monkeypatch: pytest.MonkeyPatch, no_keys: None
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openais")
    with pytest.raises((BadRequestError, AuthenticationError), match=r"api_base|API_KEY"):
        completion(f"{name}/m", MESSAGES)


def test_a_key_of_the_environment_stays_away_from_another_providers_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openais")
    with pytest.raises(AuthenticationError, match="another provider's host"):
        completion("openai/llama", MESSAGES, api_base="https://api.groq.com/openai/v1")


def test_models_named_in_another_way(server: Loopback) -> None:
    completion(**server.call(model="fireworks_ai/qwen3-235b"))
    completion(**server.call(model="clarifai/openai.chat-completion.gpt-4_1"))
    assert [body["model"] for body in server.bodies] == [
        "accounts/fireworks/models/qwen3-235b",
        "https://clarifai.com/openai/chat-completion/models/gpt-4_1",
    ]


@pytest.mark.parametrize(
    ("model", "base", "path"),
    [
        ("heroku/m", "", "/v1/chat/completions"),
        ("huggingface/org/m", "", "/v1/chat/completions"),
        ("ragflow/chat/c1/m", "", "/api/v1/chats_openai/c1/chat/completions"),
        ("datarobot/m", "/api/v2", "/api/v2/genai/llmgw/chat/completions"),
        ("snowflake/m", "/api/v2", "/api/v2/cortex/v1/chat/completions"),
        ("gradient_ai/m", "", "/api/v1/chat/completions"),
        ("groq/m", "/v1/chat/completions", "/v1/chat/completions"),
    ],
)
def test_places(server: Loopback, model: str, base: str, path: str) -> None:
    completion(**server.call(model=model, api_base=server.base_url[: -len("/v1")] + base))
    assert server.requests[-1].path == path


def test_keys_in_headers_of_their_own(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    completion(**server.call(model="sarvam/m"))
    assert server.requests[-1].headers["api-subscription-key"] == "sk-loopback"
    completion(**server.call(model="snowflake/m", api_key="pat/token"))
    headers = server.requests[-1].headers
    assert headers["authorization"] == "Bearer token"
    assert headers["x-snowflake-authorization-token-type"] == "PROGRAMMATIC_ACCESS_TOKEN"
    monkeypatch.setenv("OR_APP_NAME", "mine")
    completion(**server.call(model="openrouter/a/b"))
    assert server.requests[-1].headers["x-title"] == "mine"


def test_names_prefixes_hosts_and_bare_names(monkeypatch: pytest.MonkeyPatch, no_keys: None) -> None:
    assert get_llm_provider("gpt-4o") == ("gpt-4o", "openai", None, None)
    groq = "https://api.groq.com/openai/v1"
    assert get_llm_provider("groq/openai/gpt-oss") == ("openai/gpt-oss", "groq", None, groq)
    monkeypatch.setenv("GROQ_API_KEY", "key")
    assert get_llm_provider("foo", api_base=groq) == ("foo", "groq", "key", groq)
    assert get_llm_provider("groq/foo", api_base="https://api.x.ai/v1")[2] is None
    assert get_llm_provider("foo", api_base="https://api.x.ai/v1")[1] == "xai"
    assert get_llm_provider("groq/x", custom_llm_provider="groq")[:2] == ("x", "groq")
    assert get_llm_provider("x", litellm_params={"custom_llm_provider": "xai", "api_key": "k"})[1:3] == (
        "xai",
        "k",
    )
    assert get_llm_provider("cohere/command-r-plus-08-2024")[1] == "cohere_chat"
    assert get_llm_provider("cohere/my-own")[1] == "cohere"
    assert get_llm_provider("claude-foo-9")[1] == "anthropic"
    assert get_llm_provider("us.anthropic.claude-opus-4-6-v1")[1] == "bedrock"
    assert get_llm_provider("replicate/a/b") == ("a/b", "replicate", None, None)
    assert get_llm_provider("ollama/llama3")[3] == "http://localhost:11434"
    for unknown in ("mistral-large-latest", "gpt-9", "nobody/x", "", "https://evil.example/api.groq.com"):
        with pytest.raises(BadRequestError, match="LLM Provider NOT provided"):
            get_llm_provider(unknown)


def test_unknown_and_absent_providers_are_told_apart() -> None:
    with pytest.raises(BadRequestError, match="LLM Provider NOT provided") as unknown:
        completion("nobody/x", MESSAGES)
    assert not isinstance(unknown.value, LiteLLMUnknownProvider)
    for call in (
        {"model": "replicate/a/b"},
        {"model": "voyage/x"},
        {"model": "x", "custom_llm_provider": "nobody"},
    ):
        with pytest.raises(LiteLLMUnknownProvider, match="Unmapped LLM provider for this endpoint"):
            completion(messages=MESSAGES, api_key="k", **call)


def test_what_an_environment_lacks(monkeypatch: pytest.MonkeyPatch, no_keys: None) -> None:
    def missing(model: str, **given: str) -> list[str]:
        found = validate_environment(model, **given)
        assert found["keys_in_environment"] is (not found["missing_keys"])
        return list(found["missing_keys"])

    assert missing("gpt-4o") == ["OPENAI_API_KEY"]
    assert missing("gpt-4o", api_key="k") == []
    assert missing("gemini/x") == ["GOOGLE_API_KEY", "GEMINI_API_KEY"]
    assert missing("together_ai/x") == ["TOGETHERAI_API_KEY"]
    assert missing("azure/x", api_key="k", api_base="b") == ["AZURE_API_VERSION"]
    assert missing("nobody/x") == []
    assert missing("hosted_vllm/x") == []
    monkeypatch.setenv("TOGETHER_AI_TOKEN", "k")
    monkeypatch.setenv("GEMINI_API_KEY", "k")
    assert missing("together_ai/x") == missing("gemini/x") == []
    assert validate_environment() == {"keys_in_environment": False, "missing_keys": []}


def test_what_a_model_takes() -> None:
    taken = get_supported_openai_params("gpt-4o")
    assert taken is not None
    assert {"temperature", "tools", "response_format", "max_tokens"} <= set(taken)
    assert "reasoning_effort" not in taken
    assert "reasoning_effort" in (get_supported_openai_params("o3-mini", "openai") or [])
    assert "tools" not in (get_supported_openai_params("perplexity/sonar") or [])
    assert "thinking" in (get_supported_openai_params("claude-sonnet-4-5", "anthropic") or [])
    assert get_supported_openai_params("x", "nobody") is None
    assert "dimensions" in (
        get_supported_openai_params("voyage-3", "voyage", request_type="embeddings") or []
    )
