//! Reads the parts of an answer into a message. What a message has no place for (signatures of texts, code that was run,
//! what Google adds next) is kept under `provider_specific_fields.google_parts` with its position, so that the next
//! request can give every part back as it was.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use serde_json::{Map, Value, json};

use super::event::{Call, Part};
use super::messages;
use crate::types::{Content, Extra, FunctionCall, Message, ToolCall};
use crate::verbatim;

/// The field that holds what a message has no place for.
pub(super) const KEPT: &str = "google_parts";

/// The texts of the alternatives so far: a stream says positions in the whole.
#[derive(Debug, Default)]
pub(super) struct Said(BTreeMap<u32, Text>);

/// One alternative's text so far.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub text: String,
    characters: usize,
    /// Google gives sound in pieces; together they have one name.
    audio: Option<String>,
}

impl Said {
    /// The alternative of that number.
    pub(super) fn of(&mut self, index: u32) -> &mut Text {
        self.0.entry(index).or_default()
    }
}

impl Text {
    fn add(&mut self, text: &str) {
        self.text.push_str(text);
        self.characters += text.chars().count();
    }
}

/// Reads `parts` into `message` and returns where each begins in the text, in bytes.
pub(super) fn read(parts: Vec<Part<'_>>, whole: &mut Text, message: &mut Message) -> Vec<usize> {
    let mut said: Option<String> = None;
    let mut thought = String::new();
    let (mut blocks, mut signatures, mut images) = (Vec::new(), Vec::new(), Vec::new());
    let (mut kept, mut starts) = (Vec::new(), Vec::with_capacity(parts.len()));
    for part in parts {
        starts.push(whole.text.len());
        let signature = part.signature.as_deref();
        signatures.extend(signature.map(Value::from));
        if let Some(text) = part.text {
            if part.thought == Some(Value::Bool(true)) {
                thought.push_str(&text);
                blocks.push(with_signature(
                    json!({"type": "thinking", "thinking": text}),
                    "signature",
                    signature,
                ));
                continue;
            }
            let from = whole.characters;
            whole.add(&text);
            if let Some(signature) = signature {
                kept.push(json!({"from": from, "to": whole.characters, "thoughtSignature": signature}));
            }
            match &mut said {
                None => said = Some(text.into_owned()),
                Some(said) => said.push_str(&text),
            }
        } else if let Some(call) = part.call {
            message.tool_calls.push(tool_call(call, signature));
        } else if let Some(data) = part.data {
            let (kind, bytes) = (data.mime_type.unwrap_or_default(), data.data.unwrap_or_default());
            if kind.starts_with("audio/") {
                let id = whole.audio.get_or_insert_with(new_id);
                message.extra.insert(
                    "audio".to_owned(),
                    json!({"id": id, "data": bytes, "expires_at": 0, "transcript": ""}),
                );
                continue;
            }
            let url = format!("data:{kind};base64,{bytes}");
            let mut image = json!({"type": "image_url", "index": images.len(), "image_url": {"url": url}});
            if let (Some(signature), Some(image)) = (signature, image.as_object_mut()) {
                let fields = json!({"thought_signature": signature});
                image.insert("provider_specific_fields".to_owned(), fields);
            }
            images.push(image);
        } else {
            kept.push(json!({"at": whole.characters, "part": part.into_value()}));
        }
    }
    message.content = said.filter(|said| !said.is_empty()).map(Content::Text);
    let mut extra = |name: &str, value: Value| drop(message.extra.insert(name.to_owned(), value));
    if !blocks.is_empty() {
        extra("reasoning_content", thought.into());
        extra("thinking_blocks", blocks.into());
    }
    if !images.is_empty() {
        extra("images", images.into());
    }
    if signatures.is_empty() && kept.is_empty() {
        return starts;
    }
    let mut fields = Map::new();
    for (name, list) in [("thought_signatures", signatures), (KEPT, kept)] {
        if !list.is_empty() {
            fields.insert(name.to_owned(), list.into());
        }
    }
    extra("provider_specific_fields", fields.into());
    starts
}

fn with_signature(mut value: Value, name: &str, signature: Option<&str>) -> Value {
    if let (Some(signature), Some(map)) = (signature, value.as_object_mut()) {
        map.insert(name.to_owned(), signature.into());
    }
    value
}

fn tool_call(call: Call<'_>, signature: Option<&str>) -> ToolCall {
    let id = call.id.filter(|id| !id.is_empty());
    let mut id = id.map_or_else(new_id, Cow::into_owned);
    let mut extra = Extra::new();
    if let Some(signature) = signature {
        id = format!("{id}{}{signature}", messages::MARK);
        extra.insert(
            "provider_specific_fields".to_owned(),
            json!({"thought_signature": signature}),
        );
    }
    ToolCall {
        id: Some(id),
        kind: Some("function".to_owned()),
        function: Some(FunctionCall {
            arguments: call
                .args
                .map_or_else(|| "{}".to_owned(), |args| verbatim::compact(&args)),
            name: call.name.map(Cow::into_owned),
            extra: Extra::new(),
        }),
        extra,
    }
}

/// Google gives most calls no id, and results are matched by it.
fn new_id() -> String {
    // Every `RandomState` has keys of its own.
    let random = || RandomState::new().build_hasher().finish();
    format!("call_{:016x}{:012x}", random(), random() >> 16)
}

/// The parts of a message's text as Google gave them, with what was kept; none when the message is not that text any
/// more.
pub(super) fn restored(text: &str, kept: &[Value]) -> Option<Vec<Value>> {
    let mut ends: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
    let length = ends.len();
    ends.push(text.len());
    let mut done = 0;
    let mut up_to = |end: usize| {
        let piece = text.get(*ends.get(done)?..*ends.get(end)?)?;
        done = end;
        Some(piece)
    };
    let number = |entry: &Value, name: &str| {
        let number = entry.get(name).and_then(Value::as_u64)?;
        usize::try_from(number).ok()
    };
    let plain = |parts: &mut Vec<Value>, text: &str| {
        if !text.is_empty() {
            parts.push(json!({"text": text}));
        }
    };
    let mut parts = Vec::new();
    for entry in kept {
        if let Some(part) = entry.get("part") {
            plain(&mut parts, up_to(number(entry, "at")?)?);
            parts.push(part.clone());
        } else {
            plain(&mut parts, up_to(number(entry, "from")?)?);
            let text = up_to(number(entry, "to")?)?;
            parts.push(json!({"text": text, "thoughtSignature": entry.get("thoughtSignature")?}));
        }
    }
    plain(&mut parts, up_to(length)?);
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(parts: &Value, text: &mut Text, message: &mut Message) {
        let parts = parts.to_string();
        read(serde_json::from_str(&parts).unwrap(), text, message);
    }

    #[test]
    fn what_a_message_has_no_place_for_comes_back_where_it_was() {
        let parts = json!([{"text": "Let me see: é"}, {"executableCode": {"language": "PYTHON", "code": "1"}},
            {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}, {"text": "so ", "thoughtSignature": "A"}, {"text": "it is"},
            {"text": "", "thoughtSignature": "B"}]);
        let mut message = Message::default();
        given(&parts, &mut Text::default(), &mut message);
        let Some(Content::Text(text)) = &message.content else {
            unreachable!()
        };
        let kept = &message.extra["provider_specific_fields"][KEPT];
        let back = restored(text, kept.as_array().unwrap()).unwrap();
        assert_eq!(Value::Array(back), parts);
        assert!(restored("changed", kept.as_array().unwrap()).is_none());
    }

    #[test]
    fn pieces_of_a_stream_have_positions_in_the_whole() {
        let mut text = Text::default();
        let mut message = Message::default();
        given(&json!([{"text": "né "}]), &mut text, &mut message);
        given(
            &json!([{"text": "x", "thoughtSignature": "S"}]),
            &mut text,
            &mut message,
        );
        let kept = &message.extra["provider_specific_fields"][KEPT];
        assert_eq!(kept, &json!([{"from": 3, "to": 4, "thoughtSignature": "S"}]));
        let back = restored("né x", kept.as_array().unwrap()).unwrap();
        assert_eq!(
            json!(back),
            json!([{"text": "né "}, {"text": "x", "thoughtSignature": "S"}])
        );
    }
}
