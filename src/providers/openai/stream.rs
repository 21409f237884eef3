//! Reads a stream's events.

use bytes::Bytes;
use serde_json::Value;

use super::{by_tool, content, error, reasoning, response};
use crate::error::Result;
use crate::framing::Frame;
use crate::resolve::Target;
use crate::types::{ChatChunk, ChunkChoice};
use crate::wire::ChunkDecoder;

/// Reads `data: {...}` until `data: [DONE]`.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    done: bool,
    by_tool: Option<by_tool::Pieces>,
    reasoning_field: &'static str,
}

impl Decoder {
    pub(super) fn new(target: &Target) -> Self {
        Self {
            done: false,
            by_tool: by_tool::is_used(target).then(by_tool::Pieces::default),
            reasoning_field: target.provider.quirks.reasoning_field,
        }
    }
}

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || self.done {
            return Ok(());
        }
        if data == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        if frame.name == "error" {
            return Err(error::from_event(&Bytes::copy_from_slice(data)));
        }
        match serde_json::from_slice::<ChatChunk>(data) {
            Ok(mut chunk) => {
                // OpenRouter's failure in mid-stream is a chunk that ends in `error` and has one.
                let failed = |choice: &ChunkChoice| choice.finish_reason.as_deref() == Some("error");
                // A gateway's own refusal, in the form of its framework.
                let gateway = chunk.id.is_none()
                    && chunk.choices.is_empty()
                    && chunk.usage.is_none()
                    && chunk.extra.contains_key("detail");
                if gateway || response::is_error(&chunk.extra) && chunk.choices.iter().all(failed) {
                    return Err(error::from_event(&Bytes::copy_from_slice(data)));
                }
                chunk
                    .choices
                    .iter_mut()
                    .for_each(|choice| reasoning::rename(&mut choice.delta.extra, self.reasoning_field));
                // Moonshot counts in the choice that ends.
                for choice in chunk
                    .choices
                    .iter_mut()
                    .filter(|choice| choice.finish_reason.is_some())
                {
                    if let Some(counts) = choice.extra.shift_remove("usage")
                        && chunk.usage.is_none()
                    {
                        chunk.usage = serde_json::from_value(counts).ok();
                    }
                }
                // Groq counts in a field of its own.
                if chunk.usage.is_none()
                    && let Some(Value::Object(own)) = chunk.extra.get_mut("x_groq")
                    && let Some(counts) = own.shift_remove("usage")
                {
                    chunk.usage = serde_json::from_value(counts).ok();
                }
                for choice in &mut chunk.choices {
                    content::settle(&mut choice.delta.content, &mut choice.delta.extra);
                }
                if let Some(usage) = &mut chunk.usage {
                    usage.include_cached();
                    usage.include_reasoning();
                }
                if let Some(pieces) = &mut self.by_tool {
                    pieces.read(&mut chunk);
                }
                chunks.push(chunk);
                Ok(())
            }
            // A server that leaves out the blank line between events has several lines of JSON here.
            Err(_) if data.contains(&b'\n') && data.split(|byte| *byte == b'\n').all(is_event) => {
                data.split(|byte| *byte == b'\n').try_for_each(|line| {
                    self.decode(
                        Frame {
                            name: frame.name,
                            data: line,
                        },
                        chunks,
                    )
                })
            }
            Err(error) => Err(response::unreadable(
                &Bytes::copy_from_slice(data),
                &format!("an event of the stream is corrupt: {error}"),
            )),
        }
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

fn is_event(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.is_empty() || line == b"[DONE]" || serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}
