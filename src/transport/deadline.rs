//! Time limits of one attempt.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::error::{Error, ErrorKind, Result};
use crate::options::Timeouts;

/// When each limit of an attempt runs out.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    first_byte: Option<Instant>,
    attempt: Option<Instant>,
    total: Option<Instant>,
    idle: Option<Duration>,
    timeouts: Timeouts,
    started: bool,
}

impl Clock {
    /// Starts the limits of an attempt; `total` was started with the call. A stream has no limit per attempt.
    pub(crate) fn start(timeouts: Timeouts, total: Option<Instant>, stream: bool) -> Self {
        let now = Instant::now();
        let after = |limit: Option<Duration>| limit.and_then(|limit| now.checked_add(limit));
        let timeouts = Timeouts {
            attempt: timeouts.attempt.filter(|_| !stream),
            ..timeouts
        };
        Self {
            first_byte: after(timeouts.first_token),
            attempt: after(timeouts.attempt),
            total,
            idle: timeouts.idle,
            timeouts,
            started: false,
        }
    }

    /// Waits for something that comes before the first byte of the body.
    pub(crate) async fn first_byte<F: Future>(&self, future: F) -> Result<F::Output> {
        self.until(self.first_byte, "first_token", self.timeouts.first_token, future)
            .await
    }

    /// Waits for the next piece of the body.
    pub(crate) async fn piece<F: Future>(&mut self, future: F) -> Result<F::Output> {
        let answer = if self.started {
            let idle = self.idle.and_then(|idle| Instant::now().checked_add(idle));
            self.until(idle, "idle", self.idle, future).await
        } else {
            self.first_byte(future).await
        };
        self.started = true;
        answer
    }

    async fn until<F: Future>(
        &self,
        own: Option<Instant>,
        name: &str,
        limit: Option<Duration>,
        future: F,
    ) -> Result<F::Output> {
        let limits = [
            (own, name, limit),
            (self.attempt, "attempt", self.timeouts.attempt),
            (self.total, "total", self.timeouts.total),
        ];
        let Some((deadline, name, limit)) = limits
            .into_iter()
            .filter_map(|(at, name, limit)| Some((at?, name, limit)))
            .min_by_key(|(at, ..)| *at)
        else {
            return Ok(future.await);
        };
        timeout_at(deadline, future)
            .await
            .map_err(|_| timed_out(name, limit))
    }
}

/// The error of a limit that ran out.
pub(super) fn timed_out(name: &str, limit: Option<Duration>) -> Error {
    let seconds = limit.unwrap_or_default().as_secs_f64();
    let what = match name {
        "connect" => "no connection",
        "first_token" => "no answer",
        "idle" => "no further bytes",
        _ => "no complete answer",
    };
    Error::new(
        ErrorKind::Timeout,
        format!("Request timed out: {what} within {seconds} s (timeout `{name}`)"),
    )
    .with_status(408)
}
