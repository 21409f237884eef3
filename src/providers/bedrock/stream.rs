//! Reads the events of ConverseStream.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{error, response, tools};
use crate::error::Result;
use crate::framing::Frame;
use crate::framing::eventstream::{ERROR, EXCEPTION};
use crate::providers::tool_names;
use crate::types::{ChatChunk, ChunkChoice, Content, Delta, FunctionCall, ToolCallDelta};
use crate::wire::ChunkDecoder;

/// One stream so far.
#[derive(Debug)]
pub(super) struct Decoder {
    notes: Map<String, Value>,
    /// The block whose input is the answer itself.
    answer: Option<i64>,
    /// The block of a tool that Bedrock runs itself.
    hosted: Option<i64>,
    calls: bool,
    /// The call that has no arguments yet.
    bare: Option<i64>,
    /// What kind of image comes, and how many came.
    image: String,
    images: usize,
    /// Tokens of thought, told apart from the other counts.
    thought: Option<i64>,
    stopped: bool,
    done: bool,
}

impl Decoder {
    pub(super) fn new(notes: &Map<String, Value>) -> Self {
        Self {
            notes: notes.clone(),
            answer: None,
            hosted: None,
            calls: false,
            bare: None,
            image: String::new(),
            images: 0,
            thought: None,
            stopped: false,
            done: false,
        }
    }

    fn start(&mut self, index: i64, event: &Value) -> Option<Delta> {
        if let Some(format) = event.pointer("/start/image/format").and_then(Value::as_str) {
            format.clone_into(&mut self.image);
            return None;
        }
        let used = event.pointer("/start/toolUse")?;
        if used.as_object().is_some_and(response::is_hosted) {
            self.hosted = Some(index);
            return Some(specific("contentBlockStart", event));
        }
        let name = used.get("name").and_then(Value::as_str).unwrap_or_default();
        if tools::is_answer(&self.notes, name) {
            self.answer = Some(index);
            return None;
        }
        self.calls = true;
        self.bare = Some(index);
        let name = tool_names::given(&self.notes, name).to_owned();
        let id = used.get("toolUseId").and_then(Value::as_str).map(str::to_owned);
        Some(tool(index, id, Some(name), String::new()))
    }

    fn delta(&mut self, index: i64, event: &Value) -> Option<Delta> {
        let delta = event.get("delta")?;
        if let Some(text) = delta.get("text").and_then(Value::as_str) {
            return Some(text_delta(text));
        }
        if let Some(input) = delta.pointer("/toolUse/input").and_then(Value::as_str) {
            if self.hosted == Some(index) {
                return Some(specific("contentBlockDelta", event));
            }
            if self.answer == Some(index) {
                return Some(text_delta(input));
            }
            if self.bare == Some(index) && !input.is_empty() {
                self.bare = None;
            }
            return Some(tool(index, None, None, input.to_owned()));
        }
        let mut extra = Map::new();
        if let Some(thought) = delta.get("reasoningContent") {
            if let Some(text) = thought.get("text") {
                extra.insert("reasoning_content".to_owned(), text.clone());
                extra.insert(
                    "thinking_blocks".to_owned(),
                    json!([{"type": "thinking", "thinking": text}]),
                );
            } else if let Some(signature) = thought.get("signature") {
                let block = json!([{"type": "thinking", "thinking": "", "signature": signature}]);
                extra.insert("thinking_blocks".to_owned(), block);
            } else if let Some(data) = thought.get("redactedContent") {
                let block = json!([{"type": "redacted_thinking", "data": data}]);
                extra.insert("thinking_blocks".to_owned(), block);
            }
            extra.insert(
                "provider_specific_fields".to_owned(),
                json!({"reasoningContent": thought}),
            );
        } else if let Some(citation) = delta.get("citation") {
            return Some(specific("citation", citation));
        } else if let Some(source) = delta
            .pointer("/image/source")
            .filter(|source| source.get("bytes").is_some())
        {
            let image = response::shown(&json!({"format": self.image, "source": source}), self.images);
            self.images += 1;
            extra.insert("images".to_owned(), json!([image]));
        } else if delta.get("toolResult").is_some() {
            return Some(specific("contentBlockDelta", event));
        }
        (!extra.is_empty()).then(|| Delta {
            extra,
            ..Delta::default()
        })
    }
}

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        if let Some(name) = frame
            .name
            .strip_prefix(EXCEPTION)
            .or_else(|| frame.name.strip_prefix(ERROR))
        {
            return Err(error::from_event(name, frame.data));
        }
        let event: Value = serde_json::from_slice(frame.data).map_err(|failure| {
            response::unreadable(
                &Bytes::copy_from_slice(frame.data),
                &format!("an event of the stream is corrupt: {failure}"),
            )
        })?;
        let index = event
            .get("contentBlockIndex")
            .and_then(Value::as_i64)
            .unwrap_or(0);
        let choice = match frame.name {
            "contentBlockStart" => self.start(index, &event).map(said),
            "contentBlockDelta" => self.delta(index, &event).map(said),
            // A call without arguments comes without input, and is an empty object all the same.
            "contentBlockStop" if self.bare == Some(index) => {
                self.bare = None;
                Some(said(tool(index, None, None, "{}".to_owned())))
            }
            "messageStop" => {
                self.thought = response::thought(&event);
                // Without a reason it says nothing, and the answer has not ended.
                let raw = event.get("stopReason").and_then(Value::as_str);
                raw.filter(|raw| !raw.is_empty()).map(|raw| {
                    self.stopped = true;
                    ChunkChoice {
                        finish_reason: Some(response::stop_reason(raw, self.answer.is_some() && !self.calls)),
                        ..ChunkChoice::default()
                    }
                })
            }
            "metadata" => {
                let usage = event
                    .get("usage")
                    .map(|counts| response::usage(counts, self.thought));
                self.done = self.stopped;
                chunks.push(ChatChunk {
                    usage,
                    extra: response::about(&event),
                    ..ChatChunk::default()
                });
                None
            }
            _ => None,
        };
        if let Some(choice) = choice {
            chunks.push(ChatChunk {
                choices: vec![choice],
                ..ChatChunk::default()
            });
        }
        Ok(())
    }

    /// `metadata` with the token counts comes last, after `messageStop`.
    fn is_done(&self) -> bool {
        self.done
    }
}

fn said(delta: Delta) -> ChunkChoice {
    ChunkChoice {
        delta,
        ..ChunkChoice::default()
    }
}

/// Something that OpenAI's delta has no place for.
fn specific(name: &str, value: &Value) -> Delta {
    Delta {
        extra: Map::from_iter([("provider_specific_fields".to_owned(), json!({name: value}))]),
        ..Delta::default()
    }
}

fn text_delta(text: &str) -> Delta {
    Delta {
        content: Some(Content::Text(text.to_owned())),
        ..Delta::default()
    }
}

fn tool(index: i64, id: Option<String>, name: Option<String>, arguments: String) -> Delta {
    let piece = ToolCallDelta {
        kind: id.is_some().then(|| "function".to_owned()),
        id,
        function: Some(FunctionCall {
            arguments,
            name,
            extra: Map::new(),
        }),
        index: Some(index),
        extra: Map::new(),
    };
    Delta {
        tool_calls: vec![piece],
        ..Delta::default()
    }
}
