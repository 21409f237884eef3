//! Answers whose content is a list of parts: Mistral's `text` and `thinking`, Databricks' `text` and `reasoning`.

use serde_json::{Map, Value, json};

use crate::types::{Content, Extra};

/// Content parts as text, with what was thought beside it. Citations of a text and parts of other kinds (references)
/// are kept as they came, in `provider_specific_fields`.
pub(super) fn settle(content: &mut Option<Content>, extra: &mut Extra) {
    let Some(Content::Parts(parts)) = content else {
        return;
    };
    let (mut said, mut thought) = (String::new(), String::new());
    let (mut others, mut blocks, mut citations) = (Vec::new(), Vec::new(), Vec::new());
    for mut part in std::mem::take(parts) {
        match part.get("type").and_then(Value::as_str) {
            Some("text") => {
                let text = part.get("text").and_then(Value::as_str).unwrap_or_default();
                said.push_str(text);
                let text = json!(text);
                if let Some(Value::Array(mut cited)) = part.get_mut("citations").map(Value::take) {
                    for citation in cited.iter_mut().filter_map(Value::as_object_mut) {
                        citation.insert("supported_text".to_owned(), text.clone());
                    }
                    citations.push(Value::Array(cited));
                }
            }
            Some("thinking") => {
                let text = texts(part.get("thinking"));
                if let Some(signature) = part.get("signature").filter(|signature| signature.is_string()) {
                    blocks.push(json!({"type": "thinking", "thinking": text, "signature": signature}));
                }
                thought.push_str(&text);
            }
            Some("reasoning") => {
                for piece in part
                    .get("summary")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                {
                    let text = piece.get("text").and_then(Value::as_str).unwrap_or_default();
                    let signature = piece.get("signature").and_then(Value::as_str).unwrap_or_default();
                    blocks.push(json!({"type": "thinking", "thinking": text, "signature": signature}));
                    thought.push_str(text);
                }
            }
            _ => others.push(part),
        }
    }
    *content = (!said.is_empty()).then_some(Content::Text(said));
    if !thought.is_empty() {
        extra.insert("reasoning_content".to_owned(), Value::String(thought));
    }
    if !blocks.is_empty() {
        extra.insert("thinking_blocks".to_owned(), Value::Array(blocks));
    }
    for (name, kept) in [("content_parts", others), ("citations", citations)] {
        if kept.is_empty() {
            continue;
        }
        let fields = extra
            .entry("provider_specific_fields")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Some(fields) = fields.as_object_mut() {
            fields.insert(name.to_owned(), Value::Array(kept));
        }
    }
}

/// `thinking` is a list of text parts; older servers send the text itself.
fn texts(thinking: Option<&Value>) -> String {
    match thinking {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts
            .iter()
            .filter_map(|part| part.get("text").and_then(Value::as_str))
            .collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(content: Value) -> Value {
        let mut content: Option<Content> = serde_json::from_value(content).unwrap();
        let mut extra = Extra::new();
        settle(&mut content, &mut extra);
        json!([content, extra])
    }

    #[test]
    fn reasoning_beside_text() {
        let thought = json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm", "signature": "S"}]});
        assert_eq!(
            settled(json!([thought, {"type": "text", "text": "a"}, {"type": "text", "text": "b"}])),
            json!(["ab", {"reasoning_content": "hm",
                "thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "S"}]}])
        );
        assert_eq!(settled(json!("a")), json!(["a", {}]));
    }

    #[test]
    fn citations_and_unknown_parts_are_kept() {
        let cited = json!({"type": "text", "text": "a", "citations": [{"type": "char_location"}]});
        assert_eq!(
            settled(json!([cited, {"type": "reference", "reference_ids": [1]}])),
            json!(["a", {"provider_specific_fields": {
                "content_parts": [{"type": "reference", "reference_ids": [1]}],
                "citations": [[{"type": "char_location", "supported_text": "a"}]]}}])
        );
    }
}
