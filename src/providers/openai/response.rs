//! Reads a plain chat answer.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{by_tool, content, error, reasoning};
use crate::error::{Error, Result};
use crate::finish;
use crate::resolve::Target;
use crate::types::{ChatResponse, Extra};

pub(super) fn read(target: &Target, body: &Bytes) -> Result<ChatResponse> {
    let mut response: ChatResponse = parse(body)?;
    if response.choices.is_empty() {
        refuse_error(&response.extra, body)?;
    }
    if let Some(usage) = &mut response.usage {
        usage.include_cached();
        usage.include_reasoning();
    }
    if target.provider.quirks.names_itself
        && let Some(model) = &mut response.model
    {
        *model = format!("{}/{model}", target.provider.name);
    }
    for choice in &mut response.choices {
        content::settle(&mut choice.message.content, &mut choice.message.extra);
        reasoning::settle(&mut choice.message, target.provider.quirks.reasoning_field);
        // The answer is here as a whole; a server that gives no reason means the common one.
        if choice.finish_reason.as_deref().is_none_or(str::is_empty) {
            choice.finish_reason = Some("stop".to_owned());
        }
        let calls_tools = !choice.message.tool_calls.is_empty();
        finish::normalize(&mut choice.finish_reason, &mut choice.extra, calls_tools);
        if by_tool::is_used(target) {
            by_tool::read(choice);
        }
    }
    Ok(response)
}

/// Parses a body as `T`.
pub(crate) fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T> {
    serde_json::from_slice(body).map_err(|failure| {
        let plain: Option<Extra> = serde_json::from_slice(body).ok();
        let error = plain.and_then(|plain| refuse_error(&plain, body).err());
        error.unwrap_or_else(|| unreadable(body, &failure.to_string()))
    })
}

/// Some servers answer 200 with an error in the body, or with a body that is one: Mistral and vLLM name it `object`.
pub(crate) fn refuse_error(extra: &Extra, body: &Bytes) -> Result<()> {
    if is_error(extra) {
        return Err(error::from_event(body));
    }
    Ok(())
}

pub(super) fn is_error(extra: &Extra) -> bool {
    extra.get("error").is_some_and(|error| !error.is_null())
        || extra.get("object").is_some_and(|object| object == "error")
        || error::minimax(extra.get("base_resp")).is_some()
}

/// A 200 that is not what the wire promises.
pub(crate) fn unreadable(body: &Bytes, why: &str) -> Error {
    Error::unreadable(body, why)
}
