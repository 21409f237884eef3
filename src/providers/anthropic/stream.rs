//! Reads a stream's events.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::exact::{self, Gathered};
use super::response::{Input, place_of, push, text, unreadable};
use super::{GATHER, SCHEMA_TOOL, error, usage};
use crate::error::Result;
use crate::framing::Frame;
use crate::providers::tool_names;
use crate::types::{ChatChunk, ChunkChoice, Content, Delta, Extra, FunctionCall, ToolCallDelta};
use crate::verbatim::{Apart, Field, Kept};
use crate::wire::ChunkDecoder;

/// Reads from `message_start` to `message_stop`.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    done: bool,
    blocks: Vec<(u64, Block)>,
    calls: i64,
    usage: Map<String, Value>,
    notes: Map<String, Value>,
    gathered: Option<Gathered>,
    calls_tools: bool,
    schema_answer: bool,
}

struct Started;
impl Field for Started {
    const NAME: &'static str = "content_block";
}

#[derive(Debug)]
enum Block {
    /// The answer by the tool of the schema.
    Schema,
    /// A call: its position, the input it began with, whether any of it was streamed.
    Call(i64, String, bool),
    Other,
}

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || self.done {
            return Ok(());
        }
        let corrupt = |failure: &dyn std::fmt::Display| {
            let why = format!("an event of the stream is corrupt: {failure}");
            unreadable(&Bytes::copy_from_slice(data), &why)
        };
        if data.first() != Some(&b'{') {
            return Err(corrupt(&"it is no object"));
        }
        let event: Apart<Started, Kept<'_, Input>> =
            serde_json::from_slice(data).map_err(|failure| corrupt(&failure))?;
        let (block, mut event) = (event.field, event.rest);
        let kind = text(&mut event, "type").unwrap_or_default();
        let index = event.get("index").and_then(Value::as_u64).unwrap_or(0);
        let mut object = |name: &str| match event.shift_remove(name) {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        match kind.as_str() {
            "message_start" => {
                let mut message = object("message");
                self.count(message.shift_remove("usage"));
                chunks.push(ChatChunk {
                    id: text(&mut message, "id"),
                    model: text(&mut message, "model"),
                    // What is known should the stream break off; the last counts hold.
                    usage: (!self.usage.is_empty()).then(|| usage::read(&self.usage)),
                    ..ChatChunk::default()
                });
            }
            "content_block_start" => {
                let block = block.unwrap_or_default();
                if let Some(gathered) = &mut self.gathered {
                    gathered.start(index, block.clone().whole());
                }
                let delta = self.start(index, block);
                say(delta, chunks);
            }
            "content_block_delta" => {
                let delta = object("delta");
                if let Some(gathered) = &mut self.gathered {
                    gathered.delta(index, &delta);
                }
                let delta = self.delta(index, delta);
                say(delta, chunks);
            }
            "content_block_stop" => {
                let delta = self.stop(index);
                say(delta, chunks);
            }
            "message_delta" => {
                let delta = object("delta");
                self.count(event.shift_remove("usage"));
                if let Some(blocks) = self.gathered.as_mut().and_then(Gathered::finish) {
                    say(
                        specific(Map::from_iter([(exact::BLOCKS.to_owned(), blocks)])),
                        chunks,
                    );
                }
                chunks.push(self.end(delta, event));
            }
            "message_stop" => self.done = true,
            "error" => return Err(error::from_event(Bytes::copy_from_slice(data))),
            // `ping`, and what is not known yet.
            _ => {}
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

impl Decoder {
    /// A decoder at the start of the answer to a request of which this was noted.
    pub(crate) fn new(notes: &Map<String, Value>) -> Self {
        Self {
            notes: notes.clone(),
            gathered: notes.contains_key(GATHER).then(Gathered::default),
            ..Self::default()
        }
    }

    /// Counts are cumulative: a later one replaces an earlier one.
    fn count(&mut self, counts: Option<Value>) {
        if let Some(Value::Object(counts)) = counts {
            self.usage
                .extend(counts.into_iter().filter(|(_, count)| !count.is_null()));
        }
    }

    fn block(&mut self, index: u64) -> Option<&mut Block> {
        self.blocks
            .iter_mut()
            .find(|(at, _)| *at == index)
            .map(|(_, block)| block)
    }

    fn start(&mut self, index: u64, kept: Kept<'_, Input>) -> Delta {
        self.blocks.retain(|(at, _)| *at != index);
        let mut state = Block::Other;
        let kind = kept
            .rest
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let is_call = matches!(kind.as_str(), "tool_use" | "server_tool_use");
        let input = if is_call { kept.text() } else { String::new() };
        let mut block = kept.whole();
        let delta = match kind.as_str() {
            "text" => said(text(&mut block, "text").unwrap_or_default()),
            "thinking" => {
                let empty = |name: &str| block.get(name).and_then(Value::as_str).is_none_or(str::is_empty);
                if empty("thinking") && empty("signature") {
                    Delta::default()
                } else {
                    thought(block)
                }
            }
            "redacted_thinking" => thought(block),
            "tool_use" | "server_tool_use" => {
                let own = kind == "tool_use";
                let name = text(&mut block, "name");
                if own
                    && name.is_some()
                    && name.as_deref() == self.notes.get(SCHEMA_TOOL).and_then(Value::as_str)
                {
                    self.schema_answer = true;
                    state = Block::Schema;
                    Delta::default()
                } else {
                    self.calls_tools |= own;
                    let position = self.calls;
                    self.calls += 1;
                    block.shift_remove(Input::NAME);
                    state = Block::Call(position, input, false);
                    let name = name.map(|name| tool_names::given(&self.notes, &name).to_owned());
                    let id = text(&mut block, "id");
                    block.shift_remove("type");
                    call(ToolCallDelta {
                        id,
                        kind: Some("function".to_owned()),
                        function: Some(FunctionCall {
                            name,
                            ..FunctionCall::default()
                        }),
                        index: Some(position),
                        extra: block,
                    })
                }
            }
            kind => {
                let mut fields = Map::new();
                push(&mut fields, place_of(kind), Value::Object(block));
                specific(fields)
            }
        };
        self.blocks.push((index, state));
        delta
    }

    fn delta(&mut self, index: u64, mut delta: Map<String, Value>) -> Delta {
        match text(&mut delta, "type").unwrap_or_default().as_str() {
            "text_delta" => said(text(&mut delta, "text").unwrap_or_default()),
            "input_json_delta" => {
                let piece = text(&mut delta, "partial_json").unwrap_or_default();
                match self.block(index) {
                    Some(Block::Schema) => said(piece),
                    Some(Block::Call(position, _, streamed)) if !piece.is_empty() => {
                        *streamed = true;
                        arguments(*position, piece)
                    }
                    _ => Delta::default(),
                }
            }
            "thinking_delta" => {
                let words = text(&mut delta, "thinking").unwrap_or_default();
                if words.is_empty() {
                    return Delta::default();
                }
                thought(Map::from_iter([
                    ("type".to_owned(), json!("thinking")),
                    ("thinking".to_owned(), json!(words)),
                ]))
            }
            "signature_delta" => {
                let signature = text(&mut delta, "signature").unwrap_or_default();
                thought(Map::from_iter([
                    ("type".to_owned(), json!("thinking")),
                    ("thinking".to_owned(), json!("")),
                    ("signature".to_owned(), json!(signature)),
                ]))
            }
            "citations_delta" => specific(Map::from_iter([(
                "citation".to_owned(),
                delta.shift_remove("citation").unwrap_or_default(),
            )])),
            _ => Delta::default(),
        }
    }

    /// A call whose input was not streamed has it from the start.
    fn stop(&mut self, index: u64) -> Delta {
        match self.block(index) {
            Some(Block::Call(position, input, streamed)) if !*streamed => {
                *streamed = true;
                arguments(*position, std::mem::take(input))
            }
            _ => Delta::default(),
        }
    }

    fn end(&mut self, mut delta: Map<String, Value>, event: Map<String, Value>) -> ChatChunk {
        let mut reason = text(&mut delta, "stop_reason");
        let mut native = None;
        if self.schema_answer && !self.calls_tools && reason.as_deref() == Some("tool_use") {
            native = reason.replace("stop".to_owned());
        }
        let mut fields = Map::new();
        for (name, value) in delta.into_iter().chain(event) {
            let keep = matches!(
                name.as_str(),
                "container" | "context_management" | "stop_details" | "stop_sequence"
            );
            if keep && !value.is_null() {
                fields.insert(name, value);
            }
        }
        if let Some(native) = native {
            fields.insert("native_finish_reason".to_owned(), json!(native));
        }
        let mut extra = Extra::new();
        if !fields.is_empty() {
            extra.insert("provider_specific_fields".to_owned(), Value::Object(fields));
        }
        ChatChunk {
            choices: vec![ChunkChoice {
                finish_reason: reason,
                extra,
                ..ChunkChoice::default()
            }],
            usage: Some(usage::read(&self.usage)),
            ..ChatChunk::default()
        }
    }
}

fn say(delta: Delta, chunks: &mut Vec<ChatChunk>) {
    if !delta.is_empty() {
        chunks.push(ChatChunk {
            choices: vec![ChunkChoice {
                delta,
                ..ChunkChoice::default()
            }],
            ..ChatChunk::default()
        });
    }
}

fn said(text: String) -> Delta {
    Delta {
        content: Some(Content::Text(text)),
        ..Delta::default()
    }
}

fn thought(block: Map<String, Value>) -> Delta {
    let words = block.get("thinking").cloned().unwrap_or_else(|| json!(""));
    let extra = Extra::from_iter([
        ("reasoning_content".to_owned(), words),
        ("thinking_blocks".to_owned(), json!([block])),
    ]);
    Delta {
        extra,
        ..Delta::default()
    }
}

fn specific(fields: Map<String, Value>) -> Delta {
    let extra = Extra::from_iter([("provider_specific_fields".to_owned(), Value::Object(fields))]);
    Delta {
        extra,
        ..Delta::default()
    }
}

fn call(call: ToolCallDelta) -> Delta {
    Delta {
        tool_calls: vec![call],
        ..Delta::default()
    }
}

fn arguments(position: i64, arguments: String) -> Delta {
    call(ToolCallDelta {
        function: Some(FunctionCall {
            arguments,
            ..FunctionCall::default()
        }),
        index: Some(position),
        ..ToolCallDelta::default()
    })
}

#[cfg(test)]
mod tests;
