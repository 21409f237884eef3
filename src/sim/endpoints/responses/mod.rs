//! The Responses API: turns, streamed or not, and what was stored of them.

mod answer;
mod request;

use bytes::Bytes;
use serde_json::{Value, json};

use self::answer::Turn;
use super::{given, not_found};
use crate::sim::answer::compose;
use crate::sim::chat_request;
use crate::sim::errors::ApiError;
use crate::sim::faults::Fault;
use crate::sim::framing::Framing;
use crate::sim::hash;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::stream;

pub(in crate::sim) fn create(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let (body, model) = chat_request::read(ask.body)?;
    request::check(&body)?;
    let mut before = Vec::new();
    if let Some(id) = given(&body, "previous_response_id").and_then(Value::as_str) {
        let Some(stored) = ask.shared.storage.get(id) else {
            return Err(ApiError::invalid(
                "previous_response_id",
                "previous_response_not_found",
                format!("Previous response with id '{id}' not found."),
            ));
        };
        before = history(&stored.about, &stored.content);
    }
    let items = request::items(&body);
    let chat = request::conversation(&body, &before, &items)?.finish(&model);
    let fault = Fault::of(ask, &model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let turn = Turn {
        id: format!("resp_{}", hash::hex(ask.hash)),
        model: &model,
        body: &body,
        answer: compose(ask, &chat, &fault, 0)?,
        prompt: chat.prompt_tokens(),
    };
    let whole = turn.whole();
    if given(&body, "store") != Some(&Value::Bool(false)) {
        let mut heard = before;
        heard.extend(items);
        ask.shared
            .storage
            .put(&turn.id, whole.clone(), Value::from(heard).to_string());
    }
    if given(&body, "stream") == Some(&Value::Bool(true)) {
        return Ok(stream::reply(turn.events(&whole), &fault, Framing::Sse));
    }
    Ok(super::json(&whole, &fault))
}

/// What was said up to and with a stored response.
fn history(about: &Value, content: &Bytes) -> Vec<Value> {
    let mut items: Vec<Value> = serde_json::from_slice(content).unwrap_or_default();
    let output = about.get("output").and_then(Value::as_array);
    items.extend(output.into_iter().flatten().cloned());
    items
}

fn stored(ask: &Ask<'_>, id: &str) -> Result<super::storage::Stored, ApiError> {
    let stored = ask.shared.storage.get(id).filter(|_| id.starts_with("resp_"));
    stored.ok_or_else(|| not_found("response", id))
}

pub(in crate::sim) fn retrieve(ask: &Ask<'_>, id: &str) -> Result<Reply, ApiError> {
    Ok(Reply::json(200, &stored(ask, id)?.about))
}

pub(in crate::sim) fn delete(ask: &Ask<'_>, id: &str) -> Result<Reply, ApiError> {
    stored(ask, id)?;
    ask.shared.storage.remove(id);
    Ok(Reply::json(
        200,
        &json!({"id": id, "object": "response", "deleted": true}),
    ))
}

pub(in crate::sim) fn cancel(ask: &Ask<'_>, id: &str) -> Result<Reply, ApiError> {
    let mut about = stored(ask, id)?.about;
    if about.get("background") != Some(&Value::Bool(true)) {
        return Err(ApiError::new(400, "Cannot cancel a synchronous response."));
    }
    if let Some(about) = about.as_object_mut() {
        about.insert("status".to_owned(), json!("cancelled"));
    }
    Ok(Reply::json(200, &about))
}

pub(in crate::sim) fn input_items(ask: &Ask<'_>, id: &str) -> Result<Reply, ApiError> {
    let stored = stored(ask, id)?;
    let mut items: Vec<Value> = serde_json::from_slice(&stored.content).unwrap_or_default();
    for (number, item) in items.iter_mut().enumerate() {
        if let Some(item) = item.as_object_mut() {
            item.entry("id")
                .or_insert_with(|| json!(format!("msg_in_{number}")));
            item.entry("type").or_insert_with(|| json!("message"));
        }
    }
    let ascending = ask.query.is_some_and(|query| query.contains("order=asc"));
    if !ascending {
        items.reverse();
    }
    Ok(super::files::page(items))
}

/// One item stands for the conversation.
pub(in crate::sim) fn compact(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let (body, _) = chat_request::read(ask.body)?;
    let items = request::items(&body);
    let id = hash::hex(ask.hash);
    let item = json!({"id": format!("cmp_{id}"), "type": "compaction", "encrypted_content": hash::hex(hash::fnv(ask.body))});
    let tokens = Value::from(items).to_string().len().div_ceil(4);
    let whole = json!({
        "id": format!("resp_{id}"),
        "object": "response.compaction",
        "created_at": super::CREATED,
        "output": [item],
        "usage": {"input_tokens": tokens, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 8,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": tokens + 8},
    });
    Ok(Reply::json(200, &whole))
}
