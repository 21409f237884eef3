"""Whose a model is, what it needs and takes, and providers that a program adds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python import (
    AuthenticationError,
    BadRequestError,
    LiteLLMUnknownProvider,
    UnsupportedParamsError,
    acompletion,
    completion,
    embedding,
    get_llm_provider,
    get_supported_openai_params,
    register_provider,
    unregister_provider,
    validate_environment,
)
from edgequake_python import providers as registry
from loopback import MESSAGES, Loopback, Reply, chat, event

ALL = [registry.provider_info(name) for name in registry.providers()]
#: Set for every test here: a key must only ever be read by its own provider.
FOREIGN = {variable: "sk-somebody-elses" for about in ALL for variable in about["key_env"]}


@pytest.fixture
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for about in ALL:
        for variable in (*about["key_env"], *about["base_env"]):
            monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def mine(server: Loopback) -> Iterator[str]:
    """A provider of the test's own at the loopback server."""
    register_provider("mine", base_url=server.base_url, api_key_env="MINE_API_KEY")
    yield "mine"
    unregister_provider("mine")


# --- Rows -----------------------------------------------------------------------------------------


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


# --- Parameters -----------------------------------------------------------------------------------

SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "person",
        "schema": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
}
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]


def test_a_schema_by_a_tool_plain_and_streamed(server: Loopback) -> None:
    function = {"name": "json_tool_call", "arguments": '{"name": "A"}'}
    call = {"id": "1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    server.handler = lambda request: chat(
        choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}]
    )
    answer = completion(**server.call(model="groq/llama-3.3-70b-versatile", response_format=SCHEMA))
    assert answer.choices[0].message.content == '{"name": "A"}'
    assert answer.choices[0].finish_reason == "stop"
    assert not answer.choices[0].message.tool_calls
    body = server.bodies[-1]
    assert "response_format" not in body
    assert body["tool_choice"] == {"type": "function", "function": {"name": "json_tool_call"}}

    def streamed(_: Any) -> Reply:
        piece = {"index": 0, "function": {"arguments": ': "A"}'}}
        first = {
            "index": 0,
            "id": "1",
            "type": "function",
            "function": {**function, "arguments": '{"name"'},
        }
        steps = [
            event(delta={"role": "assistant", "tool_calls": [first]}),
            event(delta={"tool_calls": [piece]}),
            event(delta={}, finish_reason="tool_calls"),
            b"data: [DONE]\n\n",
        ]
        return Reply(iter(steps))

    server.handler = streamed
    chunks = list(
        completion(**server.call(model="groq/llama-3.3-70b-versatile", response_format=SCHEMA, stream=True))
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == '{"name": "A"}'
    assert [c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason] == ["stop"]
    with pytest.raises(BadRequestError, match="tools"):
        completion(**server.call(model="groq/llama-3.3-70b-versatile", response_format=SCHEMA, tools=TOOLS))


def test_formats_a_provider_does_not_know_are_refused(server: Loopback) -> None:
    completion(**server.call(model="zai/glm-4.6", response_format={"type": "json_object"}))
    assert server.bodies[-1]["response_format"] == {"type": "json_object"}
    with pytest.raises(UnsupportedParamsError, match="response_format"):
        completion(**server.call(model="zai/glm-4.6", response_format=SCHEMA))
    answer = completion(**server.call(model="zai/glm-4.6", response_format=SCHEMA, drop_params=True))
    assert answer._hidden_params["dropped_params"] == ["response_format"]


def test_the_successor_of_max_tokens_wins_and_the_loser_is_reported(server: Loopback) -> None:
    answer = completion(**server.call(model="cerebras/llama3.1-8b", max_tokens=10, max_completion_tokens=20))
    assert server.bodies[-1]["max_tokens"] == 20
    assert answer._hidden_params["dropped_params"] == ["max_tokens"]


def test_moonshot_is_asked_for_a_tool_in_words(server: Loopback) -> None:
    given = [dict(message) for message in MESSAGES]
    completion(**server.call(model="moonshot/kimi-k2", tools=TOOLS, tool_choice="required", messages=given))
    body = server.bodies[-1]
    assert "tool_choice" not in body
    assert body["messages"][-1]["role"] == "user"
    assert given == MESSAGES


def test_tools_lose_what_a_server_does_not_know_and_the_callers_keep_it(server: Loopback) -> None:
    parameters = {
        "type": "object",
        "properties": {"strict": {"type": "string"}},
        "additionalProperties": False,
    }
    function = {"name": "f", "strict": True, "parameters": parameters}
    tools = [{"type": "function", "function": function}]
    completion(**server.call(model="hosted_vllm/m", tools=tools))
    sent = server.bodies[-1]["tools"][0]["function"]
    assert sent == {
        "name": "f",
        "parameters": {"type": "object", "properties": {"strict": {"type": "string"}}},
    }
    assert function["strict"] is True
    assert parameters["additionalProperties"] is False


def test_allowed_and_additionally_dropped(server: Loopback) -> None:
    call = server.call(
        model="perplexity/sonar",
        seed=1,
        tools=[{"type": "function", "function": {"name": "f", "strict": True}}],
    )
    with pytest.raises(UnsupportedParamsError, match=r"perplexity.*seed.*tools|perplexity.*tools.*seed"):
        completion(**call)
    answer = completion(
        **call, allowed_openai_params=["seed", "tools"], additional_drop_params=["tools[*].function.strict"]
    )
    assert server.bodies[-1]["seed"] == 1
    assert server.bodies[-1]["tools"] == [{"type": "function", "function": {"name": "f"}}]
    assert answer._hidden_params["dropped_params"] == ["tools[*].function.strict"]


@pytest.mark.parametrize(
    ("call", "dropped"),
    [
        ({"model": "cerebras/m", "n": 1}, ["n"]),
        ({"model": "cohere/command-a-03-2025", "n": 1, "user": "u"}, ["n", "user"]),
        ({"model": "ollama/m", "n": 1, "user": "u"}, ["n", "user"]),
        ({"model": "mistral/m", "user": "u"}, ["user"]),
        (
            {"model": "groq/m", "api_version": "2024-01-01", "aws_region_name": "x"},
            ["api_version", "aws_region_name"],
        ),
        ({"model": "azure/m", "api_version": "2024-01-01"}, []),
    ],
)
def test_what_means_nothing_to_a_provider_is_reported(
    server: Loopback, call: dict[str, Any], dropped: list[str]
) -> None:
    answers: dict[str, dict[str, Any]] = {
        "cohere": {
            "id": "1",
            "finish_reason": "COMPLETE",
            "message": {"content": [{"type": "text", "text": "Hi"}]},
        },
        "ollama": {"message": {"content": "Hi"}, "done": True, "done_reason": "stop"},
    }
    server.handler = lambda _: answers.get(call["model"].partition("/")[0], chat())
    answer = completion(**server.call(**call))
    assert sorted(answer._hidden_params["dropped_params"]) == dropped
    assert not {"n", "user", "api_version", "aws_region_name"} & set(server.bodies[-1])


# --- Whose a model is -----------------------------------------------------------------------------


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


# --- Providers that a program adds ----------------------------------------------------------------


def test_one_line_is_a_provider(mine: str, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AuthenticationError, match="MINE_API_KEY"):
        completion("mine/m", MESSAGES)
    monkeypatch.setenv("MINE_API_KEY", "sk-mine")
    assert completion("mine/m", MESSAGES).choices[0].message.content == "Hello!"
    assert server.requests[-1].headers["authorization"] == "Bearer sk-mine"
    assert server.bodies[-1] == {"model": "m", "messages": MESSAGES}
    streamed = completion("mine/m", MESSAGES, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in streamed) == "Hello!"
    assert asyncio.run(acompletion("mine/m", MESSAGES)).choices[0].message.content == "Hello!"
    assert len(embedding("mine/e", ["a", "b"]).data) == 2
    assert get_llm_provider("mine/m") == ("m", "mine", "sk-mine", server.base_url)
    assert "mine" in registry.providers()


def test_everything_a_row_can_say(server: Loopback) -> None:
    register_provider(
        "mine",
        base_url=server.base_url,
        label="MyHost",
        api_key_header="X-My-Key",
        api_key_env=["MINE_API_KEY"],
        headers={"x-app": "a"},
        unsupported_params=["seed"],
        renamed_params={"max_completion_tokens": "max_tokens"},
        pinned_params={"temperature": 1},
        reasoning_effort=False,
        reasoning_field="thoughts",
        text_content=True,
        prefixes_models=True,
        refused_parts=["file"],
        response_formats=["text"],
        embeddings=False,
    )
    try:
        answer = {"role": "assistant", "content": "Hi", "thoughts": "hm"}
        server.handler = lambda request: chat(
            choices=[{"index": 0, "message": answer, "finish_reason": "stop"}]
        )
        parts = [
            {"role": "developer", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
        ]
        answered = completion("mine/m", parts, api_key="sk-mine", max_completion_tokens=5, temperature=1)
        assert answered.choices[0].message.reasoning_content == "hm"
        assert answered.model == "mine/m"
        sent = server.requests[-1]
        assert (sent.headers["x-my-key"], sent.headers["x-app"]) == ("sk-mine", "a")
        assert "authorization" not in sent.headers
        assert sent.json == {
            "model": "m",
            "messages": [{"role": "system", "content": "ab"}],
            "max_tokens": 5,
            "temperature": 1,
        }
        for refused in (
            {"seed": 1},
            {"temperature": 0.5},
            {"reasoning_effort": "low"},
            {"response_format": SCHEMA},
        ):
            with pytest.raises(UnsupportedParamsError):
                completion("mine/m", MESSAGES, api_key="k", **refused)
        with pytest.raises(BadRequestError, match=r"messages\[0\].content\[0\]"):
            completion("mine/m", [{"role": "user", "content": [{"type": "file", "file": {}}]}], api_key="k")
        with pytest.raises(LiteLLMUnknownProvider):
            embedding("mine/e", ["a"], api_key="k")
        server.handler = lambda request: Reply({"error": {"message": "no"}}, 429)
        with pytest.raises(edgequake_python.RateLimitError) as limited:
            completion("mine/m", MESSAGES, api_key="k", num_retries=0)
        assert limited.value.llm_provider == "mine"
    finally:
        unregister_provider("mine")


def test_replaced_and_removed(mine: str, server: Loopback) -> None:
    register_provider("mine", base_url=server.base_url, api_key_optional=True)
    assert completion("mine/m", MESSAGES).choices[0].message.content == "Hello!"
    assert "authorization" not in server.requests[-1].headers
    assert unregister_provider("mine")
    assert not unregister_provider("mine")
    with pytest.raises(BadRequestError, match="LLM Provider NOT provided"):
        completion("mine/m", MESSAGES)


def test_a_built_in_provider_is_replaced_only_when_asked(server: Loopback) -> None:
    with pytest.raises(BadRequestError, match="built-in"):
        register_provider("groq", base_url=server.base_url)
    register_provider("groq", base_url=server.base_url, api_key_optional=True, replace=True)
    try:
        completion("groq/m", MESSAGES)
        assert len(server.requests) == 1
        assert registry.providers().count("groq") == 1
    finally:
        unregister_provider("groq")
    assert registry.provider_info("groq")["base_url"] == "https://api.groq.com/openai/v1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a/b"},
        {"name": "x", "base_url": "nonsense"},
        {"name": "x", "base_url": "https://user:pw@host/v1"},
        {"name": "x", "headers": {"a b": "c"}},
        {"name": "x", "headers": {"a": "c\nd"}},
        {"name": "x", "api_key_env": "A=B"},
        {"name": "x", "unsupported_params": ["messages"]},
    ],
)
def test_what_is_no_provider_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError, match="register_provider"):
        register_provider(**wrong)
    assert "x" not in registry.providers()


def test_threads_register_and_call_at_once(server: Loopback) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            name = f"mine-{number}"
            for _ in range(5):
                register_provider(name, base_url=server.base_url, api_key_optional=True)
                completion(f"{name}/m", MESSAGES)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(8):
        assert unregister_provider(f"mine-{number}")
    assert failures == []
