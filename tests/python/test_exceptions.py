"""The exceptions: constructors, texts, and which class catches which."""

from __future__ import annotations

import inspect

import pytest

from edgequake_python import exceptions
from edgequake_python.exceptions import (
    LAZY_TOP_LEVEL,
    LITELLM_EXCEPTION_TYPES,
    TOP_LEVEL,
)
from error_classes import AIDER, API, CLASSES, VALUES, build, required


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


def test_incomplete_stream_built_by_hand() -> None:
    error = build("IncompleteStreamError", partial="so far", partial_response={"id": "x"}, usage={"n": 3})
    assert (error.partial, error.partial_response, error.usage) == ("so far", {"id": "x"}, {"n": 3})


def test_top_level_names() -> None:
    names = TOP_LEVEL + LAZY_TOP_LEVEL
    assert len(set(names)) == len(names)
    assert all(hasattr(exceptions, name) for name in names)
    assert {name for name in TOP_LEVEL if name.endswith("Error")} == AIDER
    assert "Timeout" in TOP_LEVEL
    assert len(LITELLM_EXCEPTION_TYPES) == len(set(LITELLM_EXCEPTION_TYPES)) == 20
    assert isinstance(build("RateLimitError"), tuple(LITELLM_EXCEPTION_TYPES))
