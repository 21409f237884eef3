//! One JSON array whose elements arrive one by one.

use super::{Frame, Framer, MAX_EVENT, too_large};
use crate::error::Result;

/// Cuts the objects out of an array. What stands between them means nothing.
#[derive(Debug)]
pub struct ArrayFramer {
    /// Bytes of an object whose end has not come.
    object: Vec<u8>,
    depth: usize,
    in_text: bool,
    escaped: bool,
    most: usize,
}

impl Default for ArrayFramer {
    fn default() -> Self {
        Self {
            object: Vec::new(),
            depth: 0,
            in_text: false,
            escaped: false,
            most: MAX_EVENT,
        }
    }
}

impl ArrayFramer {
    /// A framer at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one byte and says whether it ends an object.
    fn take(&mut self, byte: u8) -> bool {
        if self.depth == 0 {
            if byte != b'{' {
                return false;
            }
            self.depth = 1;
            self.object.push(byte);
            return false;
        }
        self.object.push(byte);
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        self.depth == 0
    }
}

impl Framer for ArrayFramer {
    fn limit(&mut self, bytes: usize) {
        self.most = self.most.min(bytes);
    }

    fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        for byte in bytes {
            if self.take(*byte) {
                let whole = std::mem::take(&mut self.object);
                if whole.len() > self.most {
                    return Err(too_large("an element of the stream", self.most));
                }
                sink(Frame {
                    name: "",
                    data: &whole,
                })?;
            }
        }
        if self.object.len() > self.most {
            return Err(too_large("an element of the stream", self.most));
        }
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        let rest = std::mem::take(&mut self.object);
        if rest.is_empty() {
            return Ok(());
        }
        sink(Frame {
            name: "",
            data: &rest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(pieces: &[&[u8]]) -> Vec<String> {
        let mut framer = ArrayFramer::new();
        let mut seen = Vec::new();
        let mut sink = |frame: Frame<'_>| {
            seen.push(String::from_utf8(frame.data.to_vec()).unwrap());
            Ok(())
        };
        for piece in pieces {
            framer.push(piece, &mut sink).unwrap();
        }
        framer.finish(&mut sink).unwrap();
        seen
    }

    #[test]
    fn cut_anywhere_it_is_the_same() {
        let text = "[{\"a\": \"}\\\"]\"}\r\n,\r\n{\"b\": [{\"c\": \"\u{e9}\"}]}\n]";
        let whole = ["{\"a\": \"}\\\"]\"}", "{\"b\": [{\"c\": \"\u{e9}\"}]}"];
        let bytes = text.as_bytes();
        for cut in 0..=bytes.len() {
            assert_eq!(objects(&[&bytes[..cut], &bytes[cut..]]), whole);
        }
        assert_eq!(objects(&[b"[{\"a\": 1"]), ["{\"a\": 1"]);
        assert!(objects(&[b"[]"]).is_empty());
    }
}
