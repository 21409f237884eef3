"""The official Mistral client is the judge of the simulator's Mistral."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from native import USER, WEATHER

pytest.importorskip("mistralai")

try:
    from mistralai.client import Mistral
    from mistralai.client.errors import HTTPValidationError, SDKError
except ImportError:  # earlier versions have them elsewhere
    from mistralai import Mistral  # type: ignore[no-redef,attr-defined]
    from mistralai.models import HTTPValidationError, SDKError  # type: ignore[no-redef,import-untyped]

MODEL = "mistral-simulated"


@pytest.fixture(scope="module")
def client(simulator: edgequake_python.Simulator) -> Iterator[Any]:
    with Mistral(api_key="any", server_url=simulator.root_url + "/mistral") as client:
        yield client


def chat(client: Any, model: str = MODEL, messages: Any = USER, **more: Any) -> Any:
    return client.chat.complete(model=model, messages=messages, **more)


def stream(client: Any, model: str = MODEL, **more: Any) -> list[Any]:
    with client.chat.stream(model=model, messages=USER, **more) as events:
        return [event.data for event in events]


def test_plain_and_streamed(client: Any) -> None:
    plain = chat(client)
    text = plain.choices[0].message.content
    assert text.startswith("You said: What is the weather in Paris?")
    assert plain.choices[0].finish_reason == "stop"
    chunks = stream(client)
    assert "".join(chunk.choices[0].delta.content for chunk in chunks) == text
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.total_tokens == plain.usage.total_tokens


@pytest.mark.parametrize("streamed", [False, True])
def test_tools_and_their_results(client: Any, streamed: bool) -> None:
    if streamed:
        calls = stream(client, tools=[WEATHER], tool_choice="any")[-1].choices[0].delta.tool_calls
    else:
        answer = chat(client, tools=[WEATHER])
        assert answer.choices[0].finish_reason == "tool_calls"
        calls = answer.choices[0].message.tool_calls
    (call,) = calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("get_weather", {"city": "Paris"})
    assert len(call.id) == 9
    turns = [
        *USER,
        {"role": "assistant", "content": "", "tool_calls": [call.model_dump()]},
        {"role": "tool", "tool_call_id": call.id, "name": "get_weather", "content": "18 degrees"},
    ]
    said = chat(client, messages=turns, tools=[WEATHER]).choices[0].message.content
    assert "get_weather returned: 18 degrees" in said


def test_thoughts(client: Any) -> None:
    content = chat(client, prompt_mode="reasoning").choices[0].message.content
    assert [part.type for part in content] == ["thinking", "text"]
    deltas = [chunk.choices[0].delta.content for chunk in stream(client, prompt_mode="reasoning")]
    parts = [part for delta in deltas if isinstance(delta, list) for part in delta]
    thought = "".join(part.thinking[0].text for part in parts if part.type == "thinking")
    assert thought == content[0].thinking[0].text


def test_structure_and_limits(client: Any) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    shape = {"type": "json_schema", "json_schema": {"name": "place", "schema": schema}}
    answer = chat(client, response_format=shape)
    assert json.loads(answer.choices[0].message.content) == {"city": "Paris"}
    cut = chat(client, max_tokens=2).choices[0]
    assert (cut.finish_reason, cut.message.content) == ("length", "You said:")


def test_embeddings(client: Any) -> None:
    answer = client.embeddings.create(model="mistral-embed", inputs=["a dog", "a cat"])
    assert [len(item.embedding) for item in answer.data] == [1024, 1024]
    assert answer.usage.prompt_tokens == 4


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_refusals(client: Any, status: int) -> None:
    with pytest.raises(SDKError) as caught:
        chat(client, f"sim/{status}")
    assert caught.value.raw_response.status_code == status


BAD = {"id": "call_12345", "type": "function", "function": {"name": "f", "arguments": "{}"}}
GOOD = {**BAD, "id": "abcdefghi"}


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"user": "me"}, 422, "extra_forbidden"),
        ({"stream_options": {}}, 422, "extra_forbidden"),
        ({"messages": [{"role": "user", "content": "x", "name": "me"}]}, 422, "extra_forbidden"),
        ({"messages": [*USER, {"role": "assistant", "content": "x"}]}, 400, "Expected last role User"),
        ({"messages": [*USER, {"role": "assistant", "tool_calls": [BAD]}]}, 400, "length of 9"),
        (
            {"messages": [*USER, {"role": "assistant", "tool_calls": [GOOD]}, *USER]},
            400,
            "Not the same number",
        ),
        (
            {"messages": [*USER, {"role": "assistant", "content": ""}, *USER]},
            400,
            "either content or tool_calls",
        ),
        ({"tool_choice": "any"}, 400, "needs tools"),
    ],
)
def test_what_the_api_refuses(
    simulator: edgequake_python.Simulator, body: dict[str, Any], status: int, message: str
) -> None:
    httpx = pytest.importorskip("httpx")
    body = {"model": MODEL, "messages": USER, **body}
    url = simulator.root_url + "/mistral/v1/chat/completions"
    answer = httpx.post(url, json=body, headers={"authorization": "Bearer k"})
    assert answer.status_code == status
    assert message in answer.text
    assert httpx.post(url, json=body).status_code == 401


def test_the_client_knows_a_form_refused(client: Any) -> None:
    # Before version 2 the SDK checks tools itself.
    with pytest.raises((HTTPValidationError, ValueError)):
        chat(client, messages=[{"role": "user", "content": "x"}], metadata={}, tools=[{"function": {}}])
