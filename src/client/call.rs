//! A call that is ready to be sent, whatever its operation, and what is known about its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use url::Url;

use super::attempt::Course;
use crate::auth::Sign;
use crate::error::{Error, Result};
use crate::framing::Framer;
use crate::options::{CallOptions, Timeouts};
use crate::registry::Auth;
use crate::resolve::Target;
use crate::secret::Secrets;
use crate::transport::{Asked, Connection, Downloader, Handler, Proxies, Transport, TransportOptions};
use crate::wire::{ChatWire, EmbedWire, EndpointWire, WireRequest};

/// What is known about an answer beside the answer.
#[derive(Debug, Clone)]
pub struct Meta {
    /// The provider's name.
    pub provider: &'static str,
    /// The model as the caller named it, without the provider.
    pub model: String,
    /// Where the request went, without its query.
    pub url: String,
    /// Headers of the answer.
    pub headers: HeaderMap,
    /// From the first attempt to the answer (of a stream: to its headers).
    pub elapsed: Duration,
    /// Requests made.
    pub attempts: u32,
    /// Parameters that were not sent because the caller allowed that.
    pub dropped_params: Vec<String>,
    /// By which headers the request was signed.
    pub(super) proof: HeaderMap,
}

/// An answer and what is known about it.
#[derive(Debug, Clone)]
pub struct Answered<T> {
    /// The answer.
    pub answer: T,
    /// What is known about it.
    pub meta: Meta,
}

/// What became of a request's parameters, beside what was dropped.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Parameters that go under another name.
    pub renamed: Vec<(String, String)>,
    /// What the provider cannot do itself, and how it is done.
    pub emulated: Vec<String>,
}

/// A call that was not sent.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The provider's name.
    pub provider: &'static str,
    /// The model as the caller named it, without the provider.
    pub model: String,
    /// Its requests; more than one where a provider takes less at once.
    pub requests: Vec<Asked>,
    /// Parameters that are not sent because the caller allowed that.
    pub dropped_params: Vec<String>,
    /// What became of the others.
    pub changes: Changes,
}

/// A call that is ready to be sent: resolved, checked and written. Making one does no I/O.
pub struct Prepared<W: ?Sized + 'static> {
    pub(super) wire: &'static W,
    pub(super) target: Target,
    pub(super) request: WireRequest,
    pub(super) timeouts: Timeouts,
    pub(super) retries: u32,
    pub(super) max_response: usize,
    transport: TransportOptions,
    handlers: Vec<Arc<dyn Handler>>,
    pub(super) changes: Changes,
    dropped_params: Vec<String>,
}

/// How a wire reads errors, whatever its operation.
pub(super) trait ReadsErrors {
    fn read_error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error;
}
impl ReadsErrors for dyn ChatWire {
    fn read_error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        self.error(target, status, headers, body)
    }
}
impl ReadsErrors for dyn EmbedWire {
    fn read_error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        self.error(target, status, headers, body)
    }
}
impl ReadsErrors for dyn EndpointWire {
    fn read_error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        self.error(target, status, headers, body)
    }
}

#[allow(private_bounds)]
impl<W: ?Sized + ReadsErrors + 'static> Prepared<W> {
    /// A call of which everything is known.
    pub(super) fn new(
        wire: &'static W,
        target: Target,
        request: WireRequest,
        options: CallOptions,
        dropped_params: Vec<String>,
    ) -> Self {
        Self {
            wire,
            target,
            request,
            timeouts: options.timeouts,
            retries: options.retries,
            max_response: options.max_response,
            transport: options.transport,
            handlers: options.handlers,
            changes: Changes::default(),
            dropped_params,
        }
    }

    /// The way to files that the call needs.
    pub(super) fn downloader(&self, transport: &Transport) -> Result<Downloader> {
        let downloader = transport.downloader(&self.transport, self.timeouts.connect);
        let downloader = downloader.map(|downloader| downloader.past(&self.handlers));
        downloader.map_err(|error| error.about(self.target.provider.name, &self.target.model))
    }

    /// Where the call goes.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The request's bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.request.body
    }

    /// Parameters that are not sent because the caller allowed that.
    #[must_use]
    pub fn dropped_params(&self) -> &[String] {
        &self.dropped_params
    }

    /// Reports what the layer above could not have sent.
    pub(super) fn also_dropped(&mut self, names: impl Iterator<Item = String>) {
        self.dropped_params.extend(names);
    }

    /// The way there. Asked for before the call is under way: it may read certificates.
    pub(super) fn connection(&self, transport: &Transport) -> Result<Connection> {
        // A signer may have to ask somebody else first, wherever the request itself goes.
        let secure = self.request.url.scheme() == "https" || self.signer().is_some();
        let connection = transport.connection(&self.transport, self.timeouts.connect, secure);
        let connection = connection.map(|connection| connection.past(&self.handlers));
        connection.map_err(|error| error.about(self.target.provider.name, &self.target.model))
    }

    /// The request as it would be sent.
    pub(super) async fn show(&self, connection: Connection) -> Result<Asked> {
        let shown = connection.show(&self.target, &self.request).await;
        shown.map_err(|error| self.dressed(error, 0))
    }

    /// What is shown instead of an answer.
    pub(super) fn shown(&self, requests: Vec<Asked>) -> Shown {
        let mut changes = self.changes.clone();
        if self.target.notes.keys().any(|note| note.contains("answer")) {
            changes
                .emulated
                .push("response_format by a tool whose arguments are the answer".to_owned());
        }
        Shown {
            provider: self.target.provider.name,
            model: self.target.model.clone(),
            requests,
            dropped_params: self.dropped_params.clone(),
            changes,
        }
    }

    /// The cutter of a stream's events, which may be as large as the caller allows.
    pub(super) fn limited(&self, mut framer: Box<dyn Framer>) -> Box<dyn Framer> {
        framer.limit(self.max_response);
        framer
    }

    pub(super) fn signer(&self) -> Option<&'static dyn Sign> {
        match self.target.provider.auth {
            Auth::Signed(signer) => Some(signer),
            Auth::Bearer | Auth::Header(_) | Auth::Headers(_) => None,
        }
    }

    pub(super) fn meta(&self, mut headers: HeaderMap, proof: HeaderMap, course: &Course) -> Meta {
        self.secrets().and_in(&proof).blot_headers(&mut headers);
        Meta {
            provider: self.target.provider.name,
            model: self.target.model.clone(),
            url: self.shown_url(),
            headers,
            elapsed: course.begun.elapsed(),
            attempts: course.retries.attempts(),
            dropped_params: self.dropped_params.clone(),
            proof,
        }
    }

    /// An error after the answer has begun, as the caller gets it.
    pub(super) fn dress(&self, error: Error, meta: &Meta) -> Error {
        let error = error.with_headers(&meta.headers);
        self.dressed_without(error, meta.attempts, &self.secrets().and_in(&meta.proof))
    }

    /// The error as the caller gets it.
    pub(super) fn dressed(&self, error: Error, attempts: u32) -> Error {
        self.dressed_without(error, attempts, &self.secrets())
    }

    fn dressed_without(&self, error: Error, attempts: u32, secrets: &Secrets) -> Error {
        let error = error
            .about(self.target.provider.name, &self.target.model)
            .with_url(&self.shown_url());
        error
            .after_attempts(attempts)
            .with_dropped(&self.dropped_params)
            .without(secrets)
    }

    /// What must not be shown.
    pub(super) fn secrets(&self) -> Secrets {
        let secrets = self.target.secrets(&self.request);
        match &self.transport.proxies {
            Proxies::Only(proxy) => match Url::parse(proxy) {
                Ok(proxy) => secrets.and_in_url(&proxy),
                Err(_) => secrets.and(Some(proxy)),
            },
            _ => secrets,
        }
    }

    /// Where the call goes, without what may be secret about it.
    fn shown_url(&self) -> String {
        let mut url = self.request.url.clone();
        url.set_query(None);
        let _ = (url.set_username(""), url.set_password(None));
        url.into()
    }
}
