//! OpenAI's messages as Ollama's: the text is one string, images stand beside it in base64, arguments are objects.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::verbatim;

pub(super) fn translated(messages: Vec<Value>) -> Result<Vec<Value>> {
    // Ids of calls and the tools they call: an answer names its tool here, not its call.
    let mut called: Vec<(String, String)> = Vec::new();
    let mut translated = Vec::with_capacity(messages.len());
    for (index, message) in messages.into_iter().enumerate() {
        let Value::Object(message) = message else { continue };
        translated.push(Value::Object(translate(message, index, &mut called)?));
    }
    Ok(translated)
}

fn translate(
    mut message: Map<String, Value>,
    index: usize,
    called: &mut Vec<(String, String)>,
) -> Result<Map<String, Value>> {
    let text = |message: &Map<String, Value>, name: &str| {
        message.get(name).and_then(Value::as_str).map(str::to_owned)
    };
    let role = match text(&message, "role").as_deref() {
        Some("developer") => "system".to_owned(),
        Some("function") => "tool".to_owned(),
        Some(role) => role.to_owned(),
        None => String::new(),
    };
    let (said, images) = content(message.get_mut("content").map(Value::take), index)?;
    let mut out = Map::new();
    out.insert("role".to_owned(), Value::from(role.as_str()));
    let thought = text(&message, "reasoning_content").filter(|thought| !thought.is_empty());
    if let Some(thought) = thought.filter(|_| role == "assistant") {
        out.insert("thinking".to_owned(), Value::String(thought));
    }
    out.insert("content".to_owned(), Value::String(said));
    out.insert("images".to_owned(), Value::Array(images));
    let calls = calls(&message, called);
    if !calls.is_empty() {
        out.insert("tool_calls".to_owned(), Value::Array(calls));
    }
    if role == "tool" {
        let id = text(&message, "tool_call_id");
        let by_id = || {
            let id = id.as_deref()?;
            called
                .iter()
                .rev()
                .find(|(known, _)| known == id)
                .map(|(_, name)| name.clone())
        };
        if let Some(name) = text(&message, "name").or_else(by_id) {
            out.insert("tool_name".to_owned(), Value::String(name));
        }
        if let Some(id) = id {
            out.insert("tool_call_id".to_owned(), Value::String(id));
        }
    }
    Ok(out)
}

/// The calls of a message, in the legacy form too; notes whose ids they are.
fn calls(message: &Map<String, Value>, called: &mut Vec<(String, String)>) -> Vec<Value> {
    let mut calls = Vec::new();
    for call in message
        .get("tool_calls")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(function) = call.get("function") {
            let of = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
            called.push((of(call.get("id")), of(function.get("name"))));
            calls.push(json!({"function": function_call(function)}));
        }
    }
    if let Some(function) = message
        .get("function_call")
        .filter(|function| function.is_object())
    {
        calls.push(json!({"function": function_call(function)}));
    }
    calls
}

fn function_call(function: &Value) -> Value {
    let arguments = match function.get("arguments") {
        Some(Value::String(text)) if text.trim().is_empty() => json!({}),
        // What is no JSON stays what the model wrote.
        Some(Value::String(text)) => verbatim::given(text).unwrap_or_else(|_| Value::from(text.as_str())),
        Some(Value::Null) | None => json!({}),
        Some(given) => given.clone(),
    };
    json!({"name": function.get("name"), "arguments": arguments})
}

/// The text of a message and its images.
fn content(content: Option<Value>, index: usize) -> Result<(String, Vec<Value>)> {
    let parts = match content {
        Some(Value::String(text)) => return Ok((text, Vec::new())),
        Some(Value::Array(parts)) => parts,
        _ => return Ok((String::new(), Vec::new())),
    };
    let (mut said, mut images) = (String::new(), Vec::new());
    for (position, part) in parts.iter().enumerate() {
        let place = || format!("messages[{index}].content[{position}]");
        match part.get("type").and_then(Value::as_str) {
            Some("text") => said.push_str(part.get("text").and_then(Value::as_str).unwrap_or_default()),
            Some("image_url") => {
                let url = part.get("image_url");
                let url = url.and_then(|url| url.as_str().or_else(|| url.get("url")?.as_str()));
                images.push(Value::from(image(url.unwrap_or_default(), &place())?));
            }
            // What was thought is said in `thinking`.
            Some("thinking" | "redacted_thinking") => {}
            kind => {
                return Err(Error::bad_request(format!(
                    "{} is of type {:?}; Ollama takes text and images",
                    place(),
                    kind.unwrap_or("none")
                )));
            }
        }
    }
    Ok((said, images))
}

/// The base64 of an image: of a data URL, or given as it is.
fn image<'a>(url: &'a str, place: &str) -> Result<&'a str> {
    if url.starts_with("http://") || url.starts_with("https://") {
        return Err(Error::new(
            ErrorKind::ImageFetch,
            format!(
                "{place} is an image at a URL, and Ollama fetches none; pass it as data:image/...;base64,..."
            ),
        ));
    }
    match url.strip_prefix("data:") {
        Some(data) => data
            .split_once(";base64,")
            .map(|(_, base64)| base64)
            .ok_or_else(|| Error::bad_request(format!("{place} is a data URL that is not base64"))),
        None if url.is_empty() => Err(Error::bad_request(format!("{place} has no image"))),
        None => Ok(url),
    }
}
