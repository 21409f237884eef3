//! The one stream driver: it reads a body, has it framed and decoded, and hands over what is ready. It owns the policy.
//! A corrupt event is an error; an error event is the error of its status; an end without a finish is an
//! incomplete-stream error that carries what came; a dropped stream closes its socket; nothing is repeated once a chunk
//! was handed over.

mod assemble;
mod driver;
mod endpoint;
#[cfg(test)]
mod recut;
mod tools;

use http::HeaderMap;

use crate::client::Meta;
use crate::error::{Partial, Result};
use crate::framing::{Frame, Framer, SseFramer};
use crate::secret::Secrets;
use crate::transport::{Answer, Clock};
use crate::types::{ChatChunk, ChatResponse, Usage};
use crate::wire::ChunkDecoder;

pub(crate) use assemble::Assembler;
pub(crate) use driver::{Driver, Reading};
use driver::{incomplete, last};
pub use endpoint::EndpointStream;
pub(crate) use endpoint::{EndpointSource, plain_answer};

/// A streamed answer. It is driven by its reader: what is not asked for stays in the socket.
pub struct ChatStream {
    driver: Driver<Machine>,
}

/// Bytes in, chunks out: the stream without its I/O.
pub(crate) struct Machine {
    framer: Box<dyn Framer>,
    decoder: Box<dyn ChunkDecoder>,
    assembler: Assembler,
    decoded: Vec<ChatChunk>,
}

impl Machine {
    pub(crate) fn new(framer: Box<dyn Framer>, decoder: Box<dyn ChunkDecoder>, assembler: Assembler) -> Self {
        Self {
            framer,
            decoder,
            assembler,
            decoded: Vec::new(),
        }
    }

    /// Takes bytes and appends the chunks they complete; chunks before an error are appended too.
    pub(crate) fn push(&mut self, bytes: &[u8], chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let Self {
            framer,
            decoder,
            assembler,
            decoded,
        } = self;
        framer.push(bytes, &mut |frame| {
            let read = decoder.decode(frame, decoded);
            decoded.drain(..).for_each(|chunk| assembler.push(chunk, chunks));
            read
        })?;
        if decoder.is_done() {
            assembler.end(chunks);
        }
        Ok(())
    }

    /// Says that no more bytes come.
    pub(crate) fn finish(&mut self, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let Self {
            framer,
            decoder,
            assembler,
            decoded,
        } = self;
        let read = framer.finish(&mut |frame| {
            let read = decoder.decode(frame, decoded);
            decoded.drain(..).for_each(|chunk| assembler.push(chunk, chunks));
            read
        });
        last(read, decoder.is_done() || assembler.is_finished())?;
        if let Some(usage) = decoder.usage() {
            assembler.count(usage);
        }
        if !self.is_complete() {
            return Err(incomplete("the stream ended without a finish"));
        }
        self.assembler.end(chunks);
        Ok(())
    }

    /// Token counts so far.
    fn usage(&self) -> Option<Usage> {
        self.decoder.usage().or_else(|| self.assembler.usage().cloned())
    }

    /// Whether the provider has said that the answer is whole.
    pub(crate) fn is_complete(&self) -> bool {
        self.decoder.is_done() || self.assembler.is_finished()
    }
}

impl Reading for Machine {
    type Item = ChatChunk;

    fn push(&mut self, bytes: &[u8], chunks: &mut Vec<ChatChunk>) -> Result<()> {
        Self::push(self, bytes, chunks)
    }

    fn finish(&mut self, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        Self::finish(self, chunks)
    }

    fn is_complete(&self) -> bool {
        Self::is_complete(self)
    }

    fn is_done(&self) -> bool {
        self.decoder.is_done()
    }

    fn partial(&self) -> Partial {
        Partial {
            usage: self.usage(),
            ..self.assembler.partial()
        }
    }
}

impl ChatStream {
    pub(crate) fn new(answer: Answer, clock: Clock, machine: Machine, meta: Meta, secrets: Secrets) -> Self {
        Self {
            driver: Driver::new(answer.body, clock, machine, meta, secrets),
        }
    }

    /// A whole answer as a stream that is there at once.
    pub(crate) fn of_whole(whole: ChatResponse, assembler: Assembler, clock: Clock, meta: Meta) -> Self {
        let mut machine = Machine::new(Box::new(SseFramer::new()), Box::new(Over), assembler);
        let mut early = Vec::new();
        machine.assembler.push(whole.into(), &mut early);
        machine.assembler.end(&mut early);
        Self {
            driver: Driver::over(early, clock, machine, meta),
        }
    }

    /// What is known before the first chunk.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        self.driver.meta()
    }

    /// Headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.meta().headers
    }

    /// Token counts, once the provider has sent them.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.driver.machine.usage()
    }

    /// The texts of all alternatives so far, and how many bytes were said beside them (reasoning, arguments of tool
    /// calls): what counts can be estimated from where the provider sends none.
    #[must_use]
    pub fn said(&self) -> (String, usize) {
        self.driver.machine.assembler.said()
    }

    /// Every chunk that is ready, waiting for the first; an empty list is the end.
    ///
    /// # Errors
    /// Once, after the chunks that came before it. The stream is over then.
    pub async fn next_batch(&mut self) -> Result<Vec<ChatChunk>> {
        self.driver.next_batch().await
    }
}

/// The decoder of a stream that is over.
struct Over;

impl ChunkDecoder for Over {
    fn decode(&mut self, _: Frame<'_>, _: &mut Vec<ChatChunk>) -> Result<()> {
        Ok(())
    }
    fn is_done(&self) -> bool {
        true
    }
}
