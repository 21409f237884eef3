//! Reads errors: the exception's name (header, `__type`, or event) decides, then the status, then AWS's known phrases.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

pub(super) fn from_status(status: u16, headers: HeaderMap, body: Bytes) -> Error {
    let name = headers
        .get("x-amzn-errortype")
        .and_then(|name| name.to_str().ok())
        .map(str::to_owned);
    read(name.as_deref(), status, headers, body)
}

/// An exception inside a stream has the class of its status.
pub(super) fn from_event(name: &str, data: &[u8]) -> Error {
    let status = match name.to_ascii_lowercase().as_str() {
        "throttlingexception" | "servicequotaexceededexception" => 429,
        "validationexception" => 400,
        "accessdeniedexception" => 403,
        "resourcenotfoundexception" => 404,
        "modeltimeoutexception" => 408,
        "modelerrorexception" | "modelstreamerrorexception" => 424,
        "serviceunavailableexception" => 503,
        "modelnotreadyexception" => 429,
        _ => 500,
    };
    // The model's own status, where the stream passes it on.
    let original = serde_json::from_slice::<Value>(data)
        .ok()
        .and_then(|body| u16::try_from(body.get("originalStatusCode")?.as_u64()?).ok())
        .filter(|original| (400..600).contains(original));
    let status = if status == 424 {
        original.unwrap_or(status)
    } else {
        status
    };
    read(Some(name), status, HeaderMap::new(), Bytes::copy_from_slice(data))
}

fn read(name: Option<&str>, status: u16, headers: HeaderMap, body: Bytes) -> Error {
    let parsed: Option<Value> = serde_json::from_slice(&body).ok();
    let field = |name: &str| parsed.as_ref().and_then(|body| body.get(name)?.as_str());
    let name = name.or_else(|| field("__type")).unwrap_or_default();
    // `com.amazon.coral.service#ThrottlingException`, `ValidationException:http://internal...`
    let name = name.split(':').next().unwrap_or_default();
    let name = name.rsplit('#').next().unwrap_or_default().to_ascii_lowercase();
    let message = field("message").or_else(|| field("Message"));
    let plain = || String::from_utf8_lossy(body.get(..500.min(body.len())).unwrap_or_default()).into_owned();
    let message = message.map_or_else(plain, str::to_owned);
    let kind = kind(&name, status, &message);
    Error::from_answer(kind, status, message, headers, body)
}

fn kind(name: &str, status: u16, message: &str) -> ErrorKind {
    let lower = message.to_ascii_lowercase();
    if status == 400 && says_prompt_too_long(&lower) {
        return ErrorKind::ContextWindowExceeded;
    }
    if status == 400 && lower.contains("blocked by content filtering policy") {
        return ErrorKind::ContentPolicyViolation;
    }
    if lower.contains("security token included in the request is") {
        return ErrorKind::Authentication;
    }
    match name {
        "throttlingexception" | "servicequotaexceededexception" | "modelnotreadyexception" => {
            ErrorKind::RateLimit
        }
        "unrecognizedclientexception"
        | "invalidsignatureexception"
        | "expiredtokenexception"
        | "incompletesignatureexception"
        | "missingauthenticationtokenexception" => ErrorKind::Authentication,
        "accessdeniedexception" => ErrorKind::PermissionDenied,
        "resourcenotfoundexception" => ErrorKind::NotFound,
        "validationexception" => ErrorKind::BadRequest,
        "modeltimeoutexception" => ErrorKind::Timeout,
        "serviceunavailableexception" => ErrorKind::ServiceUnavailable,
        "internalserverexception" => ErrorKind::InternalServer,
        _ => ErrorKind::from_status(status),
    }
}

fn says_prompt_too_long(message: &str) -> bool {
    const PHRASES: &[&str] = &[
        "too many tokens",
        "too many input tokens",
        "expected maxlength:",
        "input is too long",
        "input tokens exceeded",
        "number of input tokens exceeds",
        "prompt is too long",
        "prompt: length: 1..",
    ];
    PHRASES.iter().any(|phrase| message.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_status_and_phrases() {
        let read = |name: &str, status, body: &'static str| {
            super::read(
                Some(name),
                status,
                HeaderMap::new(),
                Bytes::from_static(body.as_bytes()),
            )
            .kind()
        };
        assert_eq!(
            read("ThrottlingException:http://x", 429, "{}"),
            ErrorKind::RateLimit
        );
        assert_eq!(
            read(
                "ValidationException",
                400,
                r#"{"message":"Input is too long for requested model."}"#
            ),
            ErrorKind::ContextWindowExceeded
        );
        assert_eq!(
            read(
                "ValidationException",
                400,
                r#"{"message":"The model returned the following errors: Output blocked by content filtering policy"}"#
            ),
            ErrorKind::ContentPolicyViolation
        );
        assert_eq!(
            read("AccessDeniedException", 403, "{}"),
            ErrorKind::PermissionDenied
        );
        assert_eq!(
            read(
                "",
                403,
                r#"{"message":"The security token included in the request is invalid."}"#
            ),
            ErrorKind::Authentication
        );
        let event = from_event("throttlingException", br#"{"message":"slow"}"#);
        assert_eq!(
            (event.kind(), event.status(), event.message()),
            (ErrorKind::RateLimit, Some(429), "slow")
        );
    }
}
