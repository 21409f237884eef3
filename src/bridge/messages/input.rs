//! Turns in Anthropic's shape as messages of chat.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// The system prompt: a text, or blocks of it.
pub(super) fn system(system: Value) -> Value {
    let Value::Array(blocks) = system else {
        return system;
    };
    blocks.into_iter().map(text_part).collect()
}

/// A text with what may be said of its caching.
fn text_part(block: Value) -> Value {
    let mut part = json!({"type": "text", "text": block.get("text").cloned().unwrap_or_default()});
    if let (Some(control), Some(fields)) = (block.get("cache_control"), part.as_object_mut()) {
        fields.insert("cache_control".to_owned(), control.clone());
    }
    part
}

/// Appends the messages that one turn stands for.
pub(super) fn turn(index: usize, turn: Value, messages: &mut Vec<Value>) -> Result<()> {
    let Value::Object(mut turn) = turn else {
        return Err(Error::bad_request(format!("messages[{index}] is not an object")));
    };
    let role = match turn.get("role").and_then(Value::as_str) {
        Some(role @ ("user" | "assistant" | "system")) => role.to_owned(),
        _ => {
            return Err(Error::bad_request(format!(
                "messages[{index}].role is neither `user` nor `assistant`"
            )));
        }
    };
    let content = turn.shift_remove("content").unwrap_or_default();
    let Value::Array(blocks) = content else {
        messages.push(json!({"role": role, "content": content}));
        return Ok(());
    };
    if role == "assistant" {
        messages.push(assistant(blocks));
    } else {
        user(&role, blocks, messages);
    }
    Ok(())
}

fn assistant(blocks: Vec<Value>) -> Value {
    let mut message = Map::from_iter([("role".to_owned(), json!("assistant"))]);
    let (mut parts, mut calls, mut thoughts) = (Vec::new(), Vec::new(), Vec::new());
    for block in blocks {
        match block.get("type").and_then(Value::as_str) {
            Some("text") => parts.push(text_part(block)),
            Some("tool_use") => calls.push(json!({
                "id": block.get("id"),
                "type": "function",
                "function": {
                    "name": block.get("name"),
                    "arguments": block.get("input").map_or_else(|| "{}".to_owned(), Value::to_string),
                },
            })),
            Some("thinking" | "redacted_thinking") => thoughts.push(block),
            _ => parts.push(block),
        }
    }
    let plain = parts
        .iter()
        .all(|part| part.as_object().is_some_and(|part| part.len() == 2));
    let content = if parts.is_empty() {
        Value::Null
    } else if plain {
        let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
        json!(texts.collect::<String>())
    } else {
        json!(parts)
    };
    message.insert("content".to_owned(), content);
    if !calls.is_empty() {
        message.insert("tool_calls".to_owned(), json!(calls));
    }
    if !thoughts.is_empty() {
        message.insert("thinking_blocks".to_owned(), json!(thoughts));
    }
    Value::Object(message)
}

/// Results of tools are messages of their own, and come before what is said beside them.
fn user(role: &str, blocks: Vec<Value>, messages: &mut Vec<Value>) {
    let mut parts = Vec::new();
    for block in blocks {
        match block.get("type").and_then(Value::as_str) {
            Some("tool_result") => messages.push(result(&block)),
            Some("text") => parts.push(text_part(block)),
            Some("image") => parts.push(image(&block)),
            Some("document") => parts.push(document(&block)),
            _ => parts.push(block),
        }
    }
    if !parts.is_empty() {
        messages.push(json!({"role": role, "content": parts}));
    }
}

fn result(block: &Value) -> Value {
    let content = match block.get("content") {
        Some(Value::Array(blocks)) => {
            let texts: Vec<&str> = blocks
                .iter()
                .filter_map(|block| block.get("text")?.as_str())
                .collect();
            if texts.len() == blocks.len() {
                json!(texts.concat())
            } else {
                let parts = blocks
                    .iter()
                    .map(|block| match block.get("type").and_then(Value::as_str) {
                        Some("image") => image(block),
                        _ => text_part(block.clone()),
                    });
                parts.collect()
            }
        }
        Some(content) => content.clone(),
        None => json!(""),
    };
    json!({"role": "tool", "tool_call_id": block.get("tool_use_id"), "content": content})
}

/// Where bytes come from: an address, or a data URL.
fn url(source: Option<&Value>) -> Value {
    let field = |name: &str| source.and_then(|source| source.get(name)).and_then(Value::as_str);
    match field("type") {
        Some("base64") => json!(format!(
            "data:{};base64,{}",
            field("media_type").unwrap_or("application/octet-stream"),
            field("data").unwrap_or_default()
        )),
        _ => json!(field("url").unwrap_or_default()),
    }
}

fn image(block: &Value) -> Value {
    json!({"type": "image_url", "image_url": {"url": url(block.get("source"))}})
}

fn document(block: &Value) -> Value {
    let source = block.get("source");
    let kind = source
        .and_then(|source| source.get("type"))
        .and_then(Value::as_str);
    match kind {
        Some("text") => {
            json!({"type": "text", "text": source.and_then(|source| source.get("data"))})
        }
        Some("file") => {
            json!({"type": "file", "file": {"file_id": source.and_then(|source| source.get("file_id"))}})
        }
        _ => {
            let name = block
                .get("title")
                .cloned()
                .unwrap_or_else(|| json!("document.pdf"));
            json!({"type": "file", "file": {"filename": name, "file_data": url(source)}})
        }
    }
}
