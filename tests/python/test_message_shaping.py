"""Messages, answers and rules that a program has put into other shapes, on request."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import (
    APIResponseValidationError,
    BadRequestError,
    JSONSchemaValidationError,
    UnsupportedParamsError,
)
from loopback import Loopback, Reply, chat, event

SYSTEM = {"role": "system", "content": "S"}
USER = {"role": "user", "content": "x"}
ASSISTANT = {"role": "assistant", "content": "a"}
CONTINUE = {"role": "user", "content": "Please continue."}
CALLS = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
}
MARK: dict[str, Any] = {"type": "ephemeral"}
RESULT = {"role": "tool", "tool_call_id": "1", "content": "r"}


@pytest.fixture
def sent(server: Loopback, complete: Any) -> Any:
    """What the server gets for a call, and that the caller's objects stay as they were."""
    server.handler = lambda request: chat("ok")

    def send(messages: list[Any], **arguments: Any) -> Any:
        before = copy.deepcopy((messages, arguments))
        complete(
            model="azure/gpt-4o",
            messages=messages,
            api_key="k",
            api_base=server.base_url,
            api_version="2024-10-21",
            **arguments,
        )
        assert (messages, arguments) == before
        body = server.requests[-1].json
        return body["messages"] if "tools" not in body else body

    return send


class TestSystemMessages:
    def test_said_by_the_next_user_message(self, sent: Any) -> None:
        shape = {"supports_system_message": False}
        assert sent([SYSTEM, USER], **shape) == [{"role": "user", "content": "S x"}]
        assert sent([SYSTEM, SYSTEM, USER], **shape) == [{"role": "user", "content": "S S x"}]
        assert sent([USER, SYSTEM, USER], **shape) == [USER, {"role": "user", "content": "S x"}]
        assert sent([SYSTEM], **shape) == [{"role": "user", "content": "S"}]
        assert sent([SYSTEM, ASSISTANT, USER], **shape) == [
            {"role": "user", "content": "S"},
            ASSISTANT,
            USER,
        ]

    def test_in_front_of_parts(self, sent: Any) -> None:
        part = {"type": "text", "text": "x"}
        (message,) = sent([SYSTEM, {"role": "user", "content": [part]}], supports_system_message=False)
        assert message["content"] == [{"type": "text", "text": "S"}, part]

    def test_true_changes_nothing(self, sent: Any) -> None:
        assert sent([SYSTEM, USER], supports_system_message=True) == [SYSTEM, USER]

    def test_one_more(self, sent: Any) -> None:
        assert sent([USER], litellm_system_prompt="P") == [{"role": "system", "content": "P"}, USER]
        assert sent([SYSTEM, USER], litellm_system_prompt="P") == [
            {"role": "system", "content": "P\n\nS"},
            USER,
        ]


class TestAlternation:
    def test_user_and_assistant_in_turn(self, sent: Any) -> None:
        go_on = {"role": "assistant", "content": "Please continue."}
        shape = {"ensure_alternating_roles": True}
        assert sent([SYSTEM, USER, USER, ASSISTANT, ASSISTANT, USER], **shape) == [
            SYSTEM,
            USER,
            go_on,
            USER,
            ASSISTANT,
            CONTINUE,
            ASSISTANT,
            USER,
        ]
        assert sent([ASSISTANT], **shape) == [CONTINUE, ASSISTANT, CONTINUE]

    def test_in_the_callers_words(self, sent: Any) -> None:
        words = {
            "user_continue_message": {"role": "user", "content": "go"},
            "assistant_continue_message": {"content": "ok"},
        }
        assert sent([USER, USER, ASSISTANT], ensure_alternating_roles=True, **words) == [
            USER,
            {"role": "assistant", "content": "ok"},
            USER,
            ASSISTANT,
            {"role": "user", "content": "go"},
        ]
        assert sent([USER, USER], **words) == [USER, USER]

    def test_tool_calls_stay_beside_their_results(self, sent: Any) -> None:
        shaped = sent([USER, CALLS, RESULT], ensure_alternating_roles=True)
        assert [message["role"] for message in shaped] == ["user", "assistant", "tool"]
        shaped = sent([USER, CALLS, RESULT, USER], ensure_alternating_roles=True)
        assert [message["role"] for message in shaped] == ["user", "assistant", "tool", "assistant", "user"]


class TestCacheControl:
    def test_by_role_and_index(self, sent: Any) -> None:
        point: dict[str, Any] = {"location": "message", "role": "system"}
        assert sent([SYSTEM, USER], cache_control_injection_points=[point]) == [
            {**SYSTEM, "cache_control": MARK},
            USER,
        ]
        point = {"location": "message", "index": -1, "control": {"type": "ephemeral", "ttl": "1h"}}
        assert sent([SYSTEM, USER], cache_control_injection_points=[point])[-1] == {
            **USER,
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        }
        point = {"location": "message", "index": 7}
        assert sent([USER], cache_control_injection_points=[point]) == [USER]

    def test_in_the_last_part(self, sent: Any) -> None:
        parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
        point = {"location": "message", "role": "user"}
        (message,) = sent([{"role": "user", "content": parts}], cache_control_injection_points=[point])
        assert message["content"] == [parts[0], {**parts[1], "cache_control": MARK}]

    def test_on_the_tools(self, sent: Any) -> None:
        tools = [{"type": "function", "function": {"name": name, "parameters": {}}} for name in ("f", "g")]
        body = sent([USER], tools=tools, cache_control_injection_points=[{"location": "tool_config"}])
        assert ["cache_control" in tool for tool in body["tools"]] == [False, True]

    @pytest.mark.parametrize("point", [3, {}, {"location": "message"}, {"location": "x", "index": 1}])
    def test_what_is_no_point(self, sent: Any, point: Any) -> None:
        with pytest.raises(BadRequestError, match="cache_control_injection_points"):
            sent([USER], cache_control_injection_points=[point])


class TestThoughts:
    def test_in_the_text(self, server: Loopback, complete: Any) -> None:
        answer = chat("said")
        answer["choices"][0]["message"]["reasoning_content"] = "thought"
        server.handler = lambda request: answer
        there = {"api_key": "k", "api_base": server.base_url, "messages": [USER], "model": "openai/x"}
        message = complete(merge_reasoning_content_in_choices=True, **there).choices[0].message
        assert message.content == "<think>thought</think>said"
        assert not hasattr(message, "reasoning_content")
        assert complete(**there).choices[0].message.reasoning_content == "thought"

    def test_in_a_stream(self, server: Loopback, streamed: Any) -> None:
        pieces = [{"reasoning_content": "th"}, {"reasoning_content": "ought"}, {"content": "said"}]
        body = [event(delta=piece, finish_reason=None) for piece in pieces]
        body += [event(delta={}, finish_reason="stop"), b"data: [DONE]\n\n"]
        server.handler = lambda request: Reply(body, headers={"content-type": "text/event-stream"})
        text = streamed(
            model="openai/x",
            messages=[USER],
            api_key="k",
            api_base=server.base_url,
            merge_reasoning_content_in_choices=True,
        )
        assert text == "<think>thought</think>said"


class TestRules:
    def test_before(self, server: Loopback, complete: Any) -> None:
        edgequake_python.pre_call_rules = [lambda text: "x" not in text]
        with pytest.raises(APIResponseValidationError, match="pre-call-rule"):
            complete(model="openai/x", messages=[USER], api_key="k", api_base=server.base_url)
        assert server.requests == []

    def test_after(self, content: Any) -> None:
        asked: list[str] = []
        edgequake_python.post_call_rules = [asked.append]
        text = content(model="sim/gpt", messages=[USER])
        assert asked == [text]
        edgequake_python.post_call_rules = [lambda text: {"decision": False, "message": "not that"}]
        with pytest.raises(APIResponseValidationError, match="not that"):
            content(model="sim/gpt", messages=[USER])


FORMAT: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "schema": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
    },
}


class TestSchemas:
    @pytest.mark.parametrize("text", ['{"n": "one"}', "no json", "{}"])
    def test_an_answer_that_does_not_fit(self, content: Any, text: str) -> None:
        call = {"model": "openai/gpt-4o", "messages": [USER], "response_format": FORMAT}
        with pytest.raises(JSONSchemaValidationError) as caught:
            content(mock_response=text, enable_json_schema_validation=True, **call)
        assert caught.value.raw_response == text
        assert json.loads(caught.value.schema) == FORMAT["json_schema"]["schema"]
        assert content(mock_response=text, **call) == text
        edgequake_python.enable_json_schema_validation = True
        with pytest.raises(JSONSchemaValidationError):
            content(mock_response=text, **call)
        assert content(mock_response=text, enable_json_schema_validation=False, **call) == text

    def test_one_that_does(self, content: Any) -> None:
        text = content(
            model="openai/gpt-4o",
            messages=[USER],
            mock_response='{"n": 1}',
            response_format=FORMAT,
            enable_json_schema_validation=True,
        )
        assert text == '{"n": 1}'


class TestTemplates:
    def test_are_refused_or_reported(self, complete: Any) -> None:
        call: dict[str, Any] = {"model": "sim/gpt", "messages": [USER]}
        roles = {"user": {"pre_message": "<"}}
        with pytest.raises(UnsupportedParamsError, match="roles"):
            complete(roles=roles, **call)
        assert complete(roles=roles, drop_params=True, **call).dropped_params == ["roles"]
        edgequake_python.custom_prompt_dict = {"sim/gpt": {"roles": roles}}
        with pytest.raises(UnsupportedParamsError, match="custom_prompt_dict"):
            complete(**call)
        assert complete(model="sim/other", messages=[USER])
