"""Images made, changed and varied, over loopback."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import BadRequestError, ContentPolicyViolationError
from forms import fields, parts
from loopback import Loopback, error, to

PNG = b"\x89PNG\r\n\x1a\n...."
ANSWER = {
    "created": 5,
    "data": [{"b64_json": "eA==", "revised_prompt": "A cat"}],
    "usage": {
        "input_tokens": 3,
        "output_tokens": 4,
        "total_tokens": 7,
        "input_tokens_details": {"text_tokens": 3, "image_tokens": 0},
    },
}


def test_generation(server: Loopback, ask: Any) -> None:
    server.handler = lambda _: ANSWER
    given = {"n": 1, "quality": "high", "size": "1024x1024", "style": "vivid", "background": "transparent"}
    response = ask("image_generation", model="openai/gpt-image-1", prompt="A cat", **given, **to(server))
    assert isinstance(response, edgequake_python.ImageResponse)
    assert response.data[0].b64_json == response.data[0]["b64_json"] == "eA=="
    assert response.data[0].url is None
    assert response.created == 5
    assert response.usage.total_tokens == 7
    assert response.usage.input_tokens_details.text_tokens == 3
    [request] = server.requests
    assert request.path == "/v1/images/generations"
    assert request.json == {"model": "gpt-image-1", "prompt": "A cat", **given}


def test_without_a_model_it_is_dall_e_2(server: Loopback, ask: Any) -> None:
    server.handler = lambda _: {"created": 5, "data": [{"url": "https://e"}]}
    response = ask("image_generation", prompt="A cat", **to(server))
    assert server.bodies[0] == {"model": "dall-e-2", "prompt": "A cat"}
    assert response.usage.total_tokens == 0


def test_azure(server: Loopback, ask: Any) -> None:
    server.handler = lambda _: ANSWER
    call = to(server, api_base=server.base_url.removesuffix("/v1"), api_version="2024-10-21")
    ask("image_generation", model="azure/mine", prompt="A cat", **call)
    ask("image_edit", model="azure/mine", prompt="A cat", image=PNG, **call)
    assert [request.path for request in server.requests] == [
        "/openai/deployments/mine/images/generations",
        "/openai/deployments/mine/images/edits",
    ]
    assert server.requests[0].query == {"api-version": "2024-10-21"}


def test_edit(server: Loopback, ask: Any) -> None:
    server.handler = lambda _: ANSWER
    call = {"model": "openai/gpt-image-1", "prompt": "Add a hat", "n": 1, **to(server)}
    ask("image_edit", image=PNG, mask=("m.png", PNG), **call)
    ask("image_edit", image=[PNG, ("two.jpg", b"\xff\xd8\xff")], **call)
    one, two = server.requests
    assert one.path == "/v1/images/edits"
    assert fields(one) == [("prompt", "Add a hat"), ("model", "gpt-image-1"), ("n", "1")] or fields(one) == [
        ("model", "gpt-image-1"),
        ("prompt", "Add a hat"),
        ("n", "1"),
    ]
    named = [(part.name, part.filename, part.content_type) for part in parts(one) if part.filename]
    assert named == [("image", "image.png", "image/png"), ("mask", "m.png", "image/png")]
    named = [(part.name, part.filename, part.content_type) for part in parts(two) if part.filename]
    assert named == [("image[]", "image.png", "image/png"), ("image[]", "two.jpg", "image/jpeg")]


def test_variation(server: Loopback, ask: Any) -> None:
    server.handler = lambda _: ANSWER
    ask("image_variation", image=PNG, size="256x256", **to(server))
    [request] = server.requests
    assert request.path == "/v1/images/variations"
    assert sorted(fields(request)) == [
        ("model", "dall-e-2"),
        ("n", "1"),
        ("response_format", "url"),
        ("size", "256x256"),
    ]


def test_errors(server: Loopback, ask: Any) -> None:
    server.handler = lambda _: error(400, "no", code="moderation_blocked")
    with pytest.raises(ContentPolicyViolationError):
        ask("image_generation", prompt="...", **to(server))
    with pytest.raises(BadRequestError):
        ask("image_edit", image=[], prompt="x", model="gpt-image-1", **to(server))
    with pytest.raises(BadRequestError, match="anthropic has no `image_generation`"):
        ask("image_generation", model="anthropic/claude", prompt="x", **to(server))
    assert len(server.requests) == 1
