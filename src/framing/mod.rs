//! From bytes as they arrive to one event's bytes at a time. Framing knows no provider; it never looks into an event.

mod array;
pub mod eventstream;
mod ndjson;
mod sse;

pub use array::ArrayFramer;
pub use eventstream::EventStreamFramer;
pub use ndjson::NdjsonFramer;
pub use sse::SseFramer;

use crate::error::Result;

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
