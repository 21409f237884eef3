//! Mistral's flavour of OpenAI's dialect: its own fields, its own order of turns, its own way to tell thoughts. It has
//! OpenAI's paths, so it is found under `/mistral`.

mod answer;
mod embed;
mod error;
mod form;
mod request;

use super::answer as engine;
use super::errors::ApiError;
use super::faults::Fault;
use super::framing::Framing;
use super::plain;
use super::reply::Reply;
use super::server::Ask;
use super::stream;

pub(super) use embed::answer as embed;
pub(super) use error::DIALECT;

pub(super) fn chat(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let (chat, streamed) = request::chat(ask.body)?;
    let fault = Fault::of(ask, &chat.model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let compose = |index| engine::compose(ask, &chat, &fault, index);
    let spoken = answer::Spoken {
        id: ask.hash,
        model: &chat.model,
        answers: (0..chat.choices).map(compose).collect::<Result<Vec<_>, _>>()?,
        prompt: chat.prompt_tokens(),
    };
    if streamed {
        return Ok(stream::reply(spoken.events(), &fault, Framing::SseDone));
    }
    Ok(plain::reply(spoken.whole().to_string().into_bytes(), &fault))
}
