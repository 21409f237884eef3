"""The official Google client is the judge of the simulator's generateContent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python

genai = pytest.importorskip("google.genai")

from google.genai import errors, types  # noqa: E402

MODEL = "gemini-simulated"
QUESTION = "What is the weather in Paris?"
WEATHER = {
    "function_declarations": [
        {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {
                "type": "OBJECT",
                "properties": {"city": {"type": "STRING"}},
                "required": ["city"],
            },
        }
    ]
}


def make(simulator: edgequake_python.Simulator) -> Any:
    return genai.Client(api_key="any", http_options={"base_url": simulator.root_url})


@pytest.fixture(scope="module")
def client(simulator: edgequake_python.Simulator) -> Iterator[Any]:
    client = make(simulator)
    yield client
    client.close()


def generate(client: Any, contents: Any = QUESTION, model: str = MODEL, **config: Any) -> Any:
    return client.models.generate_content(model=model, contents=contents, config=config)


def test_plain(client: Any) -> None:
    answer = generate(client)
    assert answer.text.startswith(f"You said: {QUESTION}")
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    usage = answer.usage_metadata
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count
    assert (answer.model_version, generate(client).response_id) == (MODEL, answer.response_id)


def test_async(simulator: edgequake_python.Simulator) -> None:
    async def run() -> Any:
        client = make(simulator).aio
        try:
            answer = await client.models.generate_content(model=MODEL, contents=QUESTION)
            stream = await client.models.generate_content_stream(model=MODEL, contents=QUESTION)
            return answer.text, "".join([chunk.text or "" async for chunk in stream])
        finally:
            await client.aclose()

    plain, streamed = asyncio.run(run())
    assert plain == streamed


def test_streamed_and_plain_answers_agree(client: Any) -> None:
    chunks = list(client.models.generate_content_stream(model=MODEL, contents=QUESTION))
    plain = generate(client)
    assert "".join(chunk.text or "" for chunk in chunks) == plain.text
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP
    assert chunks[-1].usage_metadata == plain.usage_metadata


def test_tools_and_their_results(client: Any) -> None:
    first = generate(client, tools=[WEATHER])
    call = first.function_calls[0]
    assert (call.name, call.args) == ("get_weather", {"city": "Paris"})
    result = types.Part.from_function_response(name="get_weather", response={"result": "18 degrees"})
    turns = [
        types.Content(role="user", parts=[types.Part(text=QUESTION)]),
        first.candidates[0].content,
        types.Content(role="user", parts=[result]),
    ]
    assert "get_weather returned: 18 degrees" in generate(client, turns, tools=[WEATHER]).text
    with pytest.raises(errors.ClientError, match="number of function response parts"):
        generate(client, [*turns[:2], types.Content(role="user", parts=[types.Part(text="and?")])])


def test_a_thinking_model_wants_its_signature_back(client: Any) -> None:
    first = generate(client, model="gemini-3-simulated", tools=[WEATHER])
    content = first.candidates[0].content
    assert content.parts[0].thought_signature
    result = types.Part.from_function_response(name="get_weather", response={"result": "rain"})
    question = types.Content(role="user", parts=[types.Part(text=QUESTION)])
    turns = [question, content, types.Content(role="user", parts=[result])]
    assert "rain" in generate(client, turns, model="gemini-3-simulated", tools=[WEATHER]).text
    content.parts[0].thought_signature = None
    with pytest.raises(errors.ClientError, match="thought_signature"):
        generate(client, turns, model="gemini-3-simulated", tools=[WEATHER])


def test_streamed_calls_and_a_forced_tool(client: Any) -> None:
    forced = {"function_calling_config": {"mode": "ANY", "allowed_function_names": ["get_weather"]}}
    config = {"tools": [WEATHER], "tool_config": forced}
    chunks = client.models.generate_content_stream(model=MODEL, contents=QUESTION, config=config)
    calls = [call for chunk in chunks for call in chunk.function_calls or []]
    assert [(call.name, call.args) for call in calls] == [("get_weather", {"city": "Paris"})]


def test_thoughts(client: Any) -> None:
    answer = generate(client, thinking_config={"include_thoughts": True})
    thought, said = answer.candidates[0].content.parts
    assert (thought.thought, said.thought) == (True, None)
    assert answer.usage_metadata.thoughts_token_count > 0


def test_structured_output(client: Any) -> None:
    schema = {
        "type": "OBJECT",
        "properties": {"city": {"type": "STRING"}, "degrees": {"type": "INTEGER"}},
        "required": ["city", "degrees"],
    }
    answer = generate(client, response_mime_type="application/json", response_schema=schema)
    assert answer.parsed["city"] == "Paris"
    assert isinstance(answer.parsed["degrees"], int)


def test_candidates_limits_and_stops(client: Any) -> None:
    assert len(generate(client, candidate_count=2).candidates) == 2
    cut = generate(client, max_output_tokens=2)
    assert (cut.text, cut.candidates[0].finish_reason) == ("You said:", types.FinishReason.MAX_TOKENS)
    assert not generate(client, stop_sequences=["Paris"]).text.endswith("Paris")


def test_vision_tokens_and_refusals_of_content(client: Any) -> None:
    image = types.Part.from_bytes(data=b"\x89PNG\r\n\x1a\n", mime_type="image/png")
    assert generate(client, [image, "What is this?"]).text.startswith("You said: What is this?")
    counted = client.models.count_tokens(model=MODEL, contents=QUESTION).total_tokens
    assert counted == generate(client).usage_metadata.prompt_token_count
    blocked = generate(client, model="sim/content_policy")
    assert blocked.prompt_feedback.block_reason == types.BlockedReason.PROHIBITED_CONTENT
    unsafe = generate(client, model="sim/refusal")
    assert unsafe.candidates[0].finish_reason == types.FinishReason.SAFETY


def test_embeddings(client: Any) -> None:
    one = client.models.embed_content(model="gemini-embedding-001", contents="a dog")
    both = client.models.embed_content(
        model="gemini-embedding-001", contents=["a dog", "a cat"], config={"output_dimensionality": 8}
    )
    assert len(one.embeddings[0].values) == 3072
    assert [len(embedding.values) for embedding in both.embeddings] == [8, 8]
    assert both.embeddings[0].values != both.embeddings[1].values


@pytest.mark.parametrize(
    ("model", "code", "status"),
    [
        ("sim/401", 401, "UNAUTHENTICATED"),
        ("sim/403", 403, "PERMISSION_DENIED"),
        ("sim/404", 404, "NOT_FOUND"),
        ("sim/429;retry_after=2", 429, "RESOURCE_EXHAUSTED"),
        ("sim/500", 500, "INTERNAL"),
        ("sim/503", 503, "UNAVAILABLE"),
        ("sim/context_window", 400, "INVALID_ARGUMENT"),
    ],
)
def test_refusals(client: Any, model: str, code: int, status: str) -> None:
    with pytest.raises(errors.ServerError if code >= 500 else errors.ClientError) as caught:
        generate(client, model=model)
    assert (caught.value.code, caught.value.status) == (code, status)


def test_faults_in_the_url_count(client: Any) -> None:
    with pytest.raises(errors.ServerError):
        generate(client, model="sim/503;times=1;what=gemini")
    assert generate(client, model="sim/503;times=1;what=gemini").text


@pytest.mark.skipif(genai.__version__.startswith("1."), reason="before 2 the SDK passes it over in silence")
def test_an_error_inside_a_stream(client: Any) -> None:
    stream = client.models.generate_content_stream(model="sim/error_event;status=503", contents=QUESTION)
    with pytest.raises(errors.APIError) as caught:
        list(stream)
    assert caught.value.code == 503


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "contents is not specified"),
        ({"contents": [{"role": "assistant", "parts": [{"text": "x"}]}]}, "valid role"),
        ({"contents": [{"role": "user", "parts": []}]}, "must not be empty"),
        (
            {"contents": [{"role": "user", "parts": [{"text": "x", "type": "text"}]}]},
            'Unknown name "type" at',
        ),
        ({"contents": [{"role": "user", "parts": [{}]}]}, "required oneof field 'data'"),
        ({"messages": []}, 'Unknown name "messages": Cannot find field'),
        ({"generationConfig": {"max_tokens": 1}}, "Unknown name \"max_tokens\" at 'generation_config'"),
        ({"generationConfig": {"temperature": 3}}, "temperature must be in the range"),
        ({"generationConfig": {"responseSchema": {"type": "OBJECT"}}}, "only allowed for response_mime_type"),
        ({"tools": [{"functionDeclarations": [{"name": "a b"}]}]}, "Invalid function name"),
        (
            {"tools": [{"functionDeclarations": [{"name": "f", "parameters": {"type": ["string"]}}]}]},
            "parameters.type",
        ),
        (
            {"tools": [{"functionDeclarations": [{"name": "f", "parameters": {"type": "ARRAY"}}]}]},
            "items: missing field",
        ),
        (
            {"tools": [{"functionDeclarations": [{"name": "f", "parameters": {"$schema": "x"}}]}]},
            'Unknown name "$schema"',
        ),
        ({"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}}, "without function_declarations"),
    ],
)
def test_what_the_api_refuses(
    simulator: edgequake_python.Simulator, body: dict[str, Any], message: str
) -> None:
    httpx = pytest.importorskip("httpx")
    if body and "contents" not in body:
        body = {"contents": [{"role": "user", "parts": [{"text": "x"}]}], **body}
    url = f"{simulator.root_url}/v1beta/models/{MODEL}:generateContent"
    answer = httpx.post(url, json=body, params={"key": "k"})
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert message in answer.json()["error"]["message"]
    assert httpx.post(url, json=body).status_code == 403
