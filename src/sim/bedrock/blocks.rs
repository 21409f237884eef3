//! The turns of a conversation: which blocks may stand where.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::answer;
use super::error::invalid;
use super::request::{is_id, only};
use crate::sim::conversation::Conversation;
use crate::sim::errors::ApiError;

/// Reads the messages into the conversation.
pub(super) fn read(body: &Value, talk: &mut Conversation) -> Result<(), ApiError> {
    let messages = list(body, "messages");
    let has_tools = talk.has_tools();
    if messages.first().is_none_or(|message| role(message) != "user") {
        return Err(invalid(
            "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
        ));
    }
    let mut asked: Vec<String> = Vec::new();
    let mut before = "assistant";
    for (index, message) in messages.iter().enumerate() {
        let blocks = list(message, "content");
        if role(message) == before {
            return Err(invalid(
                "A conversation must alternate between user and assistant roles. Make sure the conversation alternates \
                 between user and assistant roles and try again.",
            ));
        }
        before = role(message);
        if blocks.is_empty() {
            return Err(invalid(format!(
                "The content field in the Message object at messages.{index} is empty. Add a ContentBlock object to the \
                 content field and try again."
            )));
        }
        for (place, block) in blocks.iter().enumerate() {
            check(block, before, &format!("messages.{index}.content.{place}"))?;
        }
        let results: Vec<&str> = of(blocks, "toolResult")
            .map(|result| text(result, "toolUseId"))
            .collect();
        if !has_tools && (!results.is_empty() || of(blocks, "toolUse").next().is_some()) {
            return Err(invalid(
                "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
            ));
        }
        let missing: Vec<&str> = asked
            .iter()
            .map(String::as_str)
            .filter(|id| !results.contains(id))
            .collect();
        if !missing.is_empty() {
            return Err(invalid(format!(
                "Expected toolResult blocks at messages.{index}.content for the following Ids: {}",
                missing.join(", ")
            )));
        }
        if results.len() > asked.len() {
            return Err(invalid(format!(
                "The number of toolResult blocks at messages.{index}.content exceeds the number of toolUse blocks of \
                 previous turn."
            )));
        }
        asked = turn(talk, before, blocks);
    }
    Ok(())
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn role(message: &Value) -> &str {
    text(message, "role")
}

fn of<'b>(blocks: &'b [Value], kind: &'static str) -> impl Iterator<Item = &'b Value> {
    blocks.iter().filter_map(move |block| block.get(kind))
}

fn check(block: &Value, role: &str, path: &str) -> Result<(), ApiError> {
    let Some((kind, inner)) = only(block) else {
        return Err(invalid(format!(
            "The content block at {path} must have exactly one member. Add one and try again."
        )));
    };
    let misplaced = match kind {
        "toolUse" | "reasoningContent" => role == "user",
        "toolResult" | "image" | "document" | "video" | "audio" => role == "assistant",
        _ => false,
    };
    if misplaced {
        return Err(invalid(format!(
            "The {kind} block at {path} is not allowed for the role {role}."
        )));
    }
    match kind {
        "text" if inner.as_str().is_none_or(|text| text.trim().is_empty()) => Err(invalid(format!(
            "The text field in the ContentBlock object at {path} is blank. Add text to the text field, and try again."
        ))),
        "toolUse" | "toolResult" if !is_id(text(inner, "toolUseId")) => Err(invalid(format!(
            "1 validation error detected: Value at '{path}.member.{kind}.toolUseId' failed to satisfy constraint: Member \
             must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
        ))),
        "toolUse" if !inner.get("input").is_some_and(Value::is_object) => Err(invalid(format!(
            "The format of the value at {path}.toolUse.input is invalid. Provide a json object for the field and try again."
        ))),
        "image" | "document" | "video" => source(inner, path, kind),
        "reasoningContent" => {
            let thought = inner.get("reasoningText").unwrap_or(&Value::Null);
            let signature = text(thought, "signature");
            if !signature.is_empty() && signature != answer::signature(text(thought, "text")) {
                return Err(invalid(format!(
                    "The model returned the following errors: {path}: Invalid `signature` in `thinking` block"
                )));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn source(inner: &Value, path: &str, kind: &str) -> Result<(), ApiError> {
    let source = inner.get("source").unwrap_or(&Value::Null);
    if only(source).is_none() {
        return Err(invalid(format!(
            "The source of the {kind} at {path} must have exactly one member."
        )));
    }
    let bytes = source.get("bytes").and_then(Value::as_str);
    if bytes.is_some_and(|bytes| bytes.is_empty() || STANDARD.decode(bytes).is_err()) {
        return Err(invalid(format!(
            "The bytes of the {kind} at {path} are not valid base64."
        )));
    }
    let name = text(inner, "name");
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '(' | ')' | '[' | ']');
    if kind == "document" && (!name.chars().all(legal) || name.contains("  ")) {
        return Err(invalid(
            "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, \
             parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
        ));
    }
    Ok(())
}

/// Adds the turn, and says which calls it leaves to be answered.
fn turn(talk: &mut Conversation, role: &str, blocks: &[Value]) -> Vec<String> {
    let texts: Vec<&str> = of(blocks, "text").filter_map(Value::as_str).collect();
    let said = texts.join("\n");
    if role == "user" {
        let mut results = of(blocks, "toolResult").peekable();
        if results.peek().is_none() || !said.is_empty() {
            talk.user(said);
        }
        for result in results {
            let part = |part: &Value| match only(part) {
                Some(("text", text)) => text.as_str().unwrap_or_default().to_owned(),
                Some(("json", json)) => json.to_string(),
                _ => String::new(),
            };
            let parts: Vec<String> = list(result, "content").iter().map(part).collect();
            talk.result(text(result, "toolUseId"), None, parts.join("\n"));
        }
        return Vec::new();
    }
    let call = |call: &Value| {
        let input = call.get("input").cloned().unwrap_or_default();
        (
            text(call, "toolUseId").to_owned(),
            text(call, "name").to_owned(),
            input,
        )
    };
    let calls: Vec<(String, String, Value)> = of(blocks, "toolUse").map(call).collect();
    let ids = calls.iter().map(|(id, _, _)| id.clone()).collect();
    talk.assistant(said, calls);
    ids
}
