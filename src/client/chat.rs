//! Chat: plain and streamed.

use http::HeaderMap;
use serde_json::Value;

use super::attempt::Course;
use super::call::{Answered, Prepared, Shown};
use crate::error::{Error, ErrorKind, Result};
use crate::media::Unfetched;
use crate::options::CallOptions;
use crate::params;
use crate::registry;
use crate::resolve::{Surroundings, Target};
use crate::stream::{Assembler, ChatStream, Machine};
use crate::transport::{Downloader, Transport};
use crate::types::{ChatRequest, ChatResponse};
use crate::wire::ChatWire;

/// A prepared chat call.
pub struct PreparedChat {
    call: Prepared<dyn ChatWire>,
    deliver_usage: bool,
    /// The request as it is to be written once its files are here.
    unfetched: Option<Unfetched>,
}

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
    let wire = provider.chat.ok_or_else(|| {
        about(Error::new(
            ErrorKind::UnknownProvider,
            format!("{} has no chat.", provider.name),
        ))
    })?;
    let renamed = if options.noting {
        params::renamed(&request.params, provider.rules(&model))
    } else {
        Vec::new()
    };
    let mut dropped_params = params::apply(
        &mut request.params,
        provider.rules(&model),
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
    dropped_params.extend(registry::foreign_options(provider, &options.provider_options));
    for name in wire.left_out(&target, &request) {
        request.params.shift_remove(&name);
        dropped_params.push(name);
    }
    target.notes = wire.notes(&target, &request);
    let asked = request
        .params
        .get("stream_options")
        .and_then(|options| options.get("include_usage"))
        .and_then(Value::as_bool);
    // A provider that counts without being asked is not hushed.
    let deliver_usage = asked.unwrap_or(true);
    let unfetched = Unfetched::split(wire, &target, &mut request, &options.files).map_err(about)?;
    let request = wire.request(&target, request).map_err(about)?;
    let mut call = Prepared::new(wire, target, request, options, dropped_params);
    call.changes.renamed = renamed;
    Ok(PreparedChat {
        call,
        deliver_usage,
        unfetched,
    })
}

impl PreparedChat {
    /// Where the call goes.
    #[must_use]
    pub fn target(&self) -> &Target {
        self.call.target()
    }

    /// The request's bytes, without files that have to be fetched first.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.call.body()
    }

    /// Parameters that are not sent because the caller allowed that.
    #[must_use]
    pub fn dropped_params(&self) -> &[String] {
        self.call.dropped_params()
    }

    /// Reports what the layer above could not have sent.
    pub(super) fn also_dropped(&mut self, names: impl Iterator<Item = String>) {
        self.call.also_dropped(names);
    }

    /// The call as it would be sent. Files that the provider does not fetch are brought in for it.
    ///
    /// # Errors
    /// What goes wrong before sending.
    pub fn show(self, transport: &Transport) -> impl Future<Output = Result<Shown>> + Send + 'static {
        let (connection, downloader) = (self.call.connection(transport), self.downloader(transport));
        async move {
            let course = self.call.course();
            let this = self.complete(downloader, &course).await?;
            let asked = this.call.show(connection?).await?;
            Ok(this.call.shown(vec![asked]))
        }
    }

    /// Sends the call and reads the whole answer.
    ///
    /// # Errors
    /// The last attempt's error.
    pub fn send(
        self,
        transport: &Transport,
    ) -> impl Future<Output = Result<Answered<ChatResponse>>> + Send + 'static {
        let (connection, downloader) = (self.call.connection(transport), self.downloader(transport));
        async move {
            let course = self.call.course();
            let this = self.complete(downloader, &course).await?;
            let call = &this.call;
            let (body, meta) = call.plain(&connection?, course).await?;
            let answer = call.wire.response(&call.target, &body);
            let mut answer = answer.map_err(|error| call.dress(error, &meta))?;
            if answer.usage.is_none() {
                answer.usage = call.wire.counted(&call.target, &meta.headers);
            }
            answer.model.get_or_insert_with(|| call.target.model.clone());
            Ok(Answered { answer, meta })
        }
    }

    /// Sends the call and returns when the answer has begun.
    ///
    /// # Errors
    /// The last attempt's error. What goes wrong later is said by the stream.
    pub fn stream(self, transport: &Transport) -> impl Future<Output = Result<ChatStream>> + Send + 'static {
        let (connection, downloader) = (self.call.connection(transport), self.downloader(transport));
        async move {
            let course = self.call.course();
            let this = self.complete(downloader, &course).await?;
            let call = &this.call;
            let (mut answer, mut clock, meta) = call.begin(&connection?, course).await?;
            let assembler = Assembler::new(&call.target.model, this.deliver_usage);
            let secrets = call.secrets().and_in(&answer.proof);
            // Some servers call a stream JSON too: its first byte tells.
            let whole = is_json(&answer.headers)
                && answer
                    .body
                    .peek(&mut clock)
                    .await
                    .map_err(|error| call.dress(error, &meta))?
                    == Some(b'{');
            if whole {
                // The server answers as if no stream had been asked for, or refuses inside a 200.
                let read = answer.body.collect(&mut clock).await;
                let whole = read.and_then(|body| call.wire.response(&call.target, &body));
                let whole = whole.map_err(|error| call.dress(error, &meta))?;
                return Ok(ChatStream::of_whole(whole, assembler, clock, meta));
            }
            let machine = Machine::new(
                call.limited(call.wire.framer(&call.target)),
                call.wire.decoder(&call.target),
                assembler,
            );
            Ok(ChatStream::new(answer, clock, machine, meta, secrets))
        }
    }
}

impl PreparedChat {
    /// The way to files, when there are any to bring in.
    fn downloader(&self, transport: &Transport) -> Option<Result<Downloader>> {
        self.unfetched.as_ref().map(|_| self.call.downloader(transport))
    }

    /// Brings in what is missing, and writes the request with it.
    async fn complete(mut self, downloader: Option<Result<Downloader>>, course: &Course) -> Result<Self> {
        let (Some(unfetched), Some(downloader)) = (self.unfetched.take(), downloader) else {
            return Ok(self);
        };
        let call = &mut self.call;
        let fetched = unfetched.fetched(
            call.wire,
            &call.target,
            downloader?,
            call.timeouts,
            course.total,
            call.retries,
        );
        let written = fetched
            .await
            .and_then(|request| call.wire.request(&call.target, request));
        call.request = written.map_err(|error| error.about(call.target.provider.name, &call.target.model))?;
        Ok(self)
    }
}

/// Whether an answer is said to be one JSON document and not a stream of events.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    kind.split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
