//! Reasoning of earlier answers: Mistral takes it as a content part of type `thinking` beside those of type `text`.

use serde_json::{Map, Value, json};

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
