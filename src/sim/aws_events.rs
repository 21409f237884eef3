//! Messages of AWS's binary event stream: a prelude of two lengths and their checksum, headers that name the event, the
//! payload, and a checksum of all of it.

use bytes::{BufMut as _, Bytes, BytesMut};

const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;
/// The header value type for text.
const STRING: u8 = 7;

/// One message. A name that ends in `Exception` makes it an exception, as it does in AWS's models.
pub(super) fn message(name: &str, payload: &[u8]) -> Bytes {
    let (kind, label) = if name.ends_with("Exception") {
        ("exception", ":exception-type")
    } else {
        ("event", ":event-type")
    };
    let mut headers = BytesMut::new();
    for (key, value) in [
        (label, name),
        (":content-type", "application/json"),
        (":message-type", kind),
    ] {
        headers.put_u8(u8::try_from(key.len()).unwrap_or(u8::MAX));
        headers.put_slice(key.as_bytes());
        headers.put_u8(STRING);
        headers.put_u16(u16::try_from(value.len()).unwrap_or(u16::MAX));
        headers.put_slice(value.as_bytes());
    }
    let total = PRELUDE + headers.len() + payload.len() + CHECKSUM;
    let mut bytes = BytesMut::with_capacity(total);
    bytes.put_u32(u32::try_from(total).unwrap_or(u32::MAX));
    bytes.put_u32(u32::try_from(headers.len()).unwrap_or(u32::MAX));
    bytes.put_u32(crc32fast::hash(&bytes));
    bytes.put_slice(&headers);
    bytes.put_slice(payload);
    bytes.put_u32(crc32fast::hash(&bytes));
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::{EventStreamFramer, Frame, Framer as _};

    /// The messages in these bytes, byte by byte as a slow socket has them.
    fn read(bytes: &[u8]) -> crate::error::Result<Vec<(String, Vec<u8>)>> {
        let mut read = Vec::new();
        let mut framer = EventStreamFramer::new();
        for byte in bytes {
            framer.push(&[*byte], &mut |frame: Frame<'_>| {
                read.push((frame.name.to_owned(), frame.data.to_vec()));
                Ok(())
            })?;
        }
        Ok(read)
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = message("messageStop", b"{}").to_vec();
        bytes.extend(message("throttlingException", b"{\"message\":\"slow\"}"));
        let read = read(&bytes).unwrap();
        assert_eq!(read[0], ("messageStop".to_owned(), b"{}".to_vec()));
        assert_eq!(read[1].0, "exception:throttlingException");
    }

    #[test]
    fn a_byte_changed_is_seen() {
        let whole = message("contentBlockDelta", b"{\"delta\":{}}");
        for place in 0..whole.len() {
            let mut bytes = whole.to_vec();
            bytes[place] ^= 1;
            // A longer length than there is leaves the reader waiting for the rest.
            assert!(
                read(&bytes).map_or(true, |messages| messages.is_empty()),
                "{place}"
            );
        }
    }
}
