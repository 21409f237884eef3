//! Attempts at a call until one succeeds or is final.

use bytes::Bytes;
use tokio::time::Instant;

use super::call::{Meta, Prepared, ReadsErrors};
use crate::defect;
use crate::error::{Error, Result};
use crate::transport::{Answer, Clock, Connection, Retries};

/// How far a call has come: when it began, when it must be over, what was tried.
pub(super) struct Course {
    pub(super) begun: Instant,
    pub(super) total: Option<Instant>,
    pub(super) retries: Retries,
}

#[allow(private_bounds)]
impl<W: ?Sized + ReadsErrors + 'static> Prepared<W> {
    /// Starts the clock of the whole call.
    pub(super) fn course(&self) -> Course {
        let begun = Instant::now();
        Course {
            begun,
            total: self.timeouts.total.and_then(|total| begun.checked_add(total)),
            retries: Retries::new(self.retries),
        }
    }

    /// Attempts until an answer is here as a whole.
    pub(super) async fn plain(&self, connection: &Connection, mut course: Course) -> Result<(Bytes, Meta)> {
        loop {
            let mut clock = Clock::start(self.timeouts, course.total, false);
            let error = match self.attempt(connection, &clock, &mut course.retries).await {
                Ok(answer) => {
                    let (headers, proof) = (answer.headers, answer.proof);
                    match answer.body.collect(&mut clock).await {
                        Ok(body) => return Ok((without_mark(body), self.meta(headers, proof, &course))),
                        Err(error) => error.with_headers(&headers),
                    }
                }
                Err(error) => error,
            };
            self.before_next(error, &mut course).await?;
        }
    }

    /// Attempts until an answer has begun.
    pub(super) async fn begin(
        &self,
        connection: &Connection,
        mut course: Course,
    ) -> Result<(Answer, Clock, Meta)> {
        loop {
            let clock = Clock::start(self.timeouts, course.total, true);
            match self.attempt(connection, &clock, &mut course.retries).await {
                Ok(answer) => {
                    let meta = self.meta(answer.headers.clone(), answer.proof.clone(), &course);
                    return Ok((answer, clock, meta));
                }
                Err(error) => self.before_next(error, &mut course).await?,
            }
        }
    }

    /// One request; an error status is read to its end and becomes an error. A token that was refused is renewed, and the
    /// request repeated with it, once.
    async fn attempt(&self, connection: &Connection, clock: &Clock, retries: &mut Retries) -> Result<Answer> {
        let mut renewed = false;
        defect::at("attempt");
        loop {
            let mut answer = connection.send(&self.target, &self.request, clock).await?;
            answer.body.limit = self.max_response;
            tracing::debug!(provider = self.target.provider.name, model = %self.target.model, status = answer.status.as_u16(), "answered");
            if answer.status.is_success() {
                return Ok(answer);
            }
            let (status, mut headers, proof) = (answer.status.as_u16(), answer.headers, answer.proof);
            // An error whose body breaks off is still that error.
            let mut body = answer.body.collect_refusal(&mut clock.clone()).await;
            // Before anything is quoted: a quotation may end in the middle of a key.
            let secrets = self.secrets().and_in(&proof);
            secrets.blot_bytes(&mut body);
            secrets.blot_headers(&mut headers);
            let error = self.wire.read_error(&self.target, status, headers, body);
            let signer = self.signer().filter(|_| !renewed);
            if !signer.is_some_and(|signer| signer.renews(&self.target, &proof, &error)) {
                return Err(error);
            }
            renewed = true;
            retries.renewed();
        }
    }

    /// Waits until the next attempt is due, or returns `error` when it is final.
    async fn before_next(&self, error: Error, course: &mut Course) -> Result<()> {
        let attempts = course.retries.attempts();
        let wait = course.retries.after(&error).filter(|wait| {
            match (course.total, Instant::now().checked_add(*wait)) {
                (Some(total), Some(due)) => due < total,
                (None, Some(_)) => true,
                (_, None) => false,
            }
        });
        let Some(wait) = wait else {
            return Err(self.dressed(error, attempts));
        };
        tracing::debug!(
            provider = self.target.provider.name,
            model = %self.target.model,
            status = error.status(),
            kind = error.kind().class_name(),
            wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            "retrying"
        );
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// JSON without the mark of its byte order that some servers put before it; anything else as it is.
fn without_mark(body: Bytes) -> Bytes {
    match body.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) if rest.starts_with(b"{") || rest.starts_with(b"[") => body.slice_ref(rest),
        _ => body,
    }
}
