//! Anthropic's Messages.

mod answer;
mod blocks;
mod error;
mod form;
mod request;
mod stream;

use serde_json::json;

use super::answer as engine;
use super::errors::ApiError;
use super::faults::Fault;
use super::framing::Framing;
use super::plain;
use super::reply::Reply;
use super::server::Ask;
use super::stream as events;

pub(super) use error::DIALECT;

pub(super) fn messages(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    error::versioned(ask)?;
    let body = request::object(ask.body)?;
    let model = request::model(&body)?;
    request::check(&body, &form::REQUEST)?;
    let stream = body.get("stream") == Some(&true.into());
    reply(ask, &model, &body, stream)
}

/// A request whose model and manner are told already.
pub(super) fn reply(
    ask: &Ask<'_>,
    model: &str,
    body: &serde_json::Map<String, serde_json::Value>,
    stream: bool,
) -> Result<Reply, ApiError> {
    let chat = request::translate(body, model)?;
    let fault = Fault::of(ask, model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let spoken = answer::Message {
        id: ask.hash,
        model,
        answer: engine::compose(ask, &chat, &fault, 0)?,
        prompt: chat.prompt_tokens(),
        cached: request::caches(body),
    };
    if stream {
        return Ok(events::reply(stream::events(&spoken), &fault, Framing::Sse));
    }
    Ok(plain::reply(spoken.whole().to_string().into_bytes(), &fault))
}

pub(super) fn count_tokens(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    error::versioned(ask)?;
    let body = request::object(ask.body)?;
    let model = request::model(&body)?;
    request::check(&body, &form::COUNT)?;
    let chat = request::translate(&body, &model)?;
    let fault = Fault::of(ask, &model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let counted = json!({"input_tokens": chat.prompt_tokens()});
    Ok(plain::reply(counted.to_string().into_bytes(), &fault))
}
