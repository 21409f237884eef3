"""Requests to Bedrock judged by botocore: its signature of the same request, its model of the shapes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.model
import botocore.serialize
import botocore.session
import botocore.validate
import pytest

import edgequake_python as eq
from loopback import Loopback, Reply, Request

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
ARN = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a b+c~d"
SERVICE = botocore.session.get_session().get_service_model("bedrock-runtime")
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
PDF = base64.b64encode(b"%PDF-1.4 ").decode()
TEXT = base64.b64encode("hé".encode()).decode()


@pytest.fixture
def server() -> Iterator[Loopback]:
    answer = {
        "output": {"message": {"role": "assistant", "content": [{"text": "Hello!"}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5},
    }
    claude = {
        "type": "message",
        "content": [{"type": "text", "text": "Hello!"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }
    with Loopback(lambda request: Reply(claude if request.path.endswith("/invoke") else answer)) as server:
        yield server


def sent(server: Loopback, model: str, messages: list[dict[str, Any]], **more: Any) -> Request:
    base = server.base_url.removesuffix("/v1")
    keys = {
        "aws_access_key_id": "AKIDEXAMPLE",
        "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    }
    eq.completion(f"bedrock/{model}", messages, **{"aws_bedrock_runtime_endpoint": base, **keys, **more})
    return server.requests[-1]


@pytest.mark.parametrize(
    ("model", "region", "more"),
    [
        (CLAUDE, "us-east-1", {}),
        ("amazon.nova-pro-v1:0", "eu-west-3", {"aws_session_token": "IQoJb3JpZ2luX2VjEXAMPLE=="}),
        (ARN, "eu-central-1", {}),
        (CLAUDE, "us-gov-west-1", {"extra_query": {"b": "2 &=", "a": "é/~", "A": "1"}}),
        (
            f"invoke/{CLAUDE}",
            "us-east-2",
            {
                "guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1"},
                "requestMetadata": {"a": "b  c"},
            },
        ),
        (CLAUDE, "ap-northeast-1", {"extra_headers": {"x-mine": "not signed"}}),
    ],
)
def test_the_signature_is_botocores(server: Loopback, model: str, region: str, more: dict[str, Any]) -> None:
    # The region is the argument's, whatever the model's own name says.
    request = sent(server, model, [{"role": "user", "content": "hé \u2603"}], aws_region_name=region, **more)
    proof = request.headers["authorization"]
    names = proof.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert {"host", "content-type", "x-amz-date"} <= set(names)
    url = f"http://{request.headers['host']}{request.target}"
    headers = {name: request.headers[name] for name in names if name != "host"}
    theirs = botocore.awsrequest.AWSRequest("POST", url, headers, request.body)
    theirs.context["timestamp"] = request.headers["x-amz-date"]
    token = more.get("aws_session_token")
    keys = botocore.credentials.Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    signer = botocore.auth.SigV4Auth(keys, "bedrock", region)
    theirs = theirs.prepare() and theirs
    canonical = signer.canonical_request(theirs)
    signature = signer.signature(signer.string_to_sign(theirs, canonical), theirs)
    assert proof.rpartition("Signature=")[2] == signature
    assert (
        f"Credential=AKIDEXAMPLE/{request.headers['x-amz-date'][:8]}/{region}/bedrock/aws4_request" in proof
    )
    assert ("x-amz-security-token" in names) == (token is not None)


def native(shape: botocore.model.Shape, value: Any, at: str) -> Any:
    """JSON as boto3's caller would give it; what the service's model does not know is an error."""
    if getattr(shape, "is_document_type", False):
        return value
    if shape.type_name == "structure":
        unknown = set(value) - set(shape.members)
        assert not unknown, f"{at}: {unknown}"
        return {name: native(shape.members[name], inner, f"{at}.{name}") for name, inner in value.items()}
    if shape.type_name == "list":
        return [native(shape.member, inner, f"{at}[{index}]") for index, inner in enumerate(value)]
    if shape.type_name == "map":
        return {name: native(shape.value, inner, f"{at}.{name}") for name, inner in value.items()}
    return base64.b64decode(value) if shape.type_name == "blob" else value


def judged(request: Request) -> None:
    """The body is what botocore writes for the same members, and they are valid to it."""
    name = "ConverseStream" if request.path.endswith("converse-stream") else "Converse"
    operation = SERVICE.operation_model(name)
    shape = operation.input_shape
    assert shape is not None
    members = {"modelId": "m", **native(shape, request.json, "body")}
    report = botocore.validate.ParamValidator().validate(members, shape)
    assert not report.has_errors(), report.generate_report()
    written = botocore.serialize.create_serializer("rest-json").serialize_to_request(members, operation)
    assert json.loads(written["body"]) == request.json


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get.weather",
            "strict": True,
            "parameters": {"type": "object", "properties": {"a": {}}},
        },
        "cache_control": {"type": "ephemeral", "ttl": "1h"},
    }
]
CALL = {"id": "call 1", "type": "function", "function": {"name": "get.weather", "arguments": '{"a": 1}'}}
EVERYTHING: list[dict[str, Any]] = [
    {"role": "system", "content": [{"type": "text", "text": "S", "cache_control": {"type": "ephemeral"}}]},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "look", "cache_control": {"type": "ephemeral", "ttl": "5m"}},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
            {"type": "image_url", "image_url": "s3://bucket/key.webp"},
            {"type": "video_url", "video_url": {"url": "s3://bucket/key.mp4"}},
            {"type": "input_audio", "input_audio": {"data": PNG, "format": "wav"}},
            {
                "type": "file",
                "file": {"file_data": f"data:application/pdf;base64,{PDF}"},
                "citations": {"enabled": True},
            },
            {"type": "file", "file": {"file_data": f"data:text/plain;base64,{TEXT}"}},
            {"type": "document", "title": "A.b", "context": "c", "source": {"type": "text", "data": "words"}},
            {
                "type": "document",
                "source": {"type": "content", "content": [{"type": "text", "text": "part"}]},
            },
            {"type": "search_result", "source": "u", "title": "t", "content": [{"text": "r"}]},
            {"type": "guarded_text", "text": "g", "qualifiers": ["query"]},
        ],
    },
    {
        "role": "assistant",
        "content": "calling",
        "thinking_blocks": [
            {"type": "thinking", "thinking": "t", "signature": "s"},
            {"type": "redacted_thinking", "data": TEXT},
        ],
        "tool_calls": [CALL],
    },
    {
        "role": "tool",
        "tool_call_id": "call 1",
        "is_error": True,
        "content": [
            {"type": "text", "text": "R", "cache_control": {"type": "ephemeral"}},
            {"type": "image_url", "image_url": {"url": f"data:image/jpg;base64,{PNG}"}},
            {"json": {"b": [1.5, None]}},
        ],
    },
    {"role": "user", "content": "and?"},
]
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "n",
        "schema": {
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/A"}},
            "$defs": {"A": {"type": "string"}},
        },
    },
}


@pytest.mark.parametrize("model", [CLAUDE, "amazon.nova-pro-v1:0", "mistral.mistral-large-2407-v1:0", ARN])
def test_every_kind_of_message_has_the_services_shape(server: Loopback, model: str) -> None:
    judged(
        sent(
            server,
            model,
            EVERYTHING,
            tools=TOOLS,
            tool_choice={"type": "function", "function": {"name": "get.weather"}},
        )
    )
    judged(sent(server, model, EVERYTHING))


@pytest.mark.parametrize(
    "params",
    [
        {"max_tokens": 5, "temperature": 0.5, "top_p": 0.25, "stop": ["a", "b"]},
        {"tools": TOOLS, "tool_choice": "required", "parallel_tool_calls": False},
        {"tools": TOOLS, "tool_choice": "auto", "thinking": {"type": "enabled", "budget_tokens": 1024}},
        {"response_format": SCHEMA},
        {"reasoning_effort": "high", "top_k": 3, "service_tier": "priority"},
        {
            "guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1", "trace": "enabled"},
            "performanceConfig": {"latency": "optimized"},
            "requestMetadata": {"team": "a"},
        },
    ],
)
def test_every_parameter_has_the_services_shape(server: Loopback, params: dict[str, Any]) -> None:
    judged(sent(server, CLAUDE, [{"role": "user", "content": "hi"}], **params))


def test_a_schema_by_tool_has_the_services_shape(server: Loopback) -> None:
    for model in (
        "anthropic.claude-3-haiku-20240307-v1:0",
        "amazon.nova-lite-v1:0",
        "meta.llama3-1-8b-instruct-v1:0",
    ):
        request = sent(server, model, [{"role": "user", "content": "hi"}], response_format=SCHEMA)
        judged(request)
        schema = request.json["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]
        assert schema["properties"] == {"a": {"type": "string"}}
