"""Chat with OpenAI's models that have no chat: through the Responses API, or through ``/completions``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from loopback import Loopback, Reply

ASK: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say something."}]
WEATHER = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {}}}},
}


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with edgequake_python.Simulator() as simulator:
        yield simulator.base_url


@pytest.mark.parametrize("model", ["openai/o3-pro", "gpt-5-codex", "openai/responses/gpt-4o"])
def test_through_the_responses_api(base: str, model: str) -> None:
    at: dict[str, Any] = {"api_base": base, "api_key": "k"}
    request: Any = edgequake_python.completion(model, ASK, max_tokens=9, dry_run=True, **at)
    assert request.url.endswith("/v1/responses")
    assert request.json["max_output_tokens"] == 9
    assert [item["role"] for item in request.json["input"]] == ["system", "user"]
    answer: Any = edgequake_python.completion(model, ASK, **at)
    assert isinstance(answer, edgequake_python.ModelResponse)
    assert answer.choices[0].message.content and answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0

    chunks = list(edgequake_python.completion(model, ASK, stream=True, **at))
    whole: Any = edgequake_python.stream_chunk_builder(chunks)
    assert len(chunks) > 3
    assert whole.choices[0].message.content == answer.choices[0].message.content
    assert whole.choices[0].finish_reason == "stop"

    async def later() -> str:
        stream: Any = await edgequake_python.acompletion(model, ASK, stream=True, **at)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(later()) == answer.choices[0].message.content


def test_tools_through_the_responses_api() -> None:
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "get_weather"}
    whole = {
        "id": "resp_1",
        "created_at": 5,
        "model": "o3-pro",
        "status": "completed",
        "output": [{**call, "arguments": '{"city": "Rome"}'}],
        "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
    }
    with Loopback(lambda request: Reply(body=json.dumps(whole).encode())) as server:
        answer: Any = edgequake_python.completion(
            "openai/o3-pro", ASK, tools=[WEATHER], api_base=server.base_url, api_key="k"
        )
    made = answer.choices[0].message.tool_calls[0]
    assert (made.id, made.function.name, json.loads(made.function.arguments)) == (
        "call_1",
        "get_weather",
        {"city": "Rome"},
    )
    assert answer.choices[0].finish_reason == "tool_calls"
    sent = server.bodies[0]
    assert sent["tools"] == [{"type": "function", **WEATHER["function"], "strict": False}]  # type: ignore[dict-item]


def test_what_the_responses_api_has_no_word_for(base: str) -> None:
    at: dict[str, Any] = {"api_base": base, "api_key": "k"}
    with pytest.raises(edgequake_python.UnsupportedParamsError, match="seed"):
        edgequake_python.completion("openai/o3-pro", ASK, seed=1, **at)
    answer: Any = edgequake_python.completion("openai/o3-pro", ASK, seed=1, n=2, drop_params=True, **at)
    assert set(answer.dropped_params) == {"seed", "n"}
    with pytest.raises(edgequake_python.RateLimitError):
        edgequake_python.completion("openai/responses/sim/429", ASK, num_retries=0, max_retries=0, **at)
    info, name = edgequake_python.main.responses_api_bridge_check("o3-pro", "openai")
    assert (info["mode"], name) == ("responses", "o3-pro")


@pytest.mark.parametrize("model", ["gpt-3.5-turbo-instruct", "davinci-002", "text-completion-openai/any"])
def test_through_completions(base: str, model: str) -> None:
    at: dict[str, Any] = {"api_base": base, "api_key": "k"}
    bare = model.rpartition("/")[2]
    assert edgequake_python.get_llm_provider(model)[:2] == (bare, "text-completion-openai")
    request: Any = edgequake_python.completion(model, ASK, max_completion_tokens=9, dry_run=True, **at)
    assert request.url.endswith("/v1/completions")
    assert request.json == {"model": bare, "prompt": "Be brief.\n\nSay something.", "max_tokens": 9}
    answer: Any = edgequake_python.completion(model, ASK, **at)
    assert isinstance(answer, edgequake_python.ModelResponse)
    assert answer.choices[0].message.content and answer.choices[0].message.role == "assistant"
    chunks = list(edgequake_python.completion(model, ASK, stream=True, **at))
    whole: Any = edgequake_python.stream_chunk_builder(chunks)
    assert whole.choices[0].message.content == answer.choices[0].message.content
    text: Any = edgequake_python.text_completion("Once", model, **at)
    assert text.choices[0].text
    with pytest.raises(edgequake_python.UnsupportedParamsError, match="tools"):
        edgequake_python.completion(model, ASK, tools=[WEATHER], **at)
    picture = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a/b.png"}}]}]
    with pytest.raises(edgequake_python.BadRequestError, match=r"messages\[0\]"):
        edgequake_python.completion(model, picture, **at)
