//! Anthropic's Messages.

mod answer;
mod blocks;
mod error;
mod form;
mod request;
mod stream;

use serde_json::{Map, Value, json};

use super::answer as engine;
use super::errors::ApiError;
use super::faults::Fault;
use super::framing::Framing;
use super::plain;
use super::reply::Reply;
use super::server::Ask;
use super::stream::{self as events, Event};

pub(super) use answer::signature;
pub(super) use error::DIALECT;

pub(super) fn messages(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    error::versioned(ask)?;
    let body = request::object(ask.body)?;
    let model = request::model(&body)?;
    request::check(&body, &form::REQUEST)?;
    let stream = body.get("stream") == Some(&true.into());
    reply(
        ask,
        &model,
        &body,
        stream.then_some(&|events, fault| events::reply(events, fault, Framing::Sse)),
    )
}

/// How a host other than Anthropic sends the events of a stream.
pub(super) type Send = dyn Fn(Vec<Event>, &Fault) -> Reply;

/// A request to another host, which has the model in its path; streamed if there is a way to send events.
pub(super) fn hosted(ask: &Ask<'_>, model: &str, send: Option<&Send>) -> Result<Reply, ApiError> {
    let body = request::object(ask.body)?;
    request::check(&body, &form::HOSTED)?;
    reply(ask, model, &body, send)
}

fn reply(
    ask: &Ask<'_>,
    model: &str,
    body: &Map<String, Value>,
    send: Option<&Send>,
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
    if let Some(send) = send {
        return Ok(send(stream::events(&spoken), &fault));
    }
    Ok(plain::reply(spoken.whole().to_string().into_bytes(), &fault))
}

pub(super) fn count_tokens(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    error::versioned(ask)?;
    let body = request::object(ask.body)?;
    let model = request::model(&body)?;
    request::check(&body, &form::COUNT)?;
    let chat = request::translate(&body, &model)?;
    let counted = json!({"input_tokens": chat.prompt_tokens()});
    Ok(plain::answer(ask, &model, &counted))
}
