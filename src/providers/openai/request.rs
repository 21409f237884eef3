//! Writes a chat request.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use super::{by_tool, departures};
use crate::error::{Error, Result};
use crate::registry::{Provider, Quirks};
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::wire::WireRequest;

/// Parameters the library itself acts on; `stream` is decided by the operation.
const STREAM_OPTIONS: &str = "stream_options";

pub(super) fn write(target: &Target, mut request: ChatRequest) -> Result<WireRequest> {
    let quirks = &target.provider.quirks;
    (quirks.adapt)(&mut request);
    if by_tool::is_used(target) {
        by_tool::ask(&target.model, &mut request.params)?;
    }
    refuse_parts(&request.messages, target.provider)?;
    let foreign = is_unmarked(target);
    for message in &mut request.messages {
        tidy(message, quirks);
        if foreign {
            without_foreign_keys(message);
        }
    }
    let tools = request.params.get_mut("tools").and_then(Value::as_array_mut);
    for tool in tools.into_iter().flatten() {
        if foreign {
            without_cache_control(tool);
        }
        if !quirks.tool_without.is_empty() {
            departures::tool_without(tool, quirks.tool_without);
        }
    }
    if request.stream && target.asks_for_stream_usage() && !request.params.contains_key(STREAM_OPTIONS) {
        request
            .params
            .insert(STREAM_OPTIONS.to_owned(), json!({"include_usage": true}));
    }
    let mut sent = post(
        target,
        "",
        &Body {
            target,
            request: &request,
        },
    )?;
    sent.url = (quirks.place)(target);
    Ok(sent)
}

/// Whether marks for a cache are taken out. OpenAI's own name at another base is a proxy, and what that knows is not known.
pub(super) fn is_unmarked(target: &Target) -> bool {
    !target.provider.quirks.cache_control && (target.own_host || target.provider.name != "openai")
}

/// A JSON POST to `path` below the target's base.
pub(crate) fn post(target: &Target, path: &str, body: &impl Serialize) -> Result<WireRequest> {
    let body = serde_json::to_vec(body)
        .map_err(|error| Error::bad_request(format!("the request cannot be written as JSON: {error}")))?;
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ACCEPT, HeaderValue::from_static("application/json")),
    ]);
    Ok(WireRequest {
        method: Method::POST,
        url: target.url(path),
        headers,
        body: Bytes::from(body),
    })
}

/// The body: model, messages, parameters in the caller's order, then the caller's extra body, whose keys win. Written
/// straight from the request, so a long history is walked once and copied once.
struct Body<'a> {
    target: &'a Target,
    request: &'a ChatRequest,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let extra = &self.target.body;
        let mut map = serializer.serialize_map(None)?;
        if !extra.contains_key("model") {
            let named = (self.target.provider.quirks.model)(&self.target.model);
            map.serialize_entry("model", named.as_ref().unwrap_or(&self.target.model))?;
        }
        if !extra.contains_key("messages") {
            map.serialize_entry("messages", &self.request.messages)?;
        }
        write_params(&mut map, &self.request.params, extra)?;
        if self.request.stream && !extra.contains_key("stream") {
            map.serialize_entry("stream", &true)?;
        }
        map.end()
    }
}

/// Parameters, then the extra body over them.
pub(super) fn write_params<M: SerializeMap>(
    map: &mut M,
    params: &Map<String, Value>,
    extra: &Map<String, Value>,
) -> Result<(), M::Error> {
    for (name, value) in params.iter().filter(|(name, _)| !extra.contains_key(*name)) {
        map.serialize_entry(name, value)?;
    }
    for (name, value) in extra {
        map.serialize_entry(name, value)?;
    }
    Ok(())
}

/// Takes out what stands for "not given": OpenAI refuses `tool_calls: []` and `function_call: null`, both of which an
/// answer carries when it is handed back as history.
fn tidy(message: &mut Value, quirks: &Quirks) {
    let Some(message) = message.as_object_mut() else {
        return;
    };
    let unset = |name: &str, value: &Value| match value {
        Value::Null => name != "content",
        Value::Array(items) => name == "tool_calls" && items.is_empty(),
        _ => false,
    };
    let foreign = |name: &str| quirks.message_without.contains(&name);
    if message
        .iter()
        .any(|(name, value)| unset(name, value) || foreign(name))
    {
        message.retain(|name, value| !unset(name, value) && !foreign(name));
    }
    // Our own key for what had no place of its own; what must come back to its provider is put where that looks.
    if let Some(Value::Object(mut fields)) = message.shift_remove("provider_specific_fields")
        && let Some(details) = fields.shift_remove("reasoning_details")
    {
        message.entry("reasoning_details").or_insert(details);
    }
    if quirks.developer_is_system
        && let Some(role) = message.get_mut("role").filter(|role| *role == "developer")
    {
        *role = json!("system");
    }
    let Some(content) = message.get_mut("content") else {
        return;
    };
    for part in content.as_array_mut().into_iter().flatten() {
        // Many write the URL itself where OpenAI wants an object around it.
        if let Some(url) = part.get_mut("image_url").filter(|url| url.is_string()) {
            *url = json!({"url": url.take()});
        }
    }
    if quirks.text_content
        && let Some(text) = content.as_array().and_then(|parts| joined(parts))
    {
        *content = Value::String(text);
    }
}

/// Refuses content that the provider documents to refuse, so that the caller learns where it stands.
pub(crate) fn refuse_parts(messages: &[Value], provider: &Provider) -> Result<()> {
    if provider.quirks.refused_parts.is_empty() {
        return Ok(());
    }
    for (index, message) in messages.iter().enumerate() {
        let parts = message.get("content").and_then(Value::as_array);
        for (position, part) in parts.into_iter().flatten().enumerate() {
            let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
            if provider.quirks.refused_parts.contains(&kind) {
                return Err(Error::bad_request(format!(
                    "messages[{index}].content[{position}] is of type {kind:?}, which {} does not take",
                    provider.name
                )));
            }
        }
    }
    Ok(())
}

/// The text of parts that are nothing else; what is no text is never dropped.
fn joined(parts: &[Value]) -> Option<String> {
    parts
        .iter()
        .map(|part| part.get("text").and_then(Value::as_str))
        .collect()
}

/// Takes out what only other providers know.
fn without_foreign_keys(message: &mut Value) {
    let Some(message) = message.as_object_mut() else {
        return;
    };
    message.shift_remove("cache_control");
    for part in message
        .get_mut("content")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        without_cache_control(part);
    }
}

fn without_cache_control(value: &mut Value) {
    if let Some(map) = value.as_object_mut() {
        map.shift_remove("cache_control");
        if let Some(function) = map.get_mut("function").and_then(Value::as_object_mut) {
            function.shift_remove("cache_control");
        }
    }
}
