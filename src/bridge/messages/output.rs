//! A chat answer as a message of Anthropic's.

use serde_json::{Value, json};

use crate::bridge::made_up_id;
use crate::bridge::responses::text_of;
use crate::types::{ChatResponse, Choice, Extra, ToolCall, Usage};

/// The message of a whole answer: of its first alternative, since there is but one.
pub(super) fn message(answer: ChatResponse, asked: &str) -> Value {
    let choice = answer.choices.into_iter().next().unwrap_or_default();
    let reason = stop_reason(choice.finish_reason.as_deref());
    json!({
        "id": answer.id.unwrap_or_else(made_up_id),
        "type": "message",
        "role": "assistant",
        "model": answer.model.unwrap_or_else(|| asked.to_owned()),
        "content": blocks(&choice),
        "stop_reason": reason,
        "stop_sequence": null,
        "usage": usage(answer.usage.as_ref()),
    })
}

fn blocks(choice: &Choice) -> Vec<Value> {
    let message = &choice.message;
    let mut blocks = thoughts(&message.extra);
    let text = match text_of(message.content.as_ref()) {
        text if text.is_empty() => refusal(&message.extra).to_owned(),
        text => text,
    };
    if !text.is_empty() {
        blocks.push(json!({"type": "text", "text": text}));
    }
    blocks.extend(message.tool_calls.iter().map(call));
    blocks
}

/// What was thought: in blocks that carry signatures, else as plain text.
fn thoughts(extra: &Extra) -> Vec<Value> {
    match extra.get("thinking_blocks") {
        Some(Value::Array(blocks)) if !blocks.is_empty() => blocks.clone(),
        _ => {
            let text = extra.get("reasoning_content").and_then(Value::as_str);
            let text = text.filter(|text| !text.is_empty());
            text.map(|text| json!({"type": "thinking", "thinking": text, "signature": ""}))
                .into_iter()
                .collect()
        }
    }
}

/// What was said instead of an answer.
pub(super) fn refusal(extra: &Extra) -> &str {
    extra.get("refusal").and_then(Value::as_str).unwrap_or_default()
}

fn call(call: &ToolCall) -> Value {
    let function = call.function.clone().unwrap_or_default();
    // Arguments that are no JSON are kept as they are, where a reader can see them.
    let input = match function.arguments.trim() {
        "" => json!({}),
        text => serde_json::from_str(text).unwrap_or_else(|_| json!({"arguments": text})),
    };
    json!({"type": "tool_use", "id": call.id, "name": function.name, "input": input})
}

/// Anthropic's word for why an answer ended.
pub(super) fn stop_reason(reason: Option<&str>) -> &'static str {
    match reason {
        Some("length") => "max_tokens",
        Some("tool_calls" | "function_call") => "tool_use",
        Some("content_filter") => "refusal",
        _ => "end_turn",
    }
}

/// Token counts; here what was cached is not part of the input.
pub(super) fn usage(usage: Option<&Usage>) -> Value {
    let empty = Usage::default();
    let usage = usage.unwrap_or(&empty);
    let detail = |names: &[&str]| {
        let details = usage.prompt_tokens_details.as_ref();
        let extra = Some(&usage.extra);
        names
            .iter()
            .find_map(|name| {
                details
                    .and_then(|details| details.get(*name))
                    .or_else(|| extra.and_then(|extra| extra.get(*name)))
            })
            .and_then(Value::as_i64)
            .unwrap_or(0)
    };
    let read = detail(&["cached_tokens", "cache_read_input_tokens"]);
    let written = detail(&[
        "cache_creation_tokens",
        "cache_write_tokens",
        "cache_creation_input_tokens",
    ]);
    json!({
        "input_tokens": (usage.prompt_tokens.unwrap_or(0) - read - written).max(0),
        "output_tokens": usage.completion_tokens.unwrap_or(0),
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
    })
}
