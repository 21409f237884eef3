//! Reads errors: Google's `{"error": {code, message, status}}`, alone or in a list.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// An answer with an error status.
pub(super) fn from_status(status: u16, headers: HeaderMap, body: Bytes) -> Error {
    let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
    let error = parsed.as_array().and_then(|list| list.first()).unwrap_or(&parsed);
    let error = error.get("error").unwrap_or(&Value::Null);
    let message = error
        .get("message")
        .and_then(Value::as_str)
        .map_or_else(|| format!("{status} without a message"), str::to_owned);
    let code = error.get("code").and_then(Value::as_u64);
    let bad_key = message.contains("API key not valid")
        || error
            .get("details")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .any(|detail| detail.get("reason").and_then(Value::as_str) == Some("API_KEY_INVALID"));
    let (kind, status) = match status {
        // Google says 400 where HTTP has a word of its own.
        400 if bad_key => (ErrorKind::Authentication, 401),
        400 if message.contains("exceeds the maximum number of tokens allowed")
            || message.contains("Request payload size exceeds") =>
        {
            (ErrorKind::ContextWindowExceeded, 400)
        }
        400 if message.contains("The response was blocked")
            || message.contains("Output blocked by content filtering policy") =>
        {
            (ErrorKind::ContentPolicyViolation, 400)
        }
        500.. if code == Some(429) => (ErrorKind::RateLimit, 429),
        _ => (ErrorKind::from_status(status), status),
    };
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
    let code = parsed
        .get("error")
        .and_then(|error| error.get("code"))
        .and_then(Value::as_u64);
    let status = code
        .and_then(|code| u16::try_from(code).ok())
        .filter(|code| (400..600).contains(code));
    from_status(status.unwrap_or(500), HeaderMap::new(), body.clone())
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            kind(400, r#"[{"error":{"code":400,"message":"The input token count (9) exceeds the maximum number of tokens allowed (8)."}}]"#).0,
            ErrorKind::ContextWindowExceeded
        );
        assert_eq!(
            kind(404, r#"{"error":{"message":"x","status":"NOT_FOUND"}}"#).0,
            ErrorKind::NotFound
        );
        assert_eq!(kind(503, "<html>").0, ErrorKind::ServiceUnavailable);
        assert_eq!(
            from_event(&Bytes::from_static(br#"{"error":{"code":429,"message":"slow"}}"#)).kind(),
            ErrorKind::RateLimit
        );
    }
}
