//! Streams of `InvokeModelWithResponseStream`: events that wrap those of the model's own dialect in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::{error, response, stream};
use crate::error::Result;
use crate::framing::Frame;
use crate::framing::eventstream::{ERROR, EXCEPTION};
use crate::types::{ChatChunk, Extra, Usage};
use crate::wire::ChunkDecoder;

/// Where Bedrock counts, on the last event, whatever the dialect.
const METRICS: &str = "amazon-bedrock-invocationMetrics";

/// Where Mistral's models say why they ended.
const REASON: &str = "stop_reason";

/// Unwraps events for the decoder of a dialect.
pub(super) struct Decoder {
    inner: Box<dyn ChunkDecoder>,
}

impl Decoder {
    pub(super) fn new(inner: Box<dyn ChunkDecoder>) -> Self {
        Self { inner }
    }
}

#[derive(Deserialize)]
struct Wrapped<'a> {
    bytes: &'a str,
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
        if frame.name != "chunk" {
            return Ok(());
        }
        let corrupt = |why: &str| {
            let why = format!("an event of the stream is corrupt: {why}");
            response::unreadable(&Bytes::copy_from_slice(frame.data), &why)
        };
        let wrapped: Wrapped<'_> =
            serde_json::from_slice(frame.data).map_err(|failure| corrupt(&failure.to_string()))?;
        let data = STANDARD
            .decode(wrapped.bytes)
            .map_err(|failure| corrupt(&failure.to_string()))?;
        let before = chunks.len();
        self.inner.decode(
            Frame {
                name: "",
                data: &data,
            },
            chunks,
        )?;
        for chunk in chunks.iter_mut().skip(before) {
            chunk.model = None;
            for choice in &mut chunk.choices {
                choice.finish_reason = choice.finish_reason.take().or_else(|| reason(&mut choice.extra));
            }
            let counted = chunk.extra.shift_remove(METRICS);
            if chunk.usage.is_none() {
                chunk.usage = counted.and_then(|counted| usage(&counted));
            }
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.inner.is_done()
    }
}

fn reason(extra: &mut Extra) -> Option<String> {
    let named = extra.shift_remove(REASON)?;
    named.as_str().map(str::to_owned)
}

/// A plain answer with the reasons in their place.
pub(super) fn with_reasons(body: &Bytes) -> Bytes {
    let named = body
        .windows(REASON.len())
        .any(|window| window == REASON.as_bytes());
    let Some(mut answer) = named
        .then(|| serde_json::from_slice::<Value>(body).ok())
        .flatten()
    else {
        return body.clone();
    };
    let choices = answer
        .get_mut("choices")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for choice in choices.filter_map(Value::as_object_mut) {
        if choice.get("finish_reason").is_none_or(Value::is_null)
            && let Some(reason) = choice.shift_remove(REASON)
        {
            choice.insert("finish_reason".to_owned(), reason);
        }
    }
    Bytes::from(answer.to_string())
}

/// Bedrock's own counts of a piece, where it has them.
pub(super) fn metrics(piece: &Value) -> Option<Usage> {
    usage(piece.get(METRICS)?)
}

fn usage(metrics: &Value) -> Option<Usage> {
    let count = |name: &str| metrics.get(name).and_then(Value::as_i64);
    let (input, output) = (count("inputTokenCount")?, count("outputTokenCount")?);
    Some(Usage {
        prompt_tokens: Some(input),
        completion_tokens: Some(output),
        total_tokens: Some(input + output),
        ..Usage::default()
    })
}

/// Converse's events, each under its name in an object.
pub(super) struct Events(stream::Decoder);

impl Events {
    pub(super) fn new(notes: &Map<String, Value>) -> Self {
        Self(stream::Decoder::new(notes))
    }
}

impl ChunkDecoder for Events {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let events: Map<String, Value> = serde_json::from_slice(frame.data).map_err(|failure| {
            let why = format!("an event of the stream is corrupt: {failure}");
            response::unreadable(&Bytes::copy_from_slice(frame.data), &why)
        })?;
        for (name, event) in events.iter().filter(|(name, _)| *name != METRICS) {
            let data = event.to_string();
            let data = data.as_bytes();
            self.0.decode(Frame { name, data }, chunks)?;
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.0.is_done()
    }
}
