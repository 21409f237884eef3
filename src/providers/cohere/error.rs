//! Errors are an object with a `message`; the status says the rest.

use bytes::Bytes;
use http::HeaderMap;

use crate::error::{Error, ErrorKind};
use crate::providers::openai;

pub(super) fn from_status(status: u16, headers: HeaderMap, body: Bytes) -> Error {
    let error = openai::error::from_status(status, headers.clone(), body.clone());
    let message = error.message().to_ascii_lowercase();
    let kind = match error.kind() {
        // "Invalid token": the text has one that Cohere does not allow.
        _ if status == 498 => ErrorKind::ContentPolicyViolation,
        ErrorKind::BadRequest if message.contains("too many tokens") => ErrorKind::ContextWindowExceeded,
        ErrorKind::BadRequest if message.contains("invalid api token") => ErrorKind::Authentication,
        _ => return error,
    };
    let message = error.message().to_owned();
    Error::from_answer(kind, status, message, headers, body)
}
