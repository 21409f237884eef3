//! Where calls run. A plain call or stream of synchronous code runs on the calling thread itself: nothing is handed to
//! another thread and back. Asynchronous code has a few threads in the background. Both are made at the first call and
//! made again after a fork, which takes threads away.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use super::{error, guard, to_python};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::Transport;

/// How long a blocked call goes without looking for Ctrl-C.
const SIGNALS: Duration = Duration::from_millis(50);

/// After so long without anybody waiting, a server may have closed connections unnoticed.
const UNWATCHED: Duration = Duration::from_millis(1);
/// Turns of a runtime in which a connection notices its end, or an answer's, and the pool learns of it.
const TURNS: usize = 8;

/// Runs what is ready, and looks at the sockets, so many times.
async fn turns(count: usize) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

/// The runtimes of one process.
pub(super) struct Runtimes {
    pid: u32,
    inline: Runtime,
    /// When somebody last waited there.
    inline_used: Mutex<Instant>,
    /// Connections of the inline runtime; they are served only while somebody waits there.
    pub(super) inline_transport: Transport,
    background: OnceLock<Runtime>,
    /// Connections of the background runtime.
    pub(super) background_transport: Transport,
    importing: AtomicBool,
    imported: watch::Sender<bool>,
}

/// This process's runtimes.
///
/// # Errors
/// When the system gives no event queue.
pub(super) fn current() -> Result<&'static Runtimes> {
    // Never dropped: a forked child must not touch its parent's threads, and at exit there is nothing to save.
    static CURRENT: Mutex<Option<&'static Runtimes>> = Mutex::new(None);
    let pid = std::process::id();
    let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    match *current {
        Some(runtimes) if runtimes.pid == pid => Ok(runtimes),
        _ => {
            let inline = Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| unavailable(&error))?;
            let runtimes = &*Box::leak(Box::new(Runtimes {
                pid,
                inline,
                inline_used: Mutex::new(Instant::now()),
                inline_transport: Transport::new(),
                background: OnceLock::new(),
                background_transport: Transport::new(),
                importing: AtomicBool::new(false),
                imported: watch::Sender::new(false),
            }));
            *current = Some(runtimes);
            Ok(runtimes)
        }
    }
}

fn unavailable(error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("no runtime can be made: {error}"))
}

impl Runtimes {
    /// The background runtime.
    pub(super) fn background(&self) -> Result<&Runtime> {
        if let Some(runtime) = self.background.get() {
            return Ok(runtime);
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores.clamp(1, 4))
            .thread_name("edgequake")
            .enable_all()
            .build()
            .map_err(|error| unavailable(&error))?;
        Ok(self.background.get_or_init(|| runtime))
    }

    /// Imports the response classes on a thread of its own, so that an event loop does not stand still for it. The thread
    /// is one of Python's `threading`, which the interpreter waits for before it ends: it could not end one of ours that
    /// runs Python without tearing it.
    pub(super) fn warm_up(&self, py: Python<'_>) -> PyResult<()> {
        if self.importing.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let started = || -> PyResult<()> {
            let details = PyDict::new(py);
            details.set_item(
                "target",
                py.import("edgequake_python._call")?.getattr("load_types")?,
            )?;
            details.set_item("name", "edgequake-import")?;
            // A daemon's threads would be daemons too.
            details.set_item("daemon", false)?;
            py.import("threading")?
                .getattr("Thread")?
                .call((), Some(&details))?
                .call_method0("start")
                .map(drop)
        };
        // Where no thread can be started (the interpreter is ending), the loop itself imports.
        started().inspect_err(|_| {
            let _ = self.imported.send_replace(true);
        })
    }

    /// Looks up the response classes, which Python has imported, and tells whoever waits for them.
    pub(super) fn types_loaded(&self, py: Python<'_>) -> PyResult<()> {
        let loaded = to_python::load(py).map(drop);
        self.imported.send_replace(true);
        loaded
    }

    /// Waits until the response classes are imported, so that an event loop does not stand still for it.
    pub(super) async fn warm(&self) {
        let mut imported = self.imported.subscribe();
        // An error means that the sender is gone, and it lives as long as the process.
        let _ = imported.wait_for(|imported| *imported).await;
    }

    /// Drives `future` on a thread that is not Python's.
    pub(super) fn drive<F: Future>(&self, future: F) -> F::Output {
        self.inline.block_on(future)
    }

    /// Runs `future` on the calling thread without the GIL, looking for signals meanwhile.
    ///
    /// # Errors
    /// What a signal handler raised (`KeyboardInterrupt`), or an internal error when `future` panicked.
    pub(super) fn block_on<F>(&self, py: Python<'_>, future: F) -> PyResult<F::Output>
    where
        F: Future + Send,
        F::Output: Send,
    {
        let catch_up = self.since_inline_use() > UNWATCHED;
        let mut future = pin!(async move {
            if catch_up {
                turns(TURNS).await;
            }
            future.await
        });
        loop {
            let waited = py.detach(|| {
                catch_unwind(AssertUnwindSafe(|| {
                    self.inline
                        .block_on(async { tokio::time::timeout(SIGNALS, &mut future).await })
                }))
            });
            self.since_inline_use();
            match waited {
                Ok(Ok(output)) => return Ok(output),
                Ok(Err(_)) => py.check_signals()?,
                Err(panic) => return Err(guard::raise(py, &*panic)),
            }
        }
    }

    /// How long nobody waited on the inline runtime; from now on, no time at all.
    fn since_inline_use(&self) -> Duration {
        let mut used = self.inline_used.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *used, Instant::now()).elapsed()
    }

    /// Lets the inline runtime notice what was dropped: a connection is closed by its own task, and that runs only while
    /// somebody waits here.
    pub(super) fn settle(&self, py: Python<'_>) {
        // Inside a runtime waiting is not allowed; whoever runs it will notice.
        if tokio::runtime::Handle::try_current().is_ok() {
            return;
        }
        py.detach(|| {
            guard::contained(|| {
                self.inline.block_on(turns(TURNS));
            });
        });
    }
}

/// Runs `future` on the calling thread; when the wait is interrupted, what it had under way is let go.
pub(super) fn wait<F>(py: Python<'_>, future: F) -> PyResult<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    let runtimes = current().map_err(|error| error::raise(py, &error))?;
    let waited = runtimes.block_on(py, future);
    if waited.is_err() {
        runtimes.settle(py);
    }
    waited
}
