//! A turn of Anthropic's Messages API as chat, for providers without that API.

mod input;
mod output;
mod stream;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::{Bridge, Bridged, Params};
use crate::error::{Error, Result};
use crate::registry::Provider;
use crate::types::{ChatChunk, ChatResponse, EndpointAnswer, EndpointRequest, Piece};

/// Providers whose chat takes `thinking` in Anthropic's form.
const THINKERS: [&str; 4] = ["bedrock", "vertex_ai", "gemini", "anthropic"];

pub(super) fn through_chat(provider: &Provider, request: EndpointRequest) -> Result<Bridged> {
    let mut params = Params::new(request.params);
    let mut messages = Vec::new();
    if let Some(system) = params.take("system") {
        messages.push(json!({"role": "system", "content": input::system(system)}));
    }
    match params.take("messages") {
        Some(Value::Array(turns)) if !turns.is_empty() => {
            for (index, turn) in turns.into_iter().enumerate() {
                input::turn(index, turn, &mut messages)?;
            }
        }
        _ => {
            return Err(Error::bad_request(
                "messages is not a list of at least one message",
            ));
        }
    }
    params.rename("stop_sequences", "stop");
    tools(&mut params);
    if let Some(thinking) = params.take("thinking") {
        thinking_of(provider, &thinking, &mut params);
    }
    if let Some(user) = params
        .take("metadata")
        .and_then(|metadata| metadata.get("user_id").cloned())
    {
        params.set("user", user);
    }
    if let Some(format) = params.take("output_format") {
        params.set(
            "response_format",
            json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": format.get("schema"), "strict": true}}),
        );
    }
    params.drop(&["service_tier", "betas"]);
    params.refuse(&["container", "mcp_servers", "context_management"]);
    let bridge = Turn {
        model: request.model.clone(),
        stream: stream::Events::new(request.model.clone()),
    };
    Ok(params.bridged(request.model, messages, request.stream, Box::new(bridge)))
}

fn tools(params: &mut Params) {
    if let Some(Value::Array(tools)) = params.take("tools") {
        let tools: Vec<Value> = tools
            .into_iter()
            .map(|tool| {
                // A tool of Anthropic's own has a type; the provider's wire refuses what it does not know.
                if tool.get("input_schema").is_none() {
                    return tool;
                }
                let mut function = Map::new();
                for (old, new) in [
                    ("name", "name"),
                    ("description", "description"),
                    ("input_schema", "parameters"),
                    ("strict", "strict"),
                ] {
                    if let Some(value) = tool.get(old) {
                        function.insert(new.to_owned(), value.clone());
                    }
                }
                let mut chat = json!({"type": "function", "function": function});
                if let (Some(control), Some(fields)) = (tool.get("cache_control"), chat.as_object_mut()) {
                    fields.insert("cache_control".to_owned(), control.clone());
                }
                chat
            })
            .collect();
        params.set("tools", tools);
    }
    let Some(choice) = params.take("tool_choice") else {
        return;
    };
    if choice
        .get("disable_parallel_tool_use")
        .is_some_and(|flag| *flag == Value::Bool(true))
    {
        params.set("parallel_tool_calls", false);
    }
    match choice.get("type").and_then(Value::as_str) {
        Some("any") => params.set("tool_choice", "required"),
        Some("tool") => params.set(
            "tool_choice",
            json!({"type": "function", "function": {"name": choice.get("name")}}),
        ),
        Some(kind) => params.set("tool_choice", kind),
        None => {}
    }
}

/// Budgets, for chats that know efforts only.
fn thinking_of(provider: &Provider, thinking: &Value, params: &mut Params) {
    if THINKERS.contains(&provider.name) {
        params.set("thinking", thinking.clone());
        return;
    }
    let kind = thinking.get("type").and_then(Value::as_str);
    if !matches!(kind, Some("enabled" | "adaptive")) {
        return;
    }
    let effort = match thinking.get("budget_tokens").and_then(Value::as_u64) {
        Some(budget) if budget >= 4096 => "high",
        Some(budget) if budget >= 2048 => "medium",
        Some(budget) if budget >= 1024 => "low",
        Some(_) => "minimal",
        None => "medium",
    };
    params.set("reasoning_effort", effort);
}

/// The way back.
struct Turn {
    model: String,
    stream: stream::Events,
}

impl Bridge for Turn {
    fn answer(&mut self, answer: ChatResponse) -> EndpointAnswer {
        EndpointAnswer::Json(output::message(answer, &self.model))
    }
    fn chunk(&mut self, chunk: ChatChunk, pieces: &mut Vec<Piece>) {
        self.stream.chunk(chunk, pieces);
    }
    fn finish(&mut self, pieces: &mut Vec<Piece>) {
        self.stream.finish(pieces);
    }
}
