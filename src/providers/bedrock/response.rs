//! Reads a plain answer.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::tools;
use crate::error::{Error, Result};
use crate::finish;
use crate::providers::tool_names;
use crate::resolve::Target;
use crate::types::{ChatResponse, Choice, Content, FunctionCall, Message, ToolCall, Usage};
use crate::verbatim::{Apart, Field, Kept};

struct Output;
impl Field for Output {
    const NAME: &'static str = "output";
}
struct MessageField;
impl Field for MessageField {
    const NAME: &'static str = "message";
}
struct Blocks;
impl Field for Blocks {
    const NAME: &'static str = "content";
}
struct Used;
impl Field for Used {
    const NAME: &'static str = "toolUse";
}
struct Input;
impl Field for Input {
    const NAME: &'static str = "input";
}

/// An answer down to the inputs of its calls, which stay as they were written.
type Answer<'a> = Apart<Output, Apart<MessageField, Apart<Blocks, Vec<Block<'a>>>>>;
type Block<'a> = Apart<Used, Kept<'a, Input>>;

pub(super) fn read(target: &Target, body: &Bytes) -> Result<ChatResponse> {
    let answer: Answer<'_> =
        serde_json::from_slice(body).map_err(|error| unreadable(body, &error.to_string()))?;
    let message = answer.field.and_then(|output| output.field);
    let Some(blocks) = message.and_then(|message| message.field) else {
        return Err(unreadable(body, "it has no message"));
    };
    let answer = Value::Object(answer.rest);
    let mut said = Said::default();
    for (block, index) in blocks.into_iter().zip(0..) {
        said.block(&target.notes, block, index);
    }
    let text = std::mem::take(&mut said.text);
    let calls = std::mem::take(&mut said.calls);
    let is_answer = said.is_answer;
    let mut counts = answer.get("usage").map(|counts| usage(counts, thought(&answer)));
    if let Some(counts) = &mut counts {
        counts.estimate_reasoning(&said.reasoning);
    }
    let extra = said.extra();
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
    Ok(ChatResponse {
        model: Some(target.model.clone()),
        choices: vec![choice],
        usage: counts,
        extra: about(&answer),
        ..ChatResponse::default()
    })
}

/// What the blocks of an answer say.
#[derive(Default)]
struct Said {
    text: String,
    calls: Vec<ToolCall>,
    is_answer: bool,
    reasoning: String,
    thinking: Vec<Value>,
    images: Vec<Value>,
    /// Reasoning, citations and other blocks as they are, for what OpenAI's message has no place for.
    thoughts: Vec<Value>,
    citations: Vec<Value>,
    others: Vec<Value>,
}

impl Said {
    fn block(&mut self, notes: &Map<String, Value>, block: Block<'_>, index: i64) {
        let mut rest = block.rest;
        if let Some(used) = block.field {
            if is_hosted(&used.rest) {
                rest.insert(Used::NAME.to_owned(), Value::Object(used.whole()));
                self.others.push(Value::Object(rest));
                return;
            }
            let name = used.rest.get("name").and_then(Value::as_str).unwrap_or_default();
            if tools::is_answer(notes, name) {
                self.is_answer = true;
                self.text.push_str(&used.text());
            } else {
                let name = tool_names::given(notes, name);
                self.calls.push(call(&used.rest, name, used.text(), index));
            }
            return;
        }
        let block = Value::Object(rest);
        if let Some(piece) = block.get("text").and_then(Value::as_str) {
            self.text.push_str(piece);
        } else if let Some(cited) = block.get("citationsContent") {
            let pieces = cited
                .get("content")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let pieces = pieces.filter_map(|piece| piece.get("text")?.as_str());
            pieces.for_each(|piece| self.text.push_str(piece));
            self.citations.push(cited.clone());
        } else if let Some(thought) = block.get("reasoningContent") {
            if let Some(piece) = thought.pointer("/reasoningText/text").and_then(Value::as_str) {
                self.reasoning.push_str(piece);
            }
            self.thinking.extend(thinking_block(thought));
            self.thoughts.push(thought.clone());
        } else if let Some(image) = block
            .get("image")
            .filter(|image| image.pointer("/source/bytes").is_some())
        {
            self.images.push(shown(image, self.images.len()));
        } else {
            self.others.push(block);
        }
    }

    /// What the message says beside its text and its calls.
    fn extra(self) -> Map<String, Value> {
        let mut extra = Map::new();
        if !self.thinking.is_empty() || !self.reasoning.is_empty() {
            extra.insert("reasoning_content".to_owned(), json!(self.reasoning));
            extra.insert("thinking_blocks".to_owned(), json!(self.thinking));
        }
        if !self.images.is_empty() {
            extra.insert("images".to_owned(), Value::Array(self.images));
        }
        let raw = [
            ("reasoningContentBlocks", self.thoughts),
            ("citationsContent", self.citations),
            ("contentBlocks", self.others),
        ];
        let raw = raw.into_iter().filter(|(_, blocks)| !blocks.is_empty());
        let raw: Map<String, Value> = raw
            .map(|(name, blocks)| (name.to_owned(), json!(blocks)))
            .collect();
        if !raw.is_empty() {
            extra.insert("provider_specific_fields".to_owned(), Value::Object(raw));
        }
        extra
    }
}

/// Whether Bedrock itself ran a tool: its call is not the caller's to answer.
pub(super) fn is_hosted(used: &Map<String, Value>) -> bool {
    used.get("type").and_then(Value::as_str) == Some("server_tool_use")
}

/// An image of the answer, as LiteLLM's callers look for it.
pub(super) fn shown(image: &Value, index: usize) -> Value {
    let text = |pointer: &str| image.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let url = format!("data:image/{};base64,{}", text("/format"), text("/source/bytes"));
    json!({"type": "image_url", "index": index, "image_url": {"url": url}})
}

/// What an answer, or the end of a stream, says about how it was made.
pub(super) fn about(answer: &Value) -> Map<String, Value> {
    let mut about = Map::new();
    for (name, pointer) in [
        ("service_tier", "/serviceTier/type"),
        ("trace", "/trace"),
        ("performance_config", "/performanceConfig"),
    ] {
        if let Some(value) = answer.pointer(pointer) {
            about.insert(name.to_owned(), value.clone());
        }
    }
    about
}

/// The tokens of thought, which Converse counts only where its request asks for the model's own count.
pub(super) fn thought(answer: &Value) -> Option<i64> {
    answer
        .pointer("/additionalModelResponseFields/usage/output_tokens_details/thinking_tokens")
        .and_then(Value::as_i64)
}

fn call(used: &Map<String, Value>, name: &str, arguments: String, index: i64) -> ToolCall {
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
    let mut prompt_details = json!({
        "cached_tokens": read, "cache_write_tokens": written, "cache_creation_tokens": written, "text_tokens": fresh
    });
    if let (Some(by_ttl), Some(details)) = (written_by_ttl(counts, written), prompt_details.as_object_mut()) {
        details.insert("cache_creation_token_details".to_owned(), by_ttl);
    }
    Usage {
        prompt_tokens: Some(prompt),
        completion_tokens: Some(output),
        total_tokens: Some(count("totalTokens").unwrap_or(prompt + output)),
        prompt_tokens_details: details(prompt_details),
        completion_tokens_details: thought.and_then(|thought| details(json!({"reasoning_tokens": thought}))),
        extra,
    }
}

/// Tokens written to caches by how long these last, where the parts are the whole.
fn written_by_ttl(counts: &Value, written: i64) -> Option<Value> {
    let parts = counts.get("cacheDetails")?.as_array()?;
    let of = |ttl: &str| -> i64 {
        let parts = parts
            .iter()
            .filter(|part| part.get("ttl").and_then(Value::as_str) == Some(ttl));
        parts.filter_map(|part| part.get("inputTokens")?.as_i64()).sum()
    };
    let (short, long) = (of("5m"), of("1h"));
    (short + long == written)
        .then(|| json!({"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": long}))
}

pub(super) fn unreadable(body: &Bytes, why: &str) -> Error {
    Error::unreadable(body, why)
}
