//! Writes a chat request.

use serde_json::{Map, Value, json};

use super::message;
use crate::error::{Error, Result};
use crate::providers::openai;
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::verbatim::Written;
use crate::wire::WireRequest;

/// Keys of the request itself; every other parameter is one of the model's `options`.
const OWN: &[&str] = &[
    "keep_alive",
    "format",
    "think",
    "truncate",
    "shift",
    "logprobs",
    "top_logprobs",
];

pub(super) fn write(target: &Target, request: ChatRequest) -> Result<WireRequest> {
    let mut body = Map::new();
    body.insert("model".to_owned(), Value::from(target.model.as_str()));
    body.insert(
        "messages".to_owned(),
        Value::Array(message::translated(request.messages)?),
    );
    let mut options = Map::new();
    let mut choice = None;
    for (name, value) in request.params {
        match name.as_str() {
            // Usage comes in any case.
            "stream_options" => {}
            "max_completion_tokens" => {
                options.insert("num_predict".to_owned(), value);
            }
            "max_tokens" => {
                options.entry("num_predict").or_insert(value);
            }
            "tools" => {
                body.insert(name, value);
            }
            "functions" => {
                let tools = value.as_array().into_iter().flatten();
                let tools = tools.map(|function| json!({"type": "function", "function": function}));
                body.entry("tools")
                    .or_insert_with(|| Value::Array(tools.collect()));
            }
            "tool_choice" => choice = Some(value),
            "response_format" => {
                if let Some(format) = format(&value)? {
                    body.insert("format".to_owned(), format);
                }
            }
            "reasoning_effort" => {
                body.entry("think")
                    .or_insert_with(|| think(&target.model, &value));
            }
            "options" => {
                if let Value::Object(given) = value {
                    options.extend(given);
                }
            }
            own if OWN.contains(&own) => {
                body.insert(name, value);
            }
            _ => {
                options.insert(name, value);
            }
        }
    }
    if let Some(choice) = choice {
        choose(&mut body, &choice);
    }
    body.insert("options".to_owned(), Value::Object(options));
    body.insert("stream".to_owned(), Value::Bool(request.stream));
    for (name, value) in &target.body {
        body.insert(name.clone(), value.clone());
    }
    let mut sent = openai::request::post(target, "", &Written(&body))?;
    sent.url = super::url(target, "chat");
    Ok(sent)
}

/// Ollama always lets the model choose. `none` and one named tool are said by what is offered; that a tool must be
/// called cannot be said.
fn choose(body: &mut Map<String, Value>, choice: &Value) {
    if choice.as_str() == Some("none") {
        body.shift_remove("tools");
    }
    let named = choice.get("function").and_then(|function| function.get("name"));
    if let (Some(named), Some(tools)) = (named, body.get_mut("tools").and_then(Value::as_array_mut)) {
        tools.retain(|tool| tool.get("function").and_then(|function| function.get("name")) == Some(named));
    }
}

/// `json`, or the schema itself; plain text is what there is without a format.
fn format(format: &Value) -> Result<Option<Value>> {
    match format.get("type").and_then(Value::as_str) {
        Some("json_schema") => {
            let schema = format.get("json_schema").and_then(|given| given.get("schema"));
            Ok(Some(schema.cloned().unwrap_or_else(|| Value::from("json"))))
        }
        Some("json_object") => Ok(Some(Value::from("json"))),
        Some("text") => Ok(None),
        _ if format.is_null() => Ok(None),
        other => Err(Error::bad_request(format!(
            "response_format.type {:?} is none of text, json_object, json_schema",
            other.unwrap_or_default()
        ))),
    }
}

/// gpt-oss thinks in levels, every other model does or does not.
fn think(model: &str, effort: &Value) -> Value {
    let effort = effort.as_str().unwrap_or_default();
    if model.contains("gpt-oss") && matches!(effort, "low" | "medium" | "high") {
        return Value::from(effort);
    }
    Value::Bool(matches!(effort, "low" | "medium" | "high" | "xhigh" | "max"))
}
