//! How Ollama says no.

use serde_json::json;

use crate::sim::dialect::{Dialect, Refusal};
use crate::sim::errors::ApiError;
use crate::sim::stream::{Event, Place};

pub(in crate::sim) static DIALECT: Dialect = Dialect {
    has_key: |_| true,
    refuse,
    body: |error| json!({"error": error.message}),
    event: |error| Event::new(Place::Content, json!({"error": error.message}).to_string()),
    kind_header: None,
    headers: |_| Vec::new(),
};

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, message)
}

fn refuse(refusal: Refusal, model: &str) -> ApiError {
    let (status, message) = match refusal {
        Refusal::NoKey | Refusal::Status(401) => (401, "unauthorized".to_owned()),
        Refusal::ContextWindow => (400, "the input length exceeds the context length".to_owned()),
        Refusal::ContentPolicy => (400, "the request was refused by a content policy".to_owned()),
        Refusal::Quota => (
            429,
            "you've reached your usage limit, upgrade for higher limits".to_owned(),
        ),
        Refusal::Status(404) => (404, format!("model '{model}' not found")),
        Refusal::Status(429) => (429, "too many requests".to_owned()),
        Refusal::Status(503) => (
            503,
            "server busy, please try again. maximum pending requests exceeded".to_owned(),
        ),
        Refusal::Status(status) if status < 500 => (
            status,
            "the simulator was asked to refuse this request".to_owned(),
        ),
        Refusal::Status(status) => (status, "llama runner process has terminated".to_owned()),
    };
    ApiError::new(status, message)
}
