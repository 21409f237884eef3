//! Cohere's second API.

mod answer;
mod embed;
mod error;
mod messages;
mod request;
mod rerank;
mod stream;

use super::answer as engine;
use super::errors::ApiError;
use super::faults::Fault;
use super::framing::Framing;
use super::plain;
use super::reply::Reply;
use super::server::Ask;
use super::stream as events;

pub(super) use embed::answer as embed;
pub(super) use error::DIALECT;
pub(super) use rerank::answer as rerank;

pub(super) fn chat(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let (chat, streamed) = request::chat(ask.body)?;
    let fault = Fault::of(ask, &chat.model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let spoken = answer::Spoken {
        id: ask.hash,
        answer: engine::compose(ask, &chat, &fault, 0)?,
        prompt: chat.prompt_tokens(),
    };
    if streamed {
        return Ok(events::reply(stream::events(&spoken), &fault, Framing::Sse));
    }
    Ok(plain::reply(spoken.whole().to_string().into_bytes(), &fault))
}
