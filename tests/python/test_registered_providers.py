"""Providers that a program adds, replaces and removes."""

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
    register_provider,
    unregister_provider,
)
from edgequake_python import providers as registry
from loopback import MESSAGES, Loopback, Reply, chat


@pytest.fixture
def mine(server: Loopback) -> Iterator[str]:
    """A provider of the test's own at the loopback server."""
    register_provider("mine", base_url=server.base_url, api_key_env="MINE_API_KEY")
    yield "mine"
    unregister_provider("mine")


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
            {"response_format": {"type": "json_object"}},
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
