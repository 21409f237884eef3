//! Writes a chat request.

use serde_json::{Map, Value, json};

use super::params::thinks;
use crate::error::Result;
use crate::providers::openai;
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::wire::WireRequest;

/// What a message may have; Cohere refuses a request with a field it does not know.
const MESSAGE: &[&str] = &[
    "role",
    "content",
    "tool_calls",
    "tool_plan",
    "tool_call_id",
    "citations",
];

pub(super) fn write(target: &Target, request: ChatRequest) -> Result<WireRequest> {
    let ChatRequest {
        mut messages,
        params,
        stream,
        ..
    } = request;
    openai::request::refuse_parts(&messages, target.provider)?;
    openai::legacy::modernize(&mut messages);
    let mut messages = beside_results(messages);
    let thinks = thinks(&target.model);
    for message in messages.iter_mut().filter_map(Value::as_object_mut) {
        translate_message(message, thinks);
    }
    let mut body = Map::new();
    body.insert("model".to_owned(), Value::from(target.model.as_str()));
    body.insert("messages".to_owned(), Value::Array(messages));
    write_params(&mut body, params);
    if stream {
        body.insert("stream".to_owned(), Value::Bool(true));
    }
    for (name, value) in &target.body {
        body.insert(name.clone(), value.clone());
    }
    let mut sent = openai::request::post(target, "", &body)?;
    sent.url = super::url(target, "chat");
    Ok(sent)
}

fn write_params(body: &mut Map<String, Value>, params: Map<String, Value>) {
    let mut choice = None;
    for (name, value) in params {
        match name.as_str() {
            // Usage comes in any case.
            "stream_options" => {}
            "max_completion_tokens" => {
                body.insert("max_tokens".to_owned(), value);
            }
            "max_tokens" => {
                body.entry(name).or_insert(value);
            }
            "stop_sequences" if value.is_string() => {
                body.insert(name, Value::Array(vec![value]));
            }
            "tools" => {
                let (tools, strict) = tools(value);
                body.insert(name, tools);
                if strict {
                    body.entry("strict_tools").or_insert(Value::Bool(true));
                }
            }
            "tool_choice" => choice = Some(value),
            "response_format" => {
                if let Some(format) = response_format(&value) {
                    body.insert(name, format);
                }
            }
            "reasoning_effort" => {
                let kind = if value.as_str() == Some("none") {
                    "disabled"
                } else {
                    "enabled"
                };
                body.entry("thinking").or_insert_with(|| json!({"type": kind}));
            }
            "thinking" => {
                body.insert(name, thinking(value));
            }
            _ => {
                body.insert(name, value);
            }
        }
    }
    if let Some(choice) = choice {
        choose(body, choice);
    }
}

/// `REQUIRED` and `NONE` are Cohere's words, their absence is `auto`. One named tool is said by offering only that one.
fn choose(body: &mut Map<String, Value>, choice: Value) {
    let word = match choice.as_str() {
        Some("auto") => return,
        Some("none") => "NONE",
        Some("required" | "any") => "REQUIRED",
        Some(_) => {
            body.insert("tool_choice".to_owned(), choice);
            return;
        }
        None => {
            let name = choice.get("function").and_then(|function| function.get("name"));
            if let (Some(name), Some(tools)) = (name, body.get_mut("tools").and_then(Value::as_array_mut)) {
                tools.retain(|tool| {
                    tool.get("function").and_then(|function| function.get("name")) == Some(name)
                });
            }
            "REQUIRED"
        }
    };
    body.insert("tool_choice".to_owned(), Value::from(word));
}

/// The tools, and whether all of them are to be kept to strictly, which Cohere wants to be told once for all.
fn tools(mut tools: Value) -> (Value, bool) {
    let mut strict = true;
    for tool in tools
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        tool.shift_remove("cache_control");
        if let Some(function) = tool.get_mut("function").and_then(Value::as_object_mut) {
            function.shift_remove("cache_control");
            strict &= function.shift_remove("strict") == Some(Value::Bool(true));
        }
    }
    let any = tools.as_array().is_some_and(|tools| !tools.is_empty());
    (tools, strict && any)
}

/// A schema is part of `json_object` here; `text` is what there is without a format.
fn response_format(format: &Value) -> Option<Value> {
    match format.get("type").and_then(Value::as_str) {
        Some("text") => None,
        Some("json_schema") => {
            let schema = format.get("json_schema").and_then(|given| given.get("schema"));
            Some(schema.map_or_else(
                || format.clone(),
                |schema| json!({"type": "json_object", "json_schema": schema}),
            ))
        }
        _ => Some(format.clone()),
    }
}

fn thinking(mut thinking: Value) -> Value {
    if let Some(thinking) = thinking.as_object_mut()
        && let Some(budget) = thinking.shift_remove("budget_tokens")
    {
        thinking.insert("token_budget".to_owned(), budget);
    }
    thinking
}

fn translate_message(message: &mut Map<String, Value>, thinks: bool) {
    if message.get("role").and_then(Value::as_str) == Some("developer") {
        message.insert("role".to_owned(), Value::from("system"));
    }
    for part in message
        .get_mut("content")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        part.shift_remove("cache_control");
        if let Some(url) = part.get_mut("image_url").filter(|url| url.is_string()) {
            *url = json!({"url": url.take()});
        }
    }
    // The plan and the citations of an earlier answer, where the answer put them.
    let fields = message.shift_remove("provider_specific_fields");
    for name in ["tool_plan", "citations"] {
        let kept = fields.as_ref().and_then(|fields| fields.get(name));
        if let Some(kept) = kept.filter(|kept| !kept.is_null()) {
            message.entry(name).or_insert_with(|| kept.clone());
        }
    }
    if thinks {
        return_thinking(message);
    }
    let unset = |name: &str, value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => name != "content" && items.is_empty(),
        _ => false,
    };
    message.retain(|name, value| MESSAGE.contains(&name.as_str()) && !unset(name, value));
    if message.contains_key("tool_calls") && message.get("content").and_then(Value::as_str) == Some("") {
        message.shift_remove("content");
    }
    for call in message
        .get_mut("tool_calls")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        call.retain(|name, _| matches!(name.as_str(), "id" | "type" | "function"));
        // A call without arguments still has an object of them.
        if let Some(arguments) = call
            .get_mut("function")
            .and_then(|function| function.get_mut("arguments"))
            && (arguments.is_null() || arguments == "")
        {
            *arguments = Value::from("{}");
        }
    }
}

/// Results of tools are texts and documents at Cohere; pictures among them follow as a message of the user's.
fn beside_results(messages: Vec<Value>) -> Vec<Value> {
    let is_picture = |part: &Value| part.get("type").and_then(Value::as_str) == Some("image_url");
    let mut out = Vec::with_capacity(messages.len());
    let mut pictures = Vec::new();
    for mut message in messages {
        if message.get("role").and_then(Value::as_str) != Some("tool") {
            out.extend(of_user(&mut pictures));
        } else if let Some(parts) = message.get_mut("content").and_then(Value::as_array_mut) {
            let before = pictures.len();
            pictures.extend(parts.extract_if(.., |part| is_picture(part)));
            if parts.is_empty() && pictures.len() > before {
                parts.push(json!({"type": "text", "text": "(pictures, see below)"}));
            }
        }
        out.push(message);
    }
    out.extend(of_user(&mut pictures));
    out
}

fn of_user(pictures: &mut Vec<Value>) -> Option<Value> {
    if pictures.is_empty() {
        return None;
    }
    let mut parts =
        vec![json!({"type": "text", "text": "Pictures from the results of the tools (not from the user):"})];
    parts.append(pictures);
    Some(json!({"role": "user", "content": parts}))
}

/// What was thought goes back as the content part it came as.
fn return_thinking(message: &mut Map<String, Value>) {
    let thought = message.get("reasoning_content").and_then(Value::as_str);
    let Some(thought) = thought.filter(|thought| !thought.is_empty()) else {
        return;
    };
    let mut parts = vec![json!({"type": "thinking", "thinking": thought})];
    match message.get("content") {
        Some(Value::String(text)) if !text.is_empty() => parts.push(json!({"type": "text", "text": text})),
        Some(Value::Array(said)) => parts.extend(said.iter().cloned()),
        _ => {}
    }
    message.insert("content".to_owned(), Value::Array(parts));
}
