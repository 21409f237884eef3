//! The binary event stream of AWS (`application/vnd.amazon.eventstream`). A message is a prelude of 12 bytes (length of
//! the whole, length of the headers, CRC of these two), typed headers, a payload and a CRC of everything before it; all
//! numbers are big-endian. Both checksums are checked: a wrong one is a corrupt stream, never a guess.

use super::{Frame, Framer, too_large};
use crate::error::{Error, ErrorKind, Result};

/// Before the name of an exception (`:message-type: exception`) in [`Frame::name`]; the names of events have no colon.
pub const EXCEPTION: &str = "exception:";
/// Before the code of an error without a model of its own (`:message-type: error`) in [`Frame::name`].
pub const ERROR: &str = "error:";

const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;
/// AWS allows 24 MiB of payload and 128 KiB of headers in a message.
const MAX_MESSAGE: usize = 25 * 1024 * 1024;

/// Cuts messages of the event stream. A message that is whole in a push is looked at in place.
#[derive(Debug)]
pub struct EventStreamFramer {
    /// Bytes of a message whose end has not come.
    pending: Vec<u8>,
    most: usize,
}

impl Default for EventStreamFramer {
    fn default() -> Self {
        Self {
            pending: Vec::new(),
            most: MAX_MESSAGE,
        }
    }
}

impl EventStreamFramer {
    /// A framer at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Framer for EventStreamFramer {
    fn limit(&mut self, bytes: usize) {
        self.most = self.most.min(bytes);
    }

    fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        if self.pending.is_empty() {
            let rest = messages(bytes, self.most, sink)?;
            self.pending.extend_from_slice(rest);
            return Ok(());
        }
        self.pending.extend_from_slice(bytes);
        let read = messages(&self.pending, self.most, sink).map(<[u8]>::len);
        let rest = *read.as_ref().unwrap_or(&0);
        self.pending.drain(..self.pending.len() - rest);
        read.map(drop)
    }

    /// Half a message is nothing; whether the answer is whole is the stream driver's to say.
    fn finish(&mut self, _: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
        Ok(())
    }
}

/// Hands over every whole message and returns what comes after them.
fn messages<'a>(
    mut bytes: &'a [u8],
    most: usize,
    sink: &mut dyn FnMut(Frame<'_>) -> Result<()>,
) -> Result<&'a [u8]> {
    while let Some(length) = length(bytes, most)? {
        let Some((message, rest)) = bytes.split_at_checked(length) else {
            break;
        };
        bytes = rest;
        deliver(message, sink)?;
    }
    Ok(bytes)
}

/// The length of the message at the start of `bytes`, once its prelude is here and proven.
fn length(bytes: &[u8], most: usize) -> Result<Option<usize>> {
    let Some((prelude, _)) = bytes.split_at_checked(PRELUDE) else {
        return Ok(None);
    };
    let (lengths, checksum) = prelude.split_at(PRELUDE - CHECKSUM);
    if number(checksum) != crc32fast::hash(lengths) {
        return Err(corrupt("the checksum of a prelude is wrong"));
    }
    let (total, headers) = lengths.split_at(4);
    let (total, headers) = (number(total) as usize, number(headers) as usize);
    if total > most {
        return Err(too_large("a message of the stream", most));
    }
    if total < PRELUDE + headers + CHECKSUM {
        return Err(corrupt("a message is shorter than its headers"));
    }
    Ok(Some(total))
}

fn deliver(message: &[u8], sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()> {
    let (content, checksum) = message.split_at(message.len() - CHECKSUM);
    if number(checksum) != crc32fast::hash(content) {
        return Err(corrupt("the checksum of a message is wrong"));
    }
    let headers_length = content.get(4..8).map_or(0, number) as usize;
    let (headers, payload) = content
        .get(PRELUDE..)
        .and_then(|rest| rest.split_at_checked(headers_length))
        .ok_or_else(|| corrupt("a message is shorter than its headers"))?;
    let headers = Headers::read(headers)?;
    match headers.message_type {
        "exception" => sink(Frame {
            name: &format!("{EXCEPTION}{}", headers.exception_type),
            data: payload,
        }),
        "error" => sink(Frame {
            name: &format!("{ERROR}{}", headers.error_code),
            data: headers.error_message.as_bytes(),
        }),
        _ => sink(Frame {
            name: headers.event_type,
            data: payload,
        }),
    }
}

/// The headers that say what a message is.
#[derive(Default)]
struct Headers<'a> {
    message_type: &'a str,
    event_type: &'a str,
    exception_type: &'a str,
    error_code: &'a str,
    error_message: &'a str,
}

impl<'a> Headers<'a> {
    fn read(mut bytes: &'a [u8]) -> Result<Self> {
        let mut headers = Self::default();
        while !bytes.is_empty() {
            let (name, value, rest) =
                header(bytes).ok_or_else(|| corrupt("the headers of a message cannot be read"))?;
            bytes = rest;
            let place = match name {
                b":message-type" => &mut headers.message_type,
                b":event-type" => &mut headers.event_type,
                b":exception-type" => &mut headers.exception_type,
                b":error-code" => &mut headers.error_code,
                b":error-message" => &mut headers.error_message,
                _ => continue,
            };
            *place = value
                .and_then(|value| std::str::from_utf8(value).ok())
                .ok_or_else(|| corrupt("a header that names the message is no text"))?;
        }
        Ok(headers)
    }
}

/// A name, its value where that is a text, and what comes after both.
type Header<'a> = (&'a [u8], Option<&'a [u8]>, &'a [u8]);

/// Name and, where it is a text, value of the first header, and what comes after it.
fn header(bytes: &[u8]) -> Option<Header<'_>> {
    let (length, rest) = bytes.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    let (kind, rest) = rest.split_first()?;
    let fixed = match kind {
        0 | 1 => 0,
        2 => 1,
        3 => 2,
        4 => 4,
        5 | 8 => 8,
        9 => 16,
        6 | 7 => {
            let (length, rest) = rest.split_at_checked(2)?;
            let (value, rest) = rest.split_at_checked(number(length) as usize)?;
            return Some((name, (*kind == 7).then_some(value), rest));
        }
        _ => return None,
    };
    let (_, rest) = rest.split_at_checked(fixed)?;
    Some((name, None, rest))
}

fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn corrupt(why: &str) -> Error {
    Error::new(
        ErrorKind::ResponseValidation,
        format!("the event stream is corrupt: {why}"),
    )
}

/// Writes one message with text headers, for tests.
#[cfg(test)]
pub(crate) fn message(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    for (name, value) in headers {
        written.push(u8::try_from(name.len()).unwrap());
        written.extend(name.as_bytes());
        written.push(7);
        written.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        written.extend(value.as_bytes());
    }
    let total = u32::try_from(PRELUDE + written.len() + payload.len() + CHECKSUM).unwrap();
    let mut message = total.to_be_bytes().to_vec();
    message.extend(u32::try_from(written.len()).unwrap().to_be_bytes());
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(written);
    message.extend(payload);
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(pieces: &[&[u8]]) -> Result<Vec<(String, String)>> {
        let (mut framer, mut seen) = (EventStreamFramer::new(), Vec::new());
        for piece in pieces {
            framer.push(piece, &mut |frame| {
                seen.push((
                    frame.name.to_owned(),
                    String::from_utf8_lossy(frame.data).into_owned(),
                ));
                Ok(())
            })?;
        }
        framer.finish(&mut |_| Ok(()))?;
        Ok(seen)
    }
    fn event(name: &str, payload: &str) -> Vec<u8> {
        message(
            &[
                (":event-type", name),
                (":content-type", "application/json"),
                (":message-type", "event"),
            ],
            payload.as_bytes(),
        )
    }

    /// `empty_message` and `payload_no_headers` of the vectors that AWS publishes with the format.
    #[test]
    fn published_vectors() {
        let empty = [
            0, 0, 0, 0x10, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff,
        ];
        assert_eq!(frames(&[&empty]).unwrap(), [(String::new(), String::new())]);
        let mut payload = vec![0, 0, 0, 0x1d, 0, 0, 0, 0, 0xfd, 0x52, 0x8c, 0x5a];
        payload.extend(b"{'foo':'bar'}");
        payload.extend([0xc3, 0x65, 0x39, 0x36]);
        assert_eq!(
            frames(&[&payload]).unwrap(),
            [(String::new(), "{'foo':'bar'}".to_owned())]
        );
    }

    #[test]
    fn every_kind_of_header_is_passed_over() {
        let mut headers = Vec::new();
        for (kind, value) in [
            (0u8, vec![]),
            (1, vec![]),
            (2, vec![1]),
            (3, vec![1; 2]),
            (4, vec![1; 4]),
            (5, vec![1; 8]),
            (6, vec![0, 2, 7, 7]),
            (7, vec![0, 1, b'x']),
            (8, vec![1; 8]),
            (9, vec![1; 16]),
        ] {
            headers.extend([1, b'h', kind]);
            headers.extend(value);
        }
        assert!(Headers::read(&headers).is_ok());
        assert!(Headers::read(&[1, b'h', 10]).is_err());
        assert!(Headers::read(&[9, b'h']).is_err());
    }

    #[test]
    fn any_cut_gives_the_same_frames() {
        let mut stream = event("messageStart", "{}");
        stream.extend(event("contentBlockDelta", r#"{"delta":{"text":"é"}}"#));
        stream.extend(message(
            &[
                (":message-type", "exception"),
                (":exception-type", "throttlingException"),
            ],
            br#"{"message":"slow"}"#,
        ));
        let whole = frames(&[&stream]).unwrap();
        assert_eq!(whole[2].0, "exception:throttlingException");
        for cut in 0..stream.len() {
            let (before, after) = stream.split_at(cut);
            assert_eq!(frames(&[before, after]).unwrap(), whole, "cut at {cut}");
        }
        let single: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(frames(&single).unwrap(), whole);
        assert_eq!(frames(&[&stream[..stream.len() - 1]]).unwrap().len(), 2);
    }

    #[test]
    fn an_error_has_code_and_message() {
        let error = message(
            &[
                (":message-type", "error"),
                (":error-code", "InternalFailure"),
                (":error-message", "oops"),
            ],
            b"",
        );
        assert_eq!(
            frames(&[&error]).unwrap(),
            [("error:InternalFailure".to_owned(), "oops".to_owned())]
        );
    }

    #[test]
    fn a_flipped_bit_is_an_error() {
        let stream = event("messageStop", r#"{"stopReason":"end_turn"}"#);
        for position in 0..stream.len() {
            let mut broken = stream.clone();
            broken[position] ^= 1;
            let error = frames(&[&broken]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{position}");
        }
    }

    /// A prelude with a proper checksum, whatever it says.
    fn prelude(total: u32, headers: u32) -> Vec<u8> {
        let mut prelude = total.to_be_bytes().to_vec();
        prelude.extend(headers.to_be_bytes());
        prelude.extend(crc32fast::hash(&prelude).to_be_bytes());
        prelude
    }

    #[test]
    fn lengths_that_cannot_be_are_errors_before_anything_is_kept() {
        let largest = u32::try_from(MAX_MESSAGE).unwrap();
        for (total, headers) in [
            (largest + 1, 0),
            (u32::MAX, 0),
            (0, 0),
            (15, 0),
            (100, 85),
            (100, u32::MAX),
        ] {
            let error = frames(&[&prelude(total, headers)]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{total} {headers}");
        }
        assert!(frames(&[&prelude(largest, 0)]).unwrap().is_empty());
        // Something else than an event stream is told by its first bytes.
        let error = frames(&[b"{\"message\": \"no\"}"]).unwrap_err();
        assert!(error.message().contains("prelude"), "{error}");
    }

    #[test]
    fn a_message_of_many_pieces_is_put_together_once() {
        let payload = "x".repeat(1 << 20);
        let stream = event("chunk", &payload);
        let pieces: Vec<&[u8]> = stream.chunks(1 << 14).collect();
        assert_eq!(frames(&pieces).unwrap(), [("chunk".to_owned(), payload)]);
    }
}
