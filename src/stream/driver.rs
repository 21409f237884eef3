//! The driver: it reads a body, has it read by a machine, and hands over what is ready.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::client::Meta;
use crate::defect;
use crate::error::{Error, ErrorKind, Partial, Result};
use crate::secret::Secrets;
use crate::transport::{Body, Clock};

/// Bytes taken at one go when more are waiting: enough to spare hops, too few to delay the first item of the batch.
const READ_AHEAD: usize = 64 * 1024;

/// Bytes in, items out: a stream without its I/O.
pub(crate) trait Reading: Send {
    /// What the stream is made of.
    type Item;

    /// Takes bytes and appends the items they complete; items before an error are appended too.
    fn push(&mut self, bytes: &[u8], items: &mut Vec<Self::Item>) -> Result<()>;

    /// Says that no more bytes come.
    fn finish(&mut self, items: &mut Vec<Self::Item>) -> Result<()>;

    /// Whether the provider has said that the answer is whole.
    fn is_complete(&self) -> bool;

    /// Whether nothing that may still come is to be read.
    fn is_done(&self) -> bool;

    /// What had come when it broke.
    fn partial(&self) -> Partial;
}

/// A streamed answer. It is driven by its reader: what is not asked for stays in the socket.
pub(crate) struct Driver<R: Reading> {
    body: Option<Body>,
    clock: Clock,
    pub(super) machine: R,
    /// What is said after the items that came before it.
    failure: Option<Error>,
    meta: Meta,
    secrets: Secrets,
    /// Items that were there before the first read.
    early: Vec<R::Item>,
}

/// The error of a stream that ended too early.
pub(super) fn incomplete(why: &str) -> Error {
    Error::new(ErrorKind::IncompleteStream, why)
}

/// What became of the last event, which nothing but the end of the body closed: one that cannot be read was cut, and what
/// is cut after the answer was whole is missed by nobody.
pub(super) fn last(read: Result<()>, complete: bool) -> Result<()> {
    match read {
        Err(error) if error.kind() == ErrorKind::ResponseValidation => {
            if complete {
                Ok(())
            } else {
                Err(incomplete("the stream ended inside an event"))
            }
        }
        read => read,
    }
}

impl<R: Reading> Driver<R> {
    /// A stream that is read from `body`.
    pub(crate) fn new(body: Body, clock: Clock, machine: R, meta: Meta, secrets: Secrets) -> Self {
        Self {
            body: Some(body),
            clock,
            machine,
            failure: None,
            meta,
            secrets,
            early: Vec::new(),
        }
    }

    /// A stream that is there at once.
    pub(crate) fn over(early: Vec<R::Item>, clock: Clock, machine: R, meta: Meta) -> Self {
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

    /// What is known before the first item.
    pub(crate) fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Every item that is ready, waiting for the first; an empty list is the end.
    ///
    /// # Errors
    /// Once, after the items that came before it. The stream is over then.
    pub(crate) async fn next_batch(&mut self) -> Result<Vec<R::Item>> {
        if let Some(error) = self.failure.take() {
            self.body = None;
            return Err(error);
        }
        let mut items = std::mem::take(&mut self.early);
        while items.is_empty() {
            let Some(body) = self.body.as_mut() else {
                return Ok(items);
            };
            match Self::read(body, &mut self.clock, &mut self.machine, &mut items).await {
                Ok(true) => self.retire(),
                Ok(false) => {}
                Err(error) => {
                    let error = self.dress(error);
                    self.body = None;
                    if items.is_empty() {
                        return Err(error);
                    }
                    self.failure = Some(error);
                }
            }
        }
        Ok(items)
    }

    /// One read and what is ready behind it; true when the answer is over.
    async fn read(
        body: &mut Body,
        clock: &mut Clock,
        machine: &mut R,
        items: &mut Vec<R::Item>,
    ) -> Result<bool> {
        let mut next = Some(clock.piece(body.next()).await?);
        let mut taken = 0;
        while let Some(read) = next.take() {
            match read {
                Ok(Some(bytes)) => {
                    defect::at("bytes");
                    taken += bytes.len();
                    machine.push(&bytes, items)?;
                }
                Ok(None) => return machine.finish(items).map(|()| true),
                // The answer is whole; how the connection ends is no affair of the reader's.
                Err(_) if machine.is_complete() => return machine.finish(items).map(|()| true),
                Err(error) => return Err(incomplete(error.message())),
            }
            if machine.is_done() {
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
            .with_dropped(&self.meta.dropped_params)
            .without(&self.secrets)
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
