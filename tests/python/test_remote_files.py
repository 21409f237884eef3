"""Files behind addresses are brought in for providers that do not fetch them, from public places only."""

from __future__ import annotations

import asyncio
import base64
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python import ImageFetchError, Timeout
from loopback import DROP, Loopback, Reply, Request

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
OLLAMA = {
    "model": "m",
    "message": {"role": "assistant", "content": "Seen"},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 5,
    "eval_count": 1,
}
GEMINI = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Seen"}]}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 1, "totalTokenCount": 6},
}
BEDROCK = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Seen"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 5, "outputTokens": 1, "totalTokens": 6},
}
KEYS = {
    "aws_access_key_id": "AKIA" + "A" * 16,
    "aws_secret_access_key": "s" * 40,
    "aws_region_name": "us-east-1",
}


def files(request: Request) -> Reply:
    """A host of files, some of which are trouble."""
    name = request.path.rsplit("/", 1)[-1]
    if name == "picture.png":
        return Reply(PNG, headers={"content-type": "application/octet-stream"})
    if name == "paper.pdf":
        return Reply(b"%PDF-1.7 text", headers={"content-type": "application/pdf"})
    if name == "page":
        return Reply(b"<html></html>", headers={"content-type": "text/html; charset=utf-8"})
    if name == "nothing":
        return Reply(b"", headers={"content-type": "image/png"})
    if name == "large":
        return Reply(iter([PNG * 1000] * 4), headers={"content-type": "image/png"})
    if name == "silent":
        request.server.pause(30)
        return DROP
    if name == "moved":
        return Reply(b"", 302, {"location": request.query["to"]})
    if name == "loop":
        return Reply(b"", 302, {"location": "loop"})
    if name == "busy" and sum(seen.path.endswith("busy") for seen in request.server.requests) == 1:
        return Reply(b"", 503, {"retry-after": "0"})
    if name == "busy":
        return Reply(PNG, headers={"content-type": "image/png"})
    return Reply(b"gone", 404)


def provider(request: Request) -> dict[str, Any]:
    if request.path.endswith("/converse"):
        return BEDROCK
    return GEMINI if "generateContent" in request.path else OLLAMA


@pytest.fixture
def host() -> Iterator[Loopback]:
    with Loopback(files) as host:
        edgequake_python.user_url_allowed_hosts = [host.base_url.split("/")[2]]
        yield host


@pytest.fixture
def model() -> Iterator[Loopback]:
    with Loopback(provider) as model:
        yield model


def picture(*urls: str) -> list[dict[str, Any]]:
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, *parts]}]


def ask(model: Loopback, *urls: str, mode: str = "sync", name: str = "ollama_chat/llava", **more: Any) -> Any:
    call: dict[str, Any] = {
        "model": name,
        "messages": picture(*urls),
        "api_base": model.base_url[:-3],
        **more,
    }
    call.setdefault("num_retries", 0)
    if mode == "sync":
        return edgequake_python.completion(**call)
    return asyncio.run(edgequake_python.acompletion(**call))


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_picture_is_given_by_value(host: Loopback, model: Loopback, mode: str) -> None:
    url = f"{host.base_url}/picture.png?key=canary"
    messages = picture(url, url)
    before = copy.deepcopy(messages)
    answer = ask(model, mode=mode, messages=messages)
    assert answer.choices[0].message.content == "Seen"
    assert model.bodies[0]["messages"][0]["images"] == [base64.b64encode(PNG).decode()] * 2
    assert len(host.requests) == 1, "one file is brought in once"
    assert host.requests[0].method == "GET"
    assert messages == before


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_stream_waits_for_its_files_too(host: Loopback, mode: str) -> None:
    def answer(request: Request) -> Reply:
        said = [{**OLLAMA, "done": False}, {**OLLAMA, "message": {"role": "assistant", "content": ""}}]
        return Reply(
            "".join(json.dumps(line) + "\n" for line in said),
            headers={"content-type": "application/x-ndjson"},
        )

    async def consume(stream: Any) -> str:
        return "".join([chunk.choices[0].delta.content or "" async for chunk in await stream])

    with Loopback(answer) as model:
        call: dict[str, Any] = {
            "model": "ollama_chat/llava",
            "messages": picture(f"{host.base_url}/picture.png"),
            "api_base": model.base_url[:-3],
            "stream": True,
        }
        if mode == "sync":
            said = "".join(c.choices[0].delta.content or "" for c in edgequake_python.completion(**call))
        else:
            said = asyncio.run(consume(edgequake_python.acompletion(**call)))
        assert said == "Seen"
        assert model.bodies[0]["messages"][0]["images"] == [base64.b64encode(PNG).decode()]


def test_every_dialect_gets_it_in_its_own_form(host: Loopback, model: Loopback) -> None:
    url, paper = f"{host.base_url}/picture.png", f"{host.base_url}/paper.pdf"
    encoded = base64.b64encode(PNG).decode()
    ask(model, url, name="gemini/gemini-2.5-flash", api_key="k")
    assert model.bodies[-1]["contents"][0]["parts"][1] == {
        "inline_data": {"data": encoded, "mime_type": "image/png"}
    }
    content = [{"type": "text", "text": "Read"}, {"type": "file", "file": {"file_id": paper}}]
    messages = [{"role": "user", "content": content}]
    ask(model, name="bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", messages=messages, **KEYS)
    document = model.bodies[-1]["messages"][0]["content"][1]["document"]
    assert document["format"] == "pdf"
    assert base64.b64decode(document["source"]["bytes"]) == b"%PDF-1.7 text"


def test_a_provider_that_fetches_files_gets_the_address(host: Loopback) -> None:
    with Loopback() as openai:
        ask(
            openai,
            f"{host.base_url}/picture.png",
            name="openai/gpt-4o",
            api_key="k",
            api_base=openai.base_url,
        )
        assert openai.bodies[0]["messages"][0]["content"][1]["image_url"]["url"].startswith("http://")
    assert host.requests == []


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing", "404"),
        ("page", "text/html"),
        ("nothing", "empty"),
        ("loop", "redirected more than 5 times"),
        ("moved?to=ftp://files/x", "ftp"),
        ("moved?to=http://localhost/x", "no public address"),
        ("moved?to=http://169.254.169.254/latest/meta-data", "no public address"),
        ("moved?to=http://[::ffff:127.0.0.1]:1/x", "no public address"),
    ],
)
def test_a_file_that_cannot_be_had(host: Loopback, model: Loopback, name: str, why: str, mode: str) -> None:
    with pytest.raises(ImageFetchError, match=why) as caught:
        ask(model, f"{host.base_url}/picture.png", f"{host.base_url}/{name}", mode=mode)
    assert caught.value.status_code == 400
    assert (caught.value.llm_provider, caught.value.model) == ("ollama_chat", "llava")
    assert model.requests == [], "nothing was sent to the provider"


def test_redirects_are_followed_to_where_one_may_go(host: Loopback, model: Loopback) -> None:
    ask(model, f"{host.base_url}/moved?to=picture.png")
    assert model.bodies[0]["messages"][0]["images"] == [base64.b64encode(PNG).decode()]


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/v1/picture.png",
        "http://localhost:{port}/v1/picture.png",
        "http://2130706433:{port}/x",
    ],
)
def test_this_machine_is_not_fetched_from(host: Loopback, model: Loopback, url: str, mode: str) -> None:
    edgequake_python.user_url_allowed_hosts = []
    port = host.base_url.split(":")[2].split("/")[0]
    with pytest.raises(ImageFetchError, match="no public address"):
        ask(model, url.format(port=port), mode=mode)
    assert (host.requests, host.connections, model.requests) == ([], 0, [])


def test_the_check_can_be_turned_off(host: Loopback, model: Loopback) -> None:
    edgequake_python.user_url_allowed_hosts = []
    edgequake_python.user_url_validation = False
    ask(model, f"{host.base_url}/picture.png")
    assert len(model.requests) == 1


def test_a_name_of_this_machine_can_be_allowed(host: Loopback, model: Loopback) -> None:
    edgequake_python.user_url_allowed_hosts = ["LOCALHOST"]
    ask(model, f"{host.base_url}/picture.png".replace("127.0.0.1", "localhost"))
    assert len(model.requests) == 1


def test_size_is_limited(host: Loopback, model: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_IMAGE_URL_DOWNLOAD_SIZE_MB", "0.1")
    with pytest.raises(ImageFetchError, match="larger than 104857 bytes"):
        ask(model, f"{host.base_url}/large")
    monkeypatch.setenv("MAX_IMAGE_URL_DOWNLOAD_SIZE_MB", "0")
    with pytest.raises(ImageFetchError, match="turned off"):
        ask(model, f"{host.base_url}/picture.png")
    assert model.requests == []


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_calls_time_limits_hold(host: Loopback, model: Loopback, mode: str) -> None:
    with pytest.raises(ImageFetchError, match="timed out"):
        ask(model, f"{host.base_url}/silent", mode=mode, timeout=0.2)
    with pytest.raises(Timeout):
        ask(model, f"{host.base_url}/silent", mode=mode, timeout=edgequake_python.Timeouts(total=0.2))
    assert model.requests == []


def test_a_busy_host_is_asked_again(host: Loopback, model: Loopback) -> None:
    ask(model, f"{host.base_url}/busy", num_retries=1)
    assert len(model.requests) == 1


def test_everything_else_is_checked_first(host: Loopback, model: Loopback) -> None:
    with pytest.raises(edgequake_python.BadRequestError, match="text and images"):
        part = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}
        content = [*picture(f"{host.base_url}/picture.png")[0]["content"], part]
        ask(model, messages=[{"role": "user", "content": content}])
    assert host.requests == []


def test_secrets_of_an_address_are_not_shown(host: Loopback, model: Loopback) -> None:
    url = f"{host.base_url}/missing?signature=canary#canary".replace("://", "://canary:canary@")
    with pytest.raises(ImageFetchError) as caught:
        ask(model, url)
    assert "canary" not in str(caught.value)
