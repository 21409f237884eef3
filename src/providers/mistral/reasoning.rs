//! Reasoning: Mistral says it as content parts of type `thinking` beside those of type `text`.

use serde_json::{Map, Value, json};

use crate::types::{Content, Extra};

/// Content parts as text, with what was thought beside it. Parts of other kinds (references) are kept as they came.
pub(super) fn take_apart(content: &mut Option<Content>, extra: &mut Extra) {
    let Some(Content::Parts(parts)) = content else {
        return;
    };
    let (mut said, mut thought) = (String::new(), String::new());
    let mut others = Vec::new();
    let mut signed = Vec::new();
    for part in std::mem::take(parts) {
        match part.get("type").and_then(Value::as_str) {
            Some("text") => said.push_str(part.get("text").and_then(Value::as_str).unwrap_or_default()),
            Some("thinking") => {
                let text = thinking_text(part.get("thinking"));
                if let Some(signature) = part.get("signature").filter(|signature| signature.is_string()) {
                    signed.push(json!({"type": "thinking", "thinking": text, "signature": signature}));
                }
                thought.push_str(&text);
            }
            _ => others.push(part),
        }
    }
    *content = (!said.is_empty()).then_some(Content::Text(said));
    if !thought.is_empty() {
        extra.insert("reasoning_content".to_owned(), Value::String(thought));
    }
    if !signed.is_empty() {
        extra.insert("thinking_blocks".to_owned(), Value::Array(signed));
    }
    if !others.is_empty() {
        let fields = extra
            .entry("provider_specific_fields")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("content_parts".to_owned(), Value::Array(others));
        }
    }
}

/// `thinking` is a list of text parts; older servers send the text itself.
fn thinking_text(thinking: Option<&Value>) -> String {
    match thinking {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts
            .iter()
            .filter_map(|part| part.get("text").and_then(Value::as_str))
            .collect(),
        _ => String::new(),
    }
}

/// The thinking of an earlier answer as the content part it came as.
pub(super) fn part(message: &Map<String, Value>) -> Option<Value> {
    let blocks = message.get("thinking_blocks").and_then(Value::as_array);
    let signed = blocks.into_iter().flatten().find(|block| {
        block.get("type").and_then(Value::as_str) == Some("thinking")
            && block.get("signature").is_some_and(Value::is_string)
    });
    let text = message
        .get("reasoning_content")
        .and_then(Value::as_str)
        .or_else(|| signed?.get("thinking")?.as_str())
        .filter(|text| !text.is_empty())?;
    let mut part = json!({"type": "thinking", "thinking": [{"type": "text", "text": text}]});
    if let (Some(part), Some(signature)) = (
        part.as_object_mut(),
        signed.and_then(|block| block.get("signature")),
    ) {
        part.insert("signature".to_owned(), signature.clone());
    }
    Some(part)
}
