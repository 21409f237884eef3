//! From bytes as they arrive to one event's bytes at a time. Framing knows no provider; it never looks into an event.

mod array;
pub mod eventstream;
mod ndjson;
mod sse;

pub use array::ArrayFramer;
pub use eventstream::EventStreamFramer;
pub use ndjson::NdjsonFramer;
pub use sse::SseFramer;

use crate::error::{Error, ErrorKind, Result};

/// How large an event may be. No provider comes near it; a server that never ends one must not eat the memory.
const MAX_EVENT: usize = 64 << 20;

/// The error of an event that is larger than it may be.
fn too_large(what: &str, most: usize) -> Error {
    let message = format!("{what} is larger than {most} bytes (see `max_response_bytes`)");
    Error::new(ErrorKind::ResponseValidation, message)
}

/// One event's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The event's name, empty where the format or the server gives none.
    pub name: &'a str,
    /// Its data.
    pub data: &'a [u8],
}

/// Cuts a stream of bytes into events, however the bytes are split on their way.
pub trait Framer: Send {
    /// Lowers the size that an event may have, in bytes.
    fn limit(&mut self, bytes: usize);

    /// Takes the next bytes and hands every complete event to `sink`.
    ///
    /// # Errors
    /// What `sink` returns, or an event larger than the format's limit.
    fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()>;

    /// Says that no more bytes come; an event that lacks only its terminator is handed over.
    ///
    /// # Errors
    /// What `sink` returns.
    fn finish(&mut self, sink: &mut dyn FnMut(Frame<'_>) -> Result<()>) -> Result<()>;
}
