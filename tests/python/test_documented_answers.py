"""Answers that Google, Anthropic, Bedrock and Cohere document, and what is made of their odd corners."""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_python as eq
from bedrock_wire import frame
from documented import ask, events
from loopback import MESSAGES, Loopback, Reply

EVENT_STREAM = {"content-type": "application/vnd.amazon.eventstream"}
PICTURE = "data:image/png;base64,aGk="
GEMINI = "gemini/gemini-2.5-flash"
COUNTS = {"promptTokenCount": 8, "candidatesTokenCount": 4, "totalTokenCount": 12}


def google(*parts: dict[str, Any], finish: str | None = "STOP", **candidate: Any) -> dict[str, Any]:
    content = {"role": "model", "parts": list(parts)}
    return {
        "candidates": [{"content": content, "finishReason": finish, **candidate}],
        "usageMetadata": COUNTS,
    }


def found(*queries: str, **chunk: Any) -> dict[str, Any]:
    return {"groundingMetadata": {"webSearchQueries": list(queries), "groundingChunks": [chunk]}}


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("chunk", "searches"),
    [
        ({"web": {"uri": "https://a.example", "title": "A"}}, 2),
        ({"maps": {"uri": "https://a.example"}}, None),
    ],
)
def test_searches_are_counted_once_each(
    server: Loopback, streamed: bool, chunk: dict[str, Any], searches: int | None
) -> None:
    last = google({"text": "b"}, **found("q", "r", "q", "", **chunk))
    first = google({"text": "a"}, finish=None, **found("q", **chunk))
    answer = ask(server, GEMINI, events(first, last) if streamed else last, stream=streamed)
    details = answer.usage.prompt_tokens_details
    assert getattr(details, "web_search_requests", None) == searches


def test_text_beside_a_picture_is_counted(server: Loopback) -> None:
    told = google({"text": "see"}, {"inlineData": {"mimeType": "image/png", "data": "aGk="}})
    details = [{"modality": "IMAGE", "tokenCount": 1290}]
    told["usageMetadata"] = {**COUNTS, "candidatesTokenCount": 1294, "candidatesTokensDetails": details}
    counted = ask(server, GEMINI, told).usage.completion_tokens_details
    assert (counted.image_tokens, counted.text_tokens) == (1290, 4)


def test_a_call_in_pieces_is_one_call(server: Loopback) -> None:
    def piece(**call: Any) -> dict[str, Any]:
        return google({"functionCall": call}, finish=None)

    answer = ask(
        server,
        GEMINI,
        events(
            piece(name="f", willContinue=True),
            piece(
                partialArgs=[{"jsonPath": "$.city", "stringValue": "Pa", "willContinue": True}],
                willContinue=True,
            ),
            piece(
                partialArgs=[
                    {"jsonPath": "$.city", "stringValue": "ris"},
                    {"jsonPath": "$.days[0]", "numberValue": 3},
                ],
                willContinue=True,
            ),
            google({"functionCall": {}}, {"functionCall": {"name": "g", "args": {"x": 1}}}),
        ),
        stream=True,
    )
    calls = [
        (call.function.name, json.loads(call.function.arguments))
        for call in answer.choices[0].message.tool_calls
    ]
    assert calls == [("f", {"city": "Paris", "days": [3]}), ("g", {"x": 1})]
    assert answer.choices[0].finish_reason == "tool_calls"


def test_an_answer_that_names_no_model_has_the_one_that_was_asked(server: Loopback) -> None:
    assert ask(server, GEMINI, google({"text": "a"})).model == "gemini-2.5-flash"
    choice = {"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}
    assert ask(server, "openai/of-mine", {"choices": [choice]}).model == "of-mine"


def test_a_page_instead_of_an_error_is_told(server: Loopback) -> None:
    with pytest.raises(eq.BadGatewayError, match="HTML page"):
        ask(server, GEMINI, Reply("<html>bad</html>", 502))


CLAUDE = "anthropic/claude-sonnet-4-5"


def cited(text: str) -> dict[str, Any]:
    return {"type": "char_location", "cited_text": text, "document_index": 0}


def test_citations_say_what_they_support(server: Loopback) -> None:
    blocks = [{"type": "text", "text": "So it is.", "citations": [cited("one"), cited("two")]}]
    told = {"type": "message", "role": "assistant", "content": blocks, "stop_reason": "end_turn"}
    message = (
        ask(server, CLAUDE, {**told, "usage": {"input_tokens": 1, "output_tokens": 2}}).choices[0].message
    )
    citations = message.provider_specific_fields["citations"]
    assert [(one["cited_text"], one["supported_text"]) for one in citations[0]] == [
        ("one", "So it is."),
        ("two", "So it is."),
    ]


def test_all_citations_of_a_stream_are_kept(server: Loopback) -> None:
    def delta(**delta: Any) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": 0, "delta": delta}

    usage = {"input_tokens": 1, "output_tokens": 1}
    answer = ask(
        server,
        CLAUDE,
        events(
            {"type": "message_start", "message": {"role": "assistant", "content": [], "usage": usage}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            delta(type="citations_delta", citation=cited("one")),
            delta(type="text_delta", text="So."),
            delta(type="citations_delta", citation=cited("two")),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
            {"type": "message_stop"},
        ),
        stream=True,
    )
    (citations,) = answer.choices[0].message.provider_specific_fields["citations"]
    assert [one["cited_text"] for one in citations] == ["one", "two"]


NOVA = "bedrock/amazon.nova-pro-v1:0"


@pytest.mark.parametrize("pieces", [[], [""], ["", '{"a":', "1}"]])
def test_a_call_always_has_an_object_of_arguments(server: Loopback, pieces: list[str]) -> None:
    at = {"contentBlockIndex": 0}
    start = {"toolUse": {"toolUseId": "t1", "name": "f"}}
    told = [
        frame("messageStart", {"role": "assistant"}),
        frame("contentBlockStart", {**at, "start": start}),
        *(frame("contentBlockDelta", {**at, "delta": {"toolUse": {"input": piece}}}) for piece in pieces),
        frame("contentBlockStop", at),
        frame("messageStop", {"stopReason": "tool_use"}),
        frame("metadata", {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}}),
    ]
    answer = ask(server, NOVA, Reply(b"".join(told), headers=EVENT_STREAM), stream=True)
    (call,) = answer.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == ({"a": 1} if len(pieces) > 1 else {})


COMMAND = "cohere/command-a-03-2025"
END = {
    "type": "message-end",
    "delta": {"finish_reason": "TOOL_CALL", "usage": {"tokens": {"input_tokens": 1}}},
}


def test_a_plan_and_calls_of_a_stream(server: Loopback) -> None:
    def said(kind: str, index: int | None = None, **message: Any) -> dict[str, Any]:
        return {"type": kind, "index": index, "delta": {"message": message}}

    def call(name: str) -> dict[str, Any]:
        return {"id": name, "type": "function", "function": {"name": name, "arguments": ""}}

    answer = ask(
        server,
        COMMAND,
        events(
            {"type": "message-start", "id": "1"},
            said("tool-plan-delta", tool_plan="I will "),
            said("tool-plan-delta", tool_plan="look."),
            said("tool-call-start", 0, tool_calls=call("f")),
            said("tool-call-delta", 0, tool_calls={"function": {"arguments": '{"a":1}'}}),
            {"type": "tool-call-end", "index": 0},
            said("tool-call-start", 1, tool_calls=call("g")),
            {"type": "tool-call-end", "index": 1},
            END,
        ),
        stream=True,
    )
    message = answer.choices[0].message
    assert message.provider_specific_fields["tool_plan"] == "I will look."
    assert [call.function.arguments for call in message.tool_calls] == ['{"a":1}', "{}"]


def test_a_text_that_may_not_be_said(server: Loopback) -> None:
    with pytest.raises(eq.ContentPolicyViolationError):
        ask(server, COMMAND, Reply({"message": "invalid token"}, 498))


def test_pictures_of_tools_go_beside_their_results(server: Loopback) -> None:
    function = {"name": "f", "arguments": "{}"}
    calls = [{"id": name, "type": "function", "function": function} for name in "ab"]
    picture = {"type": "image_url", "image_url": {"url": PICTURE}}
    text = {"type": "text", "text": "t"}
    messages = [
        *MESSAGES,
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "a", "content": [text, picture]},
        {"role": "tool", "tool_call_id": "b", "content": [picture]},
    ]
    told = {
        "message": {"role": "assistant", "content": [{"type": "text", "text": "x"}]},
        "finish_reason": "COMPLETE",
    }
    ask(server, COMMAND, told, messages=messages)
    *_, first, second, user = server.bodies[-1]["messages"]
    assert (first["role"], second["role"], user["role"]) == ("tool", "tool", "user")
    assert first["content"] == [text]
    assert [part["type"] for part in second["content"]] == ["text"]
    assert user["content"][1:] == [picture, picture]
