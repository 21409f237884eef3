//! Bytes to a server and back. The only place that names the HTTP library.

mod address;
mod coding;
mod deadline;
mod download;
mod handler;
mod pool;
mod proxies;
mod retry;
mod tls;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, HeaderName, HeaderValue, USER_AGENT};
use http::{HeaderMap, StatusCode};

use crate::error::{Error, ErrorKind, Result};
use crate::options::{CallOptions, Timeouts};
use crate::registry::Auth;
use crate::resolve::Target;
use crate::secret::Secrets;
use crate::wire::WireRequest;

pub(crate) use deadline::Clock;
use deadline::timed_out;
pub(crate) use download::Downloader;
pub use handler::{Asked, Handled, Handler, Handling, Tape};
pub use pool::TransportOptions;
pub use proxies::Proxies;
pub(crate) use retry::Retries;
pub use tls::Verify;

const AGENT: &str = concat!("edgequake-llm/", env!("CARGO_PKG_VERSION"));
/// A longer explanation of an error is cut off.
const MAX_REFUSAL: usize = 8 << 20;
/// A service that gives out tokens answers within this or not at all.
const SERVICE: Duration = Duration::from_secs(60);

/// Connections, shared by every call on one runtime.
#[derive(Debug, Default)]
pub struct Transport {
    pool: pool::Pool,
}

/// An answer whose body has not been read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Body,
    /// The headers by which the request was signed.
    pub proof: HeaderMap,
}

/// A body that is read piece by piece. Dropping it before its end closes the connection.
#[derive(Debug)]
pub(crate) struct Body {
    source: Source,
    /// How it is packed, where it is.
    packed: Option<Box<coding::Packed>>,
    /// What keeps the pieces.
    tape: Option<Arc<dyn Tape>>,
    /// A piece that was looked at before its time.
    peeked: Option<Bytes>,
    /// How many bytes it may have when it is collected.
    pub(crate) limit: usize,
}

#[derive(Debug)]
enum Source {
    Network(reqwest::Response),
    Handled(tokio::sync::mpsc::Receiver<Result<Bytes>>),
}

impl Transport {
    /// Connections of its own, none open yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Closes the idle connections of an owner, see [`TransportOptions::owner`].
    pub fn forget(&self, owner: u64) {
        self.pool.forget(owner);
    }

    /// The client for a way of connecting. It may read the environment and certificates, so it is asked for where that
    /// is safe rather than in the middle of a call. `secure` says that it must be able to speak TLS.
    pub(crate) fn connection(
        &self,
        options: &TransportOptions,
        connect: Option<Duration>,
        secure: bool,
    ) -> Result<Connection> {
        let connect = connect.unwrap_or(pool::CONNECT);
        let way = self
            .pool
            .client(options, connect, secure, pool::Purpose::Provider)?;
        Ok(Connection {
            way,
            connect,
            handlers: Vec::new(),
        })
    }
}

/// A way to a server.
#[derive(Debug, Clone)]
pub struct Connection {
    way: pool::Way,
    connect: Duration,
    handlers: Vec<Arc<dyn Handler>>,
}

impl Connection {
    /// The same way, past `handlers`.
    pub(crate) fn past(mut self, handlers: &[Arc<dyn Handler>]) -> Self {
        handlers.clone_into(&mut self.handlers);
        self
    }

    /// `request` as it would be sent. Nothing is: where a token would have to be fetched first, its place is marked.
    pub(crate) async fn show(mut self, target: &Target, request: &WireRequest) -> Result<Asked> {
        let offline = Arc::new(handler::Offline::default());
        self.handlers = vec![Arc::clone(&offline) as Arc<dyn Handler>];
        let mut prepared = prepare(target, request)?;
        if let Auth::Signed(signer) = target.provider.auth {
            match signer.sign(target, request, &self).await {
                Ok(proof) => prepared.headers_mut().extend(proof),
                Err(_) if offline.asked.load(Ordering::Relaxed) => {
                    let unknown = HeaderValue::from_static("Bearer ***");
                    prepared.headers_mut().insert(AUTHORIZATION, unknown);
                }
                Err(error) => return Err(error),
            }
        }
        let secrets = target.secrets(request).and_in(prepared.headers());
        Ok(Asked::new(&prepared, request.body.clone(), secrets))
    }

    /// Sends `request` once and returns when the headers of the answer are here.
    pub(crate) async fn send(&self, target: &Target, request: &WireRequest, clock: &Clock) -> Result<Answer> {
        let mut prepared = prepare(target, request)?;
        let mut proof = HeaderMap::new();
        if let Auth::Signed(signer) = target.provider.auth {
            proof = clock.first_byte(signer.sign(target, request, self)).await??;
            prepared.headers_mut().extend(proof.clone());
        }
        let seen = || (request.body.clone(), target.secrets(request).and_in(&proof));
        let sent = handler::answer(&self.way, &self.handlers, prepared, seen, self.connect);
        let (status, headers, body) = clock.first_byte(sent).await??;
        Ok(Answer {
            status,
            headers,
            body,
            proof,
        })
    }

    /// Sends a request of ours to a service beside the provider, one that gives out tokens, and reads its whole answer.
    ///
    /// # Errors
    /// When there is no whole answer within a minute.
    pub async fn exchange(&self, request: &WireRequest) -> Result<(StatusCode, Bytes)> {
        let mut prepared = reqwest::Request::new(request.method.clone(), request.url.clone());
        *prepared.body_mut() = Some(request.body.clone().into());
        *prepared.headers_mut() = request.headers.clone();
        prepared
            .headers_mut()
            .insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let secrets = || {
            let secrets = Secrets::default().and_in(&request.headers);
            secrets.and_in_form(&request.body)
        };
        let seen = || (request.body.clone(), secrets());
        let sent = handler::answer(&self.way, &self.handlers, prepared, seen, self.connect);
        let (status, _, body) = sent.await?;
        let limit = Timeouts::all(SERVICE);
        let mut body = body.collect(&mut Clock::start(limit, None, false)).await?;
        if !status.is_success() {
            // A refusal may repeat what it refuses.
            secrets().blot_bytes(&mut body);
        }
        Ok((status, body))
    }
}

impl Source {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        match self {
            Self::Network(response) => response.chunk().await.map_err(|error| failed(&error)),
            Self::Handled(pieces) => pieces.recv().await.transpose(),
        }
    }
}

impl Body {
    fn network(
        response: reqwest::Response,
        packed: Option<coding::Packed>,
        tape: Option<Arc<dyn Tape>>,
    ) -> Self {
        Self {
            packed: packed.map(Box::new),
            tape,
            ..Self::of(Source::Network(response))
        }
    }

    fn handled(pieces: tokio::sync::mpsc::Receiver<Result<Bytes>>) -> Self {
        Self::of(Source::Handled(pieces))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            packed: None,
            tape: None,
            peeked: None,
            limit: CallOptions::MAX_RESPONSE,
        }
    }

    /// How long the server says the body is.
    fn expected(&self) -> usize {
        let (Source::Network(response), None) = (&self.source, &self.packed) else {
            return 0;
        };
        response
            .content_length()
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or(0)
    }

    /// The next bytes, or none at a proper end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        if let Some(piece) = self.peeked.take() {
            return Ok(Some(piece));
        }
        let piece = match &mut self.packed {
            None => self.source.next().await?,
            Some(packed) => loop {
                if let Some(piece) = packed.next().map_err(broken)? {
                    break Some(piece);
                }
                match self.source.next().await? {
                    Some(piece) => packed.add(piece),
                    None => break packed.finish().map_err(broken)?,
                }
            },
        };
        if let (Some(tape), Some(piece)) = (&self.tape, &piece) {
            tape.piece(piece);
        }
        Ok(piece)
    }

    /// The first byte that is no white space in the next piece, which is still to be read.
    pub(crate) async fn peek(&mut self, clock: &mut Clock) -> Result<Option<u8>> {
        self.peeked = clock.piece(self.next()).await??;
        Ok(self
            .peeked
            .as_ref()
            .and_then(|piece| piece.trim_ascii_start().first().copied()))
    }

    /// The whole rest of the body, within the limits of `clock`.
    pub(crate) async fn collect(self, clock: &mut Clock) -> Result<Bytes> {
        let limit = self.limit;
        self.collect_up_to(limit, " (see `max_response_bytes`)", clock)
            .await
    }

    /// What a server says of an error: as much of it as comes, and as may be kept.
    pub(crate) async fn collect_refusal(mut self, clock: &mut Clock) -> Bytes {
        let limit = self.limit.min(MAX_REFUSAL);
        let mut known = BytesMut::new();
        while known.len() < limit
            && let Ok(Ok(Some(piece))) = clock.piece(self.next()).await
        {
            let room = (limit - known.len()).min(piece.len());
            known.extend_from_slice(piece.get(..room).unwrap_or_default());
        }
        known.freeze()
    }

    /// The whole rest of the body, refused with `advice` when it has more than `limit` bytes.
    async fn collect_up_to(mut self, limit: usize, advice: &str, clock: &mut Clock) -> Result<Bytes> {
        let expected = self.expected();
        let Some(first) = clock.piece(self.next()).await?? else {
            return Ok(Bytes::new());
        };
        if first.len() >= expected && expected > 0 && expected <= limit {
            // The common case: the whole answer in one read.
            return match clock.piece(self.next()).await?? {
                None => Ok(first),
                Some(more) => self.collect_after(first, &more, 0, (limit, advice), clock).await,
            };
        }
        self.collect_after(first, &[], expected, (limit, advice), clock)
            .await
    }

    async fn collect_after(
        mut self,
        first: Bytes,
        second: &[u8],
        expected: usize,
        (limit, advice): (usize, &str),
        clock: &mut Clock,
    ) -> Result<Bytes> {
        let too_large = || {
            let message = format!("the answer is larger than {limit} bytes{advice}");
            Err(Error::new(ErrorKind::ResponseValidation, message))
        };
        let known = first.len() + second.len();
        if expected.max(known) > limit {
            return too_large();
        }
        let mut whole = BytesMut::with_capacity(expected.min(64 << 20).max(known));
        whole.extend_from_slice(&first);
        whole.extend_from_slice(second);
        while let Some(piece) = clock.piece(self.next()).await?? {
            if whole.len() + piece.len() > limit {
                return too_large();
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }
}

fn prepare(target: &Target, request: &WireRequest) -> Result<reqwest::Request> {
    let mut prepared = reqwest::Request::new(request.method.clone(), request.url.clone());
    // Some servers refuse a GET that brings a body, be it an empty one.
    if !request.body.is_empty() || request.method == http::Method::POST {
        *prepared.body_mut() = Some(request.body.clone().into());
    }
    let headers = prepared.headers_mut();
    headers.extend(
        request
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    if let Some(key) = &target.key {
        let bearer = || vec![(AUTHORIZATION, format!("Bearer {}", key.expose()))];
        let proof = match target.provider.auth {
            _ if target.key_is_token => bearer(),
            Auth::Bearer => bearer(),
            Auth::Header(name) => vec![(HeaderName::from_static(name), key.expose().to_owned())],
            Auth::Headers(of) => of(target, key.expose())
                .into_iter()
                .map(|(name, value)| (HeaderName::from_static(name), value))
                .collect(),
            Auth::Signed(_) => Vec::new(),
        };
        for (name, value) in proof {
            let mut value = HeaderValue::from_str(&value)
                .map_err(|_| Error::bad_request("api_key has characters that no header can hold"))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    for (name, value) in &target.headers {
        headers.insert(name.clone(), value.clone());
    }
    Ok(prepared)
}

/// What was packed cannot be unpacked.
fn broken(error: std::io::Error) -> Error {
    Error::new(ErrorKind::ApiConnection, format!("Connection broken: {error}"))
}

/// What went wrong below HTTP, without the URL: its query may hold a key.
fn failed(error: &reqwest::Error) -> Error {
    let mut text = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    if text.is_empty() {
        text = "no details".to_owned();
    }
    let what = if error.is_connect() {
        "Connection error"
    } else {
        "Connection broken"
    };
    Error::new(ErrorKind::ApiConnection, format!("{what}: {text}"))
}
