"""What Gemini says comes back to it as it was: signatures, thoughts, parallel calls, code that was run."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import edgequake_python as eq
from loopback import MESSAGES, Loopback, Reply, Request

TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]
USAGE = {"promptTokenCount": 3, "candidatesTokenCount": 2, "thoughtsTokenCount": 4, "totalTokenCount": 9}
#: A turn of every kind of part, in the order in which Google gives them.
PARTS: list[dict[str, Any]] = [
    {"text": "Let me think: é", "thought": True},
    {"text": "I run code. "},
    {"executableCode": {"language": "PYTHON", "code": "print(1)"}},
    {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1\n"}},
    {"text": "It is one.", "thoughtSignature": "c2lnLXRleHQ="},
    {
        "functionCall": {"name": "f", "args": {"a": 1.5, "b": "é"}, "id": "fc-1"},
        "thoughtSignature": "c2lnLTE=",
    },
    {"functionCall": {"name": "f", "args": {}, "id": "fc-2"}},
]


def sent(part: dict[str, Any]) -> dict[str, Any]:
    """A part in the spelling of requests."""
    names = {"functionCall": "function_call"}
    return {names.get(name, name): value for name, value in part.items()}


class Model:
    """Answers with ``parts``, whole or one an event."""

    def __init__(self, parts: list[dict[str, Any]], finish: str = "STOP") -> None:
        self.parts, self.finish = parts, finish

    def __call__(self, request: Request) -> Reply:
        def answer(parts: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
            candidate = {"content": {"role": "model", "parts": parts}, "index": 0, **more}
            return {"candidates": [candidate], "usageMetadata": USAGE, "responseId": "r", "modelVersion": "m"}

        if "stream" not in request.path:
            return Reply(answer(self.parts, finishReason=self.finish))
        events = [answer([part]) for part in self.parts] + [answer([], finishReason=self.finish)]
        return Reply("".join(f"data: {json.dumps(event)}\r\n\r\n" for event in events))


def ask(server: Loopback, how: str, messages: list[dict[str, Any]]) -> Any:
    arguments: dict[str, Any] = {
        "model": "gemini/gemini-3-flash-preview",
        "messages": messages,
        "tools": TOOLS,
        "api_base": server.base_url,
        "api_key": "k-for-tests",
    }
    if how == "plain":
        return eq.completion(**arguments)
    if how == "stream":
        return eq.stream_chunk_builder(list(eq.completion(**arguments, stream=True)))

    async def collect() -> list[Any]:
        return [chunk async for chunk in await eq.acompletion(**arguments, stream=True)]

    return eq.stream_chunk_builder(asyncio.run(collect()))


@pytest.mark.parametrize("how", ["plain", "stream", "async stream"])
def test_a_turn_comes_back_as_it_was(how: str) -> None:
    with Loopback(Model(PARTS)) as server:
        message = ask(server, how, MESSAGES).choices[0].message
        assert message.content == "I run code. It is one."
        assert message.reasoning_content == "Let me think: é"
        # Through JSON and back, as a program keeps its history.
        turn = json.loads(json.dumps(message.model_dump()))
        results = [
            {"role": "tool", "tool_call_id": call["id"], "content": "r"} for call in turn["tool_calls"]
        ]
        ask(server, "plain", [*MESSAGES, turn, *results])
        contents = server.requests[-1].json["contents"]
    assert contents[1] == {"role": "model", "parts": [sent(part) for part in PARTS]}
    answers = [part["function_response"] for part in contents[2]["parts"]]
    assert [answer["id"] for answer in answers] == ["fc-1", "fc-2"]


def test_a_signature_that_comes_after_the_text_is_kept() -> None:
    parts: list[dict[str, Any]] = [{"text": "Hel"}, {"text": "lo"}, {"text": "", "thoughtSignature": "c2ln"}]
    with Loopback(Model(parts)) as server:
        message = ask(server, "stream", MESSAGES).choices[0].message
        turn = json.loads(json.dumps(message.model_dump()))
        ask(server, "plain", [*MESSAGES, turn, {"role": "user", "content": "go on"}])
        contents = server.requests[-1].json["contents"]
    assert contents[1]["parts"] == [{"text": "Hello"}, {"text": "", "thoughtSignature": "c2ln"}]


def test_a_text_that_was_changed_is_sent_as_it_is_now() -> None:
    parts = [{"text": "Hello", "thoughtSignature": "c2ln"}]
    with Loopback(Model(parts)) as server:
        turn = ask(server, "plain", MESSAGES).choices[0].message.model_dump()
        turn["content"] = "Bye"
        ask(server, "plain", [*MESSAGES, turn, {"role": "user", "content": "go on"}])
        contents = server.requests[-1].json["contents"]
    assert contents[1]["parts"] == [{"text": "Bye"}]


@pytest.mark.parametrize("how", ["plain", "stream"])
def test_a_picture_keeps_its_signature(how: str) -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "AA=="}, "thoughtSignature": "c2ln"}
    with Loopback(Model([{"text": "Here"}, picture])) as server:
        turn = json.loads(json.dumps(ask(server, how, MESSAGES).choices[0].message.model_dump()))
        ask(server, "plain", [*MESSAGES, turn, {"role": "user", "content": "brighter"}])
        contents = server.requests[-1].json["contents"]
    data = {"mime_type": "image/png", "data": "AA=="}
    assert contents[1]["parts"] == [{"text": "Here"}, {"inline_data": data, "thoughtSignature": "c2ln"}]


@pytest.mark.parametrize("how", ["plain", "stream"])
@pytest.mark.parametrize(
    "finish,expected",
    [
        ("MALFORMED_FUNCTION_CALL", "MALFORMED_FUNCTION_CALL"),
        ("SAFETY", "content_filter"),
        ("MAX_TOKENS", "length"),
    ],
)
def test_every_end_has_its_word_and_none_is_an_invented_stop(how: str, finish: str, expected: str) -> None:
    with Loopback(Model([{"text": "He"}], finish)) as server:
        choice = ask(server, how, MESSAGES).choices[0]
    assert choice.finish_reason == expected


def test_a_stream_as_one_array_is_read_too() -> None:
    def array(request: Request) -> Reply:
        events = Model([{"text": "Hel"}, {"text": "lo"}])(request).body
        assert isinstance(events, str)
        documents = [event.removeprefix("data: ") for event in events.strip().split("\r\n\r\n")]
        return Reply("[" + ",\r\n".join(documents) + "]", headers={"content-type": "application/json"})

    with Loopback(array) as server:
        assert ask(server, "stream", MESSAGES).choices[0].message.content == "Hello"


def test_an_error_inside_a_stream_is_the_error_of_its_status() -> None:
    def broken(request: Request) -> Reply:
        first = {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hel"}]}}]}
        error = {
            "error": {"code": 429, "message": "Resource has been exhausted", "status": "RESOURCE_EXHAUSTED"}
        }
        return Reply(f"data: {json.dumps(first)}\r\n\r\ndata: {json.dumps(error)}\r\n\r\n")

    with Loopback(broken) as server, pytest.raises(eq.RateLimitError):
        ask(server, "stream", MESSAGES)


def test_what_google_has_no_place_for_is_refused_or_reported() -> None:
    with Loopback(Model([{"text": "Hi"}])) as server:
        common: dict[str, Any] = {
            "model": "gemini/gemini-2.5-flash",
            "messages": MESSAGES,
            "api_base": server.base_url,
            "api_key": "k-for-tests",
        }
        answer = eq.completion(**common, user="u", newKnob={"a": 1}, stream_options={"include_usage": True})
        body = server.requests[-1].json
        with pytest.raises(eq.UnsupportedParamsError, match="logit_bias"):
            eq.completion(**common, logit_bias={"1": 2})
    assert body["generationConfig"] == {"newKnob": {"a": 1}}
    assert set(answer._hidden_params["dropped_params"]) == {"user", "stream_options"}
