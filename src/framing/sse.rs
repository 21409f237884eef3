//! Server-sent events (WHATWG HTML, "Server-sent events", 9.2.6): any of CR, LF, CRLF ends a line, a blank line ends an
//! event, several `data` lines are joined by a newline, a byte order mark may come first, comments start with a colon.

use memchr::memchr2;

use super::{Frame, Framer, MAX_EVENT, too_large};
use crate::error::{Error, Result};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Cuts server-sent events. Lines are looked at in place; data is copied only when an event has several `data` lines or
/// an event is split over pushes.
#[derive(Debug)]
pub struct SseFramer {
    /// Bytes of a line whose end has not come.
    line: Vec<u8>,
    /// Data of the event so far.
    data: Vec<u8>,
    has_data: bool,
    name: String,
    /// The last push ended in CR: a LF that comes first in the next belongs to it.
    after_cr: bool,
    started: bool,
    most: usize,
}

impl Default for SseFramer {
    fn default() -> Self {
        Self {
            line: Vec::new(),
            data: Vec::new(),
            has_data: false,
            name: String::new(),
            after_cr: false,
            started: false,
            most: MAX_EVENT,
        }
    }
}

impl SseFramer {
    /// A framer at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn line(&mut self, line: &[u8], sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        if line.is_empty() {
            return self.dispatch(sink);
        }
        let (field, value) = match memchr::memchr(b':', line) {
            Some(colon) => {
                let (field, value) = line.split_at(colon);
                let value = value.get(1..).unwrap_or_default();
                (field, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &[][..]),
        };
        match field {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
                if self.data.len() > self.most {
                    return Err(self.too_large());
                }
            }
            b"event" => self.name = String::from_utf8_lossy(value).into_owned(),
            // `id` and `retry` serve reconnection, which a chat stream does not have; a field without a name is a comment.
            _ => {}
        }
        Ok(())
    }

    fn dispatch(&mut self, sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        let sent = if self.has_data {
            sink(Frame {
                name: &self.name,
                data: &self.data,
            })
        } else {
            Ok(())
        };
        self.data.clear();
        self.has_data = false;
        self.name.clear();
        sent
    }

    fn too_large(&self) -> Error {
        too_large("a server-sent event", self.most)
    }
}

impl Framer for SseFramer {
    fn limit(&mut self, bytes: usize) {
        self.most = self.most.min(bytes);
    }

    fn push(&mut self, mut bytes: &[u8], sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = memchr2(b'\n', b'\r', bytes) {
            let (line, rest) = bytes.split_at(end);
            bytes = match rest {
                [b'\r', b'\n', after @ ..] => after,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                [_, after @ ..] => after,
                [] => &[],
            };
            if self.line.is_empty() {
                let line = if self.started {
                    line
                } else {
                    line.strip_prefix(BOM).unwrap_or(line)
                };
                self.started = true;
                self.line(line, sink)?;
            } else {
                self.line.extend_from_slice(line);
                let whole = std::mem::take(&mut self.line);
                let line = if self.started {
                    &whole[..]
                } else {
                    whole.strip_prefix(BOM).unwrap_or(&whole)
                };
                self.started = true;
                let handled = self.line(line, sink);
                self.line = whole;
                self.line.clear();
                handled?;
            }
        }
        self.line.extend_from_slice(bytes);
        if self.line.len() > self.most {
            return Err(self.too_large());
        }
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        let rest = std::mem::take(&mut self.line);
        if !rest.is_empty() {
            self.line(&rest, sink)?;
        }
        self.dispatch(sink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let mut framer = SseFramer::new();
        let mut seen = Vec::new();
        let mut sink = |frame: Frame<'_>| {
            seen.push((
                frame.name.to_owned(),
                String::from_utf8(frame.data.to_vec()).unwrap(),
            ));
            Ok(())
        };
        for piece in pieces {
            framer.push(piece, &mut sink).unwrap();
        }
        framer.finish(&mut sink).unwrap();
        seen
    }

    const TRAFFIC: &[u8] = b"\xEF\xBB\xBF: hello\r\n\r\nevent: delta\r\nid: 1\r\ndata: one\r\ndata:two\r\n\r\ndata: \xE2\x80\xA8 three\n\n\
        data\n\nretry: 5\rdata: four\r\rdata: last";

    #[test]
    fn every_line_end_comment_and_name() {
        let seen = events(&[TRAFFIC]);
        let data: Vec<_> = seen.iter().map(|(_, data)| data.as_str()).collect();
        assert_eq!(data, ["one\ntwo", "\u{2028} three", "", "four", "last"]);
        assert_eq!(seen[0].0, "delta");
        assert_eq!(seen[1].0, "");
    }

    #[test]
    fn cut_at_every_byte_gives_the_same_events() {
        let whole = events(&[TRAFFIC]);
        for cut in 0..=TRAFFIC.len() {
            assert_eq!(events(&[&TRAFFIC[..cut], &TRAFFIC[cut..]]), whole, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = TRAFFIC.chunks(1).collect();
        assert_eq!(events(&bytes), whole);
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut framer = SseFramer::new();
        let block = vec![b'x'; 8 * 1024 * 1024];
        let refused = (0..10).any(|_| framer.push(&block, &mut |_| Ok(())).is_err());
        assert!(refused);
    }
}
