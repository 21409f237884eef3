//! Streams as Python sees them: one for synchronous code, one for asyncio. Both hand over a batch in one hop and build
//! each item's objects when it is asked for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tokio::sync::Notify;

use super::bridge::{self, Pending};
use super::guard::guarded;
use super::meta::PyMeta;
use super::operation::Outcome;
use super::source::{Builder, Item, Source};
use super::{error, log, runtime, to_python};
use crate::types::Usage;

/// A stream for synchronous code; its reader's thread does the work.
#[pyclass(module = "edgequake_python._eq_core", frozen)]
pub(super) struct SyncStream {
    state: Mutex<SyncState>,
    /// Wakes a reader whose stream is closed by another thread.
    closing: Arc<Notify>,
    #[pyo3(get)]
    meta: Py<PyMeta>,
}

struct SyncState {
    stream: Option<Source>,
    usage: Option<Usage>,
    uncounted: Option<(String, usize)>,
    ready: VecDeque<Item>,
    builder: Builder,
}

impl SyncState {
    /// The stream is over, or left.
    fn end(&mut self) -> bool {
        let open = self.stream.take();
        if let Some(open) = &open {
            self.usage = open.usage();
            self.uncounted = open.uncounted();
        }
        open.is_some()
    }
}

impl SyncStream {
    pub(super) fn new(py: Python<'_>, stream: Source) -> PyResult<Self> {
        let meta = Py::new(py, PyMeta::new(stream.meta().clone()))?;
        let builder = Builder::new(py, &meta);
        let state = SyncState {
            stream: Some(stream),
            usage: None,
            uncounted: None,
            ready: VecDeque::new(),
            builder,
        };
        Ok(Self {
            state: Mutex::new(state),
            closing: Arc::new(Notify::new()),
            meta,
        })
    }

    /// The lock is held while the GIL is not, so waiting for it with the GIL would be for ever.
    fn state(&self) -> Option<MutexGuard<'_, SyncState>> {
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

#[pymethods]
impl SyncStream {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(mut state) = self.state() else {
            return Err(PyValueError::new_err(
                "the stream is being read by another thread",
            ));
        };
        let state = &mut *state;
        if state.ready.is_empty() {
            let Some(open) = state.stream.as_mut() else {
                return Ok(None);
            };
            let runtimes = runtime::current().map_err(|error| error::raise(py, &error))?;
            let closing = &self.closing;
            let waited = runtimes.block_on(py, async {
                tokio::select! {
                    biased;
                    () = closing.notified() => Ok(Vec::new()),
                    batch = open.next_batch() => batch,
                }
            });
            log::flush(py);
            let batch = waited.and_then(|batch| batch.map_err(|error| error::raise(py, &error)));
            if batch.as_ref().map_or(true, Vec::is_empty) {
                state.end();
                runtimes.settle(py);
            }
            let batch = batch?;
            if batch.is_empty() {
                return Ok(None);
            }
            state.ready.extend(batch);
        }
        let Some(item) = state.ready.pop_front() else {
            return Ok(None);
        };
        let made = state.builder.item(py, &item);
        if made.is_err() {
            // Not one that is left out: the answer is over.
            state.ready.clear();
            state.end();
        }
        made.map(Some)
    }

    /// Closes the connection. What was not read is gone.
    fn close(&self, py: Python<'_>) {
        self.closing.notify_one();
        let Some(mut state) = self.state() else { return };
        state.ready.clear();
        let was_open = state.end();
        drop(state);
        if was_open && let Ok(runtimes) = runtime::current() {
            runtimes.settle(py);
        }
    }

    /// Of a stream that is over and was not counted: its texts, and how many bytes were said beside them.
    fn uncounted(&self) -> Option<(String, usize)> {
        self.state()?.uncounted.clone()
    }

    /// Token counts, once the provider has sent them.
    fn usage<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(state) = self.state() else {
            return Ok(None);
        };
        let open = state.stream.as_ref();
        let usage = open.map_or_else(|| state.usage.clone(), Source::usage);
        drop(state);
        guarded(py, || usage.map(|usage| to_python::usage(py, &usage)).transpose())
    }
}

impl Drop for SyncStream {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if state.stream.take().is_some() {
            Python::try_attach(|py| runtime::current().map(|runtimes| runtimes.settle(py)));
        }
    }
}

/// A stream for asyncio; it is read in the background.
#[pyclass(module = "edgequake_python._eq_core", frozen)]
pub(super) struct AsyncStream {
    shared: Arc<Shared>,
    builder: Mutex<Builder>,
    #[pyo3(get)]
    meta: Py<PyMeta>,
}

struct Shared {
    stream: tokio::sync::Mutex<Option<Source>>,
    ready: Mutex<VecDeque<Item>>,
    ended: AtomicBool,
    usage: Mutex<Option<Usage>>,
    uncounted: Mutex<Option<(String, usize)>>,
}

impl AsyncStream {
    pub(super) fn new(py: Python<'_>, stream: Source) -> PyResult<Self> {
        let meta = Py::new(py, PyMeta::new(stream.meta().clone()))?;
        let builder = Mutex::new(Builder::new(py, &meta));
        let shared = Shared {
            stream: tokio::sync::Mutex::new(Some(stream)),
            ready: Mutex::default(),
            ended: AtomicBool::new(false),
            usage: Mutex::default(),
            uncounted: Mutex::default(),
        };
        Ok(Self {
            shared: Arc::new(shared),
            builder,
            meta,
        })
    }
}

impl Shared {
    /// The stream is over, or left.
    fn end(&self, slot: &mut Option<Source>) {
        if let Some(open) = slot.take() {
            *self.usage.lock().unwrap_or_else(PoisonError::into_inner) = open.usage();
            *self.uncounted.lock().unwrap_or_else(PoisonError::into_inner) = open.uncounted();
        }
        self.ended.store(true, Ordering::Release);
    }

    /// Reads the next batch. Nothing is lost when this is cancelled: it is so only while it waits.
    async fn read(&self) -> crate::error::Result<()> {
        let mut slot = self.stream.lock().await;
        let Some(stream) = slot.as_mut() else {
            self.ended.store(true, Ordering::Release);
            return Ok(());
        };
        match stream.next_batch().await {
            Ok(batch) if !batch.is_empty() => {
                self.ready
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend(batch);
                Ok(())
            }
            ended => {
                self.end(&mut slot);
                ended.map(drop)
            }
        }
    }
}

#[pymethods]
impl AsyncStream {
    /// The next item if it is here, else None.
    fn ready<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(item) = self
            .shared
            .ready
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
        else {
            return Ok(None);
        };
        let mut builder = self.builder.lock().unwrap_or_else(PoisonError::into_inner);
        let made = builder.item(py, &item);
        if made.is_err() {
            self.close();
        }
        made.map(Some)
    }

    /// Whether nothing more comes.
    #[getter]
    fn ended(&self) -> bool {
        self.shared.ended.load(Ordering::Acquire)
    }

    /// Starts waiting for more; the future's result is None, or what went wrong is raised.
    fn wait(&self, py: Python<'_>) -> PyResult<Pending> {
        let shared = Arc::clone(&self.shared);
        guarded(py, || {
            bridge::spawn(py, async move {
                let read = shared.read().await;
                Box::new(move |py: Python<'_>| match read {
                    Ok(()) => Ok(py.None()),
                    Err(error) => Err(error::raise(py, &error)),
                }) as Outcome
            })
        })
    }

    /// Waits for more on this thread, without the GIL; for synchronous code that was handed an asynchronous stream.
    fn wait_here(&self, py: Python<'_>) -> PyResult<()> {
        let runtimes = runtime::current().map_err(|error| error::raise(py, &error))?;
        let read = runtimes.block_on(py, self.shared.read());
        log::flush(py);
        read?.map_err(|error| error::raise(py, &error))
    }

    /// Closes the connection. What was not read is gone.
    fn close(&self) {
        self.shared.ended.store(true, Ordering::Release);
        self.shared
            .ready
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        if let Ok(mut slot) = self.shared.stream.try_lock() {
            self.shared.end(&mut slot);
            return;
        }
        // A reader that was stopped this moment lets go of the stream when it is next run.
        let shared = Arc::clone(&self.shared);
        if let Ok(background) = runtime::current().and_then(runtime::Runtimes::background) {
            background.spawn(async move { shared.end(&mut *shared.stream.lock().await) });
        }
    }

    /// As of a `SyncStream`.
    fn uncounted(&self) -> Option<(String, usize)> {
        let uncounted = self.shared.uncounted.lock();
        uncounted.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Token counts, once the provider has sent them.
    fn usage<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let open = self.shared.stream.try_lock().ok();
        let open = open.as_ref().and_then(|slot| slot.as_ref());
        let kept = || {
            let usage = self.shared.usage.lock();
            usage.unwrap_or_else(PoisonError::into_inner).clone()
        };
        let usage = open.map_or_else(kept, Source::usage);
        guarded(py, || usage.map(|usage| to_python::usage(py, &usage)).transpose())
    }
}
