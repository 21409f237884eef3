//! Reads a stream's events: each is a whole answer with what is new.

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::pieces::Open;
use super::said::Said;
use super::{response, usage};
use crate::error::Result;
use crate::framing::{ArrayFramer, Frame, Framer, SseFramer};
use crate::types::{ChatChunk, ChunkChoice, Usage};
use crate::wire::ChunkDecoder;

/// Events, or one array of them where something on the way has lost `alt=sse`: the first byte tells.
#[derive(Default)]
pub(super) struct Framing {
    found: Option<Box<dyn Framer>>,
    most: Option<usize>,
}

impl Framer for Framing {
    fn limit(&mut self, bytes: usize) {
        self.most = Some(bytes);
    }

    fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        if let Some(framer) = &mut self.found {
            return framer.push(bytes, sink);
        }
        let mut framer: Box<dyn Framer> = match bytes.trim_ascii_start().first() {
            None => return Ok(()),
            Some(b'[') => Box::new(ArrayFramer::new()),
            Some(_) => Box::new(SseFramer::new()),
        };
        if let Some(most) = self.most {
            framer.limit(most);
        }
        self.found.insert(framer).push(bytes, sink)
    }

    fn finish(&mut self, sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        self.found.as_mut().map_or(Ok(()), |framer| framer.finish(sink))
    }
}

/// Calls come whole, each in a place of its own; the finish reason is the only end Google says.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    calls: i64,
    open: Open,
    said: Said,
    /// The last event with counts, as it came: Google counts in every event, and only the last count holds.
    counted: Vec<u8>,
    searches: usage::Searches,
}

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if data.is_empty() {
            return Ok(());
        }
        let mut event = response::parsed::<IgnoredAny>(data)?;
        if event.usage_metadata.is_some() {
            self.counted.clear();
            self.counted.extend_from_slice(data);
        }
        self.searches.note(&event);
        for candidate in &mut event.candidates {
            let last = candidate.finish_reason.is_some();
            self.open.gather(&mut candidate.content.parts, last);
        }
        let mut chunk = ChatChunk::from(response::event(event, &mut self.said));
        let goes_on = |choice: &ChunkChoice| choice.finish_reason.is_none();
        if chunk.choices.is_empty() || !chunk.extra.is_empty() || !chunk.choices.iter().all(goes_on) {
            chunk.usage = self.usage();
        }
        for call in chunk
            .choices
            .iter_mut()
            .flat_map(|choice| &mut choice.delta.tool_calls)
        {
            call.index = Some(self.calls);
            self.calls += 1;
        }
        chunks.push(chunk);
        Ok(())
    }

    fn is_done(&self) -> bool {
        false
    }

    fn usage(&self) -> Option<Usage> {
        let event = response::parsed::<Map<String, Value>>(&self.counted).ok()?;
        Some(usage::read(&event.usage_metadata?, &self.searches))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"h\u{e9}\"}]}}],\"responseId\":\"r\"}\r\n\r\n\
        data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{},\"id\":\"a\"}}]}}]}\r\n\r\n\
        data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"g\",\"args\":{},\"id\":\"b\"}}]},\"finishReason\":\"STOP\"}]}\r\n\r\n";

    fn chunks(pieces: &[&[u8]]) -> Vec<ChatChunk> {
        let (mut framer, mut decoder, mut chunks) = (Framing::default(), Decoder::default(), Vec::new());
        for piece in pieces {
            framer
                .push(piece, &mut |frame| decoder.decode(frame, &mut chunks))
                .unwrap();
        }
        chunks
    }

    #[test]
    fn cut_anywhere_it_is_the_same() {
        let bytes = STREAM.as_bytes();
        let whole = chunks(&[bytes]);
        assert_eq!(whole[2].choices[0].delta.tool_calls[0].index, Some(1));
        assert_eq!(whole[2].choices[0].finish_reason.as_deref(), Some("STOP"));
        for cut in 0..bytes.len() {
            assert_eq!(chunks(&[&bytes[..cut], &bytes[cut..]]), whole);
        }
        let array = format!(
            "[{}]",
            STREAM.replace("data: ", "").trim().replace("\r\n\r\n", ",\r\n")
        );
        assert_eq!(chunks(&[array.as_bytes()]), whole);
    }

    #[test]
    fn errors_and_corruption_are_errors() {
        let decode = |data: &str| {
            let frame = Frame {
                name: "",
                data: data.as_bytes(),
            };
            Decoder::default()
                .decode(frame, &mut Vec::new())
                .unwrap_err()
                .status()
        };
        assert_eq!(decode("{\"error\":{\"code\":503,\"message\":\"x\"}}"), Some(503));
        assert_eq!(decode("{\"candidates\":["), Some(200));
    }
}
