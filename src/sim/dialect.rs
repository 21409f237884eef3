//! What tells the manner of one provider from another's: keys, headers, and how it says no.

use std::time::Duration;

use serde_json::Value;

use super::errors::ApiError;
use super::reply::Reply;
use super::server::Ask;
use super::stream::Event;

/// A provider's manner, as data and pure functions. What it answers is its routes' business.
#[derive(Debug)]
pub(super) struct Dialect {
    /// Whether the request names a key. What the key is nobody is told.
    pub(super) has_key: fn(&Ask<'_>) -> bool,
    /// What the provider says when it refuses for this reason.
    pub(super) refuse: fn(Refusal, model: &str) -> ApiError,
    /// The body of an answer that is an error.
    pub(super) body: fn(&ApiError) -> Value,
    /// An error in the middle of a stream.
    pub(super) event: fn(&ApiError) -> Event,
    /// The header that names the kind of an error, where the provider has one.
    pub(super) kind_header: Option<&'static str>,
    /// Headers of every answer.
    pub(super) headers: fn(&Answered) -> Vec<(&'static str, String)>,
}

/// Why a request is refused when nothing is wrong with its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    NoKey,
    Status(u16),
    ContextWindow,
    ContentPolicy,
    Quota,
}

/// What the headers of an answer can tell about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) hash: u64,
    pub(super) request_bytes: usize,
    pub(super) waited: Duration,
}

impl Dialect {
    pub(super) fn reply(&self, error: &ApiError) -> Reply {
        let mut reply = Reply::json(error.status, &(self.body)(error));
        let kind = self.kind_header.map(|header| (header, error.kind.to_owned()));
        reply.headers.extend(kind);
        reply
    }
}

/// Whether one of these headers is there and not empty.
pub(super) fn any_header(ask: &Ask<'_>, names: &[&str]) -> bool {
    ask.headers
        .iter()
        .any(|(name, value)| names.contains(&name.as_str()) && !value.is_empty())
}

/// Whether the request carries an `Authorization`, which is all that most providers ask for.
pub(super) fn bearer(ask: &Ask<'_>) -> bool {
    any_header(ask, &["authorization"])
}
