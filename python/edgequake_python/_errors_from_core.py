"""Turns what the core reports into an exception.

The core decides the class, because it knows the providers' dialects. This module words the message the way
programs written for LiteLLM match on it, and attaches headers and body. The core has also redacted the texts:
none is searched or altered here, and nothing of the request enters one. Of the request only the URL is kept,
without its query; its headers never arrive here.
"""

from __future__ import annotations

from . import _api_errors, _request_errors, _status_errors
from ._error_response import ErrorRequest, ErrorResponse, Headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ._error_base import EdgeQuakeError

#: The kinds the core reports; each constructor takes message, llm_provider and model.
_KINDS: dict[str, type[EdgeQuakeError]] = {
    cls.__name__: cls
    for cls in (
        _status_errors.AuthenticationError,
        _status_errors.PermissionDeniedError,
        _status_errors.NotFoundError,
        _status_errors.UnprocessableEntityError,
        _status_errors.RateLimitError,
        _status_errors.InternalServerError,
        _status_errors.BadGatewayError,
        _status_errors.ServiceUnavailableError,
        _request_errors.BadRequestError,
        _request_errors.ContextWindowExceededError,
        _request_errors.ContentPolicyViolationError,
        _request_errors.UnsupportedParamsError,
        _request_errors.ImageFetchError,
        _request_errors.PaymentRequiredError,
        _api_errors.APIError,
        _api_errors.APIConnectionError,
        _api_errors.APIResponseValidationError,
        _api_errors.IncompleteStreamError,
        _api_errors.InternalError,
        _api_errors.Timeout,
    )
}

#: Kinds that mean "no answer came": without a status they are still about the provider, not our own checks.
_TRANSPORT_KINDS = ("APIConnectionError", "IncompleteStreamError", "InternalServerError", "Timeout")


def from_core(
    kind: str,
    status: int | None,
    message: str,
    provider: str,
    model: str,
    body: bytes | None,
    headers: Sequence[tuple[str, str]] | None,
    partial: str | None = None,
    usage: object | None = None,
    attempts: int = 1,
    url: str | None = None,
    dropped: Sequence[str] = (),
) -> BaseException:
    """The exception for one failed call.

    Args:
        kind: name of the class; an unknown one gives an `APIError` with `status`.
        status: the HTTP status, or None when there was no answer.
        message: the provider's message, or ours, already redacted.
        provider: the provider's name, or "" when none was resolved.
        model: the model as the program named it.
        body: the answer's bytes. All of them are parsed for the error object; 64 KiB are kept.
        headers: the answer's headers. Never the request's.
        partial: the text a stream had delivered.
        usage: what a stream had reported as used.
        attempts: how often the request was sent in all.
        url: where it was sent; the query is dropped.
        dropped: parameters that were not sent.
    """
    cls = _KINDS.get(kind)
    if kind == "LiteLLMUnknownProvider":
        return _unknown_provider(message, provider, model)
    if cls is None:
        cls, kind = _api_errors.APIError, "APIError"
    # An error inside a 200 stream has the class's status, not 200.
    failed = status if status is not None and status >= 400 else None

    text = message
    local = status is None and body is None and kind not in _TRANSPORT_KINDS
    if provider and not local:
        text = f"{kind}: {_label(provider)}Exception - {message}"
    arguments: dict[str, Any] = {"message": text, "llm_provider": provider, "model": model}
    if cls is _api_errors.APIError:
        arguments["status_code"] = 500 if failed is None else failed
    elif cls is _api_errors.Timeout:
        arguments["exception_status_code"] = failed
    elif cls in (_status_errors.PermissionDeniedError, _status_errors.UnprocessableEntityError):
        arguments["response"] = None
    error = cls(**arguments)

    request = ErrorRequest("POST", url or "")
    answered = error.status_code if status is None else status
    response = ErrorResponse(answered, Headers(headers), body or b"", request)
    error._attach(response, request, None)
    parsed = _parse(body)
    error._attach_body(_error_object(parsed))
    if error.request_id is None and isinstance(parsed, dict) and isinstance(parsed.get("request_id"), str):
        # Anthropic repeats it in the body, where proxies leave it alone.
        error.request_id = parsed["request_id"]
    if attempts > 1:
        error.num_retries = attempts - 1
    if partial is not None:
        error.partial = partial
    if dropped:
        error.dropped_params = list(dropped)
    if usage is not None:
        error.usage = usage
    if isinstance(error, _request_errors.ContentPolicyViolationError) and isinstance(error.body, dict):
        details = error.body.get("innererror")
        if isinstance(details, dict):
            error.provider_specific_fields = {"innererror": details}
    return error


def _unknown_provider(message: str, provider: str, model: str) -> BaseException:
    """Worded as LiteLLM does, with ours behind it."""
    error = _request_errors.LiteLLMUnknownProvider(model, provider)
    error.message = f"{error.message} {message}"
    return error


def _label(provider: str) -> str:
    return "OpenAI" if provider == "openai" else provider[:1].upper() + provider[1:]


def _parse(body: bytes | None) -> Any:
    if not body:
        return None
    import json

    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _error_object(parsed: Any) -> dict[str, Any] | None:
    """The object with ``message``, ``code`` and so on, wherever the provider put it."""
    if isinstance(parsed, list) and parsed:  # Google wraps streamed errors in an array
        parsed = parsed[0]
    if not isinstance(parsed, dict):
        return None
    inner = parsed.get("error")
    return inner if isinstance(inner, dict) else parsed
