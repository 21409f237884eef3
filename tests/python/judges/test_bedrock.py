"""The official AWS client is the judge of the simulator's Converse, its binary stream included."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python

boto3 = pytest.importorskip("boto3")

from botocore.config import Config  # noqa: E402
from botocore.eventstream import ChecksumMismatch  # noqa: E402
from botocore.exceptions import ClientError, EventStreamError  # noqa: E402
from urllib3.exceptions import ProtocolError  # noqa: E402

MODEL = "amazon.simulated-v1:0"
USER = [{"role": "user", "content": [{"text": "What is the weather in Paris?"}]}]
WEATHER = {
    "tools": [
        {
            "toolSpec": {
                "name": "get_weather",
                "description": "The weather in a city.",
                "inputSchema": {
                    "json": {
                        "type": "object",
                        "properties": {"city": {"type": "string"}},
                        "required": ["city"],
                    }
                },
            }
        }
    ]
}


@pytest.fixture(scope="module")
def client(simulator: edgequake_python.Simulator) -> Iterator[Any]:
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=simulator.root_url,
        region_name="us-east-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"max_attempts": 1}, read_timeout=5),
    )
    yield client
    client.close()


def converse(client: Any, model: str = MODEL, messages: Any = USER, **more: Any) -> Any:
    return client.converse(modelId=model, messages=messages, **more)


def streamed(client: Any, model: str = MODEL, **more: Any) -> list[dict[str, Any]]:
    with contextlib.closing(client.converse_stream(modelId=model, messages=USER, **more)["stream"]) as events:
        return list(events)


def deltas(events: list[dict[str, Any]], *path: str) -> list[Any]:
    found = []
    for event in events:
        value = event.get("contentBlockDelta", {}).get("delta", {})
        for step in path:
            value = value.get(step, {})
        if value:
            found.append(value)
    return found


def test_plain(client: Any) -> None:
    answer = converse(client)
    assert answer["output"]["message"]["content"][0]["text"].startswith("You said: What is the weather")
    assert answer["stopReason"] == "end_turn"
    usage = answer["usage"]
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"]
    assert answer["ResponseMetadata"]["RequestId"]


def test_streamed_and_plain_answers_agree(client: Any) -> None:
    plain, events = converse(client), streamed(client)
    said = "".join(deltas(events, "text"))
    assert said == plain["output"]["message"]["content"][0]["text"]
    assert [next(iter(event)) for event in events][-2:] == ["messageStop", "metadata"]
    assert events[-2]["messageStop"]["stopReason"] == plain["stopReason"]
    assert events[-1]["metadata"]["usage"] == plain["usage"]


def test_tools_and_their_results(client: Any) -> None:
    first = converse(client, toolConfig=WEATHER)
    call = first["output"]["message"]["content"][0]["toolUse"]
    assert (first["stopReason"], call["name"], call["input"]) == (
        "tool_use",
        "get_weather",
        {"city": "Paris"},
    )
    result = {"toolResult": {"toolUseId": call["toolUseId"], "content": [{"text": "18 degrees"}]}}
    turns = [*USER, first["output"]["message"], {"role": "user", "content": [result]}]
    second = converse(client, messages=turns, toolConfig=WEATHER)
    assert "get_weather returned: 18 degrees" in second["output"]["message"]["content"][0]["text"]
    with pytest.raises(ClientError, match="toolConfig field must be defined"):
        converse(client, messages=turns)
    with pytest.raises(ClientError, match="Expected toolResult blocks"):
        converse(client, messages=[*turns[:2], *USER], toolConfig=WEATHER)


def test_streamed_calls(client: Any) -> None:
    events = streamed(client, toolConfig={**WEATHER, "toolChoice": {"tool": {"name": "get_weather"}}})
    starts = [event["contentBlockStart"] for event in events if "contentBlockStart" in event]
    assert starts[0]["start"]["toolUse"]["name"] == "get_weather"
    assert json.loads("".join(deltas(events, "toolUse", "input"))) == {"city": "Paris"}


def test_thoughts_are_signed(client: Any) -> None:
    thinking = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
    answer = converse(client, additionalModelRequestFields=thinking)
    content = answer["output"]["message"]["content"]
    thought = content[0]["reasoningContent"]["reasoningText"]
    events = streamed(client, additionalModelRequestFields=thinking)
    assert "".join(deltas(events, "reasoningContent", "text")) == thought["text"]
    assert deltas(events, "reasoningContent", "signature") == [thought["signature"]]
    turns = [*USER, {"role": "assistant", "content": content}, *USER]
    assert converse(client, messages=turns)["stopReason"] == "end_turn"
    thought["text"] = "something else"
    with pytest.raises(ClientError, match="Invalid `signature`"):
        converse(client, messages=turns)


def test_structured_output_limits_and_stops(client: Any) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    structure = {"jsonSchema": {"schema": json.dumps(schema), "name": "place"}}
    config = {"textFormat": {"type": "json_schema", "structure": structure}}
    answer = converse(client, outputConfig=config)
    assert json.loads(answer["output"]["message"]["content"][0]["text"]) == {"city": "Paris"}
    cut = converse(client, inferenceConfig={"maxTokens": 2})
    assert cut["stopReason"] == "max_tokens"
    assert converse(client, inferenceConfig={"stopSequences": ["Paris"]})["stopReason"] == "stop_sequence"


def test_embeddings(client: Any) -> None:
    def invoke(model: str, body: dict[str, Any]) -> Any:
        return json.loads(client.invoke_model(modelId=model, body=json.dumps(body))["body"].read())

    titan = invoke("amazon.titan-embed-text-v2:0", {"inputText": "a dog", "dimensions": 256})
    assert (len(titan["embedding"]), titan["inputTextTokenCount"]) == (256, 2)
    body = {"texts": ["a dog", "a cat"], "input_type": "search_document"}
    cohere = invoke("cohere.embed-english-v3", body)
    assert [len(vector) for vector in cohere["embeddings"]] == [1024, 1024]
    with pytest.raises(ClientError, match="input_type"):
        invoke("cohere.embed-english-v3", {"texts": ["a dog"]})


def test_claude_in_its_own_words(client: Any) -> None:
    messages = [{"role": "user", "content": "Hello"}]
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": messages}
    answer = client.invoke_model(modelId="anthropic.claude-simulated", body=json.dumps(body))
    said = json.loads(answer["body"].read())["content"][0]["text"]
    stream = client.invoke_model_with_response_stream(
        modelId="anthropic.claude-simulated", body=json.dumps(body)
    )
    events = [json.loads(event["chunk"]["bytes"]) for event in stream["body"]]
    texts = [event["delta"]["text"] for event in events if event["type"] == "content_block_delta"]
    assert "".join(texts) == said
    with pytest.raises(ClientError, match="max_tokens: Field required"):
        bad = {key: value for key, value in body.items() if key != "max_tokens"}
        client.invoke_model(modelId="anthropic.claude-simulated", body=json.dumps(bad))


@pytest.mark.parametrize(
    ("model", "status", "name"),
    [
        ("sim/401", 403, "UnrecognizedClientException"),
        ("sim/403", 403, "AccessDeniedException"),
        ("sim/404", 404, "ResourceNotFoundException"),
        ("sim/429", 429, "ThrottlingException"),
        ("sim/500", 500, "InternalServerException"),
        ("sim/503", 503, "ServiceUnavailableException"),
        ("sim/context_window", 400, "ValidationException"),
    ],
)
def test_refusals(client: Any, model: str, status: int, name: str) -> None:
    with pytest.raises(ClientError) as caught:
        converse(client, model)
    assert caught.value.response["Error"]["Code"] == name
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_faults_with_a_query_in_the_url_count(client: Any) -> None:
    assert converse(client, "sim/503?times=1&what=bedrock")["stopReason"] == "end_turn"  # by boto3's retry
    assert converse(client, "sim/503?times=1&what=bedrock")["ResponseMetadata"]["RetryAttempts"] == 0


def test_faults_inside_a_stream(client: Any) -> None:
    with pytest.raises(EventStreamError, match="throttlingException"):
        streamed(client, "sim/error_event?status=429")
    with pytest.raises(ChecksumMismatch):
        streamed(client, "sim/malformed?crc=1")
    with pytest.raises(ProtocolError):
        streamed(client, "sim/cut")


def test_bytes_and_documents(client: Any) -> None:
    image = {"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}
    question = {"text": "What is this?"}
    answer = converse(client, messages=[{"role": "user", "content": [image, question]}])
    assert answer["output"]["message"]["content"][0]["text"].startswith("You said: What is this?")
    paper = {"document": {"format": "pdf", "name": "a_b", "source": {"bytes": b"%PDF"}}}
    with pytest.raises(ClientError, match="document file name"):
        converse(client, messages=[{"role": "user", "content": [paper, question]}])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"messages": [{"role": "assistant", "content": [{"text": "x"}]}]}, "must start with a user message"),
        ({"messages": [*USER, *USER]}, "must alternate"),
        ({"messages": [{"role": "user", "content": [{"text": " "}]}]}, "is blank"),
        ({"messages": [{"role": "user", "content": []}]}, "is empty"),
        ({"inferenceConfig": {"temperature": 1.5}}, "temperature"),
    ],
)
def test_what_the_api_refuses(client: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message) as caught:
        converse(client, **more)
    assert caught.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}, "extraneous key"),
        (
            {"messages": USER, "max_tokens": 1},
            "extraneous key",
        ),
        ({"messages": [{"role": "system", "content": [{"text": "x"}]}]}, "enum value set"),
    ],
)
def test_what_no_official_client_would_send(
    simulator: edgequake_python.Simulator, body: dict[str, Any], message: str
) -> None:
    httpx = pytest.importorskip("httpx")
    url = f"{simulator.root_url}/model/{MODEL}/converse"
    answer = httpx.post(url, json=body, headers={"authorization": "Bearer k"})
    assert answer.status_code == 400
    assert message in answer.json()["message"]
    assert httpx.post(url, json=body).status_code == 403
