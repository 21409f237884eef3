//! A turn's request, checked as OpenAI checks it, and put into the words that answers are composed from.

use serde_json::{Map, Value, json};

use super::super::{given, known};
use crate::sim::conversation::{self, Conversation};
use crate::sim::errors::ApiError;

const PARAMETERS: &[&str] = &[
    "background",
    "context_management",
    "conversation",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
];
const ROLES: &[&str] = &["user", "assistant", "system", "developer"];
const LEAST_TOKENS: u64 = 16;

pub(super) fn check(body: &Map<String, Value>) -> Result<(), ApiError> {
    known(body, PARAMETERS)?;
    match given(body, "input") {
        None if given(body, "prompt").is_some() || given(body, "previous_response_id").is_some() => {}
        None => return Err(ApiError::missing("input")),
        Some(Value::String(_)) => {}
        Some(Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check_item(index, item)?;
            }
        }
        Some(other) => return Err(ApiError::wrong_type("input", "a string or an array", other)),
    }
    if let Some(limit) = given(body, "max_output_tokens")
        && limit.as_u64().is_none_or(|limit| limit < LEAST_TOKENS)
    {
        let message = format!(
            "Invalid 'max_output_tokens': expected a value >= {LEAST_TOKENS}, but got {limit} instead."
        );
        return Err(ApiError::invalid(
            "max_output_tokens",
            "integer_below_min_value",
            message,
        ));
    }
    for (index, tool) in tools(body).iter().enumerate() {
        match tool.get("type").and_then(Value::as_str) {
            None => return Err(ApiError::missing(format!("tools[{index}].type"))),
            // Unlike in chat, a function's name stands beside its type.
            Some("function" | "custom") if tool.get("name").is_none() => {
                return Err(ApiError::missing(format!("tools[{index}].name")));
            }
            Some(_) => {}
        }
    }
    let format = given(body, "text").and_then(|text| text.get("format"));
    if let Some(format) = format
        && format.get("type").is_some_and(|kind| kind == "json_schema")
    {
        for name in ["name", "schema"] {
            if format.get(name).is_none() {
                return Err(ApiError::missing(format!("text.format.{name}")));
            }
        }
    }
    Ok(())
}

fn check_item(index: usize, item: &Value) -> Result<(), ApiError> {
    let place = format!("input[{index}]");
    let Some(fields) = item.as_object() else {
        return Err(ApiError::wrong_type(place, "an object", item));
    };
    let need = |names: &[&str]| {
        let missing = names.iter().find(|name| given(fields, name).is_none());
        missing.map_or(Ok(()), |name| Err(ApiError::missing(format!("{place}.{name}"))))
    };
    match fields.get("type").and_then(Value::as_str).unwrap_or("message") {
        "message" => {
            need(&["role", "content"])?;
            let role = fields.get("role").and_then(Value::as_str).unwrap_or_default();
            if !ROLES.contains(&role) {
                let message = format!(
                    "Invalid value: '{role}'. Supported values are: '{}'.",
                    ROLES.join("', '")
                );
                return Err(ApiError::invalid(
                    format!("{place}.role"),
                    "invalid_value",
                    message,
                ));
            }
            let allowed: &[&str] = if role == "assistant" {
                &["output_text", "refusal"]
            } else {
                &["input_text", "input_image", "input_file", "input_audio"]
            };
            let parts = fields.get("content").and_then(Value::as_array);
            for (number, part) in parts.into_iter().flatten().enumerate() {
                let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
                if !allowed.contains(&kind) {
                    let message = format!(
                        "Invalid value: '{kind}'. Supported values are: '{}'.",
                        allowed.join("', '")
                    );
                    return Err(ApiError::invalid(
                        format!("{place}.content[{number}]"),
                        "invalid_value",
                        message,
                    ));
                }
            }
            Ok(())
        }
        "function_call" => need(&["call_id", "name", "arguments"]),
        "function_call_output" => need(&["call_id", "output"]),
        "reasoning" => need(&["id"]),
        _ => Ok(()),
    }
}

fn tools(body: &Map<String, Value>) -> &[Value] {
    given(body, "tools")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The input as items.
pub(super) fn items(body: &Map<String, Value>) -> Vec<Value> {
    match given(body, "input") {
        Some(Value::String(text)) => {
            vec![
                json!({"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}),
            ]
        }
        Some(Value::Array(items)) => items.clone(),
        _ => Vec::new(),
    }
}

pub(super) fn conversation(
    body: &Map<String, Value>,
    before: &[Value],
    items: &[Value],
) -> Result<Conversation, ApiError> {
    let mut talk = Conversation::default();
    if let Some(instructions) = given(body, "instructions").and_then(Value::as_str) {
        talk.system(instructions);
    }
    let mut calls: Vec<String> = Vec::new();
    for item in before.iter().chain(items) {
        let field = |name: &str| {
            item.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        match item.get("type").and_then(Value::as_str).unwrap_or("message") {
            "message" => {
                let text = conversation::text(item.get("content"));
                match field("role").as_str() {
                    "assistant" => talk.assistant(text, Vec::new()),
                    "user" => talk.user(text),
                    _ => talk.system(text),
                }
            }
            "function_call" => {
                calls.push(field("call_id"));
                let arguments = serde_json::from_str(&field("arguments")).unwrap_or_default();
                talk.assistant("", vec![(field("call_id"), field("name"), arguments)]);
            }
            "function_call_output" => {
                let id = field("call_id");
                if !calls.contains(&id) {
                    return Err(ApiError::invalid(
                        "input",
                        "invalid_value",
                        format!("No tool call found for function call output with call_id {id}."),
                    ));
                }
                talk.result(&id, None, conversation::text(item.get("output")));
            }
            _ => {}
        }
    }
    for tool in tools(body) {
        if tool.get("type").is_some_and(|kind| kind == "function") {
            let name = tool.get("name").and_then(Value::as_str).unwrap_or_default();
            talk.tool(name, tool.get("parameters"));
        }
    }
    match given(body, "tool_choice") {
        Some(Value::String(choice)) => talk.choose(choice),
        Some(choice) => {
            if let Some(name) = choice.get("name").and_then(Value::as_str) {
                talk.choose_tool(name);
            }
        }
        None => {}
    }
    if given(body, "parallel_tool_calls") == Some(&Value::Bool(false)) {
        talk.one_call_at_a_time();
    }
    let format = given(body, "text").and_then(|text| text.get("format"));
    match format
        .and_then(|format| format.get("type"))
        .and_then(Value::as_str)
    {
        Some("json_schema") => talk.structured(format.and_then(|format| format.get("schema"))),
        Some("json_object") => talk.structured(None),
        _ => {}
    }
    talk.limit(given(body, "max_output_tokens"));
    if given(body, "reasoning")
        .and_then(|reasoning| reasoning.get("summary"))
        .is_some_and(|summary| !summary.is_null())
    {
        talk.reason();
    }
    Ok(talk)
}
