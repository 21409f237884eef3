//! The turns of a conversation: which messages may stand where.

use serde_json::{Map, Value};

use super::error::invalid;
use crate::sim::conversation::{self, Conversation};
use crate::sim::errors::ApiError;
use crate::sim::shape::Shape::{Any, List, Object, Open, Tagged, Text, TextOr, Word};
use crate::sim::shape::{Field, Shape, may, need};

const PART: Shape = Tagged(
    "type",
    &[
        ("text", &[need("text", &Text)]),
        (
            "image_url",
            &[need(
                "image_url",
                &Object(&[need("url", &Text), may("detail", &Text)]),
            )],
        ),
        ("thinking", &[need("thinking", &Text)]),
        ("document", &[need("document", &Open)]),
    ],
);
const CONTENT: Field = may("content", &TextOr(&List(&PART)));
const CALL: Shape = Object(&[
    need("id", &Text),
    need("type", &Word(&["function"])),
    need(
        "function",
        &Object(&[need("name", &Text), need("arguments", &Text)]),
    ),
]);

pub(super) const MESSAGE: Shape = Tagged(
    "role",
    &[
        ("system", &[CONTENT]),
        ("user", &[CONTENT]),
        (
            "assistant",
            &[
                CONTENT,
                may("tool_calls", &List(&CALL)),
                may("tool_plan", &Text),
                may("citations", &Any),
            ],
        ),
        ("tool", &[need("tool_call_id", &Text), CONTENT]),
    ],
);

/// Reads the messages into the conversation.
pub(super) fn read(body: &Map<String, Value>, talk: &mut Conversation) -> Result<(), ApiError> {
    let messages = body
        .get("messages")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if messages.is_empty() {
        return Err(invalid("invalid request: at least one message is required"));
    }
    let mut open: Vec<String> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let text = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
        let role = text("role");
        let said = conversation::text(message.get("content"));
        if role != "tool" && !open.is_empty() {
            return Err(invalid(format!(
                "invalid request: all tool calls must be followed by tool messages, missing {}",
                open.join(", ")
            )));
        }
        let nothing = message.get("content").is_none_or(|content| {
            content.is_null() || content == "" || content.as_array().is_some_and(Vec::is_empty)
        });
        let calls = message
            .get("tool_calls")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        if nothing && calls.is_empty() && role != "tool" {
            return Err(invalid(format!(
                "invalid request: message at index {index} must have non-empty content or tool calls"
            )));
        }
        match role {
            "system" => talk.system(said),
            "user" => talk.user(said),
            "tool" => {
                let id = text("tool_call_id");
                let Some(place) = open.iter().position(|known| known == id) else {
                    return Err(invalid(format!(
                        "invalid request: tool call id {id} not found in previous tool calls"
                    )));
                };
                open.remove(place);
                talk.result(id, None, documents(message.get("content")).unwrap_or(said));
            }
            _ => {
                let mut read = Vec::new();
                for call in calls {
                    let field = |path: &str| call.pointer(path).and_then(Value::as_str).unwrap_or_default();
                    let arguments = serde_json::from_str::<Value>(field("/function/arguments"))
                        .ok()
                        .filter(Value::is_object)
                        .ok_or_else(|| {
                            invalid("invalid request: tool call arguments must be a JSON object")
                        })?;
                    open.push(field("/id").to_owned());
                    read.push((
                        field("/id").to_owned(),
                        field("/function/name").to_owned(),
                        arguments,
                    ));
                }
                talk.assistant(said, read);
            }
        }
    }
    Ok(())
}

/// Results may also come as documents.
fn documents(content: Option<&Value>) -> Option<String> {
    let parts = content?.as_array()?.iter();
    let texts: Vec<String> = parts
        .filter_map(|part| part.pointer("/document/data"))
        .map(|data| data.as_str().map_or_else(|| data.to_string(), str::to_owned))
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}
