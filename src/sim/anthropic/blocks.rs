//! The turns of a conversation: which blocks may stand where.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::answer;
use super::request::invalid;
use crate::sim::conversation::{self, Conversation};
use crate::sim::errors::ApiError;

const IMAGES: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp"];

/// Reads the messages into the conversation.
pub(super) fn read(
    body: &Map<String, Value>,
    talk: &mut Conversation,
    thinking: bool,
) -> Result<(), ApiError> {
    let messages = body
        .get("messages")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if messages.is_empty() {
        return Err(invalid("messages: at least one message is required"));
    }
    let mut asked: Vec<String> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
        let blocks = blocks(message);
        let last = index + 1 == messages.len();
        match role {
            "user" | "assistant" => {}
            "system" => {
                return Err(invalid(
                    "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` \
                     parameter, not \"system\" as an input message role.",
                ));
            }
            other => {
                return Err(invalid(format!(
                    "messages: Unexpected role \"{other}\". Allowed roles are \"user\" or \"assistant\""
                )));
            }
        }
        if index == 0 && role != "user" {
            return Err(invalid("messages: first message must use the \"user\" role"));
        }
        if blocks.is_empty() && !(last && role == "assistant") {
            return Err(invalid(format!(
                "messages.{index}: all messages must have non-empty content except for the optional final assistant message"
            )));
        }
        for (place, block) in blocks.iter().enumerate() {
            check(block, role, thinking)
                .map_err(|what| invalid(format!("messages.{index}.content.{place}{what}")))?;
        }
        let answered = results(&blocks);
        let open: Vec<&str> = asked
            .iter()
            .map(String::as_str)
            .filter(|id| !answered.contains(id))
            .collect();
        if !open.is_empty() {
            return Err(invalid(format!(
                "messages.{}: `tool_use` ids were found without `tool_result` blocks immediately after: {}. Each \
                 `tool_use` block must have a corresponding `tool_result` block in the next message.",
                index - 1,
                open.join(", ")
            )));
        }
        if let Some(stray) = answered.iter().find(|id| !asked.iter().any(|known| known == *id)) {
            return Err(invalid(format!(
                "messages.{index}.content.0: unexpected `tool_use_id` found in `tool_result` blocks: {stray}. Each \
                 `tool_result` block must have a corresponding `tool_use` block in the previous message."
            )));
        }
        asked = turn(talk, role, &blocks);
        if role == "assistant" && last {
            prefilled(message, &blocks, thinking)?;
        }
        let first = blocks
            .first()
            .and_then(|block| block.get("type")?.as_str().map(str::to_owned));
        let open_calls = !asked.is_empty() && index + 2 == messages.len();
        if thinking && open_calls && !matches!(first.as_deref(), Some("thinking" | "redacted_thinking")) {
            return Err(invalid(format!(
                "messages.{index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{}`. When \
                 `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the \
                 lastmost set of `tool_use` and `tool_result` blocks).",
                first.unwrap_or_default()
            )));
        }
    }
    Ok(())
}

fn blocks(message: &Value) -> Vec<Value> {
    match message.get("content") {
        Some(Value::String(text)) if text.is_empty() => Vec::new(),
        Some(Value::String(text)) => vec![serde_json::json!({"type": "text", "text": text})],
        Some(Value::Array(blocks)) => blocks.clone(),
        _ => Vec::new(),
    }
}

fn check(block: &Value, role: &str, thinking: bool) -> Result<(), String> {
    let text = |key: &str| block.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        "text" if text("text").is_empty() => Err(": text content blocks must be non-empty".to_owned()),
        "text" if text("text").trim().is_empty() => {
            Err(": text content blocks must contain non-whitespace text".to_owned())
        }
        kind @ ("tool_use" | "thinking" | "redacted_thinking") if role == "user" => {
            Err(format!(": `{kind}` blocks can only be in `assistant` messages"))
        }
        kind @ ("tool_result" | "image" | "document") if role == "assistant" => {
            Err(format!(": `{kind}` blocks can only be in `user` messages"))
        }
        "tool_use" => identifier(text("id")).map_err(|what| format!(".tool_use.id{what}")),
        "thinking" if thinking && text("signature") != answer::signature(text("thinking")) => {
            Err(": Invalid `signature` in `thinking` block".to_owned())
        }
        kind @ ("image" | "document") => {
            let source = block.get("source").unwrap_or(&Value::Null);
            source_of(kind, source).map_err(|what| format!(".{kind}.source.base64{what}"))
        }
        _ => Ok(()),
    }
}

fn identifier(id: &str) -> Result<(), &'static str> {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if id.is_empty() || !id.chars().all(legal) {
        return Err(": String should match pattern '^[a-zA-Z0-9_-]+$'");
    }
    Ok(())
}

fn source_of(kind: &str, source: &Value) -> Result<(), String> {
    if source.get("type").is_none_or(|kind| kind != "base64") {
        return Ok(());
    }
    let text = |key: &str| source.get(key).and_then(Value::as_str).unwrap_or_default();
    let media = text("media_type");
    if kind == "image" && !IMAGES.contains(&media) {
        return Err(format!(".media_type: Input should be '{}'", IMAGES.join("', '")));
    }
    if kind == "document" && media != "application/pdf" {
        return Err(".media_type: Input should be 'application/pdf'".to_owned());
    }
    if text("data").is_empty() || STANDARD.decode(text("data")).is_err() {
        return Err(".data: Invalid base64 data".to_owned());
    }
    Ok(())
}

fn results(blocks: &[Value]) -> Vec<&str> {
    let ids = blocks
        .iter()
        .filter(|block| block.get("type").is_some_and(|kind| kind == "tool_result"));
    ids.filter_map(|block| block.get("tool_use_id")?.as_str())
        .collect()
}

/// Adds the turn, and says which calls it leaves to be answered.
fn turn(talk: &mut Conversation, role: &str, blocks: &[Value]) -> Vec<String> {
    let of = |kind: &'static str| {
        blocks
            .iter()
            .filter(move |block| block.get("type").is_some_and(|found| found == kind))
    };
    let texts: Vec<&str> = of("text")
        .filter_map(|block| block.get("text")?.as_str())
        .collect();
    let text = texts.join("\n");
    if role == "user" {
        // What comes with results belongs to them: the turn is the tools'.
        if of("tool_result").next().is_none() || !text.is_empty() {
            talk.user(text);
        }
        for block in of("tool_result") {
            let id = block
                .get("tool_use_id")
                .and_then(Value::as_str)
                .unwrap_or_default();
            talk.result(id, None, conversation::text(block.get("content")));
        }
        return Vec::new();
    }
    let field = |block: &Value, key: &str| {
        block
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let calls: Vec<(String, String, Value)> = of("tool_use")
        .map(|block| {
            let input = block.get("input").cloned().unwrap_or_default();
            (field(block, "id"), field(block, "name"), input)
        })
        .collect();
    let ids = calls.iter().map(|(id, _, _)| id.clone()).collect();
    talk.assistant(text, calls);
    ids
}

/// An answer begun by the caller.
fn prefilled(message: &Value, blocks: &[Value], thinking: bool) -> Result<(), ApiError> {
    let text = blocks.last().and_then(|block| block.get("text")?.as_str());
    let text = text
        .or(message.get("content").and_then(Value::as_str))
        .unwrap_or_default();
    if thinking {
        return Err(invalid(
            "messages: a final assistant message may not be given when thinking is enabled",
        ));
    }
    if text.ends_with(char::is_whitespace) {
        return Err(invalid(
            "messages: final assistant content cannot end with trailing whitespace",
        ));
    }
    Ok(())
}
