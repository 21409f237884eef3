"""What an exception knows of its answer: status, headers, body, request, and when to come again."""

from __future__ import annotations

import pickle
import time
from email.utils import formatdate
from typing import Any

import pytest

from edgequake_python.exceptions import (
    ErrorRequest,
    ErrorResponse,
    Headers,
    from_core,
)
from error_classes import API, CLASSES, build


def test_body_gives_code_param_and_type() -> None:
    body = {"code": 7, "param": "p", "type": "t"}
    error = build("BadRequestError", body=body)
    assert (error.body, error.code, error.param, error.type) == (body, "7", "p", "t")
    limited = build("RateLimitError", body=body)
    assert (limited.code, limited.type, limited.body["code"]) == ("429", "throttling_error", 7)
    assert build("InternalServerError", body=body).type == "internal_server_error"
    assert build("BadRequestError", body="text").code is None


FIXED = {
    "RateLimitError": 429,
    "InternalServerError": 500,
    "ServiceUnavailableError": 503,
    "BadGatewayError": 502,
    "PaymentRequiredError": 402,
    "Timeout": 408,
    "MidStreamFallbackError": 503,
    "UnsupportedParamsError": 400,
}


@pytest.mark.parametrize("name", [name for name in API if ", response" in CLASSES[name][0]])
def test_status_of_an_attached_response(name: str) -> None:
    response = ErrorResponse(413, {"X-Request-Id": "r"}, b"{}", ErrorRequest("POST", "https://h/v1"))
    error = build(name, response=response)
    assert error.status_code == FIXED.get(name, 413)
    assert error.response is response
    assert error.request is response.request
    assert error.request_id == "r"
    assert build(name, response=ErrorResponse(200)).status_code == CLASSES[name][1]


def test_response_of_another_kind() -> None:
    class Odd:
        headers = 3

        @property
        def request(self) -> Any:
            raise RuntimeError("none set")

    error = build("BadRequestError", response=Odd())
    assert (error.status_code, error.headers) == (400, {})
    assert error.request.url == ""


@pytest.mark.parametrize("name", ["RateLimitError", "Timeout"])
def test_headers_argument(name: str) -> None:
    error = build(name, headers={"Retry-After": "3", "X-Request-ID": "r"})
    assert error.headers == {"Retry-After": "3", "X-Request-ID": "r"}
    assert list(error.headers) == ["retry-after", "x-request-id"]
    assert error.headers["RETRY-AFTER"] == "3"
    assert (error.retry_after, error.request_id) == (3.0, "r")
    assert error.litellm_response_headers is error.headers


def test_rate_limit_extras() -> None:
    error = build("RateLimitError")
    assert (error.category, error.rate_limit_type) == ("vendor_rate_limit", None)
    assert error.detail == error.message
    assert build("RateLimitError", detail={"x": 1}).detail == {"x": 1}
    assert build("Timeout", exception_status_code=504).status_code == 504


def test_budget_status_follows_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgequake_python.budget_exceeded_status_code", 429, raising=False)
    assert build("BudgetExceededError").status_code == 429


def test_headers_ignore_case() -> None:
    headers = Headers([("X-A", "1"), (b"x-a", b"2"), ("Y", "3")])
    assert dict(headers) == {"x-a": "1, 2", "y": "3"}
    assert headers["X-a"] == headers.get("X-A") == "1, 2"
    assert "Y" in headers and "Z" not in headers
    assert headers.get("Z") is None and headers.get("Z", "d") == "d"
    headers["Q"] = "4"
    assert headers["q"] == "4"
    del headers["Q"]
    assert headers == {"X-A": "1, 2", "Y": "3"}
    assert headers != {"X-A": "1"}
    assert Headers(headers) == headers
    assert pickle.loads(pickle.dumps(headers))["X-A"] == "1, 2"


def test_response_keeps_64_kib() -> None:
    response = ErrorResponse(500, None, b'{"a": "' + b"x" * 100_000 + b'"}')
    assert len(response.content) == 64 * 1024
    with pytest.raises(ValueError):
        response.json()
    assert ErrorResponse(500, None, b'{"a": 1}').json() == {"a": 1}
    assert ErrorResponse(500, None, b"\xff").text == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://h/v1/chat?key=SECRET", "https://h/v1/chat"),
        ("https://user:SECRET@h:8/v1?x", "https://h:8/v1"),
        ("https://h?key=SECRET#SECRET", "https://h"),
        ("", ""),
    ],
)
def test_request_url_holds_no_secret(url: str, kept: str) -> None:
    assert ErrorRequest("POST", url).url == kept


NOW = 1_700_000_000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30.0),
        ({"retry-after": formatdate(NOW - 30, usegmt=True)}, 0.0),
        # The server's own clock counts when it tells it.
        (
            {
                "retry-after": formatdate(NOW + 500, usegmt=True),
                "date": formatdate(NOW + 480, usegmt=True),
            },
            20.0,
        ),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 +0000"}, 30.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50"}, 30.0),
        ({"retry-after": "Tue, 14 Nov 99999 22:13:50 GMT"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: float(NOW))
    assert build("RateLimitError", headers=headers).retry_after == seconds
    assert build("APIError").retry_after is None
    given = from_core("APIError", 500, "m", "openai", "mo", None, list(headers.items()))
    assert given.retry_after == seconds  # type: ignore[attr-defined]
