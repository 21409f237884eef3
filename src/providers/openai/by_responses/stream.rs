//! Reads the Responses API's events as chunks of chat.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::{error, response};
use super::answer;
use super::request::THOUGHTS;
use crate::error::Result;
use crate::framing::Frame;
use crate::types::{ChatChunk, ChunkChoice, Content, Delta, Extra, FunctionCall, ToolCallDelta, Usage};
use crate::wire::ChunkDecoder;

/// Reads events until the one that holds the whole response.
#[derive(Debug, Default)]
pub(in super::super) struct Decoder {
    id: Option<String>,
    model: Option<String>,
    created: Option<i64>,
    /// Positions of the output that are calls of tools, in their order.
    calls: Vec<i64>,
    done: bool,
}

impl Decoder {
    fn chunk(&self, delta: Delta) -> ChatChunk {
        ChatChunk {
            id: self.id.clone(),
            model: self.model.clone(),
            created: self.created,
            choices: vec![ChunkChoice {
                delta,
                ..ChunkChoice::default()
            }],
            ..ChatChunk::default()
        }
    }

    fn begun(&mut self, whole: &Value) {
        self.id = answer::text(whole, "id");
        self.model = answer::text(whole, "model");
        self.created = answer::created(whole);
    }

    /// The beginning of a call of a tool.
    fn call(&mut self, event: &Value) -> Option<Delta> {
        let item = event.get("item")?;
        let kind = item.get("type").and_then(Value::as_str)?;
        let position = event.get("output_index").and_then(Value::as_i64).unwrap_or(0);
        let mut begin = ToolCallDelta {
            id: answer::text(item, "call_id").or_else(|| answer::text(item, "id")),
            index: Some(i64::try_from(self.calls.len()).unwrap_or_default()),
            ..ToolCallDelta::default()
        };
        let name = answer::text(item, "name");
        match kind {
            "function_call" => {
                begin.kind = Some("function".to_owned());
                begin.function = Some(FunctionCall {
                    name,
                    ..FunctionCall::default()
                });
            }
            "custom_tool_call" => {
                begin.kind = Some("custom".to_owned());
                begin
                    .extra
                    .insert("custom".to_owned(), json!({"name": name, "input": ""}));
            }
            _ => return None,
        }
        self.calls.push(position);
        Some(Delta {
            tool_calls: vec![begin],
            ..Delta::default()
        })
    }

    /// More of what a call of a tool is given.
    fn arguments(&self, event: &Value, custom: bool) -> Option<Delta> {
        let position = event.get("output_index").and_then(Value::as_i64).unwrap_or(0);
        let index = self.calls.iter().position(|known| *known == position)?;
        let more = answer::text(event, "delta").unwrap_or_default();
        let mut piece = ToolCallDelta {
            index: i64::try_from(index).ok(),
            ..ToolCallDelta::default()
        };
        if custom {
            piece.extra.insert("custom".to_owned(), json!({"input": more}));
        } else {
            piece.function = Some(FunctionCall {
                arguments: more,
                ..FunctionCall::default()
            });
        }
        Some(Delta {
            tool_calls: vec![piece],
            ..Delta::default()
        })
    }

    fn last(&mut self, whole: &Value, chunks: &mut Vec<ChatChunk>) {
        let mut last = self.chunk(Delta::default());
        for choice in &mut last.choices {
            choice.finish_reason = Some(answer::finish(whole, !self.calls.is_empty()).to_owned());
        }
        last.usage = answer::usage(whole);
        if let Some(tier) = whole.get("service_tier").filter(|tier| !tier.is_null()) {
            last.extra.insert("service_tier".to_owned(), tier.clone());
        }
        chunks.push(last);
        self.done = true;
    }
}

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || data == b"[DONE]" || self.done {
            return Ok(());
        }
        let event: Value = serde_json::from_slice(data).map_err(|error| {
            let why = format!("an event of the stream is corrupt: {error}");
            response::unreadable(&Bytes::copy_from_slice(data), &why)
        })?;
        let none = Value::Null;
        let whole = event.get("response").unwrap_or(&none);
        let more = || answer::text(&event, "delta").unwrap_or_default();
        let kind = event.get("type").and_then(Value::as_str).unwrap_or(frame.name);
        let delta = match kind {
            "response.created" => {
                self.begun(whole);
                Some(Delta {
                    role: Some("assistant".to_owned()),
                    ..Delta::default()
                })
            }
            "response.output_text.delta" => Some(Delta {
                content: Some(Content::Text(more())),
                ..Delta::default()
            }),
            "response.refusal.delta" => Some(beside("refusal", more().into())),
            "response.reasoning_summary_text.delta" => Some(beside("reasoning_content", more().into())),
            "response.reasoning_summary_part.added" => event
                .get("summary_index")
                .and_then(Value::as_i64)
                .is_some_and(|index| index > 0)
                .then(|| beside("reasoning_content", "\n\n".into())),
            "response.output_text.annotation.added" => event
                .get("annotation")
                .map(|note| beside("annotations", json!([answer::annotation(note)]))),
            "response.output_item.done" => event
                .get("item")
                .and_then(answer::sealed)
                .map(|item| beside(THOUGHTS, json!([item]))),
            "response.output_item.added" => self.call(&event),
            "response.function_call_arguments.delta" => self.arguments(&event, false),
            "response.custom_tool_call_input.delta" => self.arguments(&event, true),
            "response.completed" | "response.incomplete" => {
                self.last(whole, chunks);
                None
            }
            "response.failed" | "response.cancelled" => return Err(answer::failed(whole)),
            "error" => return Err(error::from_event(&Bytes::copy_from_slice(data))),
            _ => None,
        };
        chunks.extend(delta.map(|delta| self.chunk(delta)));
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn usage(&self) -> Option<Usage> {
        None
    }
}

fn beside(name: &str, value: Value) -> Delta {
    Delta {
        extra: Extra::from_iter([(name.to_owned(), value)]),
        ..Delta::default()
    }
}
