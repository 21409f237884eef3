"""What each provider makes of a parameter: sent, renamed, asked in another way, refused or reported."""

from __future__ import annotations

from typing import Any

import pytest

from edgequake_python import (
    BadRequestError,
    UnsupportedParamsError,
    completion,
)
from loopback import MESSAGES, Loopback, Reply, chat, event

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
