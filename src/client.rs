//! One call from a request to its answer: prepare (no I/O), then attempt until it succeeds or is final.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;

use crate::auth::Sign;
use crate::error::{Error, Result};
use crate::options::{CallOptions, Timeouts};
use crate::params;
use crate::registry::Auth;
use crate::resolve::{Environment, Surroundings, Target};
use crate::secret::Secrets;
use crate::stream::{Assembler, ChatStream, Machine};
use crate::transport::{Answer, Clock, Connection, Retries, Transport, TransportOptions};
use crate::types::{ChatRequest, ChatResponse, EmbedRequest, EmbeddingResponse};
use crate::wire::{ChatWire, EmbedWire, WireRequest};

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
}

/// An answer and what is known about it.
#[derive(Debug, Clone)]
pub struct Answered<T> {
    /// The answer.
    pub answer: T,
    /// What is known about it.
    pub meta: Meta,
}

/// A call that is ready to be sent: resolved, checked and written. Making one does no I/O.
pub struct Prepared<W: ?Sized + 'static> {
    wire: &'static W,
    target: Target,
    request: WireRequest,
    timeouts: Timeouts,
    retries: u32,
    transport: TransportOptions,
    dropped_params: Vec<String>,
    deliver_usage: bool,
}

/// A prepared chat call.
pub type PreparedChat = Prepared<dyn ChatWire>;
/// A prepared embedding call.
pub type PreparedEmbed = Prepared<dyn EmbedWire>;

/// Resolves, checks and writes a chat request.
///
/// # Errors
/// Everything that can be known to be wrong before sending.
pub fn prepare_chat(
    mut request: ChatRequest,
    options: CallOptions,
    around: &dyn Surroundings,
) -> Result<PreparedChat> {
    request.validate()?;
    let mut target = Target::resolve(&request.model, &options, around)?;
    let (provider, model) = (target.provider, target.model.clone());
    let about = |error: Error| error.about(provider.name, &model);
    let wire = provider
        .chat
        .ok_or_else(|| about(Error::bad_request(format!("{} has no chat", provider.name))))?;
    let mut dropped_params = params::apply(
        &mut request.params,
        (provider.params)(&model),
        &options.params,
        provider.name,
        &model,
    )
    .map_err(about)?;
    let refused = wire.unsupported(&target, &request.params);
    let refused = refused
        .into_iter()
        .filter(|name| !options.params.allowed.iter().any(|allowed| allowed == name));
    let refused = refused.map(str::to_owned).collect();
    let dropped = params::refuse(
        &mut request.params,
        refused,
        &options.params,
        provider.name,
        &model,
    );
    dropped_params.extend(dropped.map_err(about)?);
    // It means nothing on a plain call, and OpenAI refuses it there.
    if !request.stream && request.params.shift_remove("stream_options").is_some() {
        dropped_params.push("stream_options".to_owned());
    }
    target.notes = wire.notes(&target, &request);
    let asked = request
        .params
        .get("stream_options")
        .and_then(|options| options.get("include_usage"))
        .and_then(Value::as_bool);
    // A provider that counts without being asked is not hushed.
    let deliver_usage = asked.unwrap_or(true);
    let request = wire.request(&target, request).map_err(about)?;
    Ok(Prepared {
        wire,
        target,
        request,
        timeouts: options.timeouts,
        retries: options.retries,
        transport: options.transport,
        dropped_params,
        deliver_usage,
    })
}

/// Resolves, checks and writes an embedding request.
///
/// # Errors
/// Everything that can be known to be wrong before sending.
pub fn prepare_embed(
    request: EmbedRequest,
    options: CallOptions,
    around: &dyn Surroundings,
) -> Result<PreparedEmbed> {
    request.validate()?;
    let target = Target::resolve(&request.model, &options, around)?;
    let provider = target.provider;
    let about = |error: Error| error.about(provider.name, &target.model);
    let wire = provider
        .embed
        .ok_or_else(|| about(Error::bad_request(format!("{} has no embeddings", provider.name))))?;
    let mut request = request;
    let rules = (provider.embed_params)(&target.model);
    let dropped_params = params::apply(
        &mut request.params,
        rules,
        &options.params,
        provider.name,
        &target.model,
    );
    let dropped_params = dropped_params.map_err(about)?;
    let request = wire.request(&target, request).map_err(about)?;
    Ok(Prepared {
        wire,
        target,
        request,
        timeouts: options.timeouts,
        retries: options.retries,
        transport: options.transport,
        dropped_params,
        deliver_usage: false,
    })
}

/// Whether an answer is said to be one JSON document and not a stream of events.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    kind.split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// How a wire reads errors, whatever its operation.
trait ReadsErrors {
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

impl PreparedChat {
    /// Sends the call and reads the whole answer.
    ///
    /// # Errors
    /// The last attempt's error.
    pub fn send(
        self,
        transport: &Transport,
    ) -> impl Future<Output = Result<Answered<ChatResponse>>> + Send + 'static {
        let connection = self.connection(transport);
        async move {
            let (body, meta) = self.plain(&connection?).await?;
            let answer = self
                .wire
                .response(&self.target, &body)
                .map_err(|error| self.dress(error, &meta))?;
            Ok(Answered { answer, meta })
        }
    }

    /// Sends the call and returns when the answer has begun.
    ///
    /// # Errors
    /// The last attempt's error. What goes wrong later is said by the stream.
    pub fn stream(self, transport: &Transport) -> impl Future<Output = Result<ChatStream>> + Send + 'static {
        let connection = self.connection(transport);
        async move {
            let (mut answer, mut clock, meta) = self.begin(&connection?).await?;
            let assembler = Assembler::new(&self.target.model, self.deliver_usage);
            let secrets = self.secrets().and_in(&answer.proof);
            // Some servers call a stream JSON too: its first byte tells.
            let whole = is_json(&answer.headers)
                && answer
                    .body
                    .peek(&mut clock)
                    .await
                    .map_err(|error| self.dress(error, &meta))?
                    == Some(b'{');
            if whole {
                // The server answers as if no stream had been asked for, or refuses inside a 200.
                let read = answer.body.collect(&mut clock).await;
                let whole = read.and_then(|body| self.wire.response(&self.target, &body));
                let whole = whole.map_err(|error| self.dress(error, &meta))?;
                return Ok(ChatStream::of_whole(whole, assembler, clock, meta));
            }
            let machine = Machine::new(
                self.wire.framer(&self.target),
                self.wire.decoder(&self.target),
                assembler,
            );
            Ok(ChatStream::new(answer, clock, machine, meta, secrets))
        }
    }
}

impl PreparedEmbed {
    /// Sends the call and reads the whole answer.
    ///
    /// # Errors
    /// The last attempt's error.
    pub fn send(
        self,
        transport: &Transport,
    ) -> impl Future<Output = Result<Answered<EmbeddingResponse>>> + Send + 'static {
        let connection = self.connection(transport);
        async move {
            let (body, meta) = self.plain(&connection?).await?;
            let answer = self
                .wire
                .response(&self.target, &body)
                .map_err(|error| self.dress(error, &meta))?;
            Ok(Answered { answer, meta })
        }
    }
}

#[allow(private_bounds)]
impl<W: ?Sized + ReadsErrors + 'static> Prepared<W> {
    /// Where the call goes.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    fn connection(&self, transport: &Transport) -> Result<Connection> {
        // A signer may have to ask somebody else first, wherever the request itself goes.
        let secure = self.request.url.scheme() == "https" || self.signer().is_some();
        let connection = transport.connection(&self.transport, self.timeouts.connect, secure);
        connection.map_err(|error| error.about(self.target.provider.name, &self.target.model))
    }

    fn signer(&self) -> Option<&'static dyn Sign> {
        match self.target.provider.auth {
            Auth::Signed(signer) => Some(signer),
            Auth::Bearer | Auth::Header(_) => None,
        }
    }

    async fn plain(&self, connection: &Connection) -> Result<(Bytes, Meta)> {
        let begun = Instant::now();
        let total = self.timeouts.total.and_then(|total| begun.checked_add(total));
        let mut retries = Retries::new(self.retries);
        loop {
            let mut clock = Clock::start(self.timeouts, total, false);
            let error = match self.attempt(connection, &clock, &mut retries).await {
                Ok(answer) => {
                    let headers = answer.headers;
                    match answer.body.collect(&mut clock).await {
                        Ok(body) => return Ok((body, self.meta(headers, begun, &retries))),
                        Err(error) => error.with_headers(&headers),
                    }
                }
                Err(error) => error,
            };
            self.before_next(error, &mut retries, total).await?;
        }
    }

    async fn begin(&self, connection: &Connection) -> Result<(Answer, Clock, Meta)> {
        let begun = Instant::now();
        let total = self.timeouts.total.and_then(|total| begun.checked_add(total));
        let mut retries = Retries::new(self.retries);
        loop {
            let clock = Clock::start(self.timeouts, total, true);
            match self.attempt(connection, &clock, &mut retries).await {
                Ok(answer) => {
                    let meta = self.meta(answer.headers.clone(), begun, &retries);
                    return Ok((answer, clock, meta));
                }
                Err(error) => self.before_next(error, &mut retries, total).await?,
            }
        }
    }

    /// One request; an error status is read to its end and becomes an error. A token that was refused is renewed, and the
    /// request repeated with it, once.
    async fn attempt(&self, connection: &Connection, clock: &Clock, retries: &mut Retries) -> Result<Answer> {
        let mut renewed = false;
        loop {
            let answer = connection.send(&self.target, &self.request, clock).await?;
            tracing::debug!(provider = self.target.provider.name, model = %self.target.model, status = answer.status.as_u16(), "answered");
            if answer.status.is_success() {
                return Ok(answer);
            }
            let (status, headers, proof) = (answer.status.as_u16(), answer.headers, answer.proof);
            // An error whose body breaks off is still that error.
            let body = answer.body.collect(&mut clock.clone()).await.unwrap_or_default();
            let error = self.wire.read_error(&self.target, status, headers, body);
            let signer = self.signer().filter(|_| !renewed);
            if !signer.is_some_and(|signer| signer.renews(&self.target, &proof, &error)) {
                return Err(error.without(&Secrets::default().and_in(&proof)));
            }
            renewed = true;
            retries.renewed();
        }
    }

    /// Waits until the next attempt is due, or returns `error` when it is final.
    async fn before_next(&self, error: Error, retries: &mut Retries, total: Option<Instant>) -> Result<()> {
        let attempts = retries.attempts();
        let wait = retries
            .after(&error)
            .filter(|wait| match (total, Instant::now().checked_add(*wait)) {
                (Some(total), Some(due)) => due < total,
                (None, Some(_)) => true,
                (_, None) => false,
            });
        let Some(wait) = wait else {
            return Err(self.dressed(error, attempts));
        };
        tracing::debug!(
            provider = self.target.provider.name,
            model = %self.target.model,
            status = error.status(),
            kind = error.kind().class_name(),
            wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            "retrying"
        );
        tokio::time::sleep(wait).await;
        Ok(())
    }

    fn meta(&self, mut headers: HeaderMap, begun: Instant, retries: &Retries) -> Meta {
        self.secrets().blot_headers(&mut headers);
        Meta {
            provider: self.target.provider.name,
            model: self.target.model.clone(),
            url: self.shown_url(),
            headers,
            elapsed: begun.elapsed(),
            attempts: retries.attempts(),
            dropped_params: self.dropped_params.clone(),
        }
    }

    fn dress(&self, error: Error, meta: &Meta) -> Error {
        self.dressed(error.with_headers(&meta.headers), meta.attempts)
    }

    /// The error as the caller gets it.
    fn dressed(&self, error: Error, attempts: u32) -> Error {
        let error = error
            .about(self.target.provider.name, &self.target.model)
            .with_url(&self.shown_url());
        error.after_attempts(attempts).without(&self.secrets())
    }

    fn secrets(&self) -> Secrets {
        let options = &self.target.options;
        Secrets::of(self.target.key.as_ref(), &self.target.headers)
            .and(options.text("aws_secret_access_key"))
            .and(options.text("aws_session_token"))
    }

    /// Where the call goes, without what may be secret about it.
    fn shown_url(&self) -> String {
        let mut url = self.request.url.clone();
        url.set_query(None);
        let _ = (url.set_username(""), url.set_password(None));
        url.into()
    }
}

/// A client for Rust programs: connections of its own, keys and bases from options and environment.
///
/// ```no_run
/// # async fn run() -> Result<(), edgequake_llm::Error> {
/// use edgequake_llm::{CallOptions, ChatRequest, Client};
/// let client = Client::new();
/// let request = ChatRequest::new("openai/gpt-4o-mini").user("Count 1 to 5");
/// let answered = client.chat(request, CallOptions::default()).await?;
/// println!("{:?}", answered.answer.choices);
/// # Ok(()) }
/// ```
#[derive(Debug, Default)]
pub struct Client {
    transport: Transport,
}

impl Client {
    /// A client without open connections.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One plain chat call.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn chat(&self, request: ChatRequest, options: CallOptions) -> Result<Answered<ChatResponse>> {
        prepare_chat(
            ChatRequest {
                stream: false,
                ..request
            },
            options,
            &Environment,
        )?
        .send(&self.transport)
        .await
    }

    /// One streamed chat call.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn chat_stream(&self, request: ChatRequest, options: CallOptions) -> Result<ChatStream> {
        prepare_chat(
            ChatRequest {
                stream: true,
                ..request
            },
            options,
            &Environment,
        )?
        .stream(&self.transport)
        .await
    }

    /// One embedding call.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn embed(
        &self,
        request: EmbedRequest,
        options: CallOptions,
    ) -> Result<Answered<EmbeddingResponse>> {
        prepare_embed(request, options, &Environment)?
            .send(&self.transport)
            .await
    }
}
