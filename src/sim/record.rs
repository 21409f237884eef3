//! What the simulator remembers: requests for tests to look at, counters, and how often a
//! counted fault has struck.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;

const KEPT_REQUESTS: usize = 1000;
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// One request as it arrived.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query string, values of keys redacted.
    pub query: Option<String>,
    /// Header names in lower case and their values; a credential's value reads `***`.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Bytes,
    /// The status that was answered, once it is decided.
    pub status: Option<u16>,
    /// Whether it is being answered right now.
    pub open: bool,
    /// Whether the client hung up before the answer was finished.
    pub aborted: bool,
}

impl RecordedRequest {
    /// The first value of a header, whatever the case of the name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Counters since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Requests read in full.
    pub requests: u64,
    /// Answers under way now, waiting ones included.
    pub open_streams: u64,
    /// Answers whose client closed the socket before they were finished.
    pub aborted: u64,
    /// Connections accepted.
    pub connections: u64,
    /// Connections that neither side has closed.
    pub open_connections: u64,
}

#[derive(Debug, Default)]
pub(super) struct Shared {
    log: Mutex<Log>,
    struck: Mutex<HashMap<String, u64>>,
    stopping: AtomicBool,
    pub(super) storage: super::endpoints::Storage,
}

#[derive(Debug, Default)]
struct Log {
    stats: Stats,
    bytes: usize,
    entries: VecDeque<(u64, RecordedRequest)>,
}

impl Log {
    fn entry(&mut self, serial: u64) -> Option<&mut RecordedRequest> {
        let found = self.entries.iter_mut().rev().find(|(known, _)| *known == serial);
        found.map(|(_, request)| request)
    }
}

impl Shared {
    // A panic elsewhere must not take the records with it.
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn requests(&self) -> Vec<RecordedRequest> {
        self.log()
            .entries
            .iter()
            .map(|(_, request)| request.clone())
            .collect()
    }

    pub(super) fn stats(&self) -> Stats {
        self.log().stats
    }

    pub(super) fn connect(self: &Arc<Self>) -> Connection {
        let mut log = self.log();
        log.stats.connections += 1;
        log.stats.open_connections += 1;
        drop(log);
        Connection(Arc::clone(self))
    }

    /// From here on a dropped answer is our doing, not the client's.
    pub(super) fn stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// How often this model string has been asked for before.
    pub(super) fn strike(&self, model: &str) -> u64 {
        let mut struck = self.struck.lock().unwrap_or_else(PoisonError::into_inner);
        let count = struck.entry(model.to_owned()).or_default();
        *count += 1;
        *count - 1
    }

    pub(super) fn open(self: &Arc<Self>, request: RecordedRequest) -> Ticket {
        let mut log = self.log();
        let serial = log.stats.requests;
        log.stats.requests += 1;
        log.stats.open_streams += 1;
        log.bytes += request.body.len();
        log.entries.push_back((serial, request));
        while log.entries.len() > KEPT_REQUESTS || (log.bytes > KEPT_BYTES && log.entries.len() > 1) {
            if let Some((_, old)) = log.entries.pop_front() {
                log.bytes -= old.body.len();
            }
        }
        drop(log);
        Ticket {
            shared: Arc::clone(self),
            serial,
            closed: false,
        }
    }

    fn close(&self, serial: u64, aborted: bool) {
        let mut log = self.log();
        log.stats.open_streams -= 1;
        log.stats.aborted += u64::from(aborted);
        if let Some(entry) = log.entry(serial) {
            entry.open = false;
            entry.aborted = aborted;
        }
    }
}

/// Counted as open until it is dropped.
pub(super) struct Connection(Arc<Shared>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.log().stats.open_connections -= 1;
    }
}

/// Follows one answer. Dropped before [`Ticket::finish`], it means that the client hung up: the
/// connection drops the answer as soon as it reads the end of the socket.
pub(super) struct Ticket {
    shared: Arc<Shared>,
    serial: u64,
    closed: bool,
}

impl Ticket {
    pub(super) fn status(&self, status: u16) {
        if let Some(entry) = self.shared.log().entry(self.serial) {
            entry.status = Some(status);
        }
    }

    pub(super) fn finish(&mut self) {
        if !self.closed {
            self.closed = true;
            self.shared.close(self.serial, false);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.closed {
            let ours = self.shared.stopping.load(Ordering::Relaxed);
            self.shared.close(self.serial, !ours);
        }
    }
}
