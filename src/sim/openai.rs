//! OpenAI's manner, and that of Azure's flavour of the same wire.

use serde_json::{Value, json};

use super::dialect::{Answered, Dialect, Refusal, any_header};
use super::errors::ApiError;
use super::hash;
use super::stream::{Event, Place};

const REQUEST_LIMIT: usize = 10_000;
const TOKEN_LIMIT: usize = 2_000_000;

pub(super) static DIALECT: Dialect = Dialect {
    has_key: |ask| any_header(ask, &["authorization", "api-key"]),
    refuse,
    body,
    event,
    kind_header: None,
    headers,
};

fn body(error: &ApiError) -> Value {
    json!({"error": {
        "message": error.message,
        "type": error.kind,
        "param": error.param,
        "code": error.code,
    }})
}

/// Unlike in an HTTP error the code is the status, which is how gateways report an upstream failure once a 200 is out.
fn event(error: &ApiError) -> Event {
    let mut body = body(error);
    if let Some(code) = body.pointer_mut("/error/code") {
        *code = error.status.into();
    }
    Event::new(Place::Content, body.to_string())
}

fn headers(answered: &Answered) -> Vec<(&'static str, String)> {
    let tokens_left = TOKEN_LIMIT.saturating_sub(answered.request_bytes.div_ceil(4));
    let refused = answered.status == 429;
    let requests_left = if refused { 0 } else { REQUEST_LIMIT - 1 };
    let reset = if refused { "1s" } else { "6ms" };
    vec![
        ("x-request-id", format!("req_{}", hash::hex(answered.hash))),
        // The time that was asked for, not the time it took: the answer stays the same.
        (
            "openai-processing-ms",
            (answered.waited.as_millis() + 1).to_string(),
        ),
        ("openai-version", "2020-10-01".to_owned()),
        ("x-ratelimit-limit-requests", REQUEST_LIMIT.to_string()),
        ("x-ratelimit-remaining-requests", requests_left.to_string()),
        ("x-ratelimit-reset-requests", reset.to_owned()),
        ("x-ratelimit-limit-tokens", TOKEN_LIMIT.to_string()),
        ("x-ratelimit-remaining-tokens", tokens_left.to_string()),
        ("x-ratelimit-reset-tokens", reset.to_owned()),
    ]
}

fn refuse(refusal: Refusal, model: &str) -> ApiError {
    match refusal {
        Refusal::Status(status) => for_status(status, model),
        Refusal::NoKey => {
            // Never says what was sent, so that no key can end up in a log through it.
            let message = "You didn't provide an API key. You need to provide your API key in an \
                           Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
            let mut error = ApiError::new(401, message);
            error.code = Some("invalid_api_key");
            error
        }
        Refusal::ContextWindow => ApiError::invalid(
            "messages",
            "context_length_exceeded",
            "This model's maximum context length is 4097 tokens. However, your messages resulted in 5012 \
             tokens. Please reduce the length of the messages.",
        ),
        Refusal::ContentPolicy => {
            let mut error = ApiError::new(
                400,
                "Your request was rejected as a result of our safety system. Your prompt may contain text \
                 that is not allowed by our safety system.",
            );
            error.code = Some("content_policy_violation");
            error
        }
        Refusal::Quota => ApiError {
            status: 429,
            kind: "insufficient_quota",
            code: Some("insufficient_quota"),
            param: None,
            message: "You exceeded your current quota, please check your plan and billing details. For more \
                      information on this error, read the docs: \
                      https://platform.openai.com/docs/guides/error-codes/api-errors."
                .to_owned(),
        },
    }
}

/// What OpenAI says with this status when nothing more is known.
fn for_status(status: u16, model: &str) -> ApiError {
    let (kind, code, message) = match status {
        401 => (
            "invalid_request_error",
            Some("invalid_api_key"),
            "Incorrect API key provided. You can find your API key at \
             https://platform.openai.com/account/api-keys."
                .to_owned(),
        ),
        403 => (
            "permission_error",
            Some("permission_denied"),
            "You are not allowed to sample from this model.".to_owned(),
        ),
        404 => (
            "invalid_request_error",
            Some("model_not_found"),
            format!("The model `{model}` does not exist or you do not have access to it."),
        ),
        408 => (
            "timeout_error",
            Some("request_timeout"),
            "The request took too long to process.".to_owned(),
        ),
        409 => (
            "conflict_error",
            Some("conflict"),
            "The resource was changed by another request. Please try again.".to_owned(),
        ),
        422 => (
            "invalid_request_error",
            Some("unprocessable_entity"),
            "The request was well-formed but could not be processed.".to_owned(),
        ),
        429 => (
            "requests",
            Some("rate_limit_exceeded"),
            format!(
                "Rate limit reached for {model} on requests per min (RPM): Limit 10000, \
                 Used 10000, Requested 1. Please try again in 1s."
            ),
        ),
        500 => (
            "server_error",
            None,
            "The server had an error while processing your request. Sorry about that!".to_owned(),
        ),
        502 => ("server_error", Some("bad_gateway"), "Bad gateway.".to_owned()),
        503 => (
            "server_error",
            Some("service_unavailable"),
            "That model is currently overloaded with other requests. You can retry your \
             request."
                .to_owned(),
        ),
        504 => (
            "server_error",
            Some("gateway_timeout"),
            "The upstream server did not answer in time.".to_owned(),
        ),
        529 => ("overloaded_error", Some("overloaded"), "Overloaded".to_owned()),
        _ => (
            "invalid_request_error",
            None,
            "The simulator was asked to refuse this request.".to_owned(),
        ),
    };
    ApiError {
        status,
        kind,
        code,
        param: None,
        message,
    }
}
