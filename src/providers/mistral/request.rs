//! Writes a request: OpenAI's vocabulary in Mistral's words. What is left is written by OpenAI's wire.

use serde_json::{Map, Value, json};

use super::params::{Thinking, thinking};
use super::reasoning;
use crate::error::Result;
use crate::providers::openai;
use crate::types::ChatRequest;

/// What an answer carries when it is handed back as history, and Mistral refuses in a message.
const FOREIGN: &[&str] = &[
    "reasoning_content",
    "reasoning",
    "thinking_blocks",
    "provider_specific_fields",
    "annotations",
    "refusal",
    "audio",
    "images",
    "cache_control",
];

pub(super) fn translated(model: &str, mut request: ChatRequest) -> Result<ChatRequest> {
    let thinking = thinking(model);
    openai::legacy::modernize(&mut request.messages);
    for message in request.messages.iter_mut().filter_map(Value::as_object_mut) {
        translate_message(message, thinking);
    }
    translate_params(&mut request.params, thinking);
    Ok(request)
}

fn translate_params(params: &mut Map<String, Value>, thinking: Thinking) {
    // Usage comes on the last event in any case.
    params.shift_remove("stream_options");
    if let Some(limit) = params.shift_remove("max_completion_tokens") {
        params.insert("max_tokens".to_owned(), limit);
    }
    if let Some(choice) = params.get_mut("tool_choice")
        && choice.as_str() == Some("required")
    {
        *choice = Value::from("any");
    }
    for tool in params
        .get_mut("tools")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        tool.shift_remove("cache_control");
        if let Some(function) = tool.get_mut("function").and_then(Value::as_object_mut) {
            function.shift_remove("cache_control");
            // Mistral requires them, also of a function that takes none.
            function
                .entry("parameters")
                .or_insert_with(|| json!({"type": "object", "properties": {}}));
        }
    }
    translate_thinking(params, thinking);
}

/// `reasoning_effort` and Anthropic's `thinking` as the model's own switch.
fn translate_thinking(params: &mut Map<String, Value>, thinking: Thinking) {
    if thinking == Thinking::Never {
        return;
    }
    let asked = params.shift_remove("thinking");
    let enabled = asked
        .as_ref()
        .and_then(|asked| asked.get("type"))
        .and_then(Value::as_str)
        .map(|kind| kind != "disabled");
    if let Some(enabled) = enabled
        && !params.contains_key("reasoning_effort")
    {
        let effort = if enabled { "high" } else { "none" };
        params.insert("reasoning_effort".to_owned(), Value::from(effort));
    }
    if thinking == Thinking::Prompted
        && let Some(effort) = params.shift_remove("reasoning_effort")
        && effort.as_str() != Some("none")
    {
        params
            .entry("prompt_mode")
            .or_insert_with(|| Value::from("reasoning"));
    }
}

fn translate_message(message: &mut Map<String, Value>, thinking: Thinking) {
    let role = message
        .get("role")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if role == "developer" {
        message.insert("role".to_owned(), Value::from("system"));
    }
    if role != "tool" {
        message.shift_remove("name");
    }
    if let Some(parts) = message.get_mut("content").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(translate_part);
    }
    flatten_text(message);
    if role == "assistant" {
        let thought = (thinking != Thinking::Never)
            .then(|| reasoning::part(message))
            .flatten();
        if let Some(thought) = thought {
            let mut parts = vec![thought];
            match message.get_mut("content").map(Value::take) {
                Some(Value::String(text)) if !text.is_empty() => {
                    parts.push(json!({"type": "text", "text": text}));
                }
                Some(Value::Array(said)) => parts.extend(said),
                _ => {}
            }
            message.insert("content".to_owned(), Value::Array(parts));
        }
        for call in message
            .get_mut("tool_calls")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            call.shift_remove("provider_specific_fields");
            call.entry("id").and_modify(shorten_id);
        }
    }
    message.entry("tool_call_id").and_modify(shorten_id);
    message.retain(|name, _| !FOREIGN.contains(&name.as_str()));
}

/// Mistral refuses ids of calls that are not nine letters and digits ("Tool call id was ... but must be a-z, A-Z, 0-9,
/// with a length of 9"), and those of other providers are longer: a conversation that began elsewhere gets ids made of
/// its own, the same ones every time.
fn shorten_id(id: &mut Value) {
    const LENGTH: usize = 9;
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some(given) = id.as_str() else { return };
    if given.len() == LENGTH && given.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return;
    }
    // FNV-1a: short, and the same on every machine and in every version.
    let mut hash = given.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let short: String = (0..LENGTH)
        .filter_map(|_| {
            let digit = usize::try_from(hash % 62).ok()?;
            hash /= 62;
            DIGITS.get(digit).map(|digit| char::from(*digit))
        })
        .collect();
    *id = Value::String(short);
}

/// A list of nothing but text is sent as one text: not every model takes the list.
fn flatten_text(message: &mut Map<String, Value>) {
    let Some(content) = message.get_mut("content") else {
        return;
    };
    let Some(parts) = content.as_array() else { return };
    let is_text = |part: &Value| part.get("type").and_then(Value::as_str) == Some("text");
    if !parts.is_empty() && parts.iter().all(is_text) {
        let text: String = parts
            .iter()
            .filter_map(|part| part.get("text").and_then(Value::as_str))
            .collect();
        *content = Value::String(text);
    }
}

/// OpenAI's files and audio in Mistral's parts.
fn translate_part(part: &mut Value) {
    if let Some(part) = part.as_object_mut() {
        part.shift_remove("cache_control");
    }
    let translated = match part.get("type").and_then(Value::as_str) {
        Some("file") => part.get("file").and_then(file),
        Some("input_audio") => part
            .get("input_audio")
            .and_then(|audio| audio.get("data"))
            .map(|data| json!({"type": "input_audio", "input_audio": data})),
        _ => None,
    };
    if let Some(translated) = translated {
        *part = translated;
    }
}

fn file(file: &Value) -> Option<Value> {
    let text = |name: &str| file.get(name).and_then(Value::as_str);
    let is_url = |id: &&str| id.starts_with("http://") || id.starts_with("https://");
    let data = text("file_data").or_else(|| text("file_id").filter(is_url));
    if let Some(data) = data {
        let mut part = json!({"type": "document_url", "document_url": data});
        if let (Some(part), Some(name)) = (part.as_object_mut(), text("filename")) {
            part.insert("document_name".to_owned(), Value::from(name));
        }
        return Some(part);
    }
    text("file_id").map(|id| json!({"type": "file", "file_id": id}))
}
