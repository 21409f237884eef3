//! How Cohere says no.

use serde_json::json;

use crate::sim::dialect::{Dialect, Refusal, bearer};
use crate::sim::errors::ApiError;
use crate::sim::hash;
use crate::sim::shape::{Problem, Wrong};
use crate::sim::stream::{Event, Place};

pub(in crate::sim) static DIALECT: Dialect = Dialect {
    has_key: bearer,
    refuse,
    body: |error| json!({"id": identifier(error), "message": error.message}),
    event,
    kind_header: None,
    headers: |answered| vec![("x-debug-trace-id", hash::hex(answered.hash))],
};

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, message)
}

fn identifier(error: &ApiError) -> String {
    hash::hex(hash::fnv(error.message.as_bytes()))
}

/// A stream that fails ends as any other does, and says why.
fn event(error: &ApiError) -> Event {
    let delta = json!({"error": error.message, "finish_reason": "ERROR"});
    let data = json!({"type": "message-end", "id": identifier(error), "delta": delta});
    Event::named("message-end", Place::Content, data.to_string())
}

pub(super) fn worded(problem: Problem) -> ApiError {
    let path = problem.path.join(".");
    invalid(match problem.fault {
        Wrong::Unknown => format!("unknown field: parameter '{path}' is not a valid field"),
        Wrong::Missing => format!("invalid request: {path} is required"),
        Wrong::Type(name) => format!("invalid type: parameter {path} is of the wrong type, expected {name}"),
        Wrong::Word(words) => format!("invalid request: {path} must be one of {}", words.join(", ")),
    })
}

fn refuse(refusal: Refusal, model: &str) -> ApiError {
    let (status, message) = match refusal {
        Refusal::NoKey => (401, "no api key supplied".to_owned()),
        Refusal::Status(401) => (401, "invalid api token".to_owned()),
        Refusal::ContextWindow => (
            400,
            "too many tokens: size limit exceeded by 5012 tokens. Try using shorter or fewer inputs."
                .to_owned(),
        ),
        Refusal::ContentPolicy => (
            400,
            "invalid request: the prompt was blocked by our usage guidelines".to_owned(),
        ),
        Refusal::Quota => (
            402,
            "Please add or update your payment method at https://dashboard.cohere.com/billing".to_owned(),
        ),
        Refusal::Status(403) => (403, "this api key may not use this resource".to_owned()),
        Refusal::Status(404) => (
            404,
            format!(
                "model '{model}' not found, make sure the correct model ID was used and that you have access to the model."
            ),
        ),
        Refusal::Status(429) => (
            429,
            "You are past the per minute request limit, please wait and try again later.".to_owned(),
        ),
        Refusal::Status(status) if status < 500 => (
            status,
            "the simulator was asked to refuse this request".to_owned(),
        ),
        Refusal::Status(status) => (
            status,
            "internal server error, this has been reported to our developers.".to_owned(),
        ),
    };
    ApiError::new(status, message)
}
