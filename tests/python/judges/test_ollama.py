"""The official Ollama client is the judge of the simulator's Ollama."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from native import USER, WEATHER

ollama = pytest.importorskip("ollama")

MODEL = "simulated"


@pytest.fixture(scope="module")
def client(simulator: edgequake_python.Simulator) -> Iterator[Any]:
    client = ollama.Client(host=simulator.root_url)
    yield client
    client._client.close()  # it has no close of its own


def test_plain_and_streamed(client: Any) -> None:
    plain = client.chat(MODEL, USER)
    assert plain.message.content.startswith("You said: What is the weather in Paris?")
    assert (plain.done, plain.done_reason, plain.model) == (True, "stop", MODEL)
    lines = list(client.chat(MODEL, USER, stream=True))
    assert "".join(line.message.content for line in lines) == plain.message.content
    assert [line.done for line in lines] == [False] * (len(lines) - 1) + [True]
    assert (lines[-1].eval_count, lines[-1].prompt_eval_count) == (plain.eval_count, plain.prompt_eval_count)


def test_async(simulator: edgequake_python.Simulator) -> None:
    async def run() -> tuple[str, str]:
        client = ollama.AsyncClient(host=simulator.root_url)
        plain = await client.chat(MODEL, USER)
        stream = await client.chat(MODEL, USER, stream=True)
        streamed = "".join([line.message.content async for line in stream])
        await client._client.aclose()
        return plain.message.content, streamed

    plain, streamed = asyncio.run(run())
    assert plain == streamed


@pytest.mark.parametrize("stream", [False, True])
def test_tools_and_their_results(client: Any, stream: bool) -> None:
    answer = client.chat(MODEL, USER, tools=[WEATHER], stream=stream)
    messages = [line.message for line in answer] if stream else [answer.message]
    calls = [call for message in messages for call in message.tool_calls or []]
    assert [(call.function.name, call.function.arguments) for call in calls] == [
        ("get_weather", {"city": "Paris"})
    ]
    turns = [
        *USER,
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "tool_name": "get_weather", "content": "18 degrees"},
    ]
    assert "get_weather returned: 18 degrees" in client.chat(MODEL, turns, tools=[WEATHER]).message.content


def test_thoughts_structure_limits_and_stops(client: Any) -> None:
    message = client.chat(MODEL, USER, think=True).message
    assert message.thinking
    assert message.content
    lines = client.chat(MODEL, USER, think=True, stream=True)
    assert "".join(line.message.thinking or "" for line in lines) == message.thinking
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    assert json.loads(client.chat(MODEL, USER, format=schema).message.content) == {"city": "Paris"}
    assert "answer" in json.loads(client.chat(MODEL, USER, format="json").message.content)
    cut = client.chat(MODEL, USER, options={"num_predict": 2})
    assert (cut.message.content, cut.done_reason) == ("You said:", "length")
    assert not client.chat(MODEL, USER, options={"stop": ["Paris"]}).message.content.endswith("Paris")


def test_generate(client: Any) -> None:
    plain = client.generate(MODEL, "Hello", system="Be kind.")
    assert plain.response.startswith("You said: Hello")
    lines = list(client.generate(MODEL, "Hello", system="Be kind.", stream=True))
    assert "".join(line.response for line in lines) == plain.response


def test_embeddings_and_models(client: Any) -> None:
    answer = client.embed("nomic-embed-text", ["a dog", "a cat"])
    assert [len(vector) for vector in answer.embeddings] == [768, 768]
    assert answer.prompt_eval_count == 4
    assert list(client.embeddings("nomic-embed-text", "a dog").embedding) == list(answer.embeddings[0])
    assert client.list().models[0].model == "llama3.2:latest"
    shown = client.show("llama3.2")
    assert "tools" in shown.capabilities
    assert shown.modelinfo["llama.context_length"] == 131_072


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_refusals(client: Any, status: int) -> None:
    with pytest.raises(ollama.ResponseError) as caught:
        client.chat(f"sim/{status}", USER)
    assert caught.value.status_code == status
    assert caught.value.error


def test_an_error_inside_a_stream(client: Any) -> None:
    with pytest.raises(ollama.ResponseError, match="llama runner"):
        list(client.chat("sim/error_event?status=500", USER, stream=True))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"messages": USER}, "model is required"),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
            "cannot unmarshal array",
        ),
        ({"messages": [{"role": "developer", "content": "x"}]}, "invalid role"),
        (
            {
                "messages": [
                    {
                        "role": "assistant",
                        "content": "",
                        "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}],
                    }
                ]
            },
            "cannot unmarshal string",
        ),
        ({"messages": USER, "format": "xml"}, "invalid format"),
        ({"messages": [{**USER[0], "images": ["data:image/png;base64,AAAA"]}]}, "illegal base64"),
    ],
)
def test_what_no_official_client_would_send(
    simulator: edgequake_python.Simulator, body: dict[str, Any], message: str
) -> None:
    httpx = pytest.importorskip("httpx")
    if message != "model is required":
        body = {"model": MODEL, **body}
    answer = httpx.post(f"{simulator.root_url}/api/chat", json=body)
    assert answer.status_code == 400
    assert message in answer.json()["error"]
