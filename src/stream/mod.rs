//! The one stream driver: it reads a body, has it framed and decoded, and hands over what is ready. It owns the policy.
//! A corrupt event is an error; an error event is the error of its status; an end without a finish is an
//! incomplete-stream error that carries what came; a dropped stream closes its socket; nothing is repeated once a chunk
//! was handed over.

mod assemble;
#[cfg(test)]
mod recut;
mod tools;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::HeaderMap;

use crate::client::Meta;
use crate::error::{Error, ErrorKind, Partial, Result};
use crate::framing::{Frame, Framer, SseFramer};
use crate::secret::Secrets;
use crate::transport::{Answer, Body, Clock};
use crate::types::{ChatChunk, ChatResponse, Usage};
use crate::wire::ChunkDecoder;

pub(crate) use assemble::Assembler;

/// Bytes taken at one go when more are waiting: enough to spare hops, too few to delay the first chunk of the batch.
const READ_AHEAD: usize = 64 * 1024;

/// A streamed answer. It is driven by its reader: what is not asked for stays in the socket.
pub struct ChatStream {
    body: Option<Body>,
    clock: Clock,
    machine: Machine,
    /// What is said after the chunks that came before it.
    failure: Option<Error>,
    meta: Meta,
    secrets: Secrets,
    /// Chunks that were there before the first read.
    early: Vec<ChatChunk>,
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
        framer.finish(&mut |frame| {
            let read = decoder.decode(frame, decoded);
            decoded.drain(..).for_each(|chunk| assembler.push(chunk, chunks));
            read
        })?;
        if !self.is_complete() {
            return Err(incomplete("the stream ended without a finish"));
        }
        self.assembler.end(chunks);
        Ok(())
    }

    /// Whether the provider has said that the answer is whole.
    pub(crate) fn is_complete(&self) -> bool {
        self.decoder.is_done() || self.assembler.is_finished()
    }

    fn partial(&self) -> Partial {
        self.assembler.partial()
    }
}

fn incomplete(why: &str) -> Error {
    Error::new(ErrorKind::IncompleteStream, why)
}

impl ChatStream {
    pub(crate) fn new(answer: Answer, clock: Clock, machine: Machine, meta: Meta, secrets: Secrets) -> Self {
        Self {
            body: Some(answer.body),
            clock,
            machine,
            failure: None,
            meta,
            secrets,
            early: Vec::new(),
        }
    }

    /// A whole answer as a stream that is there at once.
    pub(crate) fn of_whole(whole: ChatResponse, assembler: Assembler, clock: Clock, meta: Meta) -> Self {
        let mut machine = Machine::new(Box::new(SseFramer::new()), Box::new(Over), assembler);
        let mut early = Vec::new();
        machine.assembler.push(whole.into(), &mut early);
        machine.assembler.end(&mut early);
        Self {
            body: None,
            clock,
            machine,
            failure: None,
            meta,
            secrets: Secrets::default(),
            early,
        }
    }

    /// What is known before the first chunk.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// Token counts, once the provider has sent them.
    #[must_use]
    pub fn usage(&self) -> Option<&Usage> {
        self.machine.assembler.usage()
    }

    /// Every chunk that is ready, waiting for the first; an empty list is the end.
    ///
    /// # Errors
    /// Once, after the chunks that came before it. The stream is over then.
    pub async fn next_batch(&mut self) -> Result<Vec<ChatChunk>> {
        if let Some(error) = self.failure.take() {
            self.body = None;
            return Err(error);
        }
        let mut chunks = std::mem::take(&mut self.early);
        while chunks.is_empty() {
            let Some(body) = self.body.as_mut() else {
                return Ok(chunks);
            };
            match Self::read(body, &mut self.clock, &mut self.machine, &mut chunks).await {
                Ok(true) => self.retire(),
                Ok(false) => {}
                Err(error) => {
                    let error = self.dress(error);
                    self.body = None;
                    if chunks.is_empty() {
                        return Err(error);
                    }
                    self.failure = Some(error);
                }
            }
        }
        Ok(chunks)
    }

    /// One read and what is ready behind it; true when the answer is over.
    async fn read(
        body: &mut Body,
        clock: &mut Clock,
        machine: &mut Machine,
        chunks: &mut Vec<ChatChunk>,
    ) -> Result<bool> {
        let mut next = Some(clock.piece(body.next()).await?);
        let mut taken = 0;
        while let Some(read) = next.take() {
            match read {
                Ok(Some(bytes)) => {
                    taken += bytes.len();
                    machine.push(&bytes, chunks)?;
                }
                Ok(None) => return machine.finish(chunks).map(|()| true),
                // The answer is whole; how the connection ends is no affair of the reader's.
                Err(_) if machine.is_complete() => return machine.finish(chunks).map(|()| true),
                Err(error) => return Err(incomplete(error.message())),
            }
            if machine.decoder.is_done() {
                return Ok(true);
            }
            if taken < READ_AHEAD {
                next = ready(body.next());
            }
        }
        Ok(false)
    }

    /// The answer is whole. A connection whose body is read to its end can serve the next call.
    fn retire(&mut self) {
        let Some(mut body) = self.body.take() else { return };
        match ready(body.next()) {
            Some(Ok(Some(_))) | None => {
                if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                    runtime.spawn(
                        async move { tokio::time::timeout(Duration::from_secs(1), drain(body)).await },
                    );
                }
            }
            Some(Ok(None) | Err(_)) => {}
        }
    }

    fn dress(&self, error: Error) -> Error {
        let error = error
            .about(self.meta.provider, &self.meta.model)
            .with_headers(&self.meta.headers)
            .with_partial(self.machine.partial());
        error
            .with_url(&self.meta.url)
            .after_attempts(self.meta.attempts)
            .without(&self.secrets)
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

async fn drain(mut body: Body) {
    while let Ok(Some(_)) = body.next().await {}
}

/// The answer of `future` if it is there already.
fn ready<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}
