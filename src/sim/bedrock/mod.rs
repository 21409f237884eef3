//! Amazon Bedrock: Converse, its binary stream, and the invocation of a model in the model's own words.

mod answer;
mod blocks;
mod error;
mod form;
mod invoke;
mod request;
mod stream;

use super::answer as engine;
use super::errors::ApiError;
use super::faults::Fault;
use super::framing::Framing;
use super::plain;
use super::reply::Reply;
use super::server::Ask;
use super::stream as events;

pub(super) use error::DIALECT;
pub(super) use invoke::{invoke, invoke_stream};

pub(super) fn converse(ask: &Ask<'_>, model: &str) -> Result<Reply, ApiError> {
    answer(ask, model, false)
}

pub(super) fn converse_stream(ask: &Ask<'_>, model: &str) -> Result<Reply, ApiError> {
    answer(ask, model, true)
}

fn answer(ask: &Ask<'_>, model: &str, streamed: bool) -> Result<Reply, ApiError> {
    let chat = request::read(ask.body, model)?;
    let fault = Fault::of(ask, model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let spoken = answer::Conversed {
        answer: engine::compose(ask, &chat, &fault, 0)?,
        prompt: chat.prompt_tokens(),
    };
    if streamed {
        return Ok(events::reply(stream::events(&spoken), &fault, Framing::Aws));
    }
    Ok(plain::reply(spoken.whole().to_string().into_bytes(), &fault))
}
