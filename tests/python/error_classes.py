"""Every exception class as LiteLLM has it: its constructor, its status and its text; and how to build one."""

from __future__ import annotations

from typing import Any

from edgequake_python import exceptions
from edgequake_python.exceptions import (
    ErrorRequest,
    ErrorResponse,
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
#: Names ending in Error that Aider knows; it refuses to start when `dir()` shows it another.
AIDER = {
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "AuthenticationError",
    "AzureOpenAIError",
    "BadGatewayError",
    "BadRequestError",
    "BudgetExceededError",
    "ContentPolicyViolationError",
    "ContextWindowExceededError",
    "ImageFetchError",
    "InternalServerError",
    "InvalidRequestError",
    "JSONSchemaValidationError",
    "NotFoundError",
    "OpenAIError",
    "PermissionDeniedError",
    "RateLimitError",
    "RouterRateLimitError",
    "ServiceUnavailableError",
    "UnprocessableEntityError",
    "UnsupportedParamsError",
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
