//! A chat request, checked as Mistral checks it. Its words are OpenAI's, so it needs no translation.

use serde_json::{Map, Value};

use super::error::{coded, order, worded};
use super::form;
use crate::sim::chat_request::ChatRequest;
use crate::sim::errors::ApiError;
use crate::sim::shape::Shape;

const ID_LENGTH: usize = 9;

pub(super) fn object(bytes: &[u8], form: &Shape) -> Result<Map<String, Value>, ApiError> {
    let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
    form.check(&body).map_err(worded)?;
    Ok(body.as_object().cloned().unwrap_or_default())
}

fn invalid(message: impl Into<String>) -> ApiError {
    coded(400, "invalid_request_error", "3000", message)
}

/// The request, and whether the answer is to be streamed.
pub(super) fn chat(bytes: &[u8]) -> Result<(ChatRequest, bool), ApiError> {
    let mut body = object(bytes, &form::CHAT)?;
    let model = body
        .get("model")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    for (name, low, high) in [("temperature", 0.0, 1.5), ("top_p", 0.0, 1.0)] {
        let value = body.get(name).and_then(Value::as_f64);
        if value.is_some_and(|value| !(low..=high).contains(&value)) {
            return Err(invalid(format!("{name} must be between {low} and {high}")));
        }
    }
    if body
        .get("max_tokens")
        .and_then(Value::as_i64)
        .is_some_and(|most| most < 0)
    {
        return Err(invalid("max_tokens must be greater than or equal to 0"));
    }
    let tools = body
        .get("tools")
        .and_then(Value::as_array)
        .is_some_and(|tools| !tools.is_empty());
    match body.get("tool_choice") {
        None | Some(Value::Null) => {}
        Some(Value::String(choice)) if !["auto", "none", "any", "required"].contains(&choice.as_str()) => {
            return Err(invalid(format!("Invalid tool_choice: {choice}")));
        }
        Some(Value::String(choice)) if choice == "auto" || choice == "none" => {}
        Some(_) if !tools => {
            return Err(coded(
                400,
                "invalid_request_error",
                "3000",
                "tool_choice needs tools",
            ));
        }
        // Mistral's own word for it.
        Some(Value::String(choice)) if choice == "any" => {
            body.insert("tool_choice".to_owned(), "required".into());
        }
        Some(_) => {}
    }
    turns(
        body.get("messages")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice),
    )?;
    let choices = body.get("n").and_then(Value::as_u64).unwrap_or(1);
    let streamed = body.get("stream") == Some(&Value::Bool(true));
    let effort = body.get("reasoning_effort").and_then(Value::as_str);
    let reasons = body.contains_key("prompt_mode") || effort.is_some_and(|effort| effort != "none");
    let mut chat = ChatRequest::of(body, model, reasons);
    chat.choices = usize::try_from(choices.clamp(1, 128)).unwrap_or(1);
    Ok((chat, streamed))
}

/// Which turns may follow which.
fn turns(messages: &[Value]) -> Result<(), ApiError> {
    let text = |message: &Value, key: &str| {
        message
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (mut before, mut open) = (String::new(), 0_usize);
    for message in messages {
        let role = text(message, "role");
        let calls = message
            .get("tool_calls")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let allowed = match role.as_str() {
            "system" => before.is_empty() || before == "system" || before == "assistant" || before == "user",
            "user" => before != "tool",
            "tool" => before == "tool" || open > 0,
            _ => before != "assistant",
        };
        if !allowed {
            return Err(order(format!("Unexpected role '{role}' after role '{before}'")));
        }
        if role == "tool" {
            identifier(&text(message, "tool_call_id"))?;
            open = open.saturating_sub(1);
        } else if open > 0 {
            return Err(order("Not the same number of function calls and responses"));
        } else {
            open = calls;
        }
        for call in message
            .get("tool_calls")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            identifier(&text(call, "id"))?;
        }
        let empty = |content: &Value| {
            content.is_null() || content == "" || content.as_array().is_some_and(Vec::is_empty)
        };
        if role == "assistant" && calls == 0 && message.get("content").is_none_or(empty) {
            return Err(coded(
                400,
                "invalid_request_assistant_message",
                "3240",
                "Assistant message must have either content or tool_calls, but not none.",
            ));
        }
        before = role;
    }
    let prefix = messages
        .last()
        .is_some_and(|last| last.get("prefix") == Some(&Value::Bool(true)));
    match before.as_str() {
        "user" | "tool" => Ok(()),
        "assistant" if prefix => Ok(()),
        "" => Err(invalid("Conversation must have at least one message")),
        role => Err(order(format!(
            "Expected last role User or Tool (or Assistant with prefix True) for serving but got {role}"
        ))),
    }
}

fn identifier(id: &str) -> Result<(), ApiError> {
    if id.len() == ID_LENGTH && id.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(coded(
        400,
        "invalid_function_call",
        "3280",
        format!("Tool call id was {id} but must be a-z, A-Z, 0-9, with a length of 9."),
    ))
}
