//! One error type for everything that can go wrong between a request and its answer.
//!
//! The kind is decided here, from status and body, once; Python only turns [`ErrorKind::class_name`] into the class
//! of that name.

mod kind;

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;

use crate::secret::Secrets;
use crate::types::Usage;

pub use kind::ErrorKind;

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a stream had delivered when it broke.
#[derive(Debug, Clone, Default)]
pub struct Partial {
    /// Text of choice 0 so far.
    pub text: String,
    /// Token counts, when the provider had already sent them.
    pub usage: Option<Usage>,
}

/// How much of an answer that cannot be read is shown, in bytes.
const QUOTED: usize = 200;

/// An error with everything a caller needs to act on it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.0.message)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    kind: ErrorKind,
    status: Option<u16>,
    message: String,
    provider: String,
    model: String,
    body: Option<Bytes>,
    headers: HeaderMap,
    partial: Option<Partial>,
    attempts: u32,
    sent: bool,
    url: String,
    dropped_params: Vec<String>,
    cause: Option<Arc<dyn Any + Send + Sync>>,
    /// The message is still to say how the body starts.
    quotes: bool,
}

impl Error {
    /// An error of `kind` with nothing but a message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            status: None,
            message: message.into(),
            provider: String::new(),
            model: String::new(),
            body: None,
            headers: HeaderMap::new(),
            partial: None,
            attempts: 0,
            sent: false,
            url: String::new(),
            dropped_params: Vec::new(),
            cause: None,
            quotes: false,
        }))
    }

    /// A request refused before anything was sent.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadRequest, message)
    }

    /// Says which inputs of a call of several requests it is about. What the provider says of `input[n]` counts from
    /// the first of them.
    pub(crate) fn of_inputs(mut self, first: usize, inputs: usize) -> Self {
        let message = &self.0.message;
        let named = message.split_once("input[").and_then(|(before, rest)| {
            let (number, after) = rest.split_once(']')?;
            let number: usize = number.parse().ok()?;
            Some(format!("{before}input[{}]{after}", number + first))
        });
        let last = first + inputs.saturating_sub(1);
        self.0.message = format!("{} (inputs {first} to {last})", named.as_ref().unwrap_or(message));
        self
    }

    /// The same error, which says where in the request it is.
    #[must_use]
    pub(crate) fn within(mut self, place: &str) -> Self {
        self.0.message = format!("{place}: {}", self.0.message);
        self
    }

    /// A provider's answer with an error status.
    pub fn from_answer(
        kind: ErrorKind,
        status: u16,
        message: impl Into<String>,
        headers: HeaderMap,
        body: Bytes,
    ) -> Self {
        let mut error = Self::new(kind, message);
        error.0.status = Some(status);
        error.0.headers = headers;
        error.0.body = Some(body);
        error.0.sent = true;
        error
    }

    /// A 200 that is not what the wire promises. The caller is told how it starts, once no secret is in it.
    pub(crate) fn unreadable(body: &Bytes, why: &str) -> Self {
        let message = format!("the answer cannot be read: {why}");
        let kind = ErrorKind::ResponseValidation;
        let mut error = Self::from_answer(kind, 200, message, HeaderMap::new(), body.clone());
        error.0.quotes = true;
        error
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
    /// HTTP status, when there was an answer (or an error event that names one).
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }
    /// The provider's own words where there are any.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
    /// The provider's name, empty when the call never got that far.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.0.provider
    }
    /// The model as the caller named it, without the provider.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.0.model
    }
    /// The body of the answer, with the key blotted out should the provider have repeated it.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }
    /// Headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }
    /// What a broken stream had delivered.
    #[must_use]
    pub fn partial(&self) -> Option<&Partial> {
        self.0.partial.as_ref()
    }
    /// How many requests were made for this call.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
    /// Where the request went, without its query; empty when it went nowhere.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.0.url
    }
    /// Parameters that were not sent because the caller allowed that.
    #[must_use]
    pub fn dropped_params(&self) -> &[String] {
        &self.0.dropped_params
    }
    /// What somebody of the caller's threw, to be thrown again as it is.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.0.cause.as_deref()
    }
    /// Whether a request left this machine (false: refused before sending).
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.0.sent
    }

    /// Names the provider and model, where they are not named already.
    #[must_use]
    pub fn about(mut self, provider: &str, model: &str) -> Self {
        if self.0.provider.is_empty() {
            provider.clone_into(&mut self.0.provider);
        }
        if self.0.model.is_empty() {
            model.clone_into(&mut self.0.model);
        }
        self
    }
    /// Sets the status an error event or a local limit stands for.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }
    /// Attaches the answer's headers where it has none yet.
    #[must_use]
    pub fn with_headers(mut self, headers: &HeaderMap) -> Self {
        if self.0.headers.is_empty() {
            self.0.headers = headers.clone();
        }
        self
    }
    /// Attaches the raw body or event.
    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        self.0.body = Some(body);
        self
    }
    /// Attaches what the stream had delivered.
    #[must_use]
    pub fn with_partial(mut self, partial: Partial) -> Self {
        self.0.partial = Some(partial);
        self
    }
    /// Records how many requests were made.
    #[must_use]
    pub fn after_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self.0.sent = true;
        self
    }

    /// Names the parameters that were not sent.
    #[must_use]
    pub(crate) fn with_dropped(mut self, names: &[String]) -> Self {
        names.clone_into(&mut self.0.dropped_params);
        self
    }

    /// Keeps what somebody of the caller's threw.
    #[must_use]
    pub fn caused_by(mut self, cause: Arc<dyn Any + Send + Sync>) -> Self {
        self.0.cause = Some(cause);
        self
    }

    /// Names where the request went.
    #[must_use]
    pub fn with_url(mut self, url: &str) -> Self {
        url.clone_into(&mut self.0.url);
        self
    }

    /// Blots everything secret out of message, body and headers: some providers repeat the key they refuse.
    #[must_use]
    pub(crate) fn without(mut self, secrets: &Secrets) -> Self {
        secrets.blot(&mut self.0.message);
        let quotes = std::mem::take(&mut self.0.quotes);
        if let Some(body) = &mut self.0.body {
            secrets.blot_bytes(body);
            if quotes {
                // Only now: it may end in the middle of a key.
                let start = body.get(..QUOTED.min(body.len())).unwrap_or_default();
                let start = String::from_utf8_lossy(start);
                self.0.message.push_str(&format!("; it starts with {start:?}"));
            }
        }
        secrets.blot_headers(&mut self.0.headers);
        self
    }

    /// How long the provider asks to wait (`retry-after-ms`, or `Retry-After` in seconds or as a date).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.0.headers, SystemTime::now())
    }
}

fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let seconds = |value: f64| Duration::try_from_secs_f64(value.max(0.0)).ok();
    if let Some(value) = text("retry-after-ms").and_then(|value| value.parse::<f64>().ok()) {
        return seconds(value / 1000.0);
    }
    let value = text("retry-after")?;
    match value.parse::<f64>() {
        Ok(value) => seconds(value),
        Err(_) => {
            let date = httpdate::parse_http_date(value).ok()?;
            Some(date.duration_since(now).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(
            http::HeaderName::from_static(name),
            http::HeaderValue::from_static(value),
        )])
    }

    #[test]
    fn every_form_of_retry_after() {
        let now = SystemTime::UNIX_EPOCH;
        assert_eq!(
            retry_after(&headers("retry-after", "2"), now),
            Some(Duration::from_secs(2))
        );
        assert_eq!(
            retry_after(&headers("retry-after-ms", "1500"), now),
            Some(Duration::from_millis(1500))
        );
        let date = "Thu, 01 Jan 1970 00:00:07 GMT";
        assert_eq!(
            retry_after(&headers("retry-after", date), now),
            Some(Duration::from_secs(7))
        );
        assert_eq!(retry_after(&headers("retry-after", "soon"), now), None);
        assert_eq!(
            retry_after(&headers("retry-after", "-3"), now),
            Some(Duration::ZERO)
        );
        assert_eq!(
            retry_after(&headers("retry-after", "nan"), now),
            Some(Duration::ZERO)
        );
        assert_eq!(retry_after(&headers("retry-after", "1e300"), now), None);
    }
}
