//! Reads a plain answer.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::tools;
use crate::error::{Error, ErrorKind, Result};
use crate::finish;
use crate::resolve::Target;
use crate::types::{ChatResponse, Choice, Content, FunctionCall, Message, ToolCall, Usage};

pub(super) fn read(target: &Target, body: &Bytes) -> Result<ChatResponse> {
    let answer: Value = serde_json::from_slice(body).map_err(|error| unreadable(body, &error.to_string()))?;
    let Some(blocks) = answer
        .pointer("/output/message/content")
        .and_then(Value::as_array)
    else {
        return Err(unreadable(body, "it has no message"));
    };
    let (mut text, mut reasoning, mut thinking) = (String::new(), String::new(), Vec::new());
    let (mut calls, mut raw, mut citations) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_answer = false;
    for (block, index) in blocks.iter().zip(0..) {
        if let Some(piece) = block.get("text").and_then(Value::as_str) {
            text.push_str(piece);
        } else if let Some(cited) = block.get("citationsContent") {
            for piece in cited
                .get("content")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                text.push_str(piece.get("text").and_then(Value::as_str).unwrap_or_default());
            }
            citations.push(cited.clone());
        } else if let Some(thought) = block.get("reasoningContent") {
            raw.push(thought.clone());
            if let Some(piece) = thought.pointer("/reasoningText/text").and_then(Value::as_str) {
                reasoning.push_str(piece);
            }
            thinking.extend(thinking_block(thought));
        } else if let Some(used) = block.get("toolUse") {
            let name = used.get("name").and_then(Value::as_str).unwrap_or_default();
            let input = used.get("input").filter(|input| !input.is_null());
            let input = input.map_or_else(|| "{}".to_owned(), Value::to_string);
            if tools::is_answer(&target.notes, name) {
                is_answer = true;
                text.push_str(&input);
            } else {
                calls.push(call(used, tools::original(&target.notes, name), input, index));
            }
        }
    }
    let mut extra = Map::new();
    let mut specific = Map::new();
    if !raw.is_empty() {
        extra.insert("reasoning_content".to_owned(), json!(reasoning));
        extra.insert("thinking_blocks".to_owned(), json!(thinking));
        specific.insert("reasoningContentBlocks".to_owned(), json!(raw));
    }
    if !citations.is_empty() {
        specific.insert("citationsContent".to_owned(), json!(citations));
    }
    if !specific.is_empty() {
        extra.insert("provider_specific_fields".to_owned(), Value::Object(specific));
    }
    let calls_tools = !calls.is_empty();
    let reason = answer
        .get("stopReason")
        .and_then(Value::as_str)
        .filter(|reason| !reason.is_empty());
    let mut finish_reason = reason.map(|reason| stop_reason(reason, is_answer && !calls_tools));
    let mut choice_extra = Map::new();
    finish::normalize(&mut finish_reason, &mut choice_extra, calls_tools);
    let choice = Choice {
        finish_reason,
        message: Message {
            role: Some("assistant".to_owned()),
            content: Some(Content::Text(text)),
            tool_calls: calls,
            function_call: None,
            extra,
        },
        extra: choice_extra,
        ..Choice::default()
    };
    let mut extra = Map::new();
    if let Some(tier) = answer.pointer("/serviceTier/type") {
        extra.insert("service_tier".to_owned(), tier.clone());
    }
    if let Some(trace) = answer.get("trace") {
        extra.insert("trace".to_owned(), trace.clone());
    }
    let thought = answer
        .pointer("/additionalModelResponseFields/usage/output_tokens_details/thinking_tokens")
        .and_then(Value::as_i64);
    Ok(ChatResponse {
        model: Some(target.model.clone()),
        choices: vec![choice],
        usage: answer.get("usage").map(|counts| usage(counts, thought)),
        extra,
        ..ChatResponse::default()
    })
}

fn call(used: &Value, name: &str, arguments: String, index: i64) -> ToolCall {
    ToolCall {
        id: used.get("toolUseId").and_then(Value::as_str).map(str::to_owned),
        kind: Some("function".to_owned()),
        function: Some(FunctionCall {
            arguments,
            name: Some(name.to_owned()),
            extra: Map::new(),
        }),
        extra: Map::from_iter([("index".to_owned(), json!(index))]),
    }
}

/// The answer by a forced tool has ended as any answer ends.
pub(super) fn stop_reason(raw: &str, is_answer: bool) -> String {
    let raw = if is_answer && raw == "tool_use" {
        "stop"
    } else {
        raw
    };
    raw.to_owned()
}

/// Reasoning in the shape that goes back to the provider unchanged.
pub(super) fn thinking_block(thought: &Value) -> Option<Value> {
    if let Some(text) = thought.get("reasoningText") {
        let mut block =
            json!({"type": "thinking", "thinking": text.get("text").cloned().unwrap_or_else(|| json!(""))});
        if let (Some(block), Some(signature)) = (block.as_object_mut(), text.get("signature")) {
            block.insert("signature".to_owned(), signature.clone());
        }
        return Some(block);
    }
    let data = thought.get("redactedContent")?;
    Some(json!({"type": "redacted_thinking", "data": data}))
}

/// Converse counts cached tokens beside the input; callers are promised a prompt that holds them.
pub(super) fn usage(counts: &Value, thought: Option<i64>) -> Usage {
    let count = |name: &str| counts.get(name).and_then(Value::as_i64);
    let (read, written) = (
        count("cacheReadInputTokens").unwrap_or(0),
        count("cacheWriteInputTokens").unwrap_or(0),
    );
    let fresh = count("inputTokens").unwrap_or(0);
    let output = count("outputTokens").unwrap_or(0);
    let prompt = fresh + read + written;
    let details = |value: Value| value.as_object().cloned();
    let mut extra = Map::new();
    extra.insert("cache_creation_input_tokens".to_owned(), json!(written));
    extra.insert("cache_read_input_tokens".to_owned(), json!(read));
    Usage {
        prompt_tokens: Some(prompt),
        completion_tokens: Some(output),
        total_tokens: Some(count("totalTokens").unwrap_or(prompt + output)),
        prompt_tokens_details: details(json!({
            "cached_tokens": read, "cache_write_tokens": written, "cache_creation_tokens": written, "text_tokens": fresh
        })),
        completion_tokens_details: thought.and_then(|thought| details(json!({"reasoning_tokens": thought}))),
        extra,
    }
}

pub(super) fn unreadable(body: &Bytes, why: &str) -> Error {
    Error::from_answer(
        ErrorKind::ResponseValidation,
        200,
        format!("the answer of Bedrock cannot be read: {why}"),
        HeaderMap::new(),
        body.clone(),
    )
}
