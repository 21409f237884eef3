"""Every exception of the package, with LiteLLM's names, constructors and messages.

Importing this takes about two milliseconds and loads neither openai nor httpx. If the program has imported
openai, ``except openai.RateLimitError`` catches ours (see `link_openai`). All of them pickle and copy.
"""

from __future__ import annotations

from ._api_errors import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    IncompleteStreamError,
    InternalError,
    JSONSchemaValidationError,
    MockException,
    OpenAIError,
    Timeout,
)
from ._error_base import EdgeQuakeError
from ._error_response import ErrorRequest, ErrorResponse, Headers
from ._errors_from_core import from_core
from ._openai_link import link_openai, register
from ._request_errors import (
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    ImageFetchError,
    LiteLLMUnknownProvider,
    PaymentRequiredError,
    RejectedRequestError,
    UnsupportedParamsError,
    VectorStoreSearchError,
)
from ._sdk_errors import (
    AnthropicError,
    AzureOpenAIError,
    BaseLLMException,
    BlockedPiiEntityError,
    BudgetExceededError,
    CustomLLMError,
    GuardrailRaisedException,
    ModelNotMappedError,
    RouterRateLimitError,
    RouterRateLimitErrorBasic,
    VertexAIError,
)
from ._status_errors import (
    AuthenticationError,
    BadGatewayError,
    InternalServerError,
    InvalidRequestError,
    MidStreamFallbackError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceUnavailableError,
    UnprocessableEntityError,
)

__all__ = [
    "LITELLM_EXCEPTION_TYPES",
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "AnthropicError",
    "AuthenticationError",
    "AzureOpenAIError",
    "BadGatewayError",
    "BadRequestError",
    "BaseLLMException",
    "BlockedPiiEntityError",
    "BudgetExceededError",
    "ContentPolicyViolationError",
    "ContextWindowExceededError",
    "CustomLLMError",
    "EdgeQuakeError",
    "ErrorRequest",
    "ErrorResponse",
    "GuardrailRaisedException",
    "Headers",
    "ImageFetchError",
    "IncompleteStreamError",
    "InternalError",
    "InternalServerError",
    "InvalidRequestError",
    "JSONSchemaValidationError",
    "LiteLLMUnknownProvider",
    "MidStreamFallbackError",
    "MockException",
    "ModelNotMappedError",
    "NotFoundError",
    "OpenAIError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "RejectedRequestError",
    "RouterRateLimitError",
    "RouterRateLimitErrorBasic",
    "ServiceUnavailableError",
    "Timeout",
    "UnprocessableEntityError",
    "UnsupportedParamsError",
    "VectorStoreSearchError",
    "VertexAIError",
    "from_core",
    "link_openai",
]

#: Names that belong into ``dir()`` of the package. Aider refuses to start when it sees a name ending in
#: ``Error`` there that is not on its own list, so everything else is in `LAZY_TOP_LEVEL`.
TOP_LEVEL: tuple[str, ...] = (
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
    "Timeout",
    "UnprocessableEntityError",
    "UnsupportedParamsError",
    "LiteLLMUnknownProvider",
    "MockException",
)

#: Names the package answers to through its ``__getattr__`` only.
LAZY_TOP_LEVEL: tuple[str, ...] = (
    "EdgeQuakeError",
    "IncompleteStreamError",
    "InternalError",
    "LITELLM_EXCEPTION_TYPES",
    "ModelNotMappedError",
    "PaymentRequiredError",
    "VectorStoreSearchError",
)

#: For ``isinstance(error, tuple(LITELLM_EXCEPTION_TYPES))``.
LITELLM_EXCEPTION_TYPES: list[type[EdgeQuakeError]] = [
    AuthenticationError,
    NotFoundError,
    BadRequestError,
    UnprocessableEntityError,
    UnsupportedParamsError,
    Timeout,
    PermissionDeniedError,
    RateLimitError,
    ContextWindowExceededError,
    PaymentRequiredError,
    RejectedRequestError,
    ContentPolicyViolationError,
    InternalServerError,
    ServiceUnavailableError,
    BadGatewayError,
    APIError,
    APIConnectionError,
    APIResponseValidationError,
    OpenAIError,
    JSONSchemaValidationError,
]

# The classes live where programs look for them and where a pickle finds them, whichever file defines them.
for _value in list(globals().values()):
    if isinstance(_value, type) and _value.__module__.startswith(f"{__package__}._"):
        _value.__module__ = __name__
del _value

register(
    (
        (OpenAIError, "OpenAIError"),
        (APIError, "APIError"),
        (MockException, "APIError"),
        (APIResponseValidationError, "APIResponseValidationError"),
        (APIConnectionError, "APIConnectionError"),
        (Timeout, "APITimeoutError"),
        (BadRequestError, "BadRequestError"),
        (InvalidRequestError, "BadRequestError"),
        (AuthenticationError, "AuthenticationError"),
        (PermissionDeniedError, "PermissionDeniedError"),
        (NotFoundError, "NotFoundError"),
        (UnprocessableEntityError, "UnprocessableEntityError"),
        (RateLimitError, "RateLimitError"),
        (InternalServerError, "InternalServerError"),
        (BadGatewayError, "APIStatusError"),
        (ServiceUnavailableError, "APIStatusError"),
    )
)
link_openai()
