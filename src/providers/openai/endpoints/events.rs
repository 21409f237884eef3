//! The events of OpenAI's streams beside chat.

use bytes::Bytes;
use serde_json::Value;

use super::super::{error, response};
use crate::error::{Partial, Result};
use crate::framing::Frame;
use crate::types::{Operation, Piece, Usage};
use crate::wire::EventReader;

/// The reader of an operation's events; none where the stream is plain bytes.
pub(super) fn reader(operation: Operation) -> Option<Box<dyn EventReader>> {
    match operation {
        Operation::Speech | Operation::FileContent => None,
        Operation::TextCompletion => Some(Box::new(Completions::default())),
        _ => Some(Box::new(Typed::default())),
    }
}

/// Events that name themselves by `type`; the last one is known by its name.
#[derive(Debug, Default)]
struct Typed {
    complete: bool,
    text: String,
    usage: Option<Usage>,
}

/// Names of events after which nothing comes.
fn is_last(kind: &str) -> bool {
    matches!(
        kind,
        "response.completed"
            | "response.incomplete"
            | "response.failed"
            | "response.cancelled"
            | "transcript.text.done"
            | "image_generation.completed"
            | "image_edit.completed"
    )
}

impl EventReader for Typed {
    fn read(&mut self, frame: Frame<'_>, pieces: &mut Vec<Piece>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || data == b"[DONE]" || self.complete {
            return Ok(());
        }
        let mut event = parse(data)?;
        if event.get("type").is_none()
            && let Some(fields) = event.as_object_mut()
            && !frame.name.is_empty()
        {
            fields.insert("type".to_owned(), Value::from(frame.name));
        }
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        if kind == "error" || (kind.is_empty() && event.get("error").is_some_and(|error| !error.is_null())) {
            return Err(error::from_event(&Bytes::copy_from_slice(data)));
        }
        if kind == "response.output_text.delta" || kind == "transcript.text.delta" {
            self.text
                .push_str(event.get("delta").and_then(Value::as_str).unwrap_or_default());
        }
        self.complete = is_last(kind);
        pieces.push(Piece::Event(event));
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.complete
    }

    fn partial(&self) -> Partial {
        Partial {
            text: self.text.clone(),
            usage: self.usage.clone(),
        }
    }
}

/// Chunks of a text completion, until `[DONE]`.
#[derive(Debug, Default)]
struct Completions {
    done: bool,
    finished: bool,
    text: String,
}

impl EventReader for Completions {
    fn read(&mut self, frame: Frame<'_>, pieces: &mut Vec<Piece>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || self.done {
            return Ok(());
        }
        if data == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        let event = parse(data)?;
        if frame.name == "error" || event.get("error").is_some_and(|error| !error.is_null()) {
            return Err(error::from_event(&Bytes::copy_from_slice(data)));
        }
        for choice in event
            .get("choices")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            if choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0 {
                self.text
                    .push_str(choice.get("text").and_then(Value::as_str).unwrap_or_default());
            }
            self.finished |= choice
                .get("finish_reason")
                .is_some_and(|reason| !reason.is_null());
        }
        pieces.push(Piece::Event(event));
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.done || self.finished
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn partial(&self) -> Partial {
        Partial {
            text: self.text.clone(),
            usage: None,
        }
    }
}

fn parse(data: &[u8]) -> Result<Value> {
    serde_json::from_slice(data).map_err(|error| {
        response::unreadable(
            &Bytes::copy_from_slice(data),
            &format!("an event of the stream is corrupt: {error}"),
        )
    })
}
