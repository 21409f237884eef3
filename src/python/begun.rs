//! The first call of a process: it is under way while Python imports the response classes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tokio::sync::Notify;

use super::guard::{self, guarded};
use super::operation::{Outcome, Work};
use super::{error, log, runtime};

/// A call that a helper thread drives until somebody comes to finish it. The helper never touches Python.
#[pyclass(module = "edgequake_python._eq_core", frozen)]
pub(super) struct Begun {
    stop: Arc<Notify>,
    helper: Mutex<Option<JoinHandle<std::thread::Result<Progress>>>>,
}

/// What the helper leaves behind.
enum Progress {
    Over(Outcome),
    UnderWay(Work),
}

impl Begun {
    pub(super) fn new(py: Python<'_>, mut work: Work) -> PyResult<Self> {
        let runtimes = runtime::current().map_err(|error| error::raise(py, &error))?;
        let stop = Arc::new(Notify::new());
        let drive = {
            let stop = Arc::clone(&stop);
            async move {
                tokio::select! {
                    biased;
                    outcome = &mut work => Progress::Over(outcome),
                    () = stop.notified() => Progress::UnderWay(work),
                }
            }
        };
        let helper = std::thread::Builder::new().name("edgequake-first".to_owned());
        let helper = helper.spawn(move || catch_unwind(AssertUnwindSafe(|| runtimes.drive(drive))))?;
        Ok(Self {
            stop,
            helper: Mutex::new(Some(helper)),
        })
    }
}

#[pymethods]
impl Begun {
    /// Goes on with the call on this thread, to its end. Only once.
    fn finish(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let helper = self.helper.lock().unwrap_or_else(PoisonError::into_inner).take();
        let helper = helper.ok_or_else(|| PyValueError::new_err("the call was finished before"))?;
        self.stop.notify_one();
        let progress = py.detach(|| helper.join()).and_then(|driven| driven);
        guarded(py, || {
            let outcome = match progress.map_err(|panic| guard::raise(py, &*panic))? {
                Progress::Over(outcome) => outcome,
                Progress::UnderWay(work) => runtime::wait(py, work)?,
            };
            log::flush(py);
            outcome(py)
        })
    }

    /// Gives the call up; its connection is closed.
    fn abandon(&self, py: Python<'_>) {
        let helper = self.helper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(helper) = helper {
            self.stop.notify_one();
            drop(py.detach(|| helper.join()));
            if let Ok(runtimes) = runtime::current() {
                runtimes.settle(py);
            }
        }
    }
}
