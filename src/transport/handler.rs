//! Somebody in the place of the network, or beside it: who answers, watches or records requests. A call without any
//! pays for one look at an empty list.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, RANGE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::sync::mpsc;
use url::Url;

use super::pool::Way;
use super::{Body, coding, failed, timed_out};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::{Secrets, says_secret};

const BLOT: &str = "***";

/// What a handler does about a request, once it knows.
pub type Handling<'a> = Pin<Box<dyn Future<Output = Result<Handled>> + Send + 'a>>;

/// Looks at requests on their way out.
pub trait Handler: Send + Sync + std::fmt::Debug {
    /// Answers `asked`, or lets it pass.
    fn handle(&self, asked: Asked) -> Handling<'_>;
}

/// What a handler did.
#[derive(Debug)]
pub enum Handled {
    /// It is the server. The body comes piece by piece; its end is the end of the sender.
    Answer {
        /// The status.
        status: StatusCode,
        /// Headers.
        headers: HeaderMap,
        /// The body.
        body: mpsc::Receiver<Result<Bytes>>,
    },
    /// The request goes on its way; what comes back is put on the tape.
    Pass(Option<Arc<dyn Tape>>),
}

/// Keeps an answer as it comes.
pub trait Tape: Send + Sync + std::fmt::Debug {
    /// The answer has begun.
    fn begun(&self, status: StatusCode, headers: &HeaderMap);
    /// The next piece of its body.
    fn piece(&self, bytes: &Bytes);
}

/// A request as it is sent, but for the headers that only say how it travels.
#[derive(Clone)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// Where to, query included.
    pub url: Url,
    /// All headers, keys among them.
    pub headers: HeaderMap,
    /// The bytes.
    pub body: Bytes,
    secrets: Secrets,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Asked({} {})", self.method, self.shown_url())
    }
}

impl Asked {
    pub(super) fn new(request: &reqwest::Request, body: Bytes, secrets: Secrets) -> Self {
        let mut headers = request.headers().clone();
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        Self {
            method: request.method().clone(),
            url: request.url().clone(),
            headers,
            body,
            secrets,
        }
    }

    /// The headers without what is secret.
    #[must_use]
    pub fn shown_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        for (name, value) in &mut headers {
            // Not by `is_sensitive`: every header of the caller's is marked so, to keep it out of HTTP/2's tables.
            let bytes = value.as_bytes();
            let proves = [&b"Bearer "[..], b"Basic "]
                .iter()
                .any(|scheme| bytes.starts_with(scheme));
            if proves || says_secret(name.as_str()) {
                *value = HeaderValue::from_static(BLOT);
            }
        }
        self.secrets.blot_headers(&mut headers);
        headers
    }

    /// The URL without what is secret.
    #[must_use]
    pub fn shown_url(&self) -> String {
        let mut url = self.url.clone();
        let _ = (url.set_username(""), url.set_password(None));
        if url.query_pairs().any(|(name, _)| says_secret(&name)) {
            let pairs: Vec<(String, String)> = url
                .query_pairs()
                .map(|(name, value)| {
                    let value = if says_secret(&name) { BLOT.into() } else { value };
                    (name.into_owned(), value.into_owned())
                })
                .collect();
            url.query_pairs_mut().clear().extend_pairs(pairs);
        }
        let mut text = url.to_string();
        self.secrets.blot(&mut text);
        text
    }

    /// `text` without what is secret about the request.
    #[must_use]
    pub fn blotted(&self, mut text: String) -> String {
        self.secrets.blot(&mut text);
        text
    }
}

/// The answer to `request`: a handler's, or the server's.
pub(super) async fn answer(
    way: &Way,
    handlers: &[Arc<dyn Handler>],
    mut request: reqwest::Request,
    body: impl FnOnce() -> (Bytes, Secrets),
    connect: Duration,
) -> Result<(StatusCode, HeaderMap, Body)> {
    let mut tape = None;
    if !handlers.is_empty() {
        let (body, secrets) = body();
        let asked = Asked::new(&request, body, secrets);
        for handler in handlers {
            match handler.handle(asked.clone()).await? {
                Handled::Answer {
                    status,
                    headers,
                    body,
                } => return Ok((status, headers, Body::handled(body))),
                Handled::Pass(recorder) => tape = recorder.or(tape),
            }
        }
    }
    if !request.headers().contains_key(RANGE) {
        let accepted = request.headers_mut().entry(ACCEPT_ENCODING);
        accepted.or_insert(coding::ACCEPTED);
    }
    way.check(request.url())?;
    let response = way.client.execute(request).await.map_err(|error| {
        if error.is_connect() && error.is_timeout() {
            return timed_out("connect", Some(connect));
        }
        failed(&error)
    })?;
    let (status, mut headers) = (response.status(), response.headers().clone());
    let packed = coding::Packed::of(&mut headers);
    if let Some(tape) = &tape {
        tape.begun(status, &headers);
    }
    Ok((status, headers, Body::network(response, packed, tape)))
}

/// Lets nothing out, and remembers that something wanted to.
#[derive(Debug, Default)]
pub(super) struct Offline {
    pub(super) asked: AtomicBool,
}

impl Handler for Offline {
    fn handle(&self, _: Asked) -> Handling<'_> {
        self.asked.store(true, Ordering::Relaxed);
        Box::pin(std::future::ready(Err(Error::new(
            ErrorKind::ApiConnection,
            "nothing is sent",
        ))))
    }
}
