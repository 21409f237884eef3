"""The errors named after the HTTP status a provider answers with, apart from 400."""

from __future__ import annotations

from ._error_base import StatusErrorBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class AuthenticationError(StatusErrorBase):
    """401: the key is missing or wrong."""

    _status = 401

    def __init__(
        self,
        message: object,
        llm_provider: str | None,
        model: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = f"litellm.AuthenticationError: {message}"
        self._fill(text, llm_provider, model, response, litellm_debug_info, max_retries, num_retries)


class PermissionDeniedError(StatusErrorBase):
    """403: the key may not do this. `response` is required, and may be None."""

    _status = 403

    def __init__(
        self,
        message: object,
        llm_provider: str | None,
        model: str | None,
        response: Any,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = f"litellm.PermissionDeniedError: {message}"
        self._fill(text, llm_provider, model, response, litellm_debug_info, max_retries, num_retries)


class NotFoundError(StatusErrorBase):
    """404: no such model or resource."""

    _status = 404

    def __init__(
        self,
        message: object,
        model: str | None,
        llm_provider: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = f"litellm.NotFoundError: {message}"
        self._fill(text, llm_provider, model, response, litellm_debug_info, max_retries, num_retries)


class UnprocessableEntityError(StatusErrorBase):
    """422: well-formed, but with values that cannot be. `response` is required, and may be None."""

    _status = 422

    def __init__(
        self,
        message: object,
        model: str | None,
        llm_provider: str | None,
        response: Any,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = f"litellm.UnprocessableEntityError: {message}"
        self._fill(text, llm_provider, model, response, litellm_debug_info, max_retries, num_retries)


class RateLimitError(StatusErrorBase):
    """429: too many requests or tokens, or no quota left. See `retry_after`.

    `code` is always ``"429"``, as in LiteLLM; the provider's own is in ``body["code"]``.
    """

    _status = 429
    _status_fixed = True
    _code = "429"
    _type = "throttling_error"

    def __init__(
        self,
        message: object,
        llm_provider: str | None,
        model: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        category: str = "vendor_rate_limit",
        rate_limit_type: str | None = None,
        headers: dict[str, str] | None = None,
        detail: Any = None,
        body: Any = None,
    ) -> None:
        self._fill(
            f"litellm.RateLimitError: {message}",
            llm_provider,
            model,
            response,
            litellm_debug_info,
            max_retries,
            num_retries,
            body=body,
            headers=headers,
        )
        self.category = category
        self.rate_limit_type = rate_limit_type
        self.detail: str | Any = self.message if detail is None else detail


class InternalServerError(StatusErrorBase):
    """500: the provider failed."""

    _status = 500
    _status_fixed = True
    _type = "internal_server_error"

    def __init__(
        self,
        message: object,
        llm_provider: str | None,
        model: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        body: Any = None,
    ) -> None:
        text = f"litellm.InternalServerError: {message}"
        self._fill(
            text, llm_provider, model, response, litellm_debug_info, max_retries, num_retries, body=body
        )


class BadGatewayError(StatusErrorBase):
    """502: something between here and the provider's servers failed."""

    _status = 502
    _status_fixed = True

    def __init__(
        self,
        message: object,
        llm_provider: str | None,
        model: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = f"litellm.BadGatewayError: {message}"
        self._fill(text, llm_provider, model, response, litellm_debug_info, max_retries, num_retries)


class ServiceUnavailableError(StatusErrorBase):
    """503: the provider is down or overloaded."""

    _status = 503
    _status_fixed = True

    def __init__(
        self,
        message: object,
        llm_provider: str | None,
        model: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = f"litellm.ServiceUnavailableError: {message}"
        self._fill(text, llm_provider, model, response, litellm_debug_info, max_retries, num_retries)


class MidStreamFallbackError(ServiceUnavailableError):
    """A stream broke and the Router may continue elsewhere from `generated_content`.

    `status_code` is that of `original_exception`, if it has one.
    """

    def __init__(
        self,
        message: object,
        model: str | None,
        llm_provider: str | None,
        original_exception: Exception | None = None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        generated_content: str = "",
        is_pre_first_chunk: bool = False,
    ) -> None:
        status = getattr(original_exception, "status_code", None)
        self._fill(
            f"litellm.MidStreamFallbackError: {message}",
            llm_provider,
            model,
            response if response is not None else getattr(original_exception, "response", None),
            litellm_debug_info,
            max_retries,
            num_retries,
            status_code=status if isinstance(status, int) else self._status,
        )
        self.original_exception = original_exception
        self.generated_content = generated_content
        self.is_pre_first_chunk = is_pre_first_chunk

    def __str__(self) -> str:
        text = super().__str__()
        cause = getattr(self, "original_exception", None)
        return text if cause is None else f"{text} Original exception: {cause.__class__.__name__}: {cause}"


class InvalidRequestError(StatusErrorBase):
    """400; deprecated, and not a `BadRequestError`. Its message has no prefix."""

    _status = 400

    def __init__(self, message: object, model: str | None, llm_provider: str | None) -> None:
        self._fill(str(message), llm_provider, model)
