//! Embeddings.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::call::{Answered, Meta, Prepared};
use crate::error::{Error, ErrorKind, Result};
use crate::options::CallOptions;
use crate::params;
use crate::registry;
use crate::resolve::{Surroundings, Target};
use crate::transport::Connection;
use crate::transport::Transport;
use crate::types::{EmbedRequest, EmbeddingResponse, Usage};
use crate::wire::{EmbedWire, WireRequest};

/// Requests of one call that are under way at a time.
const AT_ONCE: usize = 8;

/// A prepared embedding call.
pub struct PreparedEmbed {
    call: Prepared<dyn EmbedWire>,
    /// Further requests, where one does not take every input.
    more: Vec<WireRequest>,
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
    let mut target = Target::resolve(&request.model, &options, around)?;
    let provider = target.provider;
    let model = target.model.clone();
    let about = |error: Error| error.about(provider.name, &model);
    let wire = provider.embed.ok_or_else(|| {
        about(Error::new(
            ErrorKind::UnknownProvider,
            format!("{} has no embeddings.", provider.name),
        ))
    })?;
    let mut request = request;
    let rules = provider.embed_rules(&target.model);
    let dropped_params = params::apply(
        &mut request.params,
        rules,
        &options.params,
        provider.name,
        &target.model,
    );
    let mut dropped_params = dropped_params.map_err(about)?;
    dropped_params.extend(registry::foreign_options(provider, &options.provider_options));
    target.notes = wire.notes(&target, &request);
    let most = wire.most_inputs(&target, &request);
    let mut written = Vec::new();
    for request in parts(request, most) {
        written.push(wire.request(&target, request).map_err(about)?);
    }
    let mut written = written.into_iter();
    let first = written
        .next()
        .ok_or_else(|| about(Error::bad_request("input is empty")))?;
    Ok(PreparedEmbed {
        call: Prepared::new(wire, target, first, options, dropped_params),
        more: written.collect(),
    })
}

/// The request in parts of at most `most` inputs. Tokens are numbers, and all of them one input.
fn parts(request: EmbedRequest, most: usize) -> Vec<EmbedRequest> {
    let EmbedRequest { model, input, params } = request;
    let is_many = |items: &Vec<Value>| items.len() > most && !items.iter().all(Value::is_number);
    match input {
        Value::Array(items) if is_many(&items) => {
            let part = |items: &[Value]| EmbedRequest {
                model: model.clone(),
                input: Value::Array(items.to_vec()),
                params: params.clone(),
            };
            items.chunks(most.max(1)).map(part).collect()
        }
        input => vec![EmbedRequest { model, input, params }],
    }
}

impl PreparedEmbed {
    /// Where the call goes.
    #[must_use]
    pub fn target(&self) -> &Target {
        self.call.target()
    }

    /// Parameters that are not sent because the caller allowed that.
    #[must_use]
    pub fn dropped_params(&self) -> &[String] {
        self.call.dropped_params()
    }

    /// Sends the call and reads the whole answer. One request that fails fails the call.
    ///
    /// # Errors
    /// The last attempt's error.
    pub fn send(
        self,
        transport: &Transport,
    ) -> impl Future<Output = Result<Answered<EmbeddingResponse>>> + Send + 'static {
        let connection = self.call.connection(transport);
        async move {
            let Self { call, more } = self;
            let connection = connection?;
            if more.is_empty() {
                let course = call.course();
                let (body, meta) = call.plain(&connection, course).await?;
                return call.read(&body, meta);
            }
            let mut answers = call.all(more, connection).await?.into_iter();
            let mut whole = answers
                .next()
                .ok_or_else(|| Error::bad_request("input is empty"))?;
            for answer in answers {
                join(&mut whole, answer);
            }
            Ok(whole)
        }
    }
}

impl Prepared<dyn EmbedWire> {
    fn read(&self, body: &Bytes, meta: Meta) -> Result<Answered<EmbeddingResponse>> {
        let answer = self.wire.response(&self.target, body);
        let mut answer = answer.map_err(|error| self.dress(error, &meta))?;
        if answer.usage.is_none() {
            answer.usage = self.wire.counted(&meta.headers).map(|count| Usage {
                prompt_tokens: Some(count),
                total_tokens: Some(count),
                ..Usage::default()
            });
        }
        Ok(Answered { answer, meta })
    }

    /// The answers to every request, in order.
    async fn all(
        self,
        more: Vec<WireRequest>,
        connection: Connection,
    ) -> Result<Vec<Answered<EmbeddingResponse>>> {
        let call = Arc::new(self);
        let (places, connection) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(connection));
        let mut under_way = JoinSet::new();
        let requests = std::iter::once(call.request.clone()).chain(more);
        for (request, index) in requests.zip(0_usize..) {
            let (call, places, connection) =
                (Arc::clone(&call), Arc::clone(&places), Arc::clone(&connection));
            let course = call.course();
            under_way.spawn(async move {
                let _place = places.acquire_owned().await;
                let (body, meta) = call.plain_of(&request, &connection, course).await?;
                Ok::<_, Error>((index, call.read(&body, meta)?))
            });
        }
        let mut answers = Vec::with_capacity(under_way.len());
        // Whoever is still under way when one fails is called off with the set.
        while let Some(done) = under_way.join_next().await {
            let done = done.map_err(|error| {
                Error::new(
                    ErrorKind::ApiConnection,
                    format!("a request was called off: {error}"),
                )
            });
            answers.push(done??);
        }
        answers.sort_by_key(|(index, _)| *index);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }
}

/// Puts one answer behind another: vectors in order, counts as sums.
fn join(whole: &mut Answered<EmbeddingResponse>, next: Answered<EmbeddingResponse>) {
    let count = u32::try_from(whole.answer.data.len()).unwrap_or(u32::MAX);
    whole
        .answer
        .data
        .extend(next.answer.data.into_iter().map(|mut embedding| {
            embedding.index = embedding.index.saturating_add(count);
            embedding
        }));
    match (&mut whole.answer.usage, next.answer.usage) {
        (Some(usage), Some(next)) => usage.add(&next),
        (usage @ None, next) => *usage = next,
        (Some(_), None) => {}
    }
    whole.meta.attempts += next.meta.attempts;
    whole.meta.elapsed = whole.meta.elapsed.max(next.meta.elapsed);
}
