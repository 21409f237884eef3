//! Errors are spelt as OpenAI's; what a prompt that is too long is called is Mistral's own.

use bytes::Bytes;
use http::HeaderMap;

use crate::error::{Error, ErrorKind};
use crate::providers::openai;

pub(super) fn from_status(status: u16, headers: HeaderMap, body: Bytes) -> Error {
    let error = openai::error::from_status(status, headers.clone(), body.clone());
    let message = error.message().to_ascii_lowercase();
    let too_long = message.contains("too large for model with") && message.contains("maximum context length");
    if error.kind() == ErrorKind::BadRequest && too_long {
        let message = error.message().to_owned();
        return Error::from_answer(ErrorKind::ContextWindowExceeded, status, message, headers, body);
    }
    error
}
