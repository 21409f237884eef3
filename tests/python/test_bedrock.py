"""Bedrock: Converse and its event stream, and what goes back of an answer with the next request."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python as eq
from bedrock_wire import KEYS, frame
from loopback import CUT, MESSAGES, Loopback, Reply, Request

MODEL = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
USAGE = {"inputTokens": 3, "outputTokens": 2, "totalTokens": 9, "cacheReadInputTokens": 4}
THOUGHT = {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "sig=="}}}
REDACTED = {"reasoningContent": {"redactedContent": base64.b64encode(b"hidden").decode()}}
CALL = {"toolUse": {"toolUseId": "tooluse_1", "name": "get_weather", "input": {"city": "Köln"}}}
TOOLS = [{"type": "function", "function": {"name": "get.weather", "parameters": {"type": "object"}}}]


def delta(index: int, **delta: Any) -> bytes:
    return frame("contentBlockDelta", {"contentBlockIndex": index, "delta": delta})


STREAM = [
    frame("messageStart", {"role": "assistant"}),
    delta(0, reasoningContent={"text": "h"}),
    delta(0, reasoningContent={"text": "m"}),
    delta(0, reasoningContent={"signature": "sig=="}),
    frame("contentBlockStop", {"contentBlockIndex": 0}),
    delta(1, reasoningContent={"redactedContent": REDACTED["reasoningContent"]["redactedContent"]}),
    delta(2, text="Let me "),
    delta(2, text="see."),
    frame(
        "contentBlockStart",
        {"contentBlockIndex": 3, "start": {"toolUse": {"toolUseId": "tooluse_1", "name": "get_weather"}}},
    ),
    delta(3, toolUse={"input": '{"city": '}),
    delta(3, toolUse={"input": '"Köln"}'}),
    frame("contentBlockStop", {"contentBlockIndex": 3}),
    frame("messageStop", {"stopReason": "tool_use"}),
    frame("metadata", {"usage": USAGE, "metrics": {"latencyMs": 1}}),
]


def answer(*blocks: dict[str, Any], reason: str = "end_turn") -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": list(blocks)}},
        "stopReason": reason,
        "usage": USAGE,
    }


class Model:
    """Thinks, says something and calls a tool; once it has the result it is done."""

    stream = STREAM

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/converse-stream"):
            return Reply(iter(self.stream), headers={"content-type": "application/vnd.amazon.eventstream"})
        if len(request.json["messages"]) > 1:
            return Reply(answer({"text": "Sunny."}))
        return Reply(answer(THOUGHT, REDACTED, {"text": "Let me see."}, CALL, reason="tool_use"))


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def server(model: Model) -> Iterator[Loopback]:
    with Loopback(model) as server:
        yield server


def ask(server: Loopback, messages: list[Any], **more: Any) -> Any:
    base = server.base_url.removesuffix("/v1")
    return eq.completion(
        **{
            "model": MODEL,
            "messages": messages,
            "aws_bedrock_runtime_endpoint": base,
            "num_retries": 0,
            **KEYS,
            **more,
        }
    )


def goes_on(server: Loopback, message: Any) -> list[dict[str, Any]]:
    """The assistant's turn as it is sent back with the tool's result."""
    result = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "20 degrees"}
    assert ask(server, [*MESSAGES, message, result], tools=TOOLS).choices[0].message.content == "Sunny."
    sent: list[dict[str, Any]] = server.bodies[-1]["messages"][1]["content"]
    return sent


def test_an_answer_goes_back_as_it_came(server: Loopback) -> None:
    got = ask(server, MESSAGES, tools=TOOLS)
    message = got.choices[0].message
    assert (message.content, message.reasoning_content, got.choices[0].finish_reason) == (
        "Let me see.",
        "hm",
        "tool_calls",
    )
    # The tool has the caller's name again, and Bedrock's on the wire.
    assert message.tool_calls[0].function.name == "get.weather"
    assert json.loads(message.tool_calls[0].function.arguments) == {"city": "Köln"}
    expected = [THOUGHT, REDACTED, {"text": "Let me see."}, CALL]
    for same in (message, message.model_dump(), json.loads(json.dumps(message.model_dump()))):
        assert goes_on(server, same) == expected
    assert (got.usage.prompt_tokens, got.usage.total_tokens) == (7, 9)
    assert got.usage.prompt_tokens_details.cached_tokens == 4


def test_a_streamed_answer_goes_back_as_it_came(server: Loopback) -> None:
    chunks = list(ask(server, MESSAGES, tools=TOOLS, stream=True))
    built = eq.stream_chunk_builder(chunks, messages=MESSAGES)
    assert built is not None
    assert goes_on(server, built.choices[0].message.model_dump()) == [
        THOUGHT,
        REDACTED,
        {"text": "Let me see."},
        CALL,
    ]
    assert built.usage.prompt_tokens == 7
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason] == [
        "tool_calls"
    ]


async def _streamed(server: Loopback) -> list[Any]:
    base = server.base_url.removesuffix("/v1")
    stream = await eq.acompletion(
        model=MODEL, messages=MESSAGES, stream=True, aws_bedrock_runtime_endpoint=base, num_retries=0, **KEYS
    )
    return [chunk async for chunk in stream]


def test_the_event_loops_chunks_are_the_same(server: Loopback) -> None:
    def said(chunks: list[Any]) -> list[Any]:
        return [choice.delta.model_dump() for chunk in chunks for choice in chunk.choices]

    assert said(asyncio.run(_streamed(server))) == said(list(ask(server, MESSAGES, stream=True)))


@pytest.mark.parametrize(
    ("name", "payload", "expected"),
    [
        ("throttlingException", {"message": "slow down"}, eq.RateLimitError),
        (
            "validationException",
            {"message": "Input is too long for requested model."},
            eq.ContextWindowExceededError,
        ),
        ("validationException", {"message": "malformed"}, eq.BadRequestError),
        ("serviceUnavailableException", {"message": "busy"}, eq.ServiceUnavailableError),
        ("internalServerException", {"message": "oops"}, eq.InternalServerError),
        ("modelTimeoutException", {"message": "late"}, eq.Timeout),
        (
            "modelStreamErrorException",
            {"message": "no", "originalStatusCode": 503},
            eq.ServiceUnavailableError,
        ),
    ],
)
def test_an_exception_in_the_stream_is_what_its_status_would_be(
    server: Loopback, model: Model, name: str, payload: dict[str, Any], expected: type[Exception]
) -> None:
    model.stream = [*STREAM[:8], frame(name, payload, "exception")]
    seen = ""
    with pytest.raises(expected, match=payload["message"].split()[0]):
        for chunk in ask(server, MESSAGES, stream=True):
            seen += chunk.choices[0].delta.content or ""
    assert seen == "Let me see."


@pytest.mark.parametrize("end", [STREAM[:8], [*STREAM[:8], CUT], [*STREAM[:8], STREAM[8][:-3]]])
def test_a_stream_without_its_end_is_no_answer(server: Loopback, model: Model, end: list[bytes]) -> None:
    model.stream = end
    with pytest.raises(eq.IncompleteStreamError) as caught:
        list(ask(server, MESSAGES, stream=True))
    assert caught.value.partial == "Let me see."


def test_a_flipped_bit_is_no_answer(server: Loopback, model: Model) -> None:
    broken = bytearray(STREAM[7])
    broken[-10] ^= 1
    model.stream = [*STREAM[:7], bytes(broken), *STREAM[8:]]
    with pytest.raises(eq.APIResponseValidationError, match="checksum"):
        list(ask(server, MESSAGES, stream=True))


def test_errors_by_their_names(server: Loopback) -> None:
    cases = [
        (400, "ValidationException", "The model returned: prompt is too long", eq.ContextWindowExceededError),
        (400, "ValidationException", "no", eq.BadRequestError),
        (403, "AccessDeniedException", "no", eq.PermissionDeniedError),
        (403, "UnrecognizedClientException", "no", eq.AuthenticationError),
        (404, "ResourceNotFoundException", "no", eq.NotFoundError),
        (408, "ModelTimeoutException", "no", eq.Timeout),
        (429, "ThrottlingException", "Too many tokens, please wait", eq.RateLimitError),
        (400, "ServiceQuotaExceededException", "no", eq.RateLimitError),
        (503, "ServiceUnavailableException", "no", eq.ServiceUnavailableError),
    ]
    for status, name, message, expected in cases:
        headers = {"x-amzn-errortype": f"{name}:http://internal.amazon.com/coral/"}
        reply = Reply({"message": message}, status, headers)
        server.handler = lambda _, reply=reply: reply  # type: ignore[misc]
        with pytest.raises(expected):
            ask(server, MESSAGES)


def test_what_has_no_place_is_reported(server: Loopback) -> None:
    got = ask(
        server,
        MESSAGES,
        model="bedrock/us.amazon.nova-pro-v1:0",
        tools=TOOLS,
        parallel_tool_calls=False,
        user="u",
        response_format={"type": "json_object"},
    )
    assert sorted(got.dropped_params) == ["parallel_tool_calls", "response_format", "user"]
    assert "additionalModelRequestFields" not in server.bodies[-1]


def test_a_schema_by_tool_is_the_answer(server: Loopback, model: Model) -> None:
    schema = {
        "type": "json_schema",
        "json_schema": {"name": "n", "schema": {"type": "object", "properties": {}}},
    }
    nova = {"model": "bedrock/us.amazon.nova-pro-v1:0", "response_format": schema}
    use = {"toolUse": {"toolUseId": "1", "name": "json_tool_call", "input": {"a": 1}}}
    server.handler = lambda _: Reply(answer(use, reason="tool_use"))
    got = ask(server, MESSAGES, **nova)
    assert json.loads(got.choices[0].message.content) == {"a": 1}
    assert (got.choices[0].finish_reason, got.choices[0].message.tool_calls) == ("stop", None)
    server.handler = model
    started = {"toolUse": {"toolUseId": "1", "name": "json_tool_call"}}
    model.stream = [
        frame("contentBlockStart", {"contentBlockIndex": 0, "start": started}),
        delta(0, toolUse={"input": '{"a": '}),
        delta(0, toolUse={"input": "1}"}),
        *STREAM[-2:],
    ]
    chunks = list(ask(server, MESSAGES, stream=True, **nova))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == '{"a": 1}'
    reasons = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    assert [reason for reason in reasons if reason] == ["stop"]
