//! A turn of the Responses API as chat, for providers without that API.

mod input;
mod item;
mod output;
mod stream;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use self::output::Frame;
use super::{Bridge, Bridged, Params};
use crate::error::Result;
use crate::types::{ChatChunk, ChatResponse, EndpointAnswer, EndpointRequest, Piece};

pub(super) use output::text_of;

pub(super) fn through_chat(request: EndpointRequest) -> Result<Bridged> {
    let mut params = Params::new(request.params);
    let frame = Frame::new(&params.given);
    let mut messages = Vec::new();
    if let Some(instructions) = params.take("instructions") {
        messages.push(json!({"role": "system", "content": instructions}));
    }
    input::messages(params.take("input"), &mut messages)?;
    params.rename("max_output_tokens", "max_tokens");
    reasoning(&mut params);
    format(&mut params);
    tools(&mut params);
    logprobs(&mut params);
    // Where and how the response is kept; chat keeps nothing.
    params.drop(&[
        "store",
        "include",
        "metadata",
        "prompt_cache_retention",
        "stream_options",
    ]);
    if params.take("truncation").is_some_and(|kind| kind != "disabled") {
        params.refused.push("truncation".to_owned());
    }
    params.refuse(&[
        "previous_response_id",
        "conversation",
        "prompt",
        "background",
        "max_tool_calls",
        "context_management",
    ]);
    let bridge = Turn {
        stream: stream::Events::new(frame.clone()),
        frame,
    };
    Ok(params.bridged(request.model, messages, request.stream, Box::new(bridge)))
}

fn reasoning(params: &mut Params) {
    let Some(Value::Object(reasoning)) = params.take("reasoning") else {
        return;
    };
    for (name, value) in reasoning.into_iter().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "effort" => params.set("reasoning_effort", value),
            // Chat gives what the model thought whether asked or not.
            name => params.dropped.push(format!("reasoning.{name}")),
        }
    }
}

/// `text`: chat has the schema one step deeper and the verbosity at the top.
fn format(params: &mut Params) {
    let Some(Value::Object(mut text)) = params.take("text") else {
        return;
    };
    if let Some(verbosity) = text.shift_remove("verbosity").filter(|value| !value.is_null()) {
        params.set("verbosity", verbosity);
    }
    let Some(Value::Object(mut format)) = text.shift_remove("format") else {
        return;
    };
    let kind = format.shift_remove("type").unwrap_or_default();
    match kind.as_str() {
        Some("json_schema") => params.set("response_format", json!({"type": kind, "json_schema": format})),
        Some("text") | None => {}
        Some(_) => params.set("response_format", json!({"type": kind})),
    }
}

fn tools(params: &mut Params) {
    if let Some(Value::Array(tools)) = params.take("tools") {
        let mut chat = Vec::with_capacity(tools.len());
        for tool in tools {
            match tool.get("type").and_then(Value::as_str) {
                Some(kind @ ("function" | "custom")) => chat.push(deeper(&tool, kind)),
                Some("web_search" | "web_search_preview") => params.set("web_search_options", search(&tool)),
                // A tool of the provider's own: its wire knows it, or refuses it.
                _ => chat.push(tool),
            }
        }
        if !chat.is_empty() {
            params.set("tools", chat);
        }
    }
    if let Some(choice) = params.take("tool_choice") {
        let choice = match choice.get("type").and_then(Value::as_str) {
            Some(kind @ ("function" | "custom")) if choice.get(kind).is_none() => deeper(&choice, kind),
            Some("web_search" | "web_search_preview") => return,
            _ => choice,
        };
        params.set("tool_choice", choice);
    }
}

/// What the Responses API has beside `type`, chat has in an object under the type's name.
fn deeper(tool: &Value, kind: &str) -> Value {
    if tool.get(kind).is_some_and(Value::is_object) {
        return tool.clone();
    }
    let fields: Map<String, Value> = tool
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| *name != "type" && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    json!({"type": kind, kind: fields})
}

fn search(tool: &Value) -> Value {
    let mut options = Map::new();
    if let Some(size) = tool.get("search_context_size").filter(|size| !size.is_null()) {
        options.insert("search_context_size".to_owned(), size.clone());
    }
    if let Some(Value::Object(location)) = tool.get("user_location") {
        let place: Map<String, Value> = location
            .iter()
            .filter(|(name, value)| *name != "type" && !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        options.insert(
            "user_location".to_owned(),
            json!({"type": "approximate", "approximate": place}),
        );
    }
    Value::Object(options)
}

fn logprobs(params: &mut Params) {
    let included = params
        .given
        .get("include")
        .and_then(Value::as_array)
        .is_some_and(|items| items.iter().any(|item| item == "message.output_text.logprobs"));
    if included || params.given.contains_key("top_logprobs") {
        params.set("logprobs", true);
        params.rename("top_logprobs", "top_logprobs");
        if let Some(Value::Array(items)) = params.given.get_mut("include") {
            items.retain(|item| item != "message.output_text.logprobs");
            if items.is_empty() {
                params.given.shift_remove("include");
            }
        }
    }
}

/// The way back.
struct Turn {
    frame: Frame,
    stream: stream::Events,
}

impl Bridge for Turn {
    fn answer(&mut self, answer: ChatResponse) -> EndpointAnswer {
        EndpointAnswer::Json(self.frame.whole(answer))
    }
    fn chunk(&mut self, chunk: ChatChunk, pieces: &mut Vec<Piece>) {
        self.stream.chunk(chunk, pieces);
    }
    fn finish(&mut self, pieces: &mut Vec<Piece>) {
        self.stream.finish(pieces);
    }
}
