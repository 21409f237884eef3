"""The official Anthropic client is the judge of the simulator's Messages API."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python

anthropic = pytest.importorskip("anthropic")

#: Some versions of the SDK have a class for it.
OVERLOADED = ("InternalServerError", "OverloadedError")

USER = [{"role": "user", "content": "What is the weather in Paris?"}]
WEATHER = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


@pytest.fixture(scope="module")
def client(simulator: edgequake_python.Simulator) -> Iterator[Any]:
    with anthropic.Anthropic(api_key="sk-ant-any", base_url=simulator.root_url, max_retries=0) as client:
        yield client


def create(client: Any, model: str = "claude-simulated", **more: Any) -> Any:
    return client.messages.create(**{"model": model, "max_tokens": 2000, "messages": USER, **more})


def strict(answer: Any) -> Any:
    """The answer, once more through the client's own types, which parsing does not check."""
    return type(answer).model_validate(answer.to_dict())


def test_plain(client: Any) -> None:
    message = strict(create(client))
    assert message.content[0].text.startswith("You said: What is the weather in Paris?")
    assert (message.role, message.stop_reason, message.stop_sequence) == ("assistant", "end_turn", None)
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens > 0
    assert message.id.startswith("msg_")


def test_the_same_request_has_the_same_answer(client: Any) -> None:
    assert create(client).to_dict() == create(client).to_dict()


def test_async(simulator: edgequake_python.Simulator) -> None:
    async def run() -> Any:
        async with anthropic.AsyncAnthropic(api_key="k", base_url=simulator.root_url) as client:
            return await create(client)

    assert asyncio.run(run()).content[0].text.startswith("You said")


def test_streamed_and_plain_answers_agree(client: Any) -> None:
    plain = create(client)
    with client.messages.stream(model="claude-simulated", max_tokens=2000, messages=USER) as stream:
        text = "".join(stream.text_stream)
        final = strict(stream.get_final_message())
    assert text == plain.content[0].text == final.content[0].text
    assert (final.stop_reason, final.usage.output_tokens) == (plain.stop_reason, plain.usage.output_tokens)


def test_raw_events_come_in_their_order(client: Any) -> None:
    kinds = [event.type for event in create(client, "sim/tokens?n=2", stream=True)]
    assert kinds[0] == "message_start"
    assert kinds.count("content_block_delta") == 2
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]


@pytest.mark.parametrize("streamed", [False, True])
def test_tools_and_their_results(client: Any, streamed: bool) -> None:
    def ask(messages: list[Any]) -> Any:
        call = {"model": "claude-simulated", "max_tokens": 100, "messages": messages, "tools": [WEATHER]}
        if not streamed:
            return strict(client.messages.create(**call))
        with client.messages.stream(**call) as stream:
            return strict(stream.get_final_message())

    first = ask(USER)
    call = first.content[-1]
    assert (first.stop_reason, call.type, call.name, call.input) == (
        "tool_use",
        "tool_use",
        "get_weather",
        {"city": "Paris"},
    )
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "18 degrees"}
    turns = [{"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
    second = ask([*USER, *turns])
    assert "get_weather returned: 18 degrees" in second.content[0].text


def test_a_forced_tool_and_two_calls_at_once(client: Any) -> None:
    messages = [{"role": "user", "content": "The weather in Paris and London"}]
    both = create(client, messages=messages, tools=[WEATHER], tool_choice={"type": "any"})
    assert [block.input["city"] for block in both.content] == ["Paris", "London"]
    one = {"type": "tool", "name": "get_weather", "disable_parallel_tool_use": True}
    assert len(create(client, messages=messages, tools=[WEATHER], tool_choice=one).content) == 1


def test_thoughts_are_signed_and_forgeries_refused(client: Any) -> None:
    thinking = {"type": "enabled", "budget_tokens": 1024}
    first = create(client, thinking=thinking, tools=[WEATHER])
    assert [block.type for block in first.content] == ["thinking", "tool_use"]
    result = {"type": "tool_result", "tool_use_id": first.content[1].id, "content": "rain"}

    def again(content: list[Any]) -> Any:
        turns = [{"role": "assistant", "content": content}, {"role": "user", "content": [result]}]
        return create(client, messages=[*USER, *turns], thinking=thinking, tools=[WEATHER])

    assert "rain" in again(first.content).content[1].text
    with pytest.raises(anthropic.BadRequestError, match="Expected `thinking`"):
        again(first.content[1:])
    forged = {**first.content[0].to_dict(), "thinking": "something else"}
    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature`"):
        again([forged, first.content[1]])


def test_structured_output(client: Any) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
        "required": ["city", "degrees"],
        "additionalProperties": False,
    }
    message = create(client, output_config={"format": {"type": "json_schema", "schema": schema}})
    assert '"city":"Paris"' in message.content[0].text
    with pytest.raises(anthropic.BadRequestError, match="additionalProperties"):
        open_schema = {"type": "object", "properties": {}}
        create(client, output_config={"format": {"type": "json_schema", "schema": open_schema}})


def test_limits_and_stops(client: Any) -> None:
    cut = create(client, max_tokens=2)
    assert (cut.stop_reason, cut.content[0].text) == ("max_tokens", "You said:")
    stopped = create(client, stop_sequences=["Paris"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "Paris")
    assert not stopped.content[0].text.endswith("Paris")


def test_tokens_are_counted(client: Any) -> None:
    counted = client.messages.count_tokens(model="claude-simulated", messages=USER, tools=[WEATHER])
    assert counted.input_tokens == create(client, tools=[WEATHER]).usage.input_tokens


@pytest.mark.parametrize(
    ("model", "error", "kind"),
    [
        ("sim/401", "AuthenticationError", "authentication_error"),
        ("sim/403", "PermissionDeniedError", "permission_error"),
        ("sim/404", "NotFoundError", "not_found_error"),
        ("sim/429", "RateLimitError", "rate_limit_error"),
        ("sim/500", "InternalServerError", "api_error"),
        ("sim/529", OVERLOADED, "overloaded_error"),
        ("sim/context_window", "BadRequestError", "invalid_request_error"),
    ],
)
def test_refusals(client: Any, model: str, error: str | tuple[str, ...], kind: str) -> None:
    names = [error] if isinstance(error, str) else error
    classes = tuple(getattr(anthropic, name) for name in names if hasattr(anthropic, name))
    with pytest.raises(classes) as caught:
        create(client, model)
    assert caught.value.body["error"]["type"] == kind
    assert caught.value.response.headers["request-id"].startswith("req_")


def test_an_error_inside_a_stream(client: Any) -> None:
    with pytest.raises(anthropic.APIStatusError) as caught:
        list(create(client, "sim/error_event?status=529", stream=True))
    assert caught.value.body["error"]["type"] == "overloaded_error"


IMAGE: dict[str, Any] = {
    "type": "image",
    "source": {"type": "base64", "media_type": "image/png", "data": PIXEL},
}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "rain"}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"max_tokens": 0}, "max_tokens"),
        ({"messages": []}, "at least one message"),
        ({"messages": [{"role": "system", "content": "x"}]}, 'Unexpected role "system"'),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "first message"),
        ({"messages": [{"role": "user", "content": ""}]}, "non-empty"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}, "non-empty"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages.0.content.0.type"),
        ({"messages": [*USER, {"role": "assistant", "content": [CALL]}, *USER]}, "without `tool_result`"),
        ({"messages": [{"role": "user", "content": [RESULT]}]}, "unexpected `tool_use_id`"),
        ({"messages": [*USER, {"role": "assistant", "content": "So "}]}, "trailing whitespace"),
        ({"extra_body": {"temperature": 1.5}}, "temperature"),
        ({"extra_body": {"frequency_penalty": 1}}, "frequency_penalty: Extra inputs are not permitted"),
        ({"tool_choice": {"type": "any"}}, "while providing tools"),
        ({"tools": [{**WEATHER, "name": "get weather"}]}, "should match pattern"),
        ({"tools": [{"type": "function", "function": {}}, "x"]}, "tools.1"),
        ({"tools": [{**WEATHER, "input_schema": {}}]}, "input_schema.type: Field required"),
        ({"thinking": {"type": "enabled", "budget_tokens": 100}}, "1024"),
        ({"thinking": {"type": "enabled", "budget_tokens": 4000}}, "must be greater than"),
        (
            {
                "thinking": {"type": "enabled", "budget_tokens": 1024},
                "extra_body": {"temperature": 0.5},
            },
            "temperature",
        ),
    ],
)
def test_what_the_api_refuses(client: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(anthropic.BadRequestError) as caught:
        create(client, **more)
    assert message in caught.value.message


def test_vision(client: Any) -> None:
    content = [{"type": "text", "text": "What is this?"}, IMAGE]
    assert create(client, messages=[{"role": "user", "content": content}]).content[0].text
    broken = {"type": "image", "source": {**IMAGE["source"], "media_type": "image/tiff"}}
    with pytest.raises(anthropic.BadRequestError, match="media_type"):
        create(client, messages=[{"role": "user", "content": [broken]}])


def test_keys_and_versions_are_asked_for(simulator: edgequake_python.Simulator) -> None:
    httpx = pytest.importorskip("httpx")
    body = {"model": "m", "max_tokens": 1, "messages": USER}
    url = simulator.root_url + "/v1/messages"
    answer = httpx.post(url, json=body)
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "authentication_error")
    answer = httpx.post(url, json=body, headers={"x-api-key": "k"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
