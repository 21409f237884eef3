"""The exceptions: constructors, texts, tree, pickling, the link to openai, and the factory the core calls."""

from __future__ import annotations

import copy
import inspect
import json
import os
import pickle
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from email.utils import formatdate
from multiprocessing import get_context
from typing import Any

import pytest

from edgequake_python import exceptions
from edgequake_python.exceptions import (
    LAZY_TOP_LEVEL,
    LITELLM_EXCEPTION_TYPES,
    TOP_LEVEL,
    ErrorRequest,
    ErrorResponse,
    Headers,
    RateLimitError,
    Timeout,
    from_core,
    link_openai,
)

OPT = "litellm_debug_info=None, max_retries=None, num_retries=None"

# Class -> (constructor, status code, message given "m"), as LiteLLM has them.
CLASSES: dict[str, tuple[str, int | None, str | None]] = {
    "AuthenticationError": (
        f"message, llm_provider, model, response=None, {OPT}",
        401,
        "litellm.AuthenticationError: m",
    ),
    "BadRequestError": (
        f"message, model, llm_provider, response=None, {OPT}, body=None",
        400,
        "litellm.BadRequestError: m",
    ),
    "NotFoundError": (
        f"message, model, llm_provider, response=None, {OPT}",
        404,
        "litellm.NotFoundError: m",
    ),
    "PermissionDeniedError": (
        f"message, llm_provider, model, response, {OPT}",
        403,
        "litellm.PermissionDeniedError: m",
    ),
    "UnprocessableEntityError": (
        f"message, model, llm_provider, response, {OPT}",
        422,
        "litellm.UnprocessableEntityError: m",
    ),
    "RateLimitError": (
        f"message, llm_provider, model, response=None, {OPT}, category='vendor_rate_limit', "
        "rate_limit_type=None, headers=None, detail=None, body=None",
        429,
        "litellm.RateLimitError: m",
    ),
    "Timeout": (
        f"message, model, llm_provider, {OPT}, headers=None, exception_status_code=None, response=None",
        408,
        "litellm.Timeout: m",
    ),
    "InternalServerError": (
        f"message, llm_provider, model, response=None, {OPT}, body=None",
        500,
        "litellm.InternalServerError: m",
    ),
    "ServiceUnavailableError": (
        f"message, llm_provider, model, response=None, {OPT}",
        503,
        "litellm.ServiceUnavailableError: m",
    ),
    "BadGatewayError": (
        f"message, llm_provider, model, response=None, {OPT}",
        502,
        "litellm.BadGatewayError: m",
    ),
    "APIError": (
        f"status_code, message, llm_provider, model, request=None, {OPT}, body=None",
        418,
        "litellm.APIError: m",
    ),
    "APIConnectionError": (
        f"message, llm_provider, model, request=None, {OPT}",
        500,
        "litellm.APIConnectionError: m",
    ),
    "APIResponseValidationError": (f"message, llm_provider, model, {OPT}", 500, "m"),
    "OpenAIError": ("original_exception=None", 500, ""),
    "ContextWindowExceededError": (
        "message, model, llm_provider, response=None, litellm_debug_info=None",
        400,
        "litellm.ContextWindowExceededError: litellm.BadRequestError: m",
    ),
    "ContentPolicyViolationError": (
        "message, model, llm_provider, response=None, litellm_debug_info=None, "
        "provider_specific_fields=None, body=None",
        400,
        "litellm.BadRequestError: litellm.ContentPolicyViolationError: m",
    ),
    "UnsupportedParamsError": (
        f"message, llm_provider=None, model=None, status_code=400, response=None, {OPT}",
        400,
        "litellm.UnsupportedParamsError: m",
    ),
    "ImageFetchError": (
        f"message, model=None, llm_provider=None, response=None, {OPT}, body=None",
        400,
        "litellm.BadRequestError: m",
    ),
    "PaymentRequiredError": (
        "message, model, llm_provider, response=None, litellm_debug_info=None",
        402,
        "litellm.PaymentRequiredError: m",
    ),
    "RejectedRequestError": (
        "message, model, llm_provider, request_data, litellm_debug_info=None",
        400,
        "litellm.BadRequestError: litellm.RejectedRequestError: m",
    ),
    "LiteLLMUnknownProvider": (
        "model, custom_llm_provider=None",
        400,
        "litellm.BadRequestError: Unmapped LLM provider for this endpoint. "
        "You passed model=mo, custom_llm_provider=None.",
    ),
    "JSONSchemaValidationError": (
        "model, llm_provider, raw_response, schema",
        500,
        "litellm.JSONSchemaValidationError: model=mo, returned an invalid response=raw, for schema=sch.\n"
        "Access raw response with `e.raw_response`",
    ),
    "InvalidRequestError": ("message, model, llm_provider", 400, "m"),
    "MidStreamFallbackError": (
        f"message, model, llm_provider, original_exception=None, response=None, {OPT}, "
        "generated_content='', is_pre_first_chunk=False",
        503,
        "litellm.MidStreamFallbackError: m",
    ),
    "MockException": (
        f"status_code, message, llm_provider, model, request=None, {OPT}",
        418,
        "litellm.MockException: m",
    ),
    "BudgetExceededError": (
        "current_cost, max_budget, message=None, llm_provider=None, entity_type=None, entity_id=None",
        422,
        "Budget has been exceeded! Current cost: 1.5, Max budget: 1.0",
    ),
    "GuardrailRaisedException": (
        "guardrail_name=None, message='', should_wrap_with_default_message=True, status_code=400, "
        "blocked_content=False",
        400,
        "Guardrail raised an exception, Guardrail: None, Message: ",
    ),
    "BlockedPiiEntityError": (
        "entity_type, guardrail_name=None, status_code=400",
        400,
        "Blocked entity detected: EMAIL by Guardrail: None. "
        "This entity is not allowed to be used in this request.",
    ),
    "ModelNotMappedError": ("*args", None, None),
    "VectorStoreSearchError": (
        "failures, model=None, llm_provider=None",
        400,
        "litellm.BadRequestError: 1 vector store search(es) failed: v1: boom",
    ),
    "RouterRateLimitError": (
        "model, cooldown_time, enable_pre_call_checks, cooldown_list, model_ids=()",
        429,
        "No deployments available for selected model, Try again in 5.0 seconds. Passed model=mo. "
        "pre-call-checks=False, cooldown_list=['a']",
    ),
    "RouterRateLimitErrorBasic": ("model", 429, "No deployments available for selected model."),
    "CustomLLMError": ("status_code, message", 418, "m"),
    "BaseLLMException": (
        "status_code, message, headers=None, request=None, response=None, body=None, "
        "status_code_is_synthesized=False",
        418,
        "m",
    ),
    "AzureOpenAIError": (
        "status_code, message, request=None, response=None, headers=None, body=None",
        418,
        "m",
    ),
    "AnthropicError": (
        "status_code, message, headers=None, request=None, response=None, body=None, "
        "status_code_is_synthesized=False",
        418,
        "m",
    ),
    "VertexAIError": (
        "status_code, message, headers=None, request=None, response=None, body=None, "
        "status_code_is_synthesized=False",
        418,
        "m",
    ),
    "IncompleteStreamError": (
        f"message, llm_provider, model, request=None, {OPT}, partial='', partial_response=None, usage=None",
        500,
        "litellm.IncompleteStreamError: m",
    ),
    "InternalError": (f"message, llm_provider='', model='', {OPT}", 500, "litellm.InternalError: m"),
}

VALUES: dict[str, Any] = {
    "message": "m",
    "llm_provider": "pr",
    "model": "mo",
    "response": None,
    "status_code": 418,
    "request_data": {"a": 1},
    "raw_response": "raw",
    "schema": "sch",
    "current_cost": 1.5,
    "max_budget": 1.0,
    "entity_type": "EMAIL",
    "failures": [{"vector_store_id": "v1", "error": "boom"}],
    "cooldown_time": 5.0,
    "enable_pre_call_checks": False,
    "cooldown_list": ["a"],
}

API = [name for name in CLASSES if issubclass(getattr(exceptions, name), exceptions.EdgeQuakeError)]


def required(name: str) -> list[str]:
    parts = CLASSES[name][0].split(", ")
    return [part for part in parts if "=" not in part and not part.startswith("*")]


def build(name: str, **more: Any) -> Any:
    return getattr(exceptions, name)(**{**{key: VALUES[key] for key in required(name)}, **more})


def same(one: Any, other: Any) -> None:
    """Both tell the same, down to the last attribute."""
    assert other is not one
    assert type(other) is type(one)
    assert str(other) == str(one)
    assert repr(other) == repr(one)
    assert other.args == one.args
    assert set(vars(other)) == set(vars(one))
    for key, value in vars(one).items():
        twin = vars(other)[key]
        if isinstance(value, (ErrorRequest, ErrorResponse)):
            assert repr(twin) == repr(value)
        elif isinstance(value, BaseException):
            assert str(value) in str(twin)
        else:
            assert twin == value, key


# --- constructors, texts, tree -------------------------------------------------------------------


def test_every_class_is_in_the_table() -> None:
    have = {
        name
        for name, value in vars(exceptions).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }
    assert have - {"EdgeQuakeError"} == set(CLASSES)
    assert set(CLASSES) <= set(exceptions.__all__)


@pytest.mark.parametrize("name", CLASSES)
def test_constructor(name: str) -> None:
    cls = getattr(exceptions, name)
    if name == "ModelNotMappedError":
        assert cls("a", "b").args == ("a", "b")
        return
    parameters = list(inspect.signature(cls).parameters.values())
    shown = [
        p.name if p.default is inspect.Parameter.empty else f"{p.name}={p.default!r}" for p in parameters
    ]
    assert ", ".join(shown) == CLASSES[name][0]
    assert {p.kind for p in parameters} == {inspect.Parameter.POSITIONAL_OR_KEYWORD}
    assert cls.__module__ == "edgequake_python.exceptions"
    assert cls.__doc__


@pytest.mark.parametrize("name", CLASSES)
def test_positions_reach_their_attributes(name: str) -> None:
    error = getattr(exceptions, name)(*(VALUES[key] for key in required(name)))
    for key in set(required(name)) - {"message", "response", "failures", "schema"}:
        assert getattr(error, key) == VALUES[key], key


@pytest.mark.parametrize("name", CLASSES)
def test_status_and_text(name: str) -> None:
    _, status, text = CLASSES[name]
    error = build(name)
    assert getattr(error, "status_code", None) == status
    if text is not None:
        assert error.message == str(error) == text
        assert error.args == (text,)
        assert repr(error) == f"{name}({text!r})"


@pytest.mark.parametrize("name", API)
def test_common_attributes(name: str) -> None:
    error = build(name)
    for key in ("body", "code", "param", "type", "litellm_debug_info", "max_retries", "num_retries"):
        assert hasattr(error, key)
    assert error.headers == error.litellm_response_headers == {}
    assert isinstance(error.headers, dict)
    assert error.request_id is None
    assert error.retry_after is None
    assert error.response.status_code == error.status_code
    assert (error.response.text, error.response.content, error.response.headers) == ("", b"", {})
    assert error.request is not None
    assert (error.partial, error.partial_response, error.usage) == ("", None, None)


OPENAI_BRANCHES = {
    "APIErrorBase": set(API) - {"OpenAIError"},
    "StatusErrorBase": {
        *("AuthenticationError", "PermissionDeniedError", "NotFoundError", "UnprocessableEntityError"),
        *("RateLimitError", "InternalServerError", "BadGatewayError", "ServiceUnavailableError"),
        *("MidStreamFallbackError", "InvalidRequestError", "BadRequestError", "ContextWindowExceededError"),
        *("ContentPolicyViolationError", "UnsupportedParamsError", "ImageFetchError", "PaymentRequiredError"),
        *("RejectedRequestError", "LiteLLMUnknownProvider", "VectorStoreSearchError"),
    },
    "ConnectionErrorBase": {"APIConnectionError", "IncompleteStreamError", "Timeout"},
}
# A public class -> the others that it catches. A class that is not named here catches only itself.
CATCHES = {
    "BadRequestError": {
        *("ContextWindowExceededError", "ContentPolicyViolationError", "UnsupportedParamsError"),
        *("ImageFetchError", "PaymentRequiredError", "RejectedRequestError", "LiteLLMUnknownProvider"),
        "VectorStoreSearchError",
    },
    "APIError": {"InternalError"},
    "APIConnectionError": {"IncompleteStreamError"},
    "APIResponseValidationError": {"JSONSchemaValidationError"},
    "ServiceUnavailableError": {"MidStreamFallbackError"},
    "BaseLLMException": {"AzureOpenAIError", "AnthropicError", "VertexAIError"},
}


@pytest.mark.parametrize("name", CLASSES)
def test_tree(name: str) -> None:
    cls = getattr(exceptions, name)
    caught = {other for other in CLASSES if issubclass(getattr(exceptions, other), cls)}
    assert caught == {name} | CATCHES.get(name, set())


@pytest.mark.parametrize("branch", OPENAI_BRANCHES)
def test_tree_mirrors_openai(branch: str) -> None:
    from edgequake_python import _error_base

    base = getattr(_error_base, branch)
    assert {name for name in CLASSES if issubclass(getattr(exceptions, name), base)} == OPENAI_BRANCHES[
        branch
    ]


def test_router_errors_are_value_errors() -> None:
    for name in ("RouterRateLimitError", "RouterRateLimitErrorBasic"):
        assert isinstance(build(name), ValueError)
        assert not isinstance(build(name), exceptions.EdgeQuakeError)
    error = build("RouterRateLimitError", model_ids=("a",))
    assert "All deployments for selected model are in cooldown. Passed model=mo." in str(error)
    assert error.all_deployments_in_cooldown is True
    assert error.type == "all_deployments_in_cooldown"
    assert error.retry_after == 5.0
    assert build("RouterRateLimitError", model_ids=("a", "b")).type == "rate_limit_error"


@pytest.mark.parametrize("name", [name for name in API if "num_retries" in CLASSES[name][0]])
def test_retry_counts_end_the_text(name: str) -> None:
    text = CLASSES[name][2]
    assert str(build(name, num_retries=2)) == f"{text} LiteLLM Retried: 2 times"
    both = build(name, num_retries=2, max_retries=3)
    assert str(both) == f"{text} LiteLLM Retried: 2 times, LiteLLM Max Retries: 3"
    assert both.message == text
    assert str(build(name, num_retries=0)) == text


def test_mid_stream_error_tells_its_cause() -> None:
    cause = build("RateLimitError")
    error = build("MidStreamFallbackError", original_exception=cause, generated_content="abc")
    assert error.status_code == 429
    assert error.generated_content == "abc"
    assert str(error).endswith("m Original exception: RateLimitError: litellm.RateLimitError: m")


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


def test_top_level_names() -> None:
    names = TOP_LEVEL + LAZY_TOP_LEVEL
    assert len(set(names)) == len(names)
    assert all(hasattr(exceptions, name) for name in names)
    aider = {
        *("APIConnectionError", "APIError", "APIResponseValidationError", "AuthenticationError"),
        *("AzureOpenAIError", "BadGatewayError", "BadRequestError", "BudgetExceededError"),
        *("ContentPolicyViolationError", "ContextWindowExceededError", "ImageFetchError"),
        *("InternalServerError", "InvalidRequestError", "JSONSchemaValidationError", "NotFoundError"),
        *("PermissionDeniedError", "OpenAIError", "RateLimitError", "RouterRateLimitError"),
        *("ServiceUnavailableError", "UnprocessableEntityError", "UnsupportedParamsError", "Timeout"),
    }
    assert aider <= set(TOP_LEVEL)
    # Aider raises when it sees any other name that ends like this.
    assert {name for name in TOP_LEVEL if name.endswith("Error")} <= aider
    assert len(LITELLM_EXCEPTION_TYPES) == len(set(LITELLM_EXCEPTION_TYPES)) == 20
    assert isinstance(build("RateLimitError"), tuple(LITELLM_EXCEPTION_TYPES))


# --- headers, response, retry-after --------------------------------------------------------------


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


# --- pickling and copying ------------------------------------------------------------------------


class OwnError(RateLimitError):
    """A program's subclass, with a constructor that pickle could not call."""

    def __init__(self, *, tenant: str) -> None:
        super().__init__(f"tenant {tenant}", "openai", "mo", num_retries=1)
        self.tenant = tenant


def rich(name: str) -> Any:
    """An exception of this class with everything set that its constructor takes, and then some."""
    known: dict[str, Any] = {
        "response": ErrorResponse(429, {"Retry-After": "3", "x-request-id": "r"}, b'{"a":1}'),
        "litellm_debug_info": "info",
        "max_retries": 5,
        "num_retries": 2,
        "body": {"code": "c", "message": "m"},
        "partial": "some te",
        "partial_response": {"id": "x"},
        "usage": {"total_tokens": 3},
        "generated_content": "abc",
        "provider_specific_fields": {"innererror": {"a": 1}},
        "original_exception": ValueError("inner"),
        "model_ids": ("a",),
    }
    if name == "ModelNotMappedError":
        return exceptions.ModelNotMappedError("This model isn't mapped yet. model=x", 3)
    takes = inspect.signature(getattr(exceptions, name)).parameters
    error = build(name, **{key: value for key, value in known.items() if key in takes})
    error.attached_later = ["kept"]
    return error


ALL_ERRORS = [*CLASSES, "OwnError"]


def rich_or_own(name: str) -> Any:
    return OwnError(tenant="t") if name == "OwnError" else rich(name)


@pytest.mark.parametrize("name", ALL_ERRORS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(name: str, protocol: int) -> None:
    error = rich_or_own(name)
    same(error, pickle.loads(pickle.dumps(error, protocol)))


@pytest.mark.parametrize("name", ALL_ERRORS)
def test_pickle_after_being_raised(name: str) -> None:
    with pytest.raises(Exception) as caught:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise rich_or_own(name) from inner
    same(caught.value, pickle.loads(pickle.dumps(caught.value)))


@pytest.mark.parametrize("name", ALL_ERRORS)
def test_copy(name: str) -> None:
    error = rich_or_own(name)
    same(error, copy.copy(error))
    twin = copy.deepcopy(error)
    same(error, twin)
    if name != "OwnError" and name != "ModelNotMappedError":
        assert copy.copy(error).attached_later is error.attached_later
        assert twin.attached_later is not error.attached_later


@pytest.mark.parametrize("name", ALL_ERRORS)
def test_cloudpickle(name: str) -> None:
    cloudpickle = pytest.importorskip("cloudpickle")
    error = rich_or_own(name)
    same(error, pickle.loads(cloudpickle.dumps(error)))


def test_what_cannot_be_pickled_does_not_take_the_error_along() -> None:
    class Stubborn(Exception):
        def __init__(self, one: str, two: str) -> None:
            super().__init__(one)

    error = build("MidStreamFallbackError", original_exception=Stubborn("why", "x"))
    error.lock = threading.Lock()
    twin = pickle.loads(pickle.dumps(error))
    assert twin.message == error.message
    assert twin.lock is None
    assert "Stubborn: why" in str(twin.original_exception)
    assert error.lock is not None
    assert copy.copy(error).lock is error.lock
    deep = copy.deepcopy(error)
    assert deep.lock is error.lock
    assert deep.message == error.message


def raise_rich(name: str) -> None:
    raise rich_or_own(name)


def test_every_class_crosses_a_process_pool() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for name in ALL_ERRORS:
            expected = rich_or_own(name)
            future = pool.submit(raise_rich, name)
            same(expected, future.exception(timeout=60))


# --- the link to openai --------------------------------------------------------------------------


def run_python(code: str, *flags: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, *flags, "-c", textwrap.dedent(code)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_is_quiet_and_loads_nothing_heavy() -> None:
    out = run_python(
        """
        import sys
        before = set(sys.modules)
        import edgequake_python
        package = set(sys.modules)
        from edgequake_python import exceptions
        exceptions.RateLimitError("m", "p", "mo", headers={"retry-after": "1"})
        exceptions.from_core("BadRequestError", 400, "m", "openai", "mo", None, [("a", "b")])
        added = set(sys.modules) - package - before
        added = {name for name in added if not name.startswith("edgequake_python")}
        print(sorted(added - {"__future__"}))
        """,
        "-W",
        "error",
    )
    assert out.strip() == "[]"


PAIRS = {
    "OpenAIError": "OpenAIError",
    "APIError": "APIError",
    "MockException": "APIError",
    "APIResponseValidationError": "APIResponseValidationError",
    "JSONSchemaValidationError": "APIResponseValidationError",
    "APIConnectionError": "APIConnectionError",
    "IncompleteStreamError": "APIConnectionError",
    "InternalError": "APIError",
    "Timeout": "APITimeoutError",
    "AuthenticationError": "AuthenticationError",
    "PermissionDeniedError": "PermissionDeniedError",
    "NotFoundError": "NotFoundError",
    "UnprocessableEntityError": "UnprocessableEntityError",
    "RateLimitError": "RateLimitError",
    "InternalServerError": "InternalServerError",
    "BadGatewayError": "APIStatusError",
    "ServiceUnavailableError": "APIStatusError",
    "MidStreamFallbackError": "APIStatusError",
    "BadRequestError": "BadRequestError",
    "InvalidRequestError": "BadRequestError",
    "ContextWindowExceededError": "BadRequestError",
    "ContentPolicyViolationError": "BadRequestError",
    "UnsupportedParamsError": "BadRequestError",
    "ImageFetchError": "BadRequestError",
    "PaymentRequiredError": "BadRequestError",
    "RejectedRequestError": "BadRequestError",
    "LiteLLMUnknownProvider": "BadRequestError",
    "VectorStoreSearchError": "BadRequestError",
}

LINK_PREAMBLE = f"""
import copy, pickle, sys
from edgequake_python import exceptions as ours
pairs = {PAIRS!r}
required = {{name: fields for name, fields in {[(name, required(name)) for name in PAIRS]!r}}}
values = {VALUES!r}
def build(name):
    return getattr(ours, name)(**{{key: values[key] for key in required[name]}})
"""


@pytest.fixture
def needs_openai() -> None:
    from importlib.util import find_spec

    if find_spec("openai") is None:
        pytest.skip("openai is not installed")


def test_every_api_class_has_a_counterpart() -> None:
    assert set(PAIRS) == set(API)


@pytest.mark.usefixtures("needs_openai")
def test_openai_catches_ours() -> None:
    out = run_python(
        LINK_PREAMBLE
        + """
before = {name: build(name) for name in pairs}
texts = {name: (str(error), repr(error), vars(error).keys()) for name, error in before.items()}
assert "openai" not in sys.modules
import openai
after = {name: build(name) for name in pairs}
for errors in (before, after):
    for name, error in errors.items():
        theirs = getattr(openai, pairs[name])
        for expected in (theirs, openai.OpenAIError):
            try:
                raise error
            except expected as caught:
                assert caught is error
        assert error.__class__ is getattr(ours, name)
        assert error.__class__.__mro__.count(theirs) == 1
        assert (str(error), repr(error), vars(error).keys()) == texts[name]
        assert isinstance(error, openai.APIError) is (name != "OpenAIError")
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert isinstance(twin, theirs)
            assert (str(twin), repr(twin), vars(twin).keys()) == texts[name]

# What is told apart in openai and LiteLLM stays apart.
assert not isinstance(after["NotFoundError"], openai.BadRequestError)
assert not isinstance(after["Timeout"], ours.APIConnectionError)
assert isinstance(after["Timeout"], openai.APIConnectionError)
assert not isinstance(after["RateLimitError"], ours.APIError)
for name in ("BudgetExceededError", "RouterRateLimitError", "ModelNotMappedError", "BaseLLMException"):
    assert not issubclass(getattr(ours, name), openai.OpenAIError)

bases = {name: getattr(ours, name).__bases__ for name in pairs}
for _ in range(3):
    ours.link_openai()
assert bases == {name: getattr(ours, name).__bases__ for name in pairs}
class Both(ours.RateLimitError, openai.RateLimitError):
    pass
assert "litellm.RateLimitError: m" == str(Both("m", "p", "mo"))

# Imported anew, as some test suites do: the classes of both generations catch ours.
first = openai
for name in [name for name in sys.modules if name.split(".")[0] == "openai"]:
    del sys.modules[name]
import openai
assert openai.RateLimitError is not first.RateLimitError
error = build("RateLimitError")
assert isinstance(error, openai.RateLimitError) and isinstance(error, first.RateLimitError)
print("ok")
""",
        "-W",
        "error",
    )
    assert out.strip() == "ok"


@pytest.mark.usefixtures("needs_openai")
def test_the_factory_and_unpickling_link() -> None:
    assert (
        run_python(
            """
            import pickle
            from edgequake_python.exceptions import RateLimitError, from_core
            data = pickle.dumps(RateLimitError("m", "p", "mo"))
            import openai
            assert not issubclass(RateLimitError, openai.RateLimitError)
            twin = pickle.loads(data)
            assert isinstance(twin, openai.RateLimitError)
            print("ok")
            """
        ).strip()
        == "ok"
    )
    assert (
        run_python(
            """
            import openai
            from edgequake_python.exceptions import from_core
            try:
                raise from_core("Timeout", None, "slow", "openai", "mo", None, None)
            except openai.APITimeoutError as error:
                assert isinstance(error, openai.APIConnectionError)
                print("ok")
            """
        ).strip()
        == "ok"
    )


@pytest.mark.usefixtures("needs_openai")
def test_link_from_many_threads() -> None:
    out = run_python(
        LINK_PREAMBLE
        + """
import threading
import openai
sys.setswitchinterval(1e-6)
gate = threading.Barrier(16)
failures = []
def work():
    gate.wait()
    try:
        for name in pairs:
            assert isinstance(build(name), getattr(openai, pairs[name]))
    except BaseException as error:
        failures.append(error)
threads = [threading.Thread(target=work) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert not failures, failures
for name in pairs:
    mro = getattr(ours, name).__mro__
    assert len(set(mro)) == len(mro)
print("ok")
"""
    )
    assert out.strip() == "ok"


def test_link_survives_odd_modules_called_openai() -> None:
    out = run_python(
        LINK_PREAMBLE
        + """
import types
from unittest.mock import MagicMock

sys.modules["openai"] = MagicMock()  # a test double: no real classes in it
build("RateLimitError")
sys.modules["openai"] = None  # "import openai" is blocked
build("RateLimitError")

class Lazy(types.ModuleType):
    def __getattribute__(self, name):
        raise AssertionError("would have been loaded")
sys.modules["openai"] = Lazy("openai")
build("RateLimitError")

class Theirs(Exception):
    def __init__(self, *, response):
        raise AssertionError("not our constructor")
    __str__ = __repr__ = __reduce__ = lambda self: 1 / 0

half = types.ModuleType("openai")  # another thread is importing it
half.RateLimitError = Theirs
sys.modules["openai"] = half
half.NotFoundError = MagicMock()  # patched by a test
assert pickle.loads(pickle.dumps(build("RateLimitError"))).message == "litellm.RateLimitError: m"
assert repr(build("RateLimitError")) == "RateLimitError('litellm.RateLimitError: m')"
assert str(build("NotFoundError")) == "litellm.NotFoundError: m"
assert isinstance(build("RateLimitError"), half.RateLimitError)
half.BadRequestError = type("BadRequestError", (Exception,), {})
assert isinstance(build("ContextWindowExceededError"), half.BadRequestError)

again = types.ModuleType("openai")  # reloaded: both generations are in use
again.RateLimitError = type("RateLimitError", (Exception,), {})
again.Timeout = type("Odd", (OSError,), {})
again.APITimeoutError = again.Timeout  # its layout cannot be combined with ours
sys.modules["openai"] = again
assert isinstance(build("RateLimitError"), again.RateLimitError)
assert isinstance(build("RateLimitError"), half.RateLimitError)
assert str(build("Timeout")) == "litellm.Timeout: m"
print("ok")
"""
    )
    assert out.strip() == "ok"


def test_link_without_openai_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "openai", raising=False)
    before = RateLimitError.__bases__
    link_openai()
    assert RateLimitError.__bases__ == before
    assert "openai" not in sys.modules


# --- the factory ---------------------------------------------------------------------------------

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


def test_incomplete_stream_built_by_hand() -> None:
    error = build("IncompleteStreamError", partial="so far", partial_response={"id": "x"}, usage={"n": 3})
    assert (error.partial, error.partial_response, error.usage) == ("so far", {"id": "x"}, {"n": 3})


def test_timeout_is_no_connection_error_of_ours() -> None:
    assert not issubclass(Timeout, exceptions.APIConnectionError)
