//! Streamed answers of the operations beside chat: events, plain bytes, or a chat stream on the other side of a bridge.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{ChatStream, Driver, Reading, incomplete, last};
use crate::bridge::Bridge;
use crate::client::Meta;
use crate::error::{Error, ErrorKind, Partial, Result};
use crate::framing::Framer;
use crate::secret::Secrets;
use crate::transport::{Answer, Clock};
use crate::types::{EndpointAnswer, Operation, Piece};
use crate::wire::EventReader;

/// A streamed answer. It is driven by its reader: what is not asked for stays in the socket.
pub struct EndpointStream {
    source: EndpointSource,
}

/// Where the pieces come from.
pub(crate) enum EndpointSource {
    Events(Box<Driver<Events>>),
    Bytes(Box<Driver<Plain>>),
    Bridged(Box<ChatStream>, Box<dyn Bridge>),
    /// A bridge whose chat stream has ended.
    Ended(Box<Meta>),
}

impl EndpointSource {
    pub(crate) fn events(
        answer: Answer,
        clock: Clock,
        framer: Box<dyn Framer>,
        reader: Box<dyn EventReader>,
        meta: Meta,
        secrets: Secrets,
    ) -> Self {
        let machine = Events { framer, reader };
        Self::Events(Box::new(Driver::new(answer.body, clock, machine, meta, secrets)))
    }

    pub(crate) fn bytes(answer: Answer, clock: Clock, meta: Meta, secrets: Secrets) -> Self {
        Self::Bytes(Box::new(Driver::new(answer.body, clock, Plain, meta, secrets)))
    }

    /// Pieces that are there at once.
    pub(crate) fn over(pieces: Vec<Piece>, clock: Clock, meta: Meta) -> Self {
        Self::Bytes(Box::new(Driver::over(pieces, clock, Plain, meta)))
    }
}

impl EndpointStream {
    pub(crate) fn new(source: EndpointSource) -> Self {
        Self { source }
    }

    /// What is known before the first piece.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        match &self.source {
            EndpointSource::Events(driver) => driver.meta(),
            EndpointSource::Bytes(driver) => driver.meta(),
            EndpointSource::Bridged(stream, _) => stream.meta(),
            EndpointSource::Ended(meta) => meta,
        }
    }

    /// Every piece that is ready, waiting for the first; an empty list is the end.
    ///
    /// # Errors
    /// Once, after the pieces that came before it. The stream is over then.
    pub async fn next_batch(&mut self) -> Result<Vec<Piece>> {
        match &mut self.source {
            EndpointSource::Events(driver) => driver.next_batch().await,
            EndpointSource::Bytes(driver) => driver.next_batch().await,
            EndpointSource::Ended(_) => Ok(Vec::new()),
            EndpointSource::Bridged(stream, bridge) => {
                let mut pieces = Vec::new();
                while pieces.is_empty() {
                    let chunks = stream.next_batch().await?;
                    if chunks.is_empty() {
                        bridge.finish(&mut pieces);
                        self.source = EndpointSource::Ended(Box::new(stream.meta().clone()));
                        return Ok(pieces);
                    }
                    for chunk in chunks {
                        bridge.chunk(chunk, &mut pieces);
                    }
                }
                Ok(pieces)
            }
        }
    }
}

/// Bytes in, events out.
pub(crate) struct Events {
    framer: Box<dyn Framer>,
    reader: Box<dyn EventReader>,
}

impl Reading for Events {
    type Item = Piece;

    fn push(&mut self, bytes: &[u8], pieces: &mut Vec<Piece>) -> Result<()> {
        let Self { framer, reader } = self;
        framer.push(bytes, &mut |frame| reader.read(frame, pieces))
    }

    fn finish(&mut self, pieces: &mut Vec<Piece>) -> Result<()> {
        let Self { framer, reader } = self;
        let read = framer.finish(&mut |frame| reader.read(frame, pieces));
        last(read, reader.is_complete())?;
        if reader.is_complete() {
            Ok(())
        } else {
            Err(incomplete("the stream ended without its last event"))
        }
    }

    fn is_complete(&self) -> bool {
        self.reader.is_complete()
    }

    fn is_done(&self) -> bool {
        self.reader.is_done()
    }

    fn partial(&self) -> Partial {
        self.reader.partial()
    }
}

/// Bytes as they come. HTTP itself says whether they are whole.
pub(crate) struct Plain;

impl Reading for Plain {
    type Item = Piece;

    fn push(&mut self, bytes: &[u8], pieces: &mut Vec<Piece>) -> Result<()> {
        pieces.push(Piece::Bytes(Bytes::copy_from_slice(bytes)));
        Ok(())
    }

    fn finish(&mut self, _: &mut Vec<Piece>) -> Result<()> {
        Ok(())
    }

    fn is_complete(&self) -> bool {
        false
    }

    fn is_done(&self) -> bool {
        false
    }

    fn partial(&self) -> Partial {
        Partial::default()
    }
}

/// A whole answer where a stream was asked for: as the last event, which holds everything.
pub(crate) fn plain_answer(operation: Operation, answer: EndpointAnswer) -> Result<Vec<Piece>> {
    match (operation, answer) {
        (Operation::Responses, EndpointAnswer::Json(response)) => {
            let status = response.get("status").and_then(Value::as_str);
            let kind = match status {
                Some("incomplete") => "response.incomplete",
                Some("failed") => "response.failed",
                _ => "response.completed",
            };
            Ok(vec![Piece::Event(
                json!({"type": kind, "sequence_number": 0, "response": response}),
            )])
        }
        (Operation::TextCompletion, EndpointAnswer::Json(completion)) => Ok(vec![Piece::Event(completion)]),
        _ => Err(Error::new(
            ErrorKind::ResponseValidation,
            "a stream was asked for, and the server answered in one piece",
        )),
    }
}
