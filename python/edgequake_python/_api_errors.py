"""What a provider's answer, or the lack of one, becomes when no single HTTP status names it."""

from __future__ import annotations

from ._error_base import APIErrorBase, ConnectionErrorBase, EdgeQuakeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class OpenAIError(EdgeQuakeError):
    """A wrapper around any other exception; deprecated, kept for handlers that name it."""

    def __init__(self, original_exception: BaseException | None = None) -> None:
        text = "" if original_exception is None else str(original_exception)
        self._fill(text, "openai", None, getattr(original_exception, "response", None))
        self.original_exception = original_exception


class APIError(APIErrorBase):
    """An answer that fits no other class; `status_code` is the provider's."""

    def __init__(
        self,
        status_code: int,
        message: object,
        llm_provider: str | None,
        model: str | None,
        request: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        body: Any = None,
    ) -> None:
        self._fill(
            f"litellm.APIError: {message}",
            llm_provider,
            model,
            None,
            litellm_debug_info,
            max_retries,
            num_retries,
            body=body,
            request=request,
            status_code=status_code,
        )


class MockException(APIErrorBase):
    """What a mocked call raises when asked to fail; deliberately not an `APIError` of ours."""

    def __init__(
        self,
        status_code: int,
        message: object,
        llm_provider: str | None,
        model: str | None,
        request: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        self._fill(
            f"litellm.MockException: {message}",
            llm_provider,
            model,
            None,
            litellm_debug_info,
            max_retries,
            num_retries,
            request=request,
            status_code=status_code,
        )


class InternalError(APIError):
    """A defect in this library: the core caught a panic. Please report it."""

    def __init__(
        self,
        message: object,
        llm_provider: str | None = "",
        model: str | None = "",
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = f"litellm.InternalError: {message}"
        self._fill(text, llm_provider, model, None, litellm_debug_info, max_retries, num_retries)


class APIResponseValidationError(APIErrorBase):
    """The answer does not have the promised shape. Its message has no prefix."""

    def __init__(
        self,
        message: object,
        llm_provider: str | None,
        model: str | None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        self._fill(str(message), llm_provider, model, None, litellm_debug_info, max_retries, num_retries)


class JSONSchemaValidationError(APIResponseValidationError):
    """The model's text does not match the JSON schema that was asked for."""

    def __init__(self, model: str | None, llm_provider: str | None, raw_response: str, schema: str) -> None:
        super().__init__(
            f"litellm.JSONSchemaValidationError: model={model}, returned an invalid "
            f"response={raw_response}, for schema={schema}.\nAccess raw response with `e.raw_response`",
            llm_provider,
            model,
        )
        self.raw_response = raw_response
        self.schema = schema


class APIConnectionError(ConnectionErrorBase):
    """The provider could not be reached, or the connection broke."""

    _status_fixed = True

    def __init__(
        self,
        message: object,
        llm_provider: str | None,
        model: str | None,
        request: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = f"litellm.APIConnectionError: {message}"
        self._fill(
            text, llm_provider, model, None, litellm_debug_info, max_retries, num_retries, request=request
        )


class IncompleteStreamError(APIConnectionError):
    """A stream ended without saying that it was finished.

    `partial` is the text that had arrived, `partial_response` the same as a response object if one could
    be built, `usage` what the provider had reported. The call was not repeated, because some of the text had
    already been delivered.
    """

    def __init__(
        self,
        message: object,
        llm_provider: str | None,
        model: str | None,
        request: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        partial: str = "",
        partial_response: Any = None,
        usage: Any = None,
    ) -> None:
        text = f"litellm.IncompleteStreamError: {message}"
        self._fill(
            text, llm_provider, model, None, litellm_debug_info, max_retries, num_retries, request=request
        )
        self.partial = partial
        self.partial_response = partial_response
        self.usage = usage


class Timeout(ConnectionErrorBase):
    """The answer did not come in time; 408, or the status a provider reported it with.

    As in LiteLLM it is an `openai.APIConnectionError`, but not an `APIConnectionError` of ours.
    """

    _status = 408

    def __init__(
        self,
        message: object,
        model: str | None,
        llm_provider: str | None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        headers: dict[str, str] | None = None,
        exception_status_code: int | None = None,
        response: Any = None,
    ) -> None:
        self._fill(
            f"litellm.Timeout: {message}",
            llm_provider,
            model,
            response,
            litellm_debug_info,
            max_retries,
            num_retries,
            headers=headers,
            status_code=exception_status_code or self._status,
        )
