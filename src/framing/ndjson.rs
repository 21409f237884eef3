//! Newline-delimited JSON: one document a line, LF or CRLF at its end, blank lines mean nothing.

use memchr::memchr;

use super::{Frame, Framer, MAX_EVENT, too_large};
use crate::error::Result;

/// Cuts lines. They are handed over in place; only a line that is split over pushes is copied.
#[derive(Debug)]
pub struct NdjsonFramer {
    /// Bytes of a line whose end has not come.
    line: Vec<u8>,
    most: usize,
}

impl Default for NdjsonFramer {
    fn default() -> Self {
        Self {
            line: Vec::new(),
            most: MAX_EVENT,
        }
    }
}

impl NdjsonFramer {
    /// A framer at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

fn hand_over(line: &[u8], sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
    let data = line.trim_ascii();
    if data.is_empty() {
        return Ok(());
    }
    sink(Frame { name: "", data })
}

impl Framer for NdjsonFramer {
    fn limit(&mut self, bytes: usize) {
        self.most = self.most.min(bytes);
    }

    fn push(&mut self, mut bytes: &[u8], sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        while let Some(end) = memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(end);
            if self.line.len() + line.len() > self.most {
                return Err(too_large("a line of the stream", self.most));
            }
            bytes = rest.get(1..).unwrap_or_default();
            if self.line.is_empty() {
                hand_over(line, sink)?;
            } else {
                self.line.extend_from_slice(line);
                let whole = std::mem::take(&mut self.line);
                let handled = hand_over(&whole, sink);
                self.line = whole;
                self.line.clear();
                handled?;
            }
        }
        self.line.extend_from_slice(bytes);
        if self.line.len() > self.most {
            return Err(too_large("a line of the stream", self.most));
        }
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        let rest = std::mem::take(&mut self.line);
        hand_over(&rest, sink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let mut framer = NdjsonFramer::new();
        let mut seen = Vec::new();
        let mut sink = |frame: Frame<'_>| {
            assert_eq!(frame.name, "");
            seen.push(String::from_utf8(frame.data.to_vec()).unwrap());
            Ok(())
        };
        for piece in pieces {
            framer.push(piece, &mut sink).unwrap();
        }
        framer.finish(&mut sink).unwrap();
        seen
    }

    const TRAFFIC: &[u8] = "{\"a\":\"\u{2028}ü\\n\"}\r\n\n  \n{\"b\":1}\n{\"last\":true}".as_bytes();

    #[test]
    fn lines_blank_lines_and_an_unended_last() {
        assert_eq!(
            lines(&[TRAFFIC]),
            ["{\"a\":\"\u{2028}ü\\n\"}", "{\"b\":1}", "{\"last\":true}"]
        );
    }

    #[test]
    fn cut_at_every_byte_gives_the_same_lines() {
        let whole = lines(&[TRAFFIC]);
        for cut in 0..=TRAFFIC.len() {
            assert_eq!(lines(&[&TRAFFIC[..cut], &TRAFFIC[cut..]]), whole, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = TRAFFIC.chunks(1).collect();
        assert_eq!(lines(&bytes), whole);
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut framer = NdjsonFramer::new();
        let block = vec![b'x'; 8 * 1024 * 1024];
        assert!((0..10).any(|_| framer.push(&block, &mut |_| Ok(())).is_err()));
    }
}
