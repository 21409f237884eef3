//! Ollama's own API.

mod answer;
mod embed;
mod error;
mod models;
mod request;

use super::answer as engine;
use super::chat_request::ChatRequest;
use super::errors::ApiError;
use super::faults::Fault;
use super::framing::Framing;
use super::plain;
use super::reply::Reply;
use super::server::Ask;
use super::stream;

pub(super) use embed::{embed, legacy as legacy_embed};
pub(super) use error::DIALECT;
pub(super) use models::{show, tags, version};

pub(super) fn chat(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let asked = request::chat(ask.body)?;
    reply(ask, asked, true)
}

pub(super) fn generate(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let asked = request::generate(ask.body)?;
    reply(ask, asked, false)
}

fn reply(ask: &Ask<'_>, (chat, streamed): (ChatRequest, bool), turns: bool) -> Result<Reply, ApiError> {
    let fault = Fault::of(ask, &chat.model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let spoken = answer::Spoken {
        model: &chat.model,
        answer: engine::compose(ask, &chat, &fault, 0)?,
        prompt: chat.prompt_tokens(),
        turns,
    };
    if streamed {
        return Ok(stream::reply(spoken.events(), &fault, Framing::Lines));
    }
    Ok(plain::reply(spoken.whole().to_string().into_bytes(), &fault))
}
