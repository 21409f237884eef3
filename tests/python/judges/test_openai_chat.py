"""OpenAI's own client judges the simulator's plain and streamed chat, its embeddings and models."""

from __future__ import annotations

import base64
import json
import math
import struct
from typing import Any

import pytest

import edgequake_python
from judges.openai_chat import USER, WEATHER, chat, check, joined, stream

openai = pytest.importorskip("openai")


def test_plain(client: Any) -> None:
    answer = check(chat(client))
    assert answer.id.startswith("chatcmpl-")
    assert answer.object == "chat.completion"
    assert answer.model == "gpt-4o"
    assert answer._request_id.startswith("req_")
    assert answer.choices[0].message.content.startswith("You said: Hello")
    assert answer.choices[0].message.annotations == []
    assert answer.choices[0].finish_reason == "stop"
    usage = answer.usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > 0


def test_the_same_request_gets_the_same_bytes(client: Any) -> None:
    def raw() -> bytes:
        return client.chat.completions.with_raw_response.create(
            model="gpt-4o", messages=[{"role": "user", "content": "again"}]
        ).content

    assert raw() == raw()


def test_count(client: Any) -> None:
    answer = check(chat(client, messages=[{"role": "user", "content": "Count 1 to 5"}]))
    assert answer.choices[0].message.content == "1, 2, 3, 4, 5"


def test_content_parts(client: Any) -> None:
    parts = [
        {"type": "text", "text": "Describe"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]
    answer = check(chat(client, messages=[{"role": "user", "content": parts}]))
    assert "Describe" in answer.choices[0].message.content


def test_several_choices(client: Any) -> None:
    answer = check(chat(client, n=2))
    assert [choice.index for choice in answer.choices] == [0, 1]
    contents = {choice.message.content for choice in answer.choices}
    assert len(contents) == 2


def test_length_and_stop(client: Any) -> None:
    answer = check(chat(client, max_tokens=2))
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 2
    answer = check(chat(client, max_completion_tokens=1))
    assert answer.choices[0].finish_reason == "length"
    answer = check(chat(client, stop=["Hello"]))
    assert answer.choices[0].message.content == "You said: "
    assert answer.choices[0].finish_reason == "stop"


def test_logprobs(client: Any) -> None:
    answer = check(chat(client, logprobs=True, top_logprobs=3))
    tokens = answer.choices[0].logprobs.content
    assert "".join(token.token for token in tokens) == answer.choices[0].message.content
    assert all(len(token.top_logprobs) == 3 for token in tokens)
    assert all(bytes(token.bytes).decode() == token.token for token in tokens)
    chunks = stream(client, logprobs=True)
    said = [c for chunk in chunks for c in chunk.choices if c.delta.content]
    assert all(c.logprobs.content[0].token == c.delta.content for c in said)


def test_reasoning_and_refusal(client: Any) -> None:
    answer = check(chat(client, model="reasoning"))
    assert answer.choices[0].message.reasoning_content
    assert answer.usage.completion_tokens_details.reasoning_tokens > 0
    answer = check(chat(client, model="sim/refusal"))
    assert answer.choices[0].message.content is None
    assert answer.choices[0].message.refusal
    refusal = [c.choices[0].delta.refusal for c in stream(client, model="refusal")]
    assert "".join(filter(None, refusal)) == answer.choices[0].message.refusal


def test_stream_says_the_same(client: Any) -> None:
    plain = check(chat(client))
    chunks = stream(client)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert joined(chunks) == plain.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.object == "chat.completion.chunk" for chunk in chunks)
    assert all(chunk.usage is None for chunk in chunks)


def test_usage_chunk(client: Any) -> None:
    chunks = stream(client, stream_options={"include_usage": True})
    assert chunks[-1].choices == []
    assert all(chunk.usage is None for chunk in chunks[:-1])
    plain = check(chat(client))
    assert chunks[-1].usage == plain.usage


def test_stream_of_several_choices(client: Any) -> None:
    chunks = stream(client, n=2)
    plain = chat(client, n=2)
    for index in (0, 1):
        assert joined(chunks, index) == plain.choices[index].message.content


@pytest.mark.parametrize("model", ["gzip", "crlf", "comments", "unicode", "drip?ms=1"])
def test_stream_in_another_dress(client: Any, model: str) -> None:
    plain = check(chat(client, model=model))
    assert joined(stream(client, model=model)) == plain.choices[0].message.content


def test_exactly_so_many_tokens(client: Any) -> None:
    chunks = stream(client, model="sim/tokens?n=37")
    assert sum(1 for chunk in chunks if chunk.choices[0].delta.content) == 37
    assert check(chat(client, model="tokens?n=37")).usage.completion_tokens == 37


def test_the_stream_helper_accumulates(client: Any) -> None:
    with client.chat.completions.stream(model="gpt-4o", messages=USER, tools=[WEATHER]) as events:
        for _ in events:
            pass
        final = events.get_final_completion()
    calls = final.choices[0].message.tool_calls
    assert [json.loads(call.function.arguments)["city"] for call in calls] == ["Paris", "London"]


def test_async_stream(simulator: edgequake_python.Simulator) -> None:
    import asyncio

    async def main() -> str:
        async with openai.AsyncOpenAI(
            base_url=simulator.base_url, api_key="sk-wire-test", max_retries=0, timeout=20
        ) as client:
            chunks = await client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": "Count 1 to 5"}], stream=True
            )
            return joined([check(chunk) async for chunk in chunks])

    assert asyncio.run(main()) == "1, 2, 3, 4, 5"


def test_embeddings(client: Any) -> None:
    both = check(
        client.embeddings.create(
            model="text-embedding-3-small", input=["one", "two", "one"], encoding_format="float"
        )
    )
    vectors = [item.embedding for item in both.data]
    assert [item.index for item in both.data] == [0, 1, 2]
    assert vectors[0] == vectors[2] != vectors[1]
    assert len(vectors[0]) == 1536
    assert math.isclose(sum(value * value for value in vectors[0]), 1, abs_tol=1e-4)
    assert both.usage.total_tokens == both.usage.prompt_tokens > 0
    # Without a format the client asks for base64 and decodes it.
    decoded = check(client.embeddings.create(model="text-embedding-3-small", input="one"))
    assert decoded.data[0].embedding == pytest.approx(vectors[0], abs=1e-7)
    raw = client.embeddings.create(model="text-embedding-3-small", input="one", encoding_format="base64")
    packed = base64.b64decode(raw.data[0].embedding, validate=True)
    assert list(struct.unpack("<1536f", packed)) == pytest.approx(vectors[0], abs=1e-7)


@pytest.mark.parametrize("dimensions", [1, 7, 256, 3072])
def test_dimensions(client: Any, dimensions: int) -> None:
    answer = check(client.embeddings.create(model="e", input="text", dimensions=dimensions))
    assert len(answer.data[0].embedding) == dimensions


def test_token_inputs(client: Any) -> None:
    one = check(client.embeddings.create(model="e", input=[1, 2, 3]))
    two = check(client.embeddings.create(model="e", input=[[1, 2, 3], [4]]))
    assert one.data[0].embedding == two.data[0].embedding
    assert len(two.data) == 2


def test_models(client: Any) -> None:
    models = list(client.models.list())
    assert {"gpt-4o", "sim/429"} <= {check(model).id for model in models}
    assert check(client.models.retrieve("gpt-4o")).id == "gpt-4o"
    assert check(client.models.retrieve("org/any model?")).id == "org/any model?"
