//! How Mistral says no.

use serde_json::{Value, json};

use crate::sim::dialect::{Dialect, Refusal, bearer};
use crate::sim::errors::ApiError;
use crate::sim::hash;
use crate::sim::shape::{Problem, Wrong};
use crate::sim::stream::{Event, Place};

/// The kind of an error whose message is the JSON of what is wrong with the form.
const FORM: &str = "form";

pub(in crate::sim) static DIALECT: Dialect = Dialect {
    has_key: bearer,
    refuse,
    body,
    event: |error| Event::new(Place::Content, body(error).to_string()),
    kind_header: None,
    headers: |answered| {
        vec![
            ("mistral-correlation-id", hash::hex(answered.hash)),
            ("x-kong-request-id", hash::hex(answered.hash)),
        ]
    },
};

fn body(error: &ApiError) -> Value {
    if error.kind == FORM {
        let detail: Value = serde_json::from_str(&error.message).unwrap_or_default();
        return json!({"detail": detail});
    }
    if error.status == 401 {
        return json!({"detail": error.message});
    }
    json!({
        "object": "error",
        "message": error.message,
        "type": error.kind,
        "param": error.param,
        "code": error.code,
        "raw_status_code": error.status,
    })
}

/// A refusal with the kind and the number that Mistral gives it.
pub(super) fn coded(
    status: u16,
    kind: &'static str,
    code: &'static str,
    message: impl Into<String>,
) -> ApiError {
    let mut error = ApiError::new(status, message);
    error.kind = kind;
    error.code = Some(code);
    error
}

pub(super) fn order(message: impl Into<String>) -> ApiError {
    coded(400, "invalid_request_message_order", "3230", message)
}

pub(super) fn worded(problem: Problem) -> ApiError {
    let mut place = vec![Value::from("body")];
    place.extend(problem.path.into_iter().map(|step| match step.parse::<u64>() {
        Ok(index) => index.into(),
        Err(_) => step.into(),
    }));
    let (kind, message) = match problem.fault {
        Wrong::Unknown => ("extra_forbidden", "Extra inputs are not permitted".to_owned()),
        Wrong::Missing => ("missing", "Field required".to_owned()),
        Wrong::Type(name) => ("type_error", format!("Input should be a valid {name}")),
        Wrong::Word(words) => ("enum", format!("Input should be '{}'", words.join("', '"))),
    };
    let detail = json!([{"type": kind, "loc": place, "msg": message, "input": null}]);
    let mut error = ApiError::new(422, detail.to_string());
    error.kind = FORM;
    error
}

fn refuse(refusal: Refusal, model: &str) -> ApiError {
    match refusal {
        Refusal::NoKey | Refusal::Status(401) => ApiError::new(401, "Unauthorized"),
        Refusal::ContextWindow => coded(
            400,
            "invalid_request_invalid_args",
            "3051",
            "Prompt contains 205012 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
        ),
        Refusal::ContentPolicy => coded(
            403,
            "content_policy_violation",
            "3800",
            "The input was refused by moderation.",
        ),
        Refusal::Quota => coded(
            429,
            "service_tier_capacity_exceeded",
            "3505",
            "Service tier capacity exceeded for this model.",
        ),
        Refusal::Status(404) => coded(404, "invalid_model", "1500", format!("Invalid model: {model}")),
        Refusal::Status(429) => coded(429, "rate_limited", "1300", "Rate limit exceeded"),
        Refusal::Status(status) if status < 500 => coded(
            status,
            "invalid_request_error",
            "3000",
            "The simulator was asked to refuse this request.",
        ),
        Refusal::Status(status) => coded(status, "unreachable_backend", "1100", "Service unavailable."),
    }
}
