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
