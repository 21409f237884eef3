//! How Bedrock says no.

use serde_json::json;

use crate::sim::dialect::{Answered, Dialect, Refusal, bearer};
use crate::sim::errors::ApiError;
use crate::sim::hash;
use crate::sim::stream::{Event, Place};

pub(in crate::sim) static DIALECT: Dialect = Dialect {
    has_key: bearer,
    refuse,
    body: |error| json!({"message": error.message}),
    event,
    kind_header: Some("x-amzn-errortype"),
    headers,
};

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    error(400, "ValidationException", message)
}

fn error(status: u16, kind: &'static str, message: impl Into<String>) -> ApiError {
    let mut error = ApiError::new(status, message);
    error.kind = kind;
    error
}

/// In a stream the names of exceptions begin in lower case.
fn event(error: &ApiError) -> Event {
    let name = match error.status {
        429 => "throttlingException",
        400 | 401 | 403 | 404 => "validationException",
        408 | 424 => "modelStreamErrorException",
        502 | 503 | 529 => "serviceUnavailableException",
        _ => "internalServerException",
    };
    Event::named(
        name,
        Place::Content,
        json!({"message": error.message}).to_string(),
    )
}

fn headers(answered: &Answered) -> Vec<(&'static str, String)> {
    let digits = hash::hex(answered.hash);
    let (first, second) = digits.split_at(8);
    vec![("x-amzn-requestid", format!("{first}-0000-4000-8000-0000{second}"))]
}

fn refuse(refusal: Refusal, model: &str) -> ApiError {
    match refusal {
        Refusal::NoKey => error(
            403,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        ),
        Refusal::ContextWindow => invalid("Input is too long for requested model."),
        Refusal::ContentPolicy => {
            invalid("The model returned the following errors: Output blocked by content filtering policy")
        }
        Refusal::Quota => error(
            429,
            "ThrottlingException",
            "Too many tokens per day, please wait before trying again.",
        ),
        Refusal::Status(status) => of_status(status, model),
    }
}

fn of_status(status: u16, model: &str) -> ApiError {
    match status {
        // AWS has no 401: who you are not is forbidden, too.
        401 => error(
            403,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        403 => error(
            403,
            "AccessDeniedException",
            "You don't have access to the model with the specified model ID.",
        ),
        404 => error(
            404,
            "ResourceNotFoundException",
            format!("Could not resolve the foundation model from the model identifier: {model}"),
        ),
        408 | 504 => error(
            status,
            "ModelTimeoutException",
            "The model took too long to answer.",
        ),
        424 => error(
            424,
            "ModelErrorException",
            "The model failed to process the request.",
        ),
        429 => error(
            429,
            "ThrottlingException",
            "Too many requests, please wait before trying again.",
        ),
        502 | 503 | 529 => error(
            status,
            "ServiceUnavailableException",
            "Bedrock is unable to process your request.",
        ),
        400..=499 => error(
            status,
            "ValidationException",
            "The simulator was asked to refuse this request.",
        ),
        _ => error(
            status,
            "InternalServerException",
            "The system encountered an unexpected error during processing. Try your request again.",
        ),
    }
}
