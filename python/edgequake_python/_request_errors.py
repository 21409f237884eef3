"""`BadRequestError` and its kinds: requests that will fail again however often they are sent."""

from __future__ import annotations

from ._error_base import StatusErrorBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class BadRequestError(StatusErrorBase):
    """400: the provider, or the check before sending, refused the request."""

    _status = 400

    def __init__(
        self,
        message: object,
        model: str | None,
        llm_provider: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        body: Any = None,
    ) -> None:
        text = f"litellm.BadRequestError: {message}"
        self._fill(
            text, llm_provider, model, response, litellm_debug_info, max_retries, num_retries, body=body
        )


class ContextWindowExceededError(BadRequestError):
    """400: the prompt does not fit into the model's context window."""

    def __init__(
        self,
        message: object,
        model: str | None,
        llm_provider: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
    ) -> None:
        text = f"litellm.ContextWindowExceededError: litellm.BadRequestError: {message}"
        self._fill(text, llm_provider, model, response, litellm_debug_info)


class ContentPolicyViolationError(BadRequestError):
    """400: the provider refused the request for what it says.

    `provider_specific_fields` holds what the provider told about why (Azure's ``innererror``).
    """

    def __init__(
        self,
        message: object,
        model: str | None,
        llm_provider: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        provider_specific_fields: dict[str, Any] | None = None,
        body: Any = None,
    ) -> None:
        # The two names stand the other way round than for a context window; programs match on it.
        text = f"litellm.BadRequestError: litellm.ContentPolicyViolationError: {message}"
        self._fill(text, llm_provider, model, response, litellm_debug_info, body=body)
        self.provider_specific_fields = provider_specific_fields


class UnsupportedParamsError(BadRequestError):
    """400: the provider or model does not take a parameter; found before anything was sent."""

    def __init__(
        self,
        message: object,
        llm_provider: str | None = None,
        model: str | None = None,
        status_code: int = 400,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        self._fill(
            f"litellm.UnsupportedParamsError: {message}",
            llm_provider,
            model,
            response,
            litellm_debug_info,
            max_retries,
            num_retries,
            status_code=status_code,
        )


class ImageFetchError(BadRequestError):
    """400: an image the request points to could not be fetched or read."""

    def __init__(
        self,
        message: object,
        model: str | None = None,
        llm_provider: str | None = None,
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        body: Any = None,
    ) -> None:
        super().__init__(
            message, model, llm_provider, response, litellm_debug_info, max_retries, num_retries, body
        )


class PaymentRequiredError(BadRequestError):
    """402: the account has no credit left."""

    _status = 402
    _status_fixed = True

    def __init__(
        self,
        message: object,
        model: str | None,
        llm_provider: str | None,
        response: Any = None,
        litellm_debug_info: str | None = None,
    ) -> None:
        text = f"litellm.PaymentRequiredError: {message}"
        self._fill(text, llm_provider, model, response, litellm_debug_info)


class RejectedRequestError(BadRequestError):
    """400: a rule of the program's refused the request, kept in `request_data`."""

    def __init__(
        self,
        message: object,
        model: str | None,
        llm_provider: str | None,
        request_data: dict[str, Any],
        litellm_debug_info: str | None = None,
    ) -> None:
        text = f"litellm.BadRequestError: litellm.RejectedRequestError: {message}"
        self._fill(text, llm_provider, model, None, litellm_debug_info)
        self.request_data = request_data


class LiteLLMUnknownProvider(BadRequestError):
    """400: no such provider, or it does not offer this operation."""

    def __init__(self, model: str | None, custom_llm_provider: str | None = None) -> None:
        super().__init__(
            "Unmapped LLM provider for this endpoint. "
            f"You passed model={model}, custom_llm_provider={custom_llm_provider}.",
            model,
            custom_llm_provider,
        )


class VectorStoreSearchError(BadRequestError):
    """400: at least one vector store the answer should rest on could not be searched.

    `failures` has one mapping per store, with ``vector_store_id`` and ``error``.
    """

    def __init__(
        self, failures: Sequence[Any], model: str | None = None, llm_provider: str | None = None
    ) -> None:
        self.failures: tuple[Any, ...] = tuple(failures)
        reasons = "; ".join(
            f"{failure.get('vector_store_id')}: {failure.get('error')}"
            if isinstance(failure, dict)
            else str(failure)
            for failure in self.failures
        )
        super().__init__(
            f"{len(self.failures)} vector store search(es) failed: {reasons}",
            model,
            llm_provider,
            body={"type": "invalid_request_error", "code": "vector_store_search_failed"},
        )
