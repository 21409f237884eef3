//! How Google says no.

use serde_json::{Value, json};

use crate::sim::dialect::{Answered, Dialect, Refusal, any_header, bearer};
use crate::sim::errors::ApiError;
use crate::sim::stream::{Event, Place};

pub(in crate::sim) static DIALECT: Dialect = Dialect {
    has_key: |ask| {
        let in_query = |query: &str| {
            query
                .split('&')
                .any(|pair| pair.starts_with("key=") && pair != "key=")
        };
        any_header(ask, &["x-goog-api-key", "authorization"]) || ask.query.is_some_and(in_query)
    },
    refuse,
    body,
    event: |error| Event::new(Place::Content, body(error).to_string()),
    kind_header: None,
    headers,
};

/// Vertex AI asks for an account's token and has its own words for a missing one.
pub(in crate::sim) static VERTEX: Dialect = Dialect {
    has_key: bearer,
    refuse: |refusal, model| match refusal {
        Refusal::NoKey => refuse(Refusal::Status(401), model),
        other => refuse(other, model),
    },
    ..DIALECT
};

fn name(status: u16) -> &'static str {
    match status {
        400 | 413 | 422 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        501 => "UNIMPLEMENTED",
        502 | 503 | 529 => "UNAVAILABLE",
        408 | 504 => "DEADLINE_EXCEEDED",
        405..=499 => "FAILED_PRECONDITION",
        _ => "INTERNAL",
    }
}

fn body(error: &ApiError) -> Value {
    let mut inner = json!({
        "code": error.status,
        "message": error.message,
        "status": name(error.status),
    });
    if let Some(inner) = inner.as_object_mut().filter(|_| error.status == 429) {
        let retry = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"});
        inner.insert("details".to_owned(), vec![retry].into());
    }
    json!({"error": inner})
}

fn headers(answered: &Answered) -> Vec<(&'static str, String)> {
    let took = answered.waited.as_millis() + 1;
    vec![("server-timing", format!("gfet4t7; dur={took}"))]
}

fn refuse(refusal: Refusal, model: &str) -> ApiError {
    let (status, message) = match refusal {
        Refusal::NoKey => (
            403,
            "Method doesn't allow unregistered callers (callers without established identity). Please use API \
             Key or other form of API consumer identity to call this API."
                .to_owned(),
        ),
        Refusal::ContextWindow => (
            400,
            "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).".to_owned(),
        ),
        // Asked for by name a prompt is blocked inside a 200; see the answer.
        Refusal::ContentPolicy => (400, "The prompt was blocked.".to_owned()),
        Refusal::Quota => (
            429,
            "You exceeded your current quota, please check your plan and billing details. For more information \
             on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits."
                .to_owned(),
        ),
        Refusal::Status(status) => (status, of_status(status, model)),
    };
    ApiError::new(status, message)
}

fn of_status(status: u16, model: &str) -> String {
    match status {
        401 => {
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or \
                other valid authentication credential."
                .to_owned()
        }
        403 => "Permission denied: Consumer has been suspended.".to_owned(),
        404 => format!(
            "models/{model} is not found for API version v1beta, or is not supported for generateContent."
        ),
        408 | 504 => "Deadline expired before operation could complete.".to_owned(),
        429 => "Resource has been exhausted (e.g. check quota).".to_owned(),
        502 | 503 | 529 => "The model is overloaded. Please try again later.".to_owned(),
        400..=499 => "The simulator was asked to refuse this request.".to_owned(),
        _ => "An internal error has occurred. Please retry or report in \
              https://developers.generativeai.google/guide/troubleshooting"
            .to_owned(),
    }
}
