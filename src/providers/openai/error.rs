//! Reads errors: from status and the fields of the body. Words of a message decide only where the status already says
//! "bad request" and the server gives no code, and then only for the phrases servers are known to use.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// An answer with an error status.
pub(crate) fn from_status(status: u16, headers: HeaderMap, body: Bytes) -> Error {
    let parsed: Option<Value> = serde_json::from_slice(&body).ok();
    let details = parsed.as_ref().map(Details::of).unwrap_or_default();
    let kind = details.kind(status);
    let message = details
        .message
        .map_or_else(|| plain_message(status, &body), Cow::into_owned);
    Error::from_answer(kind, status, message, headers, body)
}

/// An error inside a 200: the body of a plain answer, or an event of a stream.
pub(crate) fn from_event(body: &Bytes) -> Error {
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    let details = parsed.as_ref().map(Details::of).unwrap_or_default();
    let status = details.status();
    let kind = details.kind(status);
    let message = details
        .message
        .map_or_else(|| plain_message(status, body), Cow::into_owned);
    Error::from_answer(kind, status, message, HeaderMap::new(), body.clone())
}

/// What an error body says, wherever a server puts it.
#[derive(Default)]
struct Details<'a> {
    message: Option<Cow<'a, str>>,
    code: Option<&'a str>,
    kind: Option<&'a str>,
    number: Option<u16>,
}

impl<'a> Details<'a> {
    fn of(body: &'a Value) -> Self {
        // `[{"error": ...}]` comes from Google's OpenAI-compatible endpoint.
        let body = body.as_array().and_then(|items| items.first()).unwrap_or(body);
        let error = body.get("error").filter(|error| !error.is_null()).unwrap_or(body);
        if let Some(number) = minimax(body.get("base_resp")) {
            let message = body.pointer("/base_resp/status_msg").and_then(said);
            return Self {
                message,
                code: matches!(number, 1026 | 1027).then_some("content_filter"),
                number: Some(match number {
                    1002 | 1039 | 1041 | 2045 | 2056 => 429,
                    1004 | 2049 => 401,
                    1008 => 402,
                    1026 | 1027 | 2013 => 400,
                    _ => 500,
                }),
                ..Self::default()
            };
        }
        if error.is_string() || error.is_array() {
            return Self {
                message: said(error),
                ..Self::default()
            };
        }
        let text = |name: &str| {
            error
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let number = |name: &str| {
            let value = error.get(name)?;
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
            u16::try_from(number)
                .ok()
                .filter(|number| (400..600).contains(number))
        };
        Self {
            message: ["message", "detail", "msg"]
                .into_iter()
                .find_map(|name| error.get(name).and_then(said)),
            // Azure says more inside: `ResponsibleAIPolicyViolation`.
            code: error
                .get("innererror")
                .and_then(|inner| inner.get("code")?.as_str())
                .filter(|code| *code == "ResponsibleAIPolicyViolation")
                .or_else(|| text("code")),
            kind: text("type").or_else(|| text("status")),
            number: number("code")
                .or_else(|| number("status"))
                .or_else(|| number("status_code"))
                .or_else(|| number("raw_status_code")),
        }
    }

    /// The status an error inside a 200 stands for.
    fn status(&self) -> u16 {
        if let Some(number) = self.number {
            return number;
        }
        match self.code.unwrap_or_default() {
            "rate_limit_exceeded" | "insufficient_quota" => return 429,
            "invalid_api_key" => return 401,
            "model_not_found" => return 404,
            "context_length_exceeded"
            | "content_policy_violation"
            | "content_filter"
            | "invalid_prompt"
            | "ResponsibleAIPolicyViolation" => return 400,
            _ => {}
        }
        match self.kind.unwrap_or_default() {
            "invalid_request_error" | "invalid_request" | "bad_request" | "INVALID_ARGUMENT" => 400,
            "authentication_error" | "UNAUTHENTICATED" => 401,
            "insufficient_quota"
            | "rate_limit_error"
            | "rate_limit_exceeded"
            | "tokens"
            | "requests"
            | "RESOURCE_EXHAUSTED" => 429,
            "permission_error" | "PERMISSION_DENIED" => 403,
            "not_found_error" | "NOT_FOUND" => 404,
            "timeout" | "timeout_error" | "DEADLINE_EXCEEDED" => 504,
            "overloaded_error" | "service_unavailable" | "service_unavailable_error" | "UNAVAILABLE" => 503,
            _ => 500,
        }
    }

    fn kind(&self, status: u16) -> ErrorKind {
        let by_status = ErrorKind::from_status(status);
        match self.code.or(self.kind).unwrap_or_default() {
            "context_length_exceeded" if (400..500).contains(&status) => {
                return ErrorKind::ContextWindowExceeded;
            }
            "content_policy_violation"
            | "content_filter"
            | "moderation_blocked"
            | "data_inspection_failed"
            | "ResponsibleAIPolicyViolation"
                if status < 500 =>
            {
                return ErrorKind::ContentPolicyViolation;
            }
            "model_not_found" if matches!(status, 400 | 404) => return ErrorKind::NotFound,
            // Groq: one request with more tokens than a minute has.
            "rate_limit_exceeded" if status == 413 => return ErrorKind::RateLimit,
            "invalid_api_key" if status < 500 => return ErrorKind::Authentication,
            _ => {}
        }
        if by_status == ErrorKind::BadRequest
            && let Some(message) = self.message.as_deref()
        {
            if says_prompt_too_long(message) {
                return ErrorKind::ContextWindowExceeded;
            }
            if says_policy(message) {
                return ErrorKind::ContentPolicyViolation;
            }
            // xAI says 400 here, and gives no code.
            if message.starts_with("Incorrect API key provided") {
                return ErrorKind::Authentication;
            }
        }
        // xAI forbids what others refuse.
        if by_status == ErrorKind::PermissionDenied
            && self
                .message
                .as_deref()
                .is_some_and(|message| message.starts_with("Content violates usage guidelines"))
        {
            return ErrorKind::ContentPolicyViolation;
        }
        by_status
    }
}

/// Words as a text, or as a list of texts (Hugging Face) or of what says `msg`, and of which field it does (FastAPI).
fn said(words: &Value) -> Option<Cow<'_, str>> {
    let one = |word: &'_ Value| -> Option<String> {
        let text = ["message", "msg"].into_iter().find_map(|name| word.get(name));
        let text = text.unwrap_or(word).as_str()?;
        let place = word.get("loc").and_then(Value::as_array).map(|place| {
            let names = place
                .iter()
                .map(|name| name.as_str().map_or_else(|| name.to_string(), str::to_owned));
            names.collect::<Vec<_>>().join(".")
        });
        Some(place.map_or_else(|| text.to_owned(), |place| format!("{place}: {text}")))
    };
    let text = match words {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Array(list) => Cow::Owned(list.iter().filter_map(one).collect::<Vec<_>>().join("; ")),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// MiniMax answers 200 and says in `base_resp` what went wrong; 0 is nothing.
pub(super) fn minimax(base_resp: Option<&Value>) -> Option<u64> {
    let number = base_resp?.get("status_code")?.as_u64()?;
    (number != 0).then_some(number)
}

/// Phrases of OpenAI-compatible servers that send no code.
fn says_prompt_too_long(message: &str) -> bool {
    const PHRASES: &[&str] = &[
        "exceed context limit",
        "range of input length should be",
        // "This model's", "This endpoint's".
        "maximum context length is",
        "maximum prompt length is",
        "exceeds the context window of this model",
        "reduce the length of the messages",
        "model's maximum context limit",
        "is longer than the model's context length",
        "input tokens exceed the configured limit",
        "`inputs` tokens + `max_new_tokens` must be",
        "exceeds the available context size",
        "input length exceeds the context length",
        "exceeds the maximum number of tokens allowed",
    ];
    let message = message.to_ascii_lowercase();
    PHRASES.iter().any(|phrase| message.contains(phrase))
        || (message.contains("current length is") && message.contains("while limit is"))
        || (message.contains("maximum input length is") && message.contains("tokens"))
}

fn says_policy(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    message.contains("request was rejected as a result of") && message.contains("safety system")
        || (message.contains("invalid prompt") && message.contains("violating our usage policy"))
}

/// For bodies that are not JSON: a gateway's page is named, not quoted whole.
/// What there is to say where a body says nothing that can be read.
pub(crate) fn plain_message(status: u16, body: &Bytes) -> String {
    const SHOWN: usize = 500;
    let reason = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("error");
    let text = String::from_utf8_lossy(body.get(..SHOWN.min(body.len())).unwrap_or_default());
    let text = text.trim();
    if text.is_empty() {
        return format!("{status} {reason}, with an empty body");
    }
    if text.starts_with('<') {
        return format!("{status} {reason}, with an HTML page of {} bytes", body.len());
    }
    format!("{status} {reason}: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, body: &'static str) -> ErrorKind {
        from_status(status, HeaderMap::new(), Bytes::from_static(body.as_bytes())).kind()
    }

    #[test]
    fn status_and_code_decide() {
        use ErrorKind as K;
        assert_eq!(
            kind(
                400,
                r#"{"error":{"message":"x","code":"context_length_exceeded"}}"#
            ),
            K::ContextWindowExceeded
        );
        assert_eq!(
            kind(
                400,
                r#"{"error":{"message":"x","code":"content_policy_violation"}}"#
            ),
            K::ContentPolicyViolation
        );
        assert_eq!(
            kind(
                400,
                r#"{"error":{"message":"This model's maximum context length is 8 tokens"}}"#
            ),
            K::ContextWindowExceeded
        );
        assert_eq!(
            kind(
                429,
                r#"{"error":{"message":"x","type":"insufficient_quota","code":"insufficient_quota"}}"#
            ),
            K::RateLimit
        );
        assert_eq!(
            kind(404, r#"{"error":{"message":"x","code":"model_not_found"}}"#),
            K::NotFound
        );
        assert_eq!(
            kind(
                401,
                r#"{"error":{"message":"rate limit","type":"invalid_request_error","code":"invalid_api_key"}}"#
            ),
            K::Authentication
        );
        assert_eq!(
            kind(
                500,
                r#"{"error":{"message":"this model's maximum context length is 8"}}"#
            ),
            K::InternalServer
        );
        assert_eq!(
            kind(400, r#"{"error":"the input length exceeds the context length"}"#),
            K::ContextWindowExceeded
        );
        assert_eq!(
            kind(
                400,
                r#"{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 8 but the request contains 9 tokens."}"#
            ),
            K::ContextWindowExceeded
        );
        assert_eq!(
            kind(400, r#"{"error":"Incorrect API key provided: x***."}"#),
            K::Authentication
        );
        assert_eq!(
            kind(
                413,
                r#"{"error":{"message":"Request too large on tokens per minute","type":"tokens","code":"rate_limit_exceeded"}}"#
            ),
            K::RateLimit
        );
        assert_eq!(
            kind(413, r#"{"error":{"message":"x","code":"request_too_large"}}"#),
            K::BadRequest
        );
        assert_eq!(kind(503, "<html>"), K::ServiceUnavailable);
        assert_eq!(kind(418, ""), K::Api);
    }

    #[test]
    fn words_in_lists_are_read() {
        let message = |body: &'static str| {
            from_status(400, HeaderMap::new(), Bytes::from_static(body.as_bytes()))
                .message()
                .to_owned()
        };
        assert_eq!(
            message(r#"{"error":["top_p is too large","a","b"]}"#),
            "top_p is too large; a; b"
        );
        assert_eq!(message(r#"[{"error":"no","error_type":"validation"}]"#), "no");
        assert_eq!(
            message(r#"{"detail":[{"loc":["body","model"],"msg":"field required","type":"missing"}]}"#),
            "body.model: field required"
        );
        assert_eq!(message(r#"["no"]"#), "no");
        assert!(message(r#"{"error":[]}"#).starts_with("400 Bad Request"));
    }

    #[test]
    fn an_error_inside_a_200_has_the_class_of_its_status() {
        let event = |body: &'static str| from_event(&Bytes::from_static(body.as_bytes()));
        let error = event(r#"{"error":{"message":"slow down","code":429}}"#);
        assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimit, Some(429)));
        assert_eq!(
            event(r#"{"error":{"message":"x","code":"502"}}"#).kind(),
            ErrorKind::BadGateway
        );
        assert_eq!(
            event(r#"{"error":{"message":"x","type":"overloaded_error"}}"#).kind(),
            ErrorKind::ServiceUnavailable
        );
        assert_eq!(event(r#"{"error":"boom"}"#).message(), "boom");
        let whole = event(r#"{"object":"error","message":"slow down","code":"1300","raw_status_code":429}"#);
        assert_eq!(
            (whole.kind(), whole.message()),
            (ErrorKind::RateLimit, "slow down")
        );
        assert_eq!(
            event(r#"{"error":{"message":"x","type":"invalid_request_error"}}"#).kind(),
            ErrorKind::BadRequest
        );
    }
}
