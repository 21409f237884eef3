//! Reads errors: `{"type": "error", "error": {"type", "message"}}`, as an answer or as an event.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// An answer with an error status.
pub(super) fn from_status(status: u16, headers: HeaderMap, body: Bytes) -> Error {
    read(Some(status), headers, body)
}

/// An error inside a 200; its type stands for the status.
pub(super) fn from_event(body: Bytes) -> Error {
    read(None, HeaderMap::new(), body)
}

fn read(status: Option<u16>, headers: HeaderMap, body: Bytes) -> Error {
    let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
    let error = parsed.get("error").unwrap_or(&parsed);
    let text = |name: &str| {
        error
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let status = status.unwrap_or_else(|| status_of(text("type").unwrap_or_default()));
    let message = text("message").map_or_else(
        || {
            let start = body.get(..500.min(body.len())).unwrap_or_default();
            format!("{status}: {}", String::from_utf8_lossy(start).trim())
        },
        str::to_owned,
    );
    Error::from_answer(kind(status, &message), status, message, headers, body)
}

/// The documented status of each type of error.
fn status_of(kind: &str) -> u16 {
    match kind {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => 500,
    }
}

fn kind(status: u16, message: &str) -> ErrorKind {
    let kind = ErrorKind::from_status(status);
    if kind == ErrorKind::BadRequest {
        let has = |phrase: &str| message.contains(phrase);
        if has("prompt is too long") || has("prompt: length") || has("exceed context limit") {
            return ErrorKind::ContextWindowExceeded;
        }
        if has("content filtering policy") {
            return ErrorKind::ContentPolicyViolation;
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(kind: &str, message: &str) -> Bytes {
        Bytes::from(format!(
            r#"{{"type":"error","error":{{"type":"{kind}","message":"{message}"}}}}"#
        ))
    }

    #[test]
    fn status_type_and_phrase_decide() {
        let answer = |status, message| from_status(status, HeaderMap::new(), body("x", message)).kind();
        assert_eq!(answer(401, "invalid x-api-key"), ErrorKind::Authentication);
        assert_eq!(answer(404, "model: a"), ErrorKind::NotFound);
        assert_eq!(answer(529, "Overloaded"), ErrorKind::ServiceUnavailable);
        assert_eq!(
            answer(400, "prompt is too long: 9 tokens > 8 maximum"),
            ErrorKind::ContextWindowExceeded
        );
        assert_eq!(
            answer(400, "Output blocked by content filtering policy"),
            ErrorKind::ContentPolicyViolation
        );
        let event = |kind| from_event(body(kind, "m"));
        assert_eq!(event("overloaded_error").status(), Some(529));
        assert_eq!(event("rate_limit_error").kind(), ErrorKind::RateLimit);
        assert_eq!(event("api_error").kind(), ErrorKind::InternalServer);
        assert_eq!(event("invalid_request_error").message(), "m");
    }
}
