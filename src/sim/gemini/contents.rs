//! The turns of a conversation: which parts may stand where.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Map, Value};

use super::request::{field, get, invalid, list, text};
use crate::sim::conversation::Conversation;
use crate::sim::errors::ApiError;

/// What a part can be, of which it has to be one.
const KINDS: &[&str] = &[
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
];

/// Reads the contents into the conversation.
pub(super) fn read(body: &Map<String, Value>, model: &str, talk: &mut Conversation) -> Result<(), ApiError> {
    let contents = list(field(body, "contents"));
    if contents.is_empty() {
        return Err(invalid(
            "* GenerateContentRequest.contents: contents is not specified\n",
        ));
    }
    let mut asked = 0;
    // Models that think have to be told again what they thought in this turn.
    let turn = contents.iter().rposition(is_question).unwrap_or(0);
    for (index, content) in contents.iter().enumerate() {
        let path = format!("contents[{index}]");
        let parts = list(get(content, "parts"));
        let role = text(content, "role");
        if !matches!(role, "" | "user" | "model" | "function") {
            return Err(invalid("Please use a valid role: user, model."));
        }
        if parts.is_empty() {
            return Err(invalid(format!(
                "* GenerateContentRequest.{path}.parts: contents.parts must not be empty.\n"
            )));
        }
        for (place, part) in parts.iter().enumerate() {
            check(part, &format!("{path}.parts[{place}]"))?;
        }
        let responses = of(parts, "functionResponse").count();
        if responses != asked && (responses > 0 || index > 0 && asked > 0) {
            return Err(invalid(
                "Please ensure that the number of function response parts is equal to the number of function \
                 call parts of the function call turn.",
            ));
        }
        let calls = of(parts, "functionCall").count();
        if calls > 0 && (role != "model" || index == 0) {
            return Err(invalid(
                "Please ensure that function call turn comes immediately after a user turn or after a function \
                 response turn.",
            ));
        }
        let first = parts.iter().find(|part| get(part, "functionCall").is_some());
        if let Some(part) = first.filter(|_| model.starts_with("gemini-3") && index > turn)
            && text(part, "thoughtSignature").is_empty()
        {
            let name = get(part, "functionCall")
                .map(|call| text(call, "name"))
                .unwrap_or_default();
            return Err(invalid(format!(
                "Function call `default_api:{name}` in the {}. content block is missing a `thought_signature`.",
                index + 1
            )));
        }
        asked = calls;
        add(talk, role, parts);
    }
    Ok(())
}

fn is_question(content: &Value) -> bool {
    let parts = list(get(content, "parts"));
    text(content, "role") != "model" && of(parts, "functionResponse").next().is_none()
}

fn of<'p>(parts: &'p [Value], kind: &'static str) -> impl Iterator<Item = &'p Value> {
    parts.iter().filter_map(move |part| get(part, kind))
}

fn check(part: &Value, path: &str) -> Result<(), ApiError> {
    let kinds: Vec<&str> = KINDS
        .iter()
        .copied()
        .filter(|kind| get(part, kind).is_some())
        .collect();
    if kinds.len() != 1 {
        return Err(invalid(format!(
            "* GenerateContentRequest.{path}.data: required oneof field 'data' must have one initialized field\n"
        )));
    }
    for kind in ["functionCall", "functionResponse"] {
        if let Some(value) = get(part, kind)
            && text(value, "name").is_empty()
        {
            let kind = crate::sim::shape::snake(kind);
            return Err(invalid(format!(
                "* GenerateContentRequest.{path}.{kind}.name: Name cannot be empty.\n"
            )));
        }
    }
    let base64 = |text: &str| STANDARD.decode(text).is_ok() || URL_SAFE.decode(text).is_ok();
    if let Some(blob) = get(part, "inlineData") {
        let (data, kind) = (text(blob, "data"), text(blob, "mimeType"));
        if !base64(data) {
            return Err(invalid(format!(
                "Invalid value at '{path}.inline_data.data' (TYPE_BYTES), Base64 decoding failed for \"{}\"",
                data.chars().take(20).collect::<String>()
            )));
        }
        if data.is_empty() || !kind.contains('/') {
            return Err(invalid(
                "Unable to process input image. Please retry or report the problem.",
            ));
        }
    }
    if !base64(text(part, "thoughtSignature")) {
        return Err(invalid(format!(
            "Invalid value at '{path}.thought_signature' (TYPE_BYTES)"
        )));
    }
    Ok(())
}

fn add(talk: &mut Conversation, role: &str, parts: &[Value]) {
    let thought = |part: &&Value| get(part, "thought") == Some(&Value::Bool(true));
    let spoken = parts.iter().filter(|part| !thought(part));
    let texts: Vec<&str> = spoken.filter_map(|part| get(part, "text")?.as_str()).collect();
    if role == "model" {
        let call = |call: &Value| {
            let arguments = get(call, "args").cloned().unwrap_or_default();
            (
                text(call, "id").to_owned(),
                text(call, "name").to_owned(),
                arguments,
            )
        };
        talk.assistant(texts.join("\n"), of(parts, "functionCall").map(call).collect());
        return;
    }
    let mut results = of(parts, "functionResponse").peekable();
    if results.peek().is_none() || !texts.is_empty() {
        talk.user(texts.join("\n"));
    }
    for result in results {
        let response = get(result, "response").cloned().unwrap_or_default();
        // The names under which a result is usually given.
        let plain = ["result", "output", "content"]
            .iter()
            .find_map(|key| response.get(*key)?.as_str());
        let said = plain.map_or_else(|| response.to_string(), str::to_owned);
        talk.result(text(result, "id"), Some(text(result, "name")), said);
    }
}
