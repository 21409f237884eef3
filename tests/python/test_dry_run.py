"""``dry_run=True``: the request that would have been sent, byte for byte, and nothing is sent."""

from __future__ import annotations

import asyncio
import io
from typing import Any, Callable

import pytest

import edgequake_python
from edgequake_python.dry_run import PreparedRequest
from loopback import MESSAGES, Loopback, Reply, Request, chat, embeddings

KEY = "sk-canary-0123456789"

PARAMS: dict[str, Any] = {
    "temperature": 0.25,
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    "extra_headers": {"x-own": "ü".encode().decode("latin-1")},
    "extra_query": {"q": "a b"},
}


def answer(request: Request) -> Any:
    if request.path.endswith("/embeddings"):
        return embeddings(request)
    if "/audio/" in request.path:
        return {"text": "a"}
    if request.path.endswith("/moderations"):
        return {"id": "m", "model": "m", "results": []}
    if request.path.endswith("/files"):
        return {"id": "f", "object": "file", "bytes": 1, "created_at": 1, "filename": "f", "purpose": "p"}
    return chat()


def ways(server: Loopback) -> dict[str, Callable[..., Any]]:
    where: dict[str, Any] = {"model": "openai/unknown", "api_base": server.base_url, "api_key": KEY}
    lib: Any = edgequake_python
    sound = b"RIFF" + bytes(20)

    def named() -> io.BytesIO:
        file = io.BytesIO(sound)
        file.name = "a.wav"
        return file

    return {
        "chat": lambda **more: lib.completion(messages=MESSAGES, **where, **PARAMS, **more),
        "achat": lambda **more: asyncio.run(lib.acompletion(messages=MESSAGES, **where, **PARAMS, **more)),
        "embed": lambda **more: lib.embedding(input=["a", "b"], **where, **more),
        "text": lambda **more: lib.text_completion(prompt="a", max_tokens=3, **where, **more),
        "moderation": lambda **more: lib.moderation(input="a", **where, **more),
        "amoderation": lambda **more: asyncio.run(lib.amoderation(input="a", **where, **more)),
        "messages": lambda **more: lib.anthropic.messages.create(10, MESSAGES, **where, **more),
        "transcription": lambda **more: lib.transcription(file=named(), **where, **more),
        "files": lambda **more: lib.create_file(
            file=("f.jsonl", b"{}"),
            purpose="batch",
            custom_llm_provider="openai",
            api_base=server.base_url,
            api_key=KEY,
            **more,
        ),
    }


@pytest.mark.parametrize("way", ["chat", "achat", "embed", "text", "moderation", "amoderation", "messages"])
def test_it_is_what_the_server_gets(server: Loopback, way: str) -> None:
    server.handler = answer
    call = ways(server)[way]
    shown = call(dry_run=True)
    assert isinstance(shown, PreparedRequest)
    assert server.requests == []
    call()
    (sent,) = server.requests
    assert (shown.method, shown.body) == (sent.method, sent.body)
    assert shown.url == server.base_url.removesuffix("/v1") + sent.target
    assert shown.json == sent.json
    travels = {"host", "content-length", "accept-encoding", "connection"}
    got = {name: value for name, value in sent.headers.items() if name not in travels}
    assert got.pop("authorization") == f"Bearer {KEY}"
    headers = dict(shown.headers)
    assert headers.pop("authorization") == "***"
    assert headers.keys() == got.keys()
    assert KEY not in repr(shown) + str(shown.headers) + shown.url


@pytest.mark.parametrize("way", ["transcription", "files"])
def test_uploads_are_shown(server: Loopback, way: str) -> None:
    shown = ways(server)[way](dry_run=True)
    assert server.requests == []
    assert shown.method == "POST"
    assert shown.headers["content-type"].startswith("multipart/form-data")
    with pytest.raises(ValueError):
        _ = shown.json


def test_a_stream_is_shown_too(server: Loopback) -> None:
    shown: Any = edgequake_python.completion(stream=True, dry_run=True, **server.call())
    assert shown.json["stream"] is True
    assert server.requests == []


def test_other_dialects_and_what_became_of_parameters() -> None:
    shown: Any = edgequake_python.completion(
        "anthropic/claude-3-5-haiku-latest",
        MESSAGES,
        api_key=KEY,
        seed=1,
        drop_params=True,
        dry_run=True,
    )
    assert shown.url == "https://api.anthropic.com/v1/messages"
    assert (shown.provider, shown.model) == ("anthropic", "claude-3-5-haiku-latest")
    assert shown.headers["x-api-key"] == "***"
    assert shown.changes.dropped == shown.dropped_params == ["seed"]
    shown = edgequake_python.completion(
        "mistral/mistral-small-latest", MESSAGES, api_key=KEY, seed=5, dry_run=True
    )
    assert shown.json["random_seed"] == 5
    assert shown.changes.renamed == {"seed": "random_seed"}
    shown = edgequake_python.responses(input="a", model="mistral/m", api_key=KEY, dry_run=True)
    assert shown.changes.emulated == ["responses through chat"]


def test_signed_requests_are_signed() -> None:
    shown: Any = edgequake_python.completion(
        "bedrock/anthropic.claude-3-haiku-20240307-v1:0",
        MESSAGES,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="wJalrXUtnFEMI/K7MDENG",
        aws_region_name="us-east-1",
        dry_run=True,
    )
    assert shown.headers["authorization"] == "***"
    assert "x-amz-date" in shown.headers


def test_callbacks_caches_and_mocks_hear_nothing_of_it(server: Loopback) -> None:
    heard: list[Any] = []
    edgequake_python.success_callback = [lambda *told: heard.append(told)]
    shown: Any = edgequake_python.completion(mock_response="no", dry_run=True, **server.call())
    assert isinstance(shown, PreparedRequest)
    assert heard == []
    assert server.requests == []


def test_wrong_calls_are_refused_as_ever() -> None:
    with pytest.raises(edgequake_python.BadRequestError):
        edgequake_python.completion("openai/gpt-4o", [], api_key=KEY, dry_run=True)


def test_false_sends(server: Loopback) -> None:
    server.handler = lambda request: Reply(chat())
    answered: Any = edgequake_python.completion(dry_run=False, **server.call())
    assert answered.choices[0].message.content == "Hello!"


def test_hooks_see_requests_and_may_stop_them(server: Loopback) -> None:
    seen: list[PreparedRequest] = []
    edgequake_python.request_hooks = [seen.append]
    edgequake_python.completion(**server.call(api_key=KEY))
    (shown,) = seen
    assert shown.body == server.requests[0].body
    assert shown.headers["authorization"] == "***"

    class Stopped(Exception):
        pass

    def stop(request: PreparedRequest) -> None:
        raise Stopped(request.url)

    edgequake_python.request_hooks = [stop]
    with pytest.raises(Stopped):
        edgequake_python.completion(**server.call())
    with pytest.raises(Stopped):
        asyncio.run(edgequake_python.acompletion(stream=True, **server.call()))
    assert len(server.requests) == 1
