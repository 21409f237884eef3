//! Writes a chat request.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::wire::WireRequest;

/// Parameters the library itself acts on; `stream` is decided by the operation.
const STREAM_OPTIONS: &str = "stream_options";

pub(super) fn write(target: &Target, mut request: ChatRequest) -> Result<WireRequest> {
    for message in &mut request.messages {
        tidy(message, target.own_host);
    }
    if target.own_host {
        for tool in request
            .params
            .get_mut("tools")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            without_cache_control(tool);
        }
    }
    if request.stream {
        if target.asks_for_stream_usage() && !request.params.contains_key(STREAM_OPTIONS) {
            request
                .params
                .insert(STREAM_OPTIONS.to_owned(), json!({"include_usage": true}));
        }
    } else {
        // OpenAI refuses it on a plain call, and it means nothing there.
        request.params.shift_remove(STREAM_OPTIONS);
    }
    post(
        target,
        "chat/completions",
        &Body {
            target,
            request: &request,
        },
    )
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
            map.serialize_entry("model", &self.target.model)?;
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
/// answer carries when it is handed back as history. On OpenAI's own host also what only other providers know.
fn tidy(message: &mut Value, own_host: bool) {
    let Some(message) = message.as_object_mut() else {
        return;
    };
    let unset = |name: &str, value: &Value| match value {
        Value::Null => name != "content",
        Value::Array(items) => name == "tool_calls" && items.is_empty(),
        _ => false,
    };
    if message.iter().any(|(name, value)| unset(name, value)) {
        message.retain(|name, value| !unset(name, value));
    }
    for part in message
        .get_mut("content")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        // Many write the URL itself where OpenAI wants an object around it.
        if let Some(url) = part.get_mut("image_url").filter(|url| url.is_string()) {
            *url = json!({"url": url.take()});
        }
    }
    if own_host {
        message.shift_remove("cache_control");
        message.shift_remove("provider_specific_fields");
        for part in message
            .get_mut("content")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            without_cache_control(part);
        }
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
