//! How Anthropic says no.

use serde_json::{Value, json};

use crate::sim::dialect::{Answered, Dialect, Refusal, any_header};
use crate::sim::errors::ApiError;
use crate::sim::hash;
use crate::sim::server::Ask;
use crate::sim::stream::{Event, Place};

pub(in crate::sim) static DIALECT: Dialect = Dialect {
    has_key: |ask| any_header(ask, &["x-api-key", "authorization"]),
    refuse,
    body,
    event: |error| Event::named("error", Place::Content, body(error).to_string()),
    kind_header: None,
    headers,
};

/// Every request names the version of the API.
pub(super) fn versioned(ask: &Ask<'_>) -> Result<(), ApiError> {
    if any_header(ask, &["anthropic-version"]) {
        return Ok(());
    }
    Err(ApiError::new(400, "anthropic-version: header is required"))
}

pub(in crate::sim) fn kind(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        408 | 504 => "timeout_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    }
}

fn body(error: &ApiError) -> Value {
    json!({
        "type": "error",
        "error": {"type": kind(error.status), "message": error.message},
        "request_id": null,
    })
}

fn headers(answered: &Answered) -> Vec<(&'static str, String)> {
    let left = if answered.status == 429 { "0" } else { "3999" };
    vec![
        ("request-id", format!("req_{}", hash::hex(answered.hash))),
        ("anthropic-ratelimit-requests-limit", "4000".to_owned()),
        ("anthropic-ratelimit-requests-remaining", left.to_owned()),
        (
            "anthropic-ratelimit-requests-reset",
            "2030-01-01T00:00:00Z".to_owned(),
        ),
        ("anthropic-ratelimit-input-tokens-limit", "2000000".to_owned()),
        ("anthropic-ratelimit-input-tokens-remaining", "2000000".to_owned()),
    ]
}

pub(in crate::sim) fn refuse(refusal: Refusal, model: &str) -> ApiError {
    let (status, message) = match refusal {
        Refusal::NoKey => (401, "x-api-key header is required".to_owned()),
        Refusal::ContextWindow => (
            400,
            "prompt is too long: 205012 tokens > 200000 maximum".to_owned(),
        ),
        Refusal::ContentPolicy => (400, "Output blocked by content filtering policy".to_owned()),
        Refusal::Quota => (
            400,
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to \
             upgrade or purchase credits."
                .to_owned(),
        ),
        Refusal::Status(status) => (status, of_status(status, model)),
    };
    ApiError::new(status, message)
}

fn of_status(status: u16, model: &str) -> String {
    match status {
        401 => "invalid x-api-key".to_owned(),
        403 => "Your API key does not have permission to use the specified resource.".to_owned(),
        404 => format!("model: {model}"),
        408 | 504 => "The request timed out.".to_owned(),
        429 => "This request would exceed your organization's rate limit of 4,000 requests per minute."
            .to_owned(),
        529 | 503 => "Overloaded".to_owned(),
        400..=499 => "The simulator was asked to refuse this request.".to_owned(),
        _ => "Internal server error".to_owned(),
    }
}
