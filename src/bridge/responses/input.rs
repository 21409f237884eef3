//! Items of the Responses API as messages of chat.

use serde_json::{Map, Value, json};

use super::output;
use crate::error::{Error, Result};

/// Appends the messages that `input` stands for.
pub(super) fn messages(input: Option<Value>, messages: &mut Vec<Value>) -> Result<()> {
    match input {
        Some(Value::String(text)) => messages.push(json!({"role": "user", "content": text})),
        Some(Value::Array(items)) => {
            if items.is_empty() {
                return Err(Error::bad_request("input is empty; pass at least one item"));
            }
            for (index, item) in items.into_iter().enumerate() {
                one(index, item, messages)?;
            }
        }
        Some(_) => return Err(Error::bad_request("input is neither a text nor a list of items")),
        None => return Err(Error::bad_request("input is missing")),
    }
    Ok(())
}

fn one(index: usize, item: Value, messages: &mut Vec<Value>) -> Result<()> {
    let Value::Object(mut item) = item else {
        return Err(Error::bad_request(format!("input[{index}] is not an object")));
    };
    let kind = item
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("message")
        .to_owned();
    match kind.as_str() {
        "message" => {
            let role = item
                .get("role")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            if role.is_empty() {
                return Err(Error::bad_request(format!("input[{index}] has no role")));
            }
            let content = content(index, item.shift_remove("content").unwrap_or_default())?;
            // What was thought before belongs to the same message.
            match messages.last_mut().and_then(Value::as_object_mut) {
                Some(last) if role == "assistant" && is_open(last) => {
                    last.insert("content".to_owned(), content);
                }
                _ => messages.push(json!({"role": role, "content": content})),
            }
        }
        "function_call" => {
            let function = json!({
                "name": item.get("name").cloned().unwrap_or_default(),
                "arguments": item.get("arguments").cloned().unwrap_or_else(|| json!("{}")),
            });
            call(&item, "function", function, messages);
        }
        "custom_tool_call" => {
            let custom = json!({
                "name": item.get("name").cloned().unwrap_or_default(),
                "input": item.get("input").cloned().unwrap_or_default(),
            });
            call(&item, "custom", custom, messages);
        }
        "function_call_output" | "custom_tool_call_output" => {
            let output = item.shift_remove("output").unwrap_or_default();
            let output = match output {
                Value::Array(_) | Value::String(_) => content(index, output)?,
                Value::Null => json!(""),
                other => json!(other.to_string()),
            };
            messages.push(json!({
                "role": "tool",
                "tool_call_id": item.get("call_id").cloned().unwrap_or_default(),
                "content": output,
            }));
        }
        "reasoning" => {
            let thought = output::thought(&item);
            if !thought.is_empty() {
                let mut message = Map::from_iter([
                    ("role".to_owned(), json!("assistant")),
                    ("content".to_owned(), Value::Null),
                ]);
                message.extend(thought);
                messages.push(Value::Object(message));
            }
        }
        other => {
            return Err(Error::bad_request(format!(
                "input[{index}] is a `{other}`, which this provider's chat has no place for"
            )));
        }
    }
    Ok(())
}

/// Whether a message of the assistant's still waits for what it says: nothing, not even a call, follows the thought.
fn is_open(message: &Map<String, Value>) -> bool {
    message.get("role").is_some_and(|role| role == "assistant")
        && message.get("content").is_some_and(Value::is_null)
        && !message.contains_key("tool_calls")
}

/// Calls that follow one another, and what was said just before, are one message of the assistant's.
fn call(item: &Map<String, Value>, kind: &str, what: Value, messages: &mut Vec<Value>) {
    let id = item
        .get("call_id")
        .or_else(|| item.get("id"))
        .cloned()
        .unwrap_or_default();
    let call = json!({"id": id, "type": kind, kind: what});
    if let Some(last) = messages.last_mut().and_then(Value::as_object_mut)
        && last.get("role").is_some_and(|role| role == "assistant")
    {
        let calls = last.entry("tool_calls").or_insert_with(|| json!([]));
        if let Some(calls) = calls.as_array_mut() {
            calls.push(call);
            return;
        }
    }
    messages.push(json!({"role": "assistant", "content": null, "tool_calls": [call]}));
}

/// Content under chat's names.
fn content(index: usize, content: Value) -> Result<Value> {
    let Value::Array(parts) = content else {
        return Ok(content);
    };
    let parts: Result<Vec<Value>> = parts.into_iter().map(|part| self::part(index, part)).collect();
    let mut parts = parts?;
    // One text alone is what chat has as plain text.
    if let [only] = parts.as_mut_slice()
        && only.get("type").is_some_and(|kind| kind == "text")
        && only.as_object().is_some_and(|fields| fields.len() == 2)
        && let Some(text) = only.get_mut("text")
    {
        return Ok(text.take());
    }
    Ok(Value::Array(parts))
}

fn part(index: usize, part: Value) -> Result<Value> {
    let Value::Object(mut part) = part else {
        return Ok(part);
    };
    let kind = part
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    Ok(match kind.as_str() {
        "input_text" | "output_text" | "text" => {
            let mut text = json!({"type": "text", "text": part.get("text").cloned().unwrap_or_default()});
            if let (Some(control), Some(fields)) = (part.shift_remove("cache_control"), text.as_object_mut())
            {
                fields.insert("cache_control".to_owned(), control);
            }
            text
        }
        "refusal" => json!({"type": "text", "text": part.get("refusal").cloned().unwrap_or_default()}),
        "input_image" => {
            let Some(url) = part.get("image_url").filter(|url| !url.is_null()) else {
                return Err(Error::bad_request(format!(
                    "input[{index}] has an image by `file_id`, which only OpenAI can look up"
                )));
            };
            let mut image = json!({"url": url.get("url").unwrap_or(url)});
            if let (Some(detail), Some(image)) = (
                part.get("detail").filter(|detail| !detail.is_null()),
                image.as_object_mut(),
            ) {
                image.insert("detail".to_owned(), detail.clone());
            }
            json!({"type": "image_url", "image_url": image})
        }
        "input_file" => {
            let mut file = Map::new();
            for (old, new) in [
                ("file_data", "file_data"),
                ("file_id", "file_id"),
                ("filename", "filename"),
                ("file_url", "file_data"),
            ] {
                if let Some(value) = part.get(old).filter(|value| !value.is_null()) {
                    file.entry(new).or_insert_with(|| value.clone());
                }
            }
            json!({"type": "file", "file": file})
        }
        _ => Value::Object(part),
    })
}
