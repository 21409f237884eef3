"""Anthropic's wire from end to end: what is asked, what is answered, and what goes back afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

import edgequake_python
from edgequake_python import completion, stream_chunk_builder
from edgequake_python.exceptions import IncompleteStreamError
from loopback import Loopback, Reply, Request

MODEL = "anthropic/claude-sonnet-4-5"
HI = [{"role": "user", "content": "hi"}]
THOUGHT = {"type": "thinking", "thinking": "Let me see.", "signature": "c2ln"}
MORE_THOUGHT = {"type": "thinking", "thinking": "So it is.", "signature": "bW9yZQ=="}
HIDDEN = {"type": "redacted_thinking", "data": "ZW5j"}


def tool(name: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": name, "parameters": {"type": "object", "properties": {}}},
        **more,
    }


def message(*blocks: dict[str, Any], reason: str = "end_turn", **more: Any) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": list(blocks),
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 3, "cache_read_input_tokens": 2, "output_tokens": 4},
        **more,
    }


def events(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The stream of an answer, in the documented order, in pieces of three characters."""
    start = {**whole, "content": [], "stop_reason": None}
    out: list[dict[str, Any]] = [{"type": "message_start", "message": start}, {"type": "ping"}]

    def pieces(text: str) -> Iterable[str]:
        return (text[i : i + 3] for i in range(0, len(text), 3))

    for index, block in enumerate(whole["content"]):
        kind = block["type"]
        deltas: list[dict[str, Any]] = []
        opening = dict(block)
        if kind == "text":
            opening = {"type": "text", "text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces(block["text"])]
            deltas += [
                {"type": "citations_delta", "citation": cited} for cited in block.get("citations") or []
            ]
        elif kind == "thinking":
            opening = {"type": "thinking", "thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(block["thinking"])]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        elif kind in ("tool_use", "server_tool_use"):
            opening["input"] = {}
            said = json.dumps(block["input"])
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces(said)]
        out.append({"type": "content_block_start", "index": index, "content_block": opening})
        out += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        out.append({"type": "content_block_stop", "index": index})
    end = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    out.append({"type": "message_delta", "delta": end, "usage": {"output_tokens": 4}})
    return [*out, {"type": "message_stop"}]


def sse(told: Iterable[dict[str, Any]]) -> Reply:
    body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in told)
    return Reply(body, headers={"content-type": "text/event-stream"})


def ask(server: Loopback, **more: Any) -> Any:
    call = {"model": MODEL, "messages": HI, "api_key": "k", "api_base": server.base_url, "num_retries": 0}
    return completion(**{**call, **more})


def answer(server: Loopback, whole: dict[str, Any], mode: str, **more: Any) -> Any:
    """The message of a plain answer, or of a stream put together again."""
    server.handler = lambda request: sse(events(whole)) if request.json.get("stream") else whole
    if mode == "plain":
        return ask(server, **more)
    return stream_chunk_builder(list(ask(server, stream=True, **more)))


@pytest.mark.parametrize("mode", ["plain", "stream"])
@pytest.mark.parametrize(
    "blocks",
    [
        [THOUGHT, HIDDEN, {"type": "text", "text": "It is."}],
        [
            THOUGHT,
            {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": [1]}},
            {"type": "tool_use", "id": "toolu_2", "name": "f", "input": {}},
        ],
        [
            THOUGHT,
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
            {
                "type": "web_search_tool_result",
                "tool_use_id": "srvtoolu_1",
                "content": [{"type": "web_search_result", "url": "https://a", "encrypted_content": "x"}],
            },
            MORE_THOUGHT,
            {"type": "text", "text": "As told:"},
            {
                "type": "text",
                "text": "it is so.",
                "citations": [
                    {"type": "web_search_result_location", "cited_text": "so", "encrypted_index": "y"}
                ],
            },
            {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}},
        ],
        [{"type": "compaction", "content": "What was said."}, {"type": "text", "text": "On we go."}],
    ],
    ids=["thoughts", "calls", "hosted", "summary"],
)
def test_an_answer_goes_back_as_it_came(server: Loopback, blocks: list[dict[str, Any]], mode: str) -> None:
    tools = [tool("f"), {"type": "web_search_20250305", "name": "web_search"}]
    whole = message(*blocks, reason="tool_use" if blocks[-1]["type"] == "tool_use" else "end_turn")
    got = answer(server, whole, mode, tools=tools)
    # Through JSON, as a program keeps its history.
    said = json.loads(json.dumps(got.choices[0].message.model_dump()))
    calls = [call["id"] for call in said.get("tool_calls") or [] if call["id"].startswith("toolu")]
    results = [{"role": "tool", "tool_call_id": call, "content": "r"} for call in calls]
    ask(server, messages=[*HI, said, *(results or HI)], tools=tools)
    assert server.bodies[-1]["messages"][1] == {"role": "assistant", "content": blocks}


def test_a_message_that_was_changed_goes_back_as_it_is_now(server: Loopback) -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
        {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
        {"type": "text", "text": "Old."},
    ]
    said = answer(server, message(*blocks), "plain").choices[0].message.model_dump()
    said["content"] = "New."
    ask(server, messages=[*HI, said, *HI])
    assert server.bodies[-1]["messages"][1]["content"][-1] == {"type": "text", "text": "New."}


@pytest.mark.parametrize("mode", ["plain", "stream"])
def test_names_are_made_valid_and_turned_back(server: Loopback, mode: str) -> None:
    names = ["get weather", "get.weather", "get_weather"]
    blocks = [
        {"type": "tool_use", "id": f"toolu_{i}", "name": name, "input": {}}
        for i, name in enumerate(["get_weather", "get_weather_2", "get_weather_3"])
    ]
    choice = {"type": "function", "function": {"name": "get.weather"}}
    got = answer(
        server,
        message(*blocks, reason="tool_use"),
        mode,
        tools=[tool(name) for name in names],
        tool_choice=choice,
    )
    sent = server.bodies[0]
    assert [tool["name"] for tool in sent["tools"]] == ["get_weather_2", "get_weather_3", "get_weather"]
    assert sent["tool_choice"] == {"type": "tool", "name": "get_weather_3"}
    called = [call.function.name for call in got.choices[0].message.tool_calls]
    assert called == ["get_weather", "get weather", "get.weather"]


@pytest.mark.parametrize("mode", ["plain", "stream"])
def test_a_tool_of_the_callers_is_not_taken_for_the_schema(server: Loopback, mode: str) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "json_tool_call", "input": {"a": 1}}
    whole = message(call, reason="tool_use")
    got = answer(server, whole, mode, tools=[tool("json_tool_call")])
    assert got.choices[0].message.tool_calls[0].function.name == "json_tool_call"
    schema = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
    other = message({**call, "name": "json_tool_call_2"}, reason="tool_use")
    got = answer(
        server,
        other,
        mode,
        model="anthropic/claude-3-haiku-20240307",
        tools=[tool("json_tool_call")],
        response_format=schema,
    )
    assert [tool["name"] for tool in server.bodies[-1]["tools"]] == ["json_tool_call_2", "json_tool_call"]
    assert json.loads(got.choices[0].message.content) == {"a": 1}
    assert (got.choices[0].finish_reason, got.choices[0].message.tool_calls) == ("stop", None)


def test_a_token_of_an_account(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    server.handler = lambda request: message({"type": "text", "text": "Hi"})
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-of-account")
    ask(server, api_key=None)
    headers = server.requests[-1].headers
    assert headers["authorization"] == "Bearer token-of-account"
    assert "x-api-key" not in headers
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key")
    ask(server, api_key=None)
    assert server.requests[-1].headers["x-api-key"] == "key"
    assert "authorization" not in server.requests[-1].headers


def test_what_has_no_place_is_reported(server: Loopback) -> None:
    server.handler = lambda request: message({"type": "text", "text": "Hi"})
    got = ask(server, parallel_tool_calls=False, user="someone@example.com")
    assert sorted(got.dropped_params) == ["parallel_tool_calls", "user"]
    assert not {"tool_choice", "metadata"} & server.bodies[-1].keys()
    ask(server, metadata={"user_id": "u-1", "team": "blue"})
    assert server.bodies[-1]["metadata"] == {"user_id": "u-1"}


def test_models_that_sample_as_they_see_fit(server: Loopback) -> None:
    server.handler = lambda request: message({"type": "text", "text": "Hi"})
    new = {"model": "anthropic/claude-opus-4-7"}
    with pytest.raises(edgequake_python.UnsupportedParamsError, match="temperature"):
        ask(server, **new, temperature=0.2)
    got = ask(server, **new, temperature=0.2, top_p=0.5, drop_params=True)
    assert sorted(got.dropped_params) == ["temperature", "top_p"]
    ask(server, **new, temperature=1, thinking={"type": "enabled", "budget_tokens": 4096})
    assert server.bodies[-1]["thinking"] == {"type": "adaptive"}
    assert server.bodies[-1]["output_config"] == {"effort": "high"}
    assert server.bodies[-1]["temperature"] == 1


CACHE = {"type": "ephemeral", "ttl": "1h"}


def test_cache_marks_keep_their_places(server: Loopback) -> None:
    server.handler = lambda request: message({"type": "text", "text": "Hi"})
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "system", "content": "S", "cache_control": CACHE},
        {"role": "user", "content": [{"type": "text", "text": "U", "cache_control": CACHE}]},
        {"role": "assistant", "content": None, "tool_calls": [call], "cache_control": CACHE},
        {"role": "tool", "tool_call_id": "c1", "content": "R", "cache_control": CACHE},
        {"role": "user", "content": "more", "cache_control": CACHE},
        {"role": "assistant", "content": "so", "cache_control": CACHE},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": "data:image/png;base64,AA==", "cache_control": CACHE}
            ],
        },
    ]
    ask(server, messages=messages, tools=[tool("f", cache_control=CACHE), tool("g")])
    ask(server, messages=messages, tools=[tool("f", cache_control=CACHE), tool("g")])
    body = server.bodies[0]
    assert server.requests[0].body == server.requests[1].body
    assert body["system"][0]["cache_control"] == CACHE
    assert body["tools"][0]["cache_control"] == CACHE
    assert "cache_control" not in body["tools"][1]
    blocks = [block for turn in body["messages"] for block in turn["content"]]
    assert [block["type"] for block in blocks] == ["text", "tool_use", "tool_result", "text", "text", "image"]
    assert all(block["cache_control"] == CACHE for block in blocks)


@pytest.mark.parametrize(
    ("kind", "error", "status"),
    [
        ("overloaded_error", edgequake_python.ServiceUnavailableError, 503),
        ("rate_limit_error", edgequake_python.RateLimitError, 429),
        ("api_error", edgequake_python.InternalServerError, 500),
        ("authentication_error", edgequake_python.AuthenticationError, 401),
        ("timeout_error", edgequake_python.Timeout, 504),
    ],
)
def test_an_error_in_the_stream_is_the_error_of_its_status(
    server: Loopback, kind: str, error: type[Exception], status: int
) -> None:
    told = events(message({"type": "text", "text": "Hello"}))[:5]
    failed = {"type": "error", "error": {"type": kind, "message": "no more"}}
    server.handler = lambda request: sse([*told, failed])
    stream = ask(server, stream=True)
    said = ""
    with pytest.raises(error, match="no more") as caught:
        for chunk in stream:
            said += chunk.choices[0].delta.content or ""
    assert (said, caught.value.status_code) == ("Hello", status)  # type: ignore[attr-defined]


@pytest.mark.parametrize("left", [3, 2])
def test_a_stream_that_breaks_off_keeps_what_came(server: Loopback, left: int) -> None:
    told = events(message({"type": "text", "text": "Hello"}))[:-left]
    server.handler = lambda request: sse(told)
    with pytest.raises(IncompleteStreamError) as caught:
        for _ in ask(server, stream=True):
            pass
    assert caught.value.partial == "Hello"
    assert caught.value.usage.prompt_tokens == 5


def test_constraints_of_a_schema_reach_the_model(server: Loopback) -> None:
    server.handler = lambda request: message({"type": "text", "text": '{"n": 1}'})
    schema: Any = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 0, "description": "N"}},
    }
    ask(server, response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": schema}})
    sent = server.bodies[-1]["output_format"]["schema"]
    assert sent["properties"]["n"] == {"type": "integer", "description": 'N\n\nMust satisfy {"minimum":0}'}
    assert sent["additionalProperties"] is False
    assert "minimum" in schema["properties"]["n"]


def test_files_in_every_form(server: Loopback) -> None:
    def seen(request: Request) -> dict[str, Any]:
        return message({"type": "text", "text": "Read"})

    server.handler = seen
    parts = [
        {
            "type": "file",
            "file": {"file_data": "data:application/pdf;base64,AA==", "filename": "a.pdf"},
            "title": "A",
        },
        {
            "type": "file",
            "file": {"file_id": "file_1", "format": "application/pdf"},
            "citations": {"enabled": True},
        },
        {"type": "file", "file": {"file_id": "file_2"}},
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": "T"},
            "context": "C",
        },
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    ]
    ask(server, messages=[{"role": "user", "content": parts}])
    sent = server.bodies[-1]["messages"][0]["content"]
    assert sent == [
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "AA=="},
            "title": "A",
        },
        {"type": "document", "source": {"type": "file", "file_id": "file_1"}, "citations": {"enabled": True}},
        {"type": "container_upload", "file_id": "file_2"},
        parts[3],
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
    ]
