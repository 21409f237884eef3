"""Every parameter reaches the wire, or is refused, or is dropped as was allowed, and then reported."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

import edgequake_python
from edgequake_python import acompletion, completion
from edgequake_python.exceptions import BadRequestError, UnsupportedParamsError
from loopback import Loopback

#: What each parameter of the signature may be given.
VALUES: dict[str, Any] = {
    "temperature": 0.5,
    "top_p": 0.9,
    "n": 2,
    "stop": ["a", "b"],
    "max_completion_tokens": 10,
    "max_tokens": 11,
    "modalities": ["text", "audio"],
    "prediction": {"type": "content", "content": "x"},
    "audio": {"voice": "alloy", "format": "wav"},
    "presence_penalty": 0.1,
    "frequency_penalty": -0.1,
    "logit_bias": {"50256": -100},
    "user": "me",
    "reasoning_effort": "low",
    "verbosity": "high",
    "response_format": {"type": "json_object"},
    "seed": 7,
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    "tool_choice": "auto",
    "logprobs": True,
    "top_logprobs": 3,
    "parallel_tool_calls": False,
    "web_search_options": {"search_context_size": "low"},
    "include_server_side_tool_invocations": True,
    "safety_identifier": "me",
    "service_tier": "flex",
    "store": False,
    "prompt_cache_key": "key",
    "functions": [{"name": "f", "parameters": {"type": "object"}}],
    "function_call": "none",
}
#: Options of the client: what they do is tested elsewhere, here that they are no part of a body.
OPTIONS: dict[str, Any] = {
    "timeout": 30,
    "stream": False,
    "stream_options": {"include_usage": True},  # OpenAI refuses it without `stream`
    "extra_headers": {"x-mine": "1"},
    "base_url": "http://elsewhere.invalid",  # `api_base` is given too, and wins
    "api_version": "2024-01-01",
    "api_key": "sk-loopback",
    "shared_session": object(),
}
#: LiteLLM's that would change the course of a call; refused rather than ignored.
REFUSED: dict[str, Any] = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
#: Said to this library, which does something around the call; each has tests of its own.
AROUND: dict[str, Any] = {
    "deployment_id": "gpt-4o",
    "model_list": None,
    "enable_json_schema_validation": True,
}
SIGNATURE = [
    name for name in inspect.signature(completion).parameters if name not in ("model", "messages", "kwargs")
]


def test_the_tables_cover_the_signature() -> None:
    assert sorted([*VALUES, *OPTIONS, *REFUSED, *AROUND]) == sorted(SIGNATURE)
    asynchronous = set(inspect.signature(acompletion).parameters)
    assert asynchronous == {*SIGNATURE, "model", "messages", "kwargs"}


class TestSignature:
    @pytest.mark.parametrize("name", VALUES)
    def test_reaches_the_wire(self, server: Loopback, complete: Any, name: str) -> None:
        call = server.call(**{name: VALUES[name]})
        complete(**call)
        assert server.bodies == [{"model": "unknown", "messages": call["messages"], name: VALUES[name]}]

    @pytest.mark.parametrize("name", VALUES)
    def test_reaches_the_wire_of_a_stream(self, server: Loopback, streamed: Any, name: str) -> None:
        streamed(**server.call(**{name: VALUES[name]}))
        assert server.bodies[0][name] == VALUES[name]
        assert server.bodies[0]["stream"] is True

    def test_all_at_once(self, server: Loopback, complete: Any) -> None:
        complete(**server.call(**VALUES))
        assert {name: server.bodies[0].get(name) for name in VALUES} == VALUES

    @pytest.mark.parametrize("name", VALUES)
    def test_none_is_not_given(self, server: Loopback, name: str) -> None:
        completion(**server.call(**{name: None}))
        assert name not in server.bodies[0]

    @pytest.mark.parametrize("name", AROUND)
    def test_what_is_done_around_a_call_is_no_part_of_a_body(
        self, server: Loopback, complete: Any, name: str
    ) -> None:
        complete(**server.call(**{name: AROUND[name]}))
        assert set(server.bodies[0]) == {"model", "messages"}

    @pytest.mark.parametrize("name", OPTIONS)
    def test_options_are_no_part_of_a_body(self, server: Loopback, complete: Any, name: str) -> None:
        complete(**server.call(**{name: OPTIONS[name]}))
        assert set(server.bodies[0]) == {"model", "messages"}

    @pytest.mark.parametrize("name", REFUSED)
    def test_what_has_no_place_is_refused(self, server: Loopback, complete: Any, name: str) -> None:
        with pytest.raises(UnsupportedParamsError, match=name):
            complete(**server.call(**{name: REFUSED[name]}))
        assert server.requests == []

    def test_stream_options_reach_a_stream(self, server: Loopback, streamed: Any) -> None:
        streamed(**server.call(stream_options={"include_usage": True, "more": 1}))
        assert server.bodies[0]["stream_options"] == {"include_usage": True, "more": 1}


#: (model, given, what is refused; None: sent as given)
FAMILIES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("gpt-4o", {"temperature": 0.1, "logprobs": True, "stop": "x", "max_tokens": 5}, []),
    ("gpt-4o", {"reasoning_effort": "low", "thinking": {}, "seed": 1}, ["reasoning_effort", "thinking"]),
    ("gpt-3.5-turbo", {"verbosity": "low"}, ["verbosity"]),
    ("gpt-4.1-mini", {"top_p": 0.5}, []),
    ("gpt-5", {"reasoning_effort": "minimal", "verbosity": "low", "temperature": 1}, []),
    ("gpt-5", {"temperature": 0.2, "stop": "x", "logit_bias": {}}, ["temperature", "stop", "logit_bias"]),
    ("gpt-5-chat-latest", {"temperature": 0.2}, []),
    ("o3-mini", {"reasoning_effort": "high", "seed": 1, "tools": []}, []),
    ("o3-mini", {"temperature": 0.2, "parallel_tool_calls": True}, ["temperature", "parallel_tool_calls"]),
    ("o3", {"parallel_tool_calls": True}, []),
    ("o3", {"top_p": 0.5, "presence_penalty": 1}, ["top_p", "presence_penalty"]),
    ("o1", {"top_logprobs": 3, "logprobs": True, "store": True}, ["top_logprobs", "logprobs"]),
]


class TestFamilies:
    @pytest.mark.parametrize(("model", "given", "refused"), FAMILIES, ids=lambda value: str(value)[:40])
    def test_sent_or_refused(
        self, server: Loopback, complete: Any, model: str, given: dict[str, Any], refused: list[str]
    ) -> None:
        call = server.call(model=model, **given)
        if refused:
            with pytest.raises(UnsupportedParamsError) as caught:
                complete(**call)
            assert all(name in str(caught.value) for name in refused)
            assert caught.value.llm_provider == "openai"
            assert caught.value.model == model
            assert isinstance(caught.value, BadRequestError)
            assert server.requests == []
        else:
            complete(**call)
            assert {name: server.bodies[0].get(name) for name in given} == given

    @pytest.mark.parametrize("model", ["gpt-5", "gpt-5-mini", "o1", "o3-mini", "o4-mini", "openai/o3"])
    def test_max_tokens_has_another_name(self, server: Loopback, complete: Any, model: str) -> None:
        answer = complete(**server.call(model=model, max_tokens=5))
        assert server.bodies[0]["max_completion_tokens"] == 5
        assert "max_tokens" not in server.bodies[0]
        assert answer.dropped_params == []

    def test_of_both_names_the_new_one_is_sent(self, server: Loopback) -> None:
        answer = completion(**server.call(model="gpt-5", max_tokens=5, max_completion_tokens=6))
        assert server.bodies[0]["max_completion_tokens"] == 6
        assert "max_tokens" not in server.bodies[0]
        assert answer.dropped_params == ["max_tokens"]

    @pytest.mark.parametrize("where", ["argument", "module"])
    @pytest.mark.parametrize(
        ("model", "given", "refused"), [row for row in FAMILIES if row[2]], ids=lambda value: str(value)[:40]
    )
    def test_dropped_and_reported(
        self,
        server: Loopback,
        complete: Any,
        where: str,
        model: str,
        given: dict[str, Any],
        refused: list[str],
    ) -> None:
        call = server.call(model=model, **given)
        if where == "argument":
            call["drop_params"] = True
        else:
            edgequake_python.drop_params = True
        answer = complete(**call)
        assert sorted(answer.dropped_params) == sorted(refused)
        assert answer._hidden_params["dropped_params"] == answer.dropped_params
        kept = {name: value for name, value in given.items() if name not in refused}
        assert server.bodies[0] == {"model": model, "messages": call["messages"], **kept}

    def test_the_argument_wins_over_the_module(self, server: Loopback) -> None:
        edgequake_python.drop_params = True
        with pytest.raises(UnsupportedParamsError):
            completion(**server.call(model="gpt-5", temperature=0.2, drop_params=False))
        assert server.requests == []


class TestPolicy:
    def test_allowed_anyway(self, server: Loopback, complete: Any) -> None:
        answer = complete(
            **server.call(model="gpt-5", temperature=0.2, allowed_openai_params=["temperature"])
        )
        assert server.bodies[0]["temperature"] == 0.2
        assert answer.dropped_params == []

    def test_allowed_wins_over_dropping(self, server: Loopback) -> None:
        policy = {"drop_params": True, "allowed_openai_params": ["temperature"]}
        answer = completion(**server.call(model="gpt-5", temperature=0.2, top_p=0.5, **policy))
        assert server.bodies[0]["temperature"] == 0.2
        assert answer.dropped_params == ["top_p"]

    def test_dropped_by_name(self, server: Loopback, complete: Any) -> None:
        answer = complete(**server.call(seed=1, user="me", additional_drop_params=["seed", "stop"]))
        assert "seed" not in server.bodies[0]
        assert server.bodies[0]["user"] == "me"
        assert answer.dropped_params == ["seed"]

    def test_dropping_makes_a_refused_one_good(self, server: Loopback) -> None:
        completion(**server.call(model="gpt-5", top_p=0.5, additional_drop_params=["top_p"]))
        assert "top_p" not in server.bodies[0]

    @pytest.mark.parametrize("path", ["tools[*].function.strict", "tools[0].function.strict"])
    def test_dropped_inside(self, server: Loopback, path: str) -> None:
        tool = {"type": "function", "function": {"name": "f", "strict": True}}
        call = server.call(tools=[tool, tool], additional_drop_params=[path])
        answer = completion(**call)
        first, second = server.bodies[0]["tools"]
        assert first == {"type": "function", "function": {"name": "f"}}
        assert second == (tool if "[0]" in path else first)
        assert answer.dropped_params == [path]
        assert tool["function"]["strict"] is True  # type: ignore[index]

    def test_listed_on_a_stream(self, server: Loopback) -> None:
        stream = completion(**server.call(model="gpt-5", top_p=0.5, drop_params=True), stream=True)
        with stream:
            assert stream.dropped_params == ["top_p"]

        async def main() -> Any:
            stream = await acompletion(**server.call(model="gpt-5", top_p=0.5, drop_params=True), stream=True)
            async with stream:
                return stream.dropped_params

        assert asyncio.run(main()) == ["top_p"]

    @pytest.mark.parametrize("name", ["client", "guardrails", "prompt_id"])
    def test_what_is_not_there_is_refused(self, server: Loopback, complete: Any, name: str) -> None:
        with pytest.raises(UnsupportedParamsError, match=name):
            complete(**server.call(**{name: ["x"]}))
        assert server.requests == []

    def test_refused_without_a_request_in_a_stream_too(self, server: Loopback, streamed: Any) -> None:
        with pytest.raises(UnsupportedParamsError, match="top_p"):
            streamed(**server.call(model="gpt-5", top_p=0.5))
        assert server.requests == []
