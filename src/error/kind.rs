//! Kinds of errors: what a status stands for, and the exception class that each becomes.

/// What went wrong, in LiteLLM's vocabulary of exception classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 401, or a key that is missing.
    Authentication,
    /// 400, or a request refused before it was sent.
    BadRequest,
    /// 402.
    PaymentRequired,
    /// 403.
    PermissionDenied,
    /// 404.
    NotFound,
    /// 429.
    RateLimit,
    /// 408, 504, or a time limit of ours.
    Timeout,
    /// 500.
    InternalServer,
    /// 502.
    BadGateway,
    /// 503 and 529 (overloaded).
    ServiceUnavailable,
    /// Any other status, or an answer that cannot be read.
    Api,
    /// No answer: DNS, connect, TLS, reset.
    ApiConnection,
    /// A 200 whose body is not what the wire promises.
    ResponseValidation,
    /// The prompt does not fit the model.
    ContextWindowExceeded,
    /// Refused by the provider's content policy.
    ContentPolicyViolation,
    /// A provider that is unknown, or does not offer the operation.
    UnknownProvider,
    /// A parameter this provider or model does not take.
    UnsupportedParams,
    /// An image of the request could not be fetched.
    ImageFetch,
    /// A stream that ended without a finish.
    IncompleteStream,
    /// A defect in this library.
    Internal,
}

impl ErrorKind {
    /// The kind a bare HTTP status stands for.
    #[must_use]
    pub fn from_status(status: u16) -> Self {
        match status {
            401 => Self::Authentication,
            402 => Self::PaymentRequired,
            403 => Self::PermissionDenied,
            404 => Self::NotFound,
            408 | 504 => Self::Timeout,
            429 => Self::RateLimit,
            400 | 409 | 413 | 422 => Self::BadRequest,
            500 => Self::InternalServer,
            502 => Self::BadGateway,
            503 | 529 => Self::ServiceUnavailable,
            _ => Self::Api,
        }
    }

    /// The name of the Python exception class (and of LiteLLM's).
    #[must_use]
    pub fn class_name(self) -> &'static str {
        match self {
            Self::Authentication => "AuthenticationError",
            Self::BadRequest => "BadRequestError",
            Self::PaymentRequired => "PaymentRequiredError",
            Self::PermissionDenied => "PermissionDeniedError",
            Self::NotFound => "NotFoundError",
            Self::RateLimit => "RateLimitError",
            Self::Timeout => "Timeout",
            Self::InternalServer => "InternalServerError",
            Self::BadGateway => "BadGatewayError",
            Self::ServiceUnavailable => "ServiceUnavailableError",
            Self::Api => "APIError",
            Self::ApiConnection => "APIConnectionError",
            Self::ResponseValidation => "APIResponseValidationError",
            Self::ContextWindowExceeded => "ContextWindowExceededError",
            Self::ContentPolicyViolation => "ContentPolicyViolationError",
            Self::UnknownProvider => "LiteLLMUnknownProvider",
            Self::UnsupportedParams => "UnsupportedParamsError",
            Self::ImageFetch => "ImageFetchError",
            Self::IncompleteStream => "IncompleteStreamError",
            Self::Internal => "InternalError",
        }
    }
}
