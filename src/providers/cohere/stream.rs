//! Reads a stream's events (docs.cohere.com/docs/streaming).

use bytes::Bytes;
use serde_json::{Value, json};

use super::response;
use crate::error::Result;
use crate::framing::Frame;
use crate::providers::openai;
use crate::types::{ChatChunk, ChunkChoice, Content, Delta, FunctionCall, ToolCallDelta};
use crate::wire::ChunkDecoder;

/// Reads events until `message-end`.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    done: bool,
    /// The call that has no arguments yet.
    bare: Option<i64>,
}

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || data == b"[DONE]" || self.done {
            return Ok(());
        }
        let event: Value = serde_json::from_slice(data).map_err(|error| {
            openai::response::unreadable(
                &Bytes::copy_from_slice(data),
                &format!("an event of the stream is corrupt: {error}"),
            )
        })?;
        let kind = event.get("type").and_then(Value::as_str).unwrap_or(frame.name);
        let failed = || Err(openai::error::from_event(&Bytes::copy_from_slice(data)));
        let message = event.pointer("/delta/message");
        let index = event.get("index").and_then(Value::as_i64);
        match kind {
            "message-start" => chunks.push(ChatChunk {
                id: event.get("id").and_then(Value::as_str).map(str::to_owned),
                ..ChatChunk::default()
            }),
            "content-start" | "content-delta" => {
                let content = message.and_then(|message| message.get("content"));
                chunks.extend(content.map(|content| chunk(content_delta(content))));
            }
            "tool-plan-delta" => {
                let plan = message.and_then(|message| message.get("tool_plan"));
                if let Some(plan) = plan.filter(|plan| plan.as_str().is_some_and(|plan| !plan.is_empty())) {
                    chunks.push(chunk(with(
                        "provider_specific_fields",
                        json!({"tool_plan": plan}),
                    )));
                }
            }
            "tool-call-start" | "tool-call-delta" => {
                let call = message.and_then(|message| message.get("tool_calls"));
                let delta = call.map(|call| call_delta(call, index));
                let has_arguments = |call: &ToolCallDelta| {
                    let function = call.function.as_ref();
                    function.is_some_and(|function| !function.arguments.is_empty())
                };
                if delta
                    .iter()
                    .flat_map(|delta| &delta.tool_calls)
                    .any(has_arguments)
                {
                    self.bare = None;
                } else if kind == "tool-call-start" {
                    self.bare = index;
                }
                chunks.extend(delta.map(chunk));
            }
            // Without arguments it is an empty object all the same.
            "tool-call-end" if self.bare.is_some() && self.bare == index => {
                self.bare = None;
                let empty = json!({"function": {"arguments": "{}"}});
                chunks.push(chunk(call_delta(&empty, index)));
            }
            "citation-start" => {
                let citation = message.and_then(|message| message.get("citations")).cloned();
                if let Some(citation) = citation {
                    let citations = match citation {
                        Value::Array(citations) => citations,
                        one => vec![one],
                    };
                    let mut delta = with("annotations", response::annotations(&citations));
                    delta.extra.insert(
                        "provider_specific_fields".to_owned(),
                        json!({"citations": citations}),
                    );
                    chunks.push(chunk(delta));
                }
            }
            "message-end" => {
                let delta = event.get("delta");
                let of = |name: &str| delta.and_then(|delta| delta.get(name));
                if let Some(error) = of("error").filter(|error| error.is_string()) {
                    let body = json!({"error": {"message": error}}).to_string();
                    return Err(openai::error::from_event(&Bytes::from(body)));
                }
                self.done = true;
                let choice = ChunkChoice {
                    finish_reason: of("finish_reason").and_then(Value::as_str).map(str::to_owned),
                    ..ChunkChoice::default()
                };
                chunks.push(ChatChunk {
                    choices: vec![choice],
                    usage: of("usage").and_then(response::usage),
                    ..ChatChunk::default()
                });
            }
            "error" => return failed(),
            // Ends of parts, `debug`, and what is yet to come carry nothing.
            _ if event.get("error").is_some_and(|error| !error.is_null()) => return failed(),
            // A failure in mid-stream is the body of an error answer.
            _ if event.get("type").is_none() && event.get("message").is_some_and(Value::is_string) => {
                return failed();
            }
            _ => {}
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

fn chunk(delta: Delta) -> ChatChunk {
    ChatChunk {
        choices: vec![ChunkChoice {
            delta,
            ..ChunkChoice::default()
        }],
        ..ChatChunk::default()
    }
}

fn with(name: &str, value: Value) -> Delta {
    let mut delta = Delta::default();
    delta.extra.insert(name.to_owned(), value);
    delta
}

fn content_delta(content: &Value) -> Delta {
    let text = |name: &str| {
        let text = content.get(name).and_then(Value::as_str)?;
        (!text.is_empty()).then(|| text.to_owned())
    };
    let mut delta = Delta {
        content: text("text").map(Content::Text),
        ..Delta::default()
    };
    if let Some(thought) = text("thinking") {
        delta
            .extra
            .insert("reasoning_content".to_owned(), Value::String(thought));
    }
    delta
}

fn call_delta(call: &Value, index: Option<i64>) -> Delta {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let function = call.get("function");
    let of = |name: &str| text(function.and_then(|function| function.get(name)));
    Delta {
        tool_calls: vec![ToolCallDelta {
            id: text(call.get("id")),
            kind: text(call.get("type")),
            function: Some(FunctionCall {
                arguments: of("arguments").unwrap_or_default(),
                name: of("name"),
                ..FunctionCall::default()
            }),
            index,
            ..ToolCallDelta::default()
        }],
        ..Delta::default()
    }
}
