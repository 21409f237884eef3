//! Embeddings. More inputs than a provider takes at once are several requests and one answer.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use serde_json::Value;

use super::call::{Answered, Prepared, Shown};
use crate::error::{Error, ErrorKind, Result};
use crate::options::CallOptions;
use crate::params;
use crate::registry;
use crate::resolve::{Surroundings, Target};
use crate::transport::{Connection, Transport};
use crate::types::{EmbedRequest, EmbeddingResponse, Usage};
use crate::wire::EmbedWire;

/// Requests of one call that are under way at the same time.
const AT_ONCE: usize = 4;

/// A prepared embedding call.
pub struct PreparedEmbed {
    target: Target,
    parts: Vec<Part>,
}

/// One of its requests, and the place of its first input among all.
struct Part {
    call: Prepared<dyn EmbedWire>,
    first: usize,
    inputs: usize,
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
    let mut first = 0;
    let mut parts = Vec::new();
    for input in pieces(std::mem::take(&mut request.input), most) {
        let inputs = input.as_array().map_or(1, Vec::len);
        let request = EmbedRequest {
            input,
            ..request.clone()
        };
        let request = wire.request(&target, request).map_err(about)?;
        let call = Prepared::new(
            wire,
            target.clone(),
            request,
            options.clone(),
            dropped_params.clone(),
        );
        parts.push(Part { call, first, inputs });
        first += inputs;
    }
    Ok(PreparedEmbed { target, parts })
}

/// The input in pieces of at most `most`; a list of numbers is one text's tokens, and stays whole.
fn pieces(input: Value, most: usize) -> Vec<Value> {
    match input {
        Value::Array(items) if items.len() > most.max(1) && !items.first().is_some_and(Value::is_number) => {
            items
                .chunks(most.max(1))
                .map(|piece| Value::Array(piece.to_vec()))
                .collect()
        }
        whole => vec![whole],
    }
}

/// One request under way.
type UnderWay = Pin<Box<dyn Future<Output = Result<Answered<EmbeddingResponse>>> + Send>>;

impl PreparedEmbed {
    /// The call as it would be sent.
    ///
    /// # Errors
    /// What goes wrong before sending.
    pub fn show(self, transport: &Transport) -> impl Future<Output = Result<Shown>> + Send + 'static {
        let connections: Vec<_> = self
            .parts
            .iter()
            .map(|part| part.call.connection(transport))
            .collect();
        async move {
            let mut requests = Vec::with_capacity(connections.len());
            for (part, connection) in self.parts.iter().zip(connections) {
                requests.push(part.call.show(connection?).await?);
            }
            let first = self.parts.first().map(|part| part.call.shown(requests));
            first.ok_or_else(|| Error::bad_request("input is empty; pass at least one text"))
        }
    }

    /// Where the call goes.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The bytes of the first of its requests.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.parts.first().map_or(&[], |part| part.call.body())
    }

    /// Parameters that are not sent because the caller allowed that.
    #[must_use]
    pub fn dropped_params(&self) -> &[String] {
        self.parts.first().map_or(&[], |part| part.call.dropped_params())
    }

    /// Sends the call and reads the whole answer.
    ///
    /// # Errors
    /// The last attempt's error; of several requests, that of the first that fails, with the inputs it is about.
    pub fn send(
        self,
        transport: &Transport,
    ) -> impl Future<Output = Result<Answered<EmbeddingResponse>>> + Send + 'static {
        let several = self.parts.len() > 1;
        let mut parts: Vec<_> = self
            .parts
            .into_iter()
            .map(|part| {
                let connection = part.call.connection(transport);
                (part, connection)
            })
            .collect();
        let alone = if several { None } else { parts.pop() };
        async move {
            if let Some((part, connection)) = alone {
                return part.send(connection).await;
            }
            let mut under_way: Vec<UnderWay> = Vec::with_capacity(parts.len());
            for (part, connection) in parts {
                under_way.push(Box::pin(async move {
                    let (first, inputs) = (part.first, part.inputs);
                    let mut answered = part
                        .send(connection)
                        .await
                        .map_err(|error| error.of_inputs(first, inputs))?;
                    for (embedding, index) in answered.answer.data.iter_mut().zip(first..) {
                        embedding.index = u32::try_from(index).unwrap_or(u32::MAX);
                    }
                    Ok(answered)
                }));
            }
            let empty = || Error::bad_request("input is empty; pass at least one text");
            joined(all(under_way).await?).ok_or_else(empty)
        }
    }
}

impl Part {
    async fn send(self, connection: Result<Connection>) -> Result<Answered<EmbeddingResponse>> {
        let call = &self.call;
        let course = call.course();
        let (body, meta) = call.plain(&connection?, course).await?;
        let answer = call.wire.response(&call.target, &body);
        let mut answer = answer.map_err(|error| call.dress(error, &meta))?;
        if answer.usage.is_none() {
            answer.usage = call.wire.counted(&meta.headers).map(|count| Usage {
                prompt_tokens: Some(count),
                total_tokens: Some(count),
                ..Usage::default()
            });
        }
        Ok(Answered { answer, meta })
    }
}

/// Every answer, in order; a few are waited for at the same time. The first error ends the rest.
async fn all(mut under_way: Vec<UnderWay>) -> Result<Vec<Answered<EmbeddingResponse>>> {
    let mut answers: Vec<Option<Answered<EmbeddingResponse>>> = under_way.iter().map(|_| None).collect();
    let mut open: Vec<(usize, UnderWay)> = Vec::with_capacity(AT_ONCE);
    let mut waiting = under_way.drain(..).enumerate();
    poll_fn(|context| {
        loop {
            while open.len() < AT_ONCE
                && let Some(next) = waiting.next()
            {
                open.push(next);
            }
            if open.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let before = open.len();
            let mut position = 0;
            while let Some((number, request)) = open.get_mut(position) {
                match request.as_mut().poll(context) {
                    Poll::Pending => position += 1,
                    Poll::Ready(Ok(answered)) => {
                        if let Some(place) = answers.get_mut(*number) {
                            *place = Some(answered);
                        }
                        drop(open.swap_remove(position));
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                }
            }
            if open.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await?;
    Ok(answers.into_iter().flatten().collect())
}

/// Several answers as one: vectors in order, token counts summed, the rest as the first says.
fn joined(answers: Vec<Answered<EmbeddingResponse>>) -> Option<Answered<EmbeddingResponse>> {
    let mut answers = answers.into_iter();
    let mut whole = answers.next()?;
    for Answered { answer, meta } in answers {
        whole.answer.data.extend(answer.data);
        whole.answer.usage = summed(whole.answer.usage.take(), answer.usage);
        whole.meta.attempts += meta.attempts;
        whole.meta.elapsed = whole.meta.elapsed.max(meta.elapsed);
    }
    Some(whole)
}

fn summed(one: Option<Usage>, other: Option<Usage>) -> Option<Usage> {
    let (Some(mut one), Some(other)) = (one.clone(), other.clone()) else {
        return one.or(other);
    };
    let add = |left: Option<i64>, right: Option<i64>| match (left, right) {
        (None, None) => None,
        (left, right) => Some(left.unwrap_or(0) + right.unwrap_or(0)),
    };
    one.prompt_tokens = add(one.prompt_tokens, other.prompt_tokens);
    one.completion_tokens = add(one.completion_tokens, other.completion_tokens);
    one.total_tokens = add(one.total_tokens, other.total_tokens);
    Some(one)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn inputs_in_pieces() {
        assert_eq!(
            pieces(json!(["a", "b", "c"]), 2),
            vec![json!(["a", "b"]), json!(["c"])]
        );
        assert_eq!(pieces(json!(["a", "b"]), 2), vec![json!(["a", "b"])]);
        assert_eq!(pieces(json!("abc"), 2), vec![json!("abc")]);
        assert_eq!(pieces(json!([1, 2, 3]), 2), vec![json!([1, 2, 3])]);
        assert_eq!(pieces(json!([[1], [2]]), 1), vec![json!([[1]]), json!([[2]])]);
    }
}
