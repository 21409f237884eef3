"""Another model when one fails, and who gets whose key."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import (
    BadRequestError,
    ContextWindowExceededError,
    EdgeQuakeError,
    InternalServerError,
    RateLimitError,
)
from loopback import MESSAGES, Loopback, Request, chat, error

ASK: dict[str, Any] = {"messages": MESSAGES, "num_retries": 0}
BROKEN = ["sim/500", "sim/429", "sim/cut?after=0", "sim/stall?after=0", "sim/error_event?after=0"]


def test_the_next_model_answers(content: Any) -> None:
    assert content(model="sim/500", fallbacks=["sim/429", "sim/gpt"], **ASK)


def test_the_last_error_is_raised(complete: Any) -> None:
    with pytest.raises(RateLimitError):
        complete(model="sim/500", fallbacks=["sim/429"], **ASK)


def test_without_an_error_nobody_else_is_asked(server: Loopback, complete: Any) -> None:
    server.handler = lambda request: chat(request.json["model"])
    there = {"api_key": "k", "api_base": server.base_url}
    answer = complete(model="openai/a", fallbacks=["openai/b"], messages=MESSAGES, **there)
    assert answer.choices[0].message.content == "a"
    assert len(server.requests) == 1


def test_they_can_be_turned_off(complete: Any) -> None:
    with pytest.raises(InternalServerError):
        complete(model="sim/500", fallbacks=["sim/gpt"], disable_fallbacks=True, **ASK)
    edgequake_python.max_fallbacks = 1
    with pytest.raises(RateLimitError):
        complete(model="sim/500", fallbacks=["sim/429", "sim/gpt"], **ASK)


def test_the_modules_own_list(content: Any) -> None:
    edgequake_python.model_fallbacks = ["sim/gpt"]
    assert content(model="sim/500", **ASK)


def test_a_larger_model_for_a_larger_prompt(content: Any) -> None:
    larger = {"sim/context_window": "sim/gpt"}
    assert content(model="sim/context_window", context_window_fallback_dict=larger, **ASK)
    with pytest.raises(InternalServerError):
        content(model="sim/500", context_window_fallback_dict=larger, **ASK)
    with pytest.raises(ContextWindowExceededError):
        content(model="sim/context_window", context_window_fallback_dict={"other": "sim/gpt"}, **ASK)


class TestStreams:
    @pytest.mark.parametrize("model", BROKEN)
    def test_before_anything_was_said_the_next_model_is_asked(self, streamed: Any, model: str) -> None:
        assert streamed(model=model, fallbacks=["sim/gpt"], timeout={"idle": 1}, **ASK)

    def test_afterwards_the_error_is_the_readers(self, streamed: Any) -> None:
        with pytest.raises(EdgeQuakeError):
            streamed(model="sim/cut?after=2", fallbacks=["sim/gpt"], **ASK)

    def test_nothing_is_lost_or_said_twice(self) -> None:
        ask: dict[str, Any] = {"messages": MESSAGES, "stream": True}
        plain = [chunk for chunk in edgequake_python.completion("sim/gpt", **ask)]
        through = [chunk for chunk in edgequake_python.completion("sim/gpt", fallbacks=["sim/429"], **ask)]
        said = [chunk.choices[0].delta.content for chunk in plain]
        assert [chunk.choices[0].delta.content for chunk in through] == said

    def test_closing_closes(self) -> None:
        ask: dict[str, Any] = {"messages": MESSAGES, "stream": True}
        stream = edgequake_python.completion("sim/stall?after=2", fallbacks=["sim/gpt"], **ask)
        next(stream)
        stream.close()
        assert list(stream) == []

    def test_what_is_known_beside_the_chunks_stays_known(self) -> None:
        counted = {"include_usage": True}
        stream = edgequake_python.completion(
            "sim/500", MESSAGES, stream=True, fallbacks=["sim/gpt"], stream_options=counted
        )
        assert stream.headers
        assert stream._hidden_params["custom_llm_provider"] == "sim"
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        assert stream.usage is not None


class TestOverrides:
    def test_a_dict_changes_arguments(self, server: Loopback, complete: Any) -> None:
        def answer(request: Request) -> Any:
            return error(500) if request.json["model"] == "a" else chat("ok")

        server.handler = answer
        there = {"api_key": "k", "api_base": server.base_url}
        fallbacks = [{"model": "openai/b", "temperature": 0.25, "api_key": "other"}]
        before = copy.deepcopy(fallbacks)
        complete(model="openai/a", fallbacks=fallbacks, temperature=1, **ASK, **there)
        asked = server.requests[-1]
        assert (asked.json["temperature"], asked.headers["authorization"]) == (0.25, "Bearer other")
        assert fallbacks == before

    def test_a_key_stays_with_its_provider(
        self, server: Loopback, complete: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.handler = lambda request: error(500)
        monkeypatch.setenv("GROQ_API_BASE", server.base_url)
        monkeypatch.setenv("GROQ_API_KEY", "sk-groq")
        with pytest.raises(InternalServerError):
            complete(
                model="openai/a",
                fallbacks=["openai/b", "groq/c"],
                api_key="sk-openai",
                api_base=server.base_url,
                extra_headers={"x-secret": "openai"},
                **ASK,
            )
        keys = [request.headers["authorization"] for request in server.requests]
        assert keys == ["Bearer sk-openai", "Bearer sk-openai", "Bearer sk-groq"]
        assert "x-secret" not in server.requests[-1].headers

    def test_what_is_no_list_of_models(self, complete: Any) -> None:
        for wrong in ("sim/gpt", [1], 3):
            with pytest.raises(BadRequestError, match="fallbacks"):
                complete(model="sim/500", fallbacks=wrong, **ASK)


class TestSeveralAtOnce:
    LIST: tuple[dict[str, Any], ...] = (
        {"model_name": "mine", "litellm_params": {"model": "sim/latency?ms=20000"}},
        {"model_name": "mine", "litellm_params": {"model": "sim/500"}},
        {"model_name": "mine", "litellm_params": {"model": "sim/gpt"}},
        {"model_name": "other", "litellm_params": {"model": "sim/401"}},
    )

    def test_the_first_answer_wins(self, content: Any) -> None:
        assert content(model="mine", model_list=list(self.LIST), **ASK)

    def test_when_none_answers(self, complete: Any) -> None:
        failing = [{"model_name": "mine", "litellm_params": {"model": "sim/500"}}]
        with pytest.raises(InternalServerError):
            complete(model="mine", model_list=failing, **ASK)
        with pytest.raises(BadRequestError, match="mine"):
            complete(model="mine", model_list=[{"model_name": "x", "litellm_params": {}}], **ASK)

    def test_the_others_are_cancelled(self) -> None:
        async def main() -> int:
            await edgequake_python.acompletion("mine", MESSAGES, model_list=list(self.LIST), num_retries=0)
            return len(asyncio.all_tasks())

        assert asyncio.run(main()) == 1
