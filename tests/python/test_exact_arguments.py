"""Arguments of tools cross every dialect in the words they were written in: numbers, spelling, order."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest

import edgequake_python as eq
from loopback import Loopback, Reply, Request

#: What a tree of JSON would not keep.
ARGUMENTS = (
    '{"z":12345678901234567890123,"a":1.0,"huge":1e400,"small":-0.10,'
    '"deep":{"b":[1E5,18446744073709551616],"a":null},"é":"\\" ü"}'
)
PRETTY = json.dumps(json.loads(ARGUMENTS.replace("1e400", "1e4")), indent=2, ensure_ascii=False)
QUESTION = {"role": "user", "content": "Q"}
KEY = {"api_key": "sk-arguments"}
AWS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "secret-arguments",
    "aws_region_name": "us-east-1",
}
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]

#: Answers with a call, as each dialect writes them; the arguments stand where this word does.
HERE = "ARGUMENTS"
CLAUDE_CALL = {"type": "tool_use", "id": "t", "input": HERE, "name": "f"}
CLAUDE = {
    "type": "message",
    "id": "m",
    "role": "assistant",
    "model": "m",
    "content": [CLAUDE_CALL],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
GOOGLE = {
    "candidates": [
        {
            "content": {"role": "model", "parts": [{"functionCall": {"args": HERE, "name": "f"}}]},
            "finishReason": "STOP",
        }
    ],
    "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
}
CONVERSE = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [{"toolUse": {"toolUseId": "t", "input": HERE, "name": "f"}}],
        }
    },
    "stopReason": "tool_use",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
}
OLLAMA = {
    "model": "m",
    "created_at": "2026-01-01T00:00:00Z",
    "message": {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"function": {"name": "f", "arguments": HERE}}],
    },
    "done": True,
    "done_reason": "stop",
}
OPENAI = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "t", "type": "function", "function": {"name": "f", "arguments": HERE}}],
            },
            "finish_reason": "tool_calls",
        }
    ],
}


def written(answer: dict[str, Any], arguments: str) -> str:
    """An answer with these arguments, letter for letter."""
    return json.dumps(answer).replace(f'"{HERE}"', arguments)


#: How each dialect is called and what it answers.
DIALECTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "anthropic": ({"model": "anthropic/claude-sonnet-4-5", **KEY}, CLAUDE),
    "vertex-claude": (
        {
            "model": "vertex_ai/claude-sonnet-4-5",
            "vertex_project": "p",
            "vertex_location": "us-east5",
            "api_key": "ya29.arguments",
        },
        CLAUDE,
    ),
    "bedrock-claude": ({"model": "bedrock/invoke/anthropic.claude-3-haiku-20240307-v1:0", **AWS}, CLAUDE),
    "gemini": ({"model": "gemini/gemini-2.5-flash", **KEY}, GOOGLE),
    "vertex": (
        {
            "model": "vertex_ai/gemini-2.5-flash",
            "vertex_project": "p",
            "vertex_location": "us-east5",
            "api_key": "ya29.arguments",
        },
        GOOGLE,
    ),
    "bedrock": ({"model": "bedrock/anthropic.claude-3-haiku-20240307-v1:0", **AWS}, CONVERSE),
    "bedrock-nova": ({"model": "bedrock/invoke/amazon.nova-lite-v1:0", **AWS}, CONVERSE),
    "ollama": ({"model": "ollama_chat/llama3"}, OLLAMA),
    "openai-object": ({"model": "openai/m", **KEY}, OPENAI),
}


@pytest.fixture(params=sorted(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def ask(
    dialect: str,
    server: Loopback,
    messages: list[dict[str, Any]],
    answer: Callable[[Request], Any],
    **more: Any,
) -> Any:
    server.handler = answer
    return eq.completion(
        messages=messages,
        tools=TOOLS,
        api_base=server.base_url,
        num_retries=0,
        **DIALECTS[dialect][0],
        **more,
    )


def called(arguments: str) -> list[dict[str, Any]]:
    call = {"id": "t", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return [
        QUESTION,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "t", "content": "done"},
    ]


def answered(dialect: str, arguments: str) -> Callable[[Request], Any]:
    body = written(DIALECTS[dialect][1], arguments)
    return lambda request: Reply(body.encode(), headers={"content-type": "application/json"})


def test_they_are_sent_as_they_were_written(dialect: str, server: Loopback) -> None:
    ask(dialect, server, called(f" {ARGUMENTS}\n"), answered(dialect, "{}"))
    sent = server.requests[-1].body.decode()
    if dialect == "openai-object":
        arguments = json.loads(sent)["messages"][1]["tool_calls"][0]["function"]["arguments"]
        assert arguments == f" {ARGUMENTS}\n"
    else:
        assert ARGUMENTS in sent
        assert "verbatim" not in sent
        json.loads(sent)


def test_they_are_read_as_they_were_written(dialect: str, server: Loopback) -> None:
    answer = ask(dialect, server, [QUESTION], answered(dialect, ARGUMENTS))
    assert answer.choices[0].message.tool_calls[0].function.arguments == ARGUMENTS
    assert answer.choices[0].message.tool_calls[0].function.name == "f"
    assert answer.choices[0].finish_reason == "tool_calls"


def test_blanks_of_the_answer_are_left_out(dialect: str, server: Loopback) -> None:
    answer = ask(dialect, server, [QUESTION], answered(dialect, PRETTY))
    arguments = answer.choices[0].message.tool_calls[0].function.arguments
    compact = json.dumps(json.loads(PRETTY), separators=(",", ":"), ensure_ascii=False)
    assert arguments == compact


def test_a_call_without_arguments_has_an_empty_object(dialect: str, server: Loopback) -> None:
    answer = ask(dialect, server, called(""), answered(dialect, "{}"))
    assert answer.choices[0].message.tool_calls[0].function.arguments == "{}"


@pytest.mark.parametrize("wrong", ['{"a": NaN}', '{"a": 1} x', "{", "{'a': 1}"])
@pytest.mark.parametrize("dialect", ["anthropic", "bedrock", "gemini"])
def test_what_is_no_json_is_refused_before_anything_is_sent(
    dialect: str, wrong: str, server: Loopback
) -> None:
    with pytest.raises(eq.BadRequestError, match="not JSON"):
        ask(dialect, server, called(wrong), answered(dialect, "{}"))
    assert server.requests == []


@pytest.mark.parametrize("dialect", ["gemini", "vertex", "ollama"])
def test_streams_keep_them_too(dialect: str, server: Loopback) -> None:
    body = written(DIALECTS[dialect][1], ARGUMENTS)
    framed = body + "\n" if dialect == "ollama" else f"data: {body}\n\n"
    stream = ask(dialect, server, [QUESTION], lambda request: Reply(framed.encode()), stream=True)
    answer: Any = eq.stream_chunk_builder(list(stream))
    assert answer.choices[0].message.tool_calls[0].function.arguments == ARGUMENTS


@pytest.mark.parametrize("at_once", [True, False])
def test_claude_streams_them_in_pieces_or_begins_with_them(at_once: bool, server: Loopback) -> None:
    given = ARGUMENTS if at_once else "{}"
    block = f'{{"type":"tool_use","id":"t","name":"f","input":{given}}}'
    told = [f'{{"type":"content_block_start","index":0,"content_block":{block}}}']
    if not at_once:
        for piece in (ARGUMENTS[:9], ARGUMENTS[9:]):
            delta = {"type": "input_json_delta", "partial_json": piece}
            told.append(json.dumps({"type": "content_block_delta", "index": 0, "delta": delta}))
    whole = [
        '{"type":"message_start","message":{"id":"m","model":"m","usage":{"input_tokens":1}}}',
        *told,
        '{"type":"content_block_stop","index":0}',
        '{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":1}}',
        '{"type":"message_stop"}',
    ]
    body = "".join(f"data: {event}\n\n" for event in whole).encode()
    stream = ask("anthropic", server, [QUESTION], lambda request: Reply(body), stream=True)
    answer: Any = eq.stream_chunk_builder(list(stream))
    assert answer.choices[0].message.tool_calls[0].function.arguments == ARGUMENTS


def test_blocks_that_go_back_as_they_came_have_them_whole(server: Loopback) -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    body = written({**CLAUDE, "content": [CLAUDE_CALL, thought]}, ARGUMENTS)
    answer = ask("anthropic", server, [QUESTION], lambda request: Reply(body.encode()))
    message = answer.choices[0].message.model_dump()
    assert "anthropic_content" in message["provider_specific_fields"]
    result = {"role": "tool", "tool_call_id": "t", "content": "done"}
    ask("anthropic", server, [QUESTION, message, result], answered("anthropic", "{}"))
    assert f'"input":{ARGUMENTS}' in server.requests[-1].body.decode()


def test_the_result_of_a_tool_at_google_keeps_its_numbers(server: Loopback) -> None:
    messages = called("{}")
    messages[-1]["content"] = ARGUMENTS
    ask("gemini", server, messages, answered("gemini", "{}"))
    assert f'"response":{ARGUMENTS}' in server.requests[-1].body.decode()
