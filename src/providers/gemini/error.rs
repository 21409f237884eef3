//! Reads errors: Google's `{"error": {code, message, status}}`, alone or in a list.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header::RETRY_AFTER};
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::providers::openai;

/// Google's names of errors and what HTTP calls them (cloud.google.com/apis/design/errors).
const NAMES: &[(&str, u16)] = &[
    ("INVALID_ARGUMENT", 400),
    ("FAILED_PRECONDITION", 400),
    ("OUT_OF_RANGE", 400),
    ("UNAUTHENTICATED", 401),
    ("PERMISSION_DENIED", 403),
    ("NOT_FOUND", 404),
    ("ABORTED", 409),
    ("ALREADY_EXISTS", 409),
    ("RESOURCE_EXHAUSTED", 429),
    ("INTERNAL", 500),
    ("UNKNOWN", 500),
    ("DATA_LOSS", 500),
    ("UNIMPLEMENTED", 501),
    ("UNAVAILABLE", 503),
    ("DEADLINE_EXCEEDED", 504),
];
/// How Google says that a prompt is too long.
const TOO_LONG: &[&str] = &[
    "exceeds the maximum number of tokens allowed",
    "Request payload size exceeds",
    "input token count is",
    "exceeds the maximum allowed context length",
];
/// How it says that its policy does not allow an answer.
const BLOCKED: &[&str] = &[
    "The response was blocked",
    "Output blocked by content filtering policy",
    "The prompt could not be submitted",
    "violates our policies",
    "violate Google's Responsible AI practices",
];

/// An answer with an error status.
pub(super) fn from_status(status: u16, mut headers: HeaderMap, body: Bytes) -> Error {
    let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
    let error = parsed.as_array().and_then(|list| list.first()).unwrap_or(&parsed);
    let error = error.get("error").unwrap_or(&Value::Null);
    let message = error
        .get("message")
        .and_then(Value::as_str)
        .map_or_else(|| openai::error::plain_message(status, &body), str::to_owned);
    let code = error.get("code").and_then(Value::as_u64);
    let details = || {
        error
            .get("details")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let bad_key = message.contains("API key not valid")
        || details().any(|detail| detail.get("reason").and_then(Value::as_str) == Some("API_KEY_INVALID"));
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    let (kind, status) = match status {
        // Google says 400 where HTTP has a word of its own.
        400 if bad_key => (ErrorKind::Authentication, 401),
        400 if says(TOO_LONG) => (ErrorKind::ContextWindowExceeded, 400),
        400 if says(BLOCKED) => (ErrorKind::ContentPolicyViolation, 400),
        500.. if code == Some(429) => (ErrorKind::RateLimit, 429),
        _ => (ErrorKind::from_status(status), status),
    };
    // `RetryInfo` is Google's Retry-After.
    let delay = details()
        .find_map(|detail| detail.get("retryDelay").and_then(Value::as_str))
        .and_then(|delay| HeaderValue::from_str(delay.strip_suffix('s')?).ok());
    if let (Some(delay), false) = (delay, headers.contains_key(RETRY_AFTER)) {
        headers.insert(RETRY_AFTER, delay);
    }
    Error::from_answer(kind, status, message, headers, body)
}

/// Whether a body is an error in Google's words.
pub(crate) fn is_error(body: &Bytes) -> bool {
    let parsed: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = parsed.as_array().and_then(|list| list.first()).unwrap_or(&parsed);
    error
        .get("error")
        .is_some_and(|error| error.get("code").is_some_and(Value::is_u64) && error.get("message").is_some())
}

/// An error inside a 200.
pub(super) fn from_event(body: &Bytes) -> Error {
    let parsed: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = parsed.get("error").unwrap_or(&Value::Null);
    let code = error
        .get("code")
        .and_then(Value::as_u64)
        .and_then(|code| u16::try_from(code).ok())
        .filter(|code| (400..600).contains(code));
    let named = || {
        let name = error.get("status").and_then(Value::as_str)?;
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, status)| *status)
    };
    let status = code.or_else(named).unwrap_or(500);
    from_status(status, HeaderMap::new(), body.clone())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn status_and_details_decide() {
        let kind = |status, body: &'static str| {
            let error = from_status(status, HeaderMap::new(), Bytes::from_static(body.as_bytes()));
            (error.kind(), error.status())
        };
        assert_eq!(
            kind(400, r#"{"error":{"code":400,"message":"API key not valid."}}"#),
            (ErrorKind::Authentication, Some(401))
        );
        for too_long in [
            r#"[{"error":{"code":400,"message":"The input token count (9) exceeds the maximum number of tokens allowed (8)."}}]"#,
            r#"{"error":{"code":400,"message":"Unable to submit request because the input token count is 9 but model only supports up to 8."}}"#,
        ] {
            assert_eq!(kind(400, too_long).0, ErrorKind::ContextWindowExceeded);
        }
        assert_eq!(
            kind(404, r#"{"error":{"message":"x","status":"NOT_FOUND"}}"#).0,
            ErrorKind::NotFound
        );
        assert_eq!(kind(503, "<html>").0, ErrorKind::ServiceUnavailable);
    }

    #[test]
    fn inside_a_200_the_code_or_the_name_decides() {
        let kind = |body: &'static str| from_event(&Bytes::from_static(body.as_bytes())).kind();
        assert_eq!(
            kind(r#"{"error":{"code":429,"message":"slow"}}"#),
            ErrorKind::RateLimit
        );
        assert_eq!(
            kind(r#"{"error":{"status":"RESOURCE_EXHAUSTED"}}"#),
            ErrorKind::RateLimit
        );
        assert_eq!(
            kind(r#"{"error":{"status":"UNAVAILABLE"}}"#),
            ErrorKind::ServiceUnavailable
        );
        assert_eq!(kind(r#"{"error":{"message":"?"}}"#), ErrorKind::InternalServer);
    }

    #[test]
    fn the_time_to_wait_is_read() {
        let body = r#"{"error":{"code":429,"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}"#;
        let error = from_status(429, HeaderMap::new(), Bytes::from_static(body.as_bytes()));
        assert_eq!(error.retry_after(), Some(Duration::from_secs_f64(34.5)));
    }
}
