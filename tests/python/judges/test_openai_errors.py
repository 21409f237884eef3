"""OpenAI's own client judges the simulator's refusals and failures."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

import edgequake_python
from judges.openai_chat import chat, check

openai = pytest.importorskip("openai")


@pytest.mark.parametrize(
    "model, expected, status, code",
    [
        ("400", "BadRequestError", 400, None),
        ("401", "AuthenticationError", 401, "invalid_api_key"),
        ("403", "PermissionDeniedError", 403, "permission_denied"),
        ("404", "NotFoundError", 404, "model_not_found"),
        ("408", "APIStatusError", 408, "request_timeout"),
        ("409", "ConflictError", 409, "conflict"),
        ("422", "UnprocessableEntityError", 422, "unprocessable_entity"),
        ("429", "RateLimitError", 429, "rate_limit_exceeded"),
        ("500", "InternalServerError", 500, None),
        ("502", "InternalServerError", 502, "bad_gateway"),
        ("503", "InternalServerError", 503, "service_unavailable"),
        ("504", "InternalServerError", 504, "gateway_timeout"),
        ("529", "InternalServerError", 529, "overloaded"),
        ("context_window", "BadRequestError", 400, "context_length_exceeded"),
        ("content_policy", "BadRequestError", 400, "content_policy_violation"),
        ("quota", "RateLimitError", 429, "insufficient_quota"),
        ("html", "InternalServerError", 502, None),
    ],
)
@pytest.mark.parametrize("prefix", ["", "sim/"])
def test_each_status_is_its_exception(
    client: Any, prefix: str, model: str, expected: str, status: int, code: str | None
) -> None:
    calls = [
        lambda: chat(client, model=prefix + model),
        lambda: chat(client, model=prefix + model, stream=True),
        lambda: client.embeddings.create(model=prefix + model, input="x"),
        lambda: client.models.retrieve(prefix + model),
    ]
    for call in calls:
        with pytest.raises(openai.APIStatusError) as caught:
            call()
        assert type(caught.value).__name__ == expected
        assert caught.value.status_code == status
        assert caught.value.code == code
        assert caught.value.request_id.startswith("req_")
        if status == 429 and model == "429":
            assert caught.value.response.headers["retry-after"] == "1"


def test_retries_get_through(simulator: edgequake_python.Simulator) -> None:
    model = f"503?times=2&retry_after_ms=1&run={uuid.uuid4()}"
    with openai.OpenAI(base_url=simulator.base_url, api_key="sk", max_retries=2) as client:
        answer = check(chat(client, model=model))
    assert answer.choices[0].message.content


def test_refused_requests(client: Any) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"messages": []}, "messages"),
        ({"messages": [{"content": "no role"}]}, "messages[0].role"),
        ({"messages": [{"role": "king", "content": "x"}]}, "messages[0].role"),
        ({"messages": "text"}, "messages"),
        ({"n": 0}, "n"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"model": ""}, "model"),
    ]
    for kwargs, param in cases:
        with pytest.raises(openai.BadRequestError) as caught:
            chat(client, **kwargs)
        assert caught.value.param == param
        assert caught.value.type == "invalid_request_error"
    for text in ("", [], [""], [1, "x"]):
        with pytest.raises(openai.BadRequestError) as caught:
            client.embeddings.create(model="e", input=text)
        assert caught.value.param == "input"


def test_error_event_in_a_stream(client: Any) -> None:
    with pytest.raises(openai.APIError) as caught:
        list(chat(client, model="error_event?after=1&status=503", stream=True))
    assert caught.value.code in (503, "503")


def test_redirect_is_followed(client: Any) -> None:
    assert check(chat(client, model="redirect")).choices[0].message.content


def test_no_key_no_answer(simulator: edgequake_python.Simulator) -> None:
    import http.client
    from urllib.parse import urlsplit

    address = urlsplit(simulator.base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    try:
        body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}]})
        connection.request("POST", "/v1/chat/completions", body)
        response = connection.getresponse()
        assert response.status == 401
        assert json.loads(response.read())["error"]["code"] == "invalid_api_key"
    finally:
        connection.close()
