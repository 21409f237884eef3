"""What the core reports of a failed call becomes the right exception."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from edgequake_python import exceptions
from edgequake_python.exceptions import (
    from_core,
)
from error_classes import CLASSES, same

KINDS = {
    "AuthenticationError": 401,
    "PermissionDeniedError": 403,
    "NotFoundError": 404,
    "UnprocessableEntityError": 422,
    "RateLimitError": 429,
    "InternalServerError": 500,
    "BadGatewayError": 502,
    "ServiceUnavailableError": 503,
    "BadRequestError": 400,
    "UnsupportedParamsError": 400,
    "PaymentRequiredError": 402,
    "APIError": 418,
    "APIConnectionError": 500,
    "IncompleteStreamError": 500,
    "InternalError": 500,
    "Timeout": 408,
}


def core(kind: str, status: int | None = None, **more: Any) -> Any:
    known: dict[str, Any] = {
        "message": "went wrong",
        "provider": "openai",
        "model": "mo",
        "body": None,
        "headers": None,
    }
    return from_core(kind, status, **{**known, **more})


@pytest.mark.parametrize("kind", KINDS)
def test_factory_kinds(kind: str) -> None:
    error = core(kind, KINDS[kind])
    assert type(error) is getattr(exceptions, kind)
    assert str(error) == f"litellm.{kind}: {kind}: OpenAIException - went wrong"
    assert error.status_code == error.response.status_code == KINDS[kind]
    assert (error.llm_provider, error.model) == ("openai", "mo")
    assert error.num_retries is None
    same(error, pickle.loads(pickle.dumps(error)))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "ContextWindowExceededError",
            "litellm.ContextWindowExceededError: litellm.BadRequestError: "
            "ContextWindowExceededError: OpenAIException - went wrong",
        ),
        (
            "ContentPolicyViolationError",
            "litellm.BadRequestError: litellm.ContentPolicyViolationError: "
            "ContentPolicyViolationError: OpenAIException - went wrong",
        ),
        ("ImageFetchError", "litellm.BadRequestError: ImageFetchError: OpenAIException - went wrong"),
        (
            "APIResponseValidationError",
            "APIResponseValidationError: OpenAIException - went wrong",
        ),
    ],
)
def test_factory_texts_of_their_own(kind: str, text: str) -> None:
    error = core(kind, 400)
    assert str(error) == text
    assert type(error) is getattr(exceptions, kind)


@pytest.mark.parametrize(
    ("provider", "label"),
    [
        ("openai", "OpenAIException"),
        ("anthropic", "AnthropicException"),
        ("vertex_ai", "Vertex_aiException"),
        ("ollama_chat", "Ollama_chatException"),
        ("openrouter", "OpenrouterException"),
    ],
)
def test_factory_labels(provider: str, label: str) -> None:
    assert f" {label} - went wrong" in str(core("BadRequestError", 400, provider=provider))


def test_factory_unknown_kind() -> None:
    error = core("SomethingNewError", 499)
    assert type(error) is exceptions.APIError
    assert error.status_code == 499
    assert str(error) == "litellm.APIError: APIError: OpenAIException - went wrong"
    assert core("SomethingNewError").status_code == 500


@pytest.mark.parametrize(
    ("kind", "provider"),
    [
        ("BadRequestError", ""),
        ("UnsupportedParamsError", "openai"),
        ("AuthenticationError", "openai"),
        ("InternalError", "openai"),
        ("Timeout", ""),
    ],
)
def test_factory_local_errors_blame_no_provider(kind: str, provider: str) -> None:
    error = core(kind, None, provider=provider, message="LLM Provider NOT provided.")
    assert str(error) == f"litellm.{kind}: LLM Provider NOT provided."
    assert error.status_code == CLASSES[kind][1]


@pytest.mark.parametrize(
    "kind", ["Timeout", "APIConnectionError", "InternalServerError", "IncompleteStreamError"]
)
def test_factory_transport_errors_name_the_provider(kind: str) -> None:
    error = core(kind, None, provider="gemini")
    assert str(error) == f"litellm.{kind}: {kind}: GeminiException - went wrong"
    assert error.response.status_code == error.status_code == CLASSES[kind][1]


def test_factory_full() -> None:
    body = {"error": {"message": "slow", "code": "tokens", "param": "p", "type": "t"}, "other": 1}
    error = core(
        "RateLimitError",
        429,
        body=json.dumps(body).encode(),
        headers=[("X-Request-Id", "r1"), ("Retry-After", "2"), ("x-n", "1"), ("X-N", "2")],
        attempts=3,
        url="https://u:SECRET@api.example/v1/chat?key=SECRET",
    )
    assert str(error).endswith("OpenAIException - went wrong LiteLLM Retried: 2 times")
    assert error.body == body["error"]
    assert (error.code, error.body["code"], error.param, error.type) == (
        "429",
        "tokens",
        "p",
        "throttling_error",
    )
    assert (error.request_id, error.retry_after) == ("r1", 2.0)
    assert error.headers["X-N"] == error.response.headers["x-n"] == "1, 2"
    assert error.litellm_response_headers == error.headers
    assert error.response.json() == body
    assert error.request.url == error.response.request.url == "https://api.example/v1/chat"
    assert error.request.method == "POST"
    assert "SECRET" not in repr(vars(error)) + str(error) + repr(vars(error.response)) + pickle.dumps(
        error
    ).decode("latin-1")


def test_factory_status_is_the_answers_unless_fixed() -> None:
    assert core("BadRequestError", 413).status_code == 413
    assert core("Timeout", 504).status_code == 504
    assert core("UnsupportedParamsError", 422).status_code == 422
    overloaded = core("InternalServerError", 529)
    assert (overloaded.status_code, overloaded.response.status_code) == (500, 529)
    assert core("APIError", 403).status_code == 403


@pytest.mark.parametrize("kind", ["RateLimitError", "BadRequestError", "APIError", "Timeout"])
def test_factory_error_inside_a_200_stream(kind: str) -> None:
    error = core(kind, 200, body=b'{"error":{"code":429}}', partial="so far", usage={"total_tokens": 3})
    assert error.status_code == {**KINDS, "APIError": 500}[kind]
    assert error.response.status_code == 200
    assert (error.partial, error.usage) == ("so far", {"total_tokens": 3})
    twin = pickle.loads(pickle.dumps(error))
    assert (twin.partial, twin.usage) == ("so far", {"total_tokens": 3})
    # A body without a status still is an answer of the provider's.
    assert "OpenAIException" in str(core("BadRequestError", None, body=b"{}"))


def test_factory_incomplete_stream() -> None:
    error = core("IncompleteStreamError", 200, partial="so far", usage={"total_tokens": 3})
    assert isinstance(error, exceptions.APIConnectionError)
    assert (error.partial, error.partial_response, error.usage) == ("so far", None, {"total_tokens": 3})
    assert core("IncompleteStreamError").partial == ""


@pytest.mark.parametrize(
    ("body", "expected", "code"),
    [
        (None, None, None),
        (b"", None, None),
        (b"<html>502</html>", None, None),
        (b"[" * 100_000, None, None),
        (b'"text"', None, None),
        (b"[]", None, None),
        (b"\xff\xfe\xfd", None, None),
        (b'{"error": "model not found"}', {"error": "model not found"}, None),
        (b'{"message": "no", "code": 7}', {"message": "no", "code": 7}, "7"),
        (b'[{"error": {"code": 400, "status": "X"}}]', {"code": 400, "status": "X"}, "400"),
    ],
)
def test_factory_bodies(body: bytes | None, expected: Any, code: str | None) -> None:
    error = core("BadRequestError", 400, body=body)
    assert error.body == expected
    assert error.code == code


def test_factory_long_body() -> None:
    body = json.dumps({"error": {"code": "c"}, "echo": "x" * 200_000}).encode()
    error = core("BadRequestError", 400, body=body)
    assert error.body == {"code": "c"}
    assert len(error.response.content) == 64 * 1024
    assert len(pickle.dumps(error)) < 70_000


def test_factory_request_id_from_the_body() -> None:
    body = b'{"type":"error","error":{"type":"overloaded_error"},"request_id":"req_1"}'
    assert core("InternalServerError", 529, body=body).request_id == "req_1"
    headers = [("request-id", "req_2")]
    assert core("InternalServerError", 529, body=body, headers=headers).request_id == "req_2"


def test_factory_content_policy_details() -> None:
    body = b'{"error":{"code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}'
    error = core("ContentPolicyViolationError", 400, body=body, provider="azure")
    assert error.provider_specific_fields == {"innererror": {"code": "ResponsibleAIPolicyViolation"}}
    assert error.code == "content_filter"


@pytest.mark.parametrize("attempts", [0, 1])
def test_factory_first_attempt_is_no_retry(attempts: int) -> None:
    assert "Retried" not in str(core("Timeout", None, attempts=attempts))
