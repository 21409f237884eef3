//! From background threads to an asyncio loop. Results wait in a queue; the first to arrive writes one byte to a socket
//! that the loop watches, and the loop's thread turns them into Python objects, as many as a turn has room for. No
//! background thread takes the GIL. Loops that cannot watch a socket (Windows' default) are woken by
//! `call_soon_threadsafe` instead.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use super::guard::{self, guarded};
use super::operation::Outcome;
use super::{error, log, runtime};

/// After this long the loop is given back, however much waits: whoever else it serves must not.
const TURN: Duration = Duration::from_millis(1);
/// Nor are more handed over in a turn, since each wakes a task that wants its time in the next.
const MOST: usize = 256;

type Waiting = (Py<PyAny>, Outcome);

/// What a loop has waiting.
pub(super) struct Queue {
    waiting: Mutex<Vec<Waiting>>,
    wake: Wake,
}

enum Wake {
    #[cfg(unix)]
    Socket(std::os::unix::net::UnixStream),
    Call(OnceLock<CallSoon>),
}

struct CallSoon {
    event_loop: Py<PyAny>,
    drain: Py<PyAny>,
}

impl Queue {
    fn push(&self, future: Py<PyAny>, outcome: Outcome) {
        let first = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push((future, outcome));
            waiting.len() == 1
        };
        if first {
            self.wake();
        }
    }

    /// Has the loop call `drain`, after whatever else is ready.
    fn wake(&self) {
        match &self.wake {
            // A full buffer means that the loop has been woken often enough; a closed one, that it is gone.
            #[cfg(unix)]
            Wake::Socket(socket) => drop(std::io::Write::write(&mut &*socket, &[1])),
            Wake::Call(call) => {
                if let Some(call) = call.get() {
                    // None while the interpreter shuts down; an error when the loop is closed.
                    Python::try_attach(|py| {
                        let _ = call
                            .event_loop
                            .call_method1(py, "call_soon_threadsafe", (&call.drain,));
                    });
                }
            }
        }
    }
}

/// One loop's end of the bridge; it lives as an attribute of the loop and dies with it.
#[pyclass(module = "edgequake_python._eq_core", frozen)]
pub(super) struct Bridge {
    queue: Arc<Queue>,
    /// What the last turn had no room for.
    rest: Mutex<VecDeque<Waiting>>,
    pid: u32,
    #[cfg(unix)]
    socket: Option<std::os::unix::net::UnixStream>,
}

#[pymethods]
impl Bridge {
    /// Hands over what waits, in the order it came, and has itself called again for the rest. Called by the loop.
    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        #[cfg(unix)]
        if let Some(socket) = &self.socket {
            let mut bytes = [0; 64];
            while std::io::Read::read(&mut &*socket, &mut bytes).is_ok_and(|read| read == bytes.len()) {}
        }
        let waiting = std::mem::take(&mut *self.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        self.rest().extend(waiting);
        let begun = Instant::now();
        for number in 0.. {
            if number == MOST || (number > 0 && begun.elapsed() >= TURN) {
                if !self.rest().is_empty() {
                    self.queue.wake();
                }
                break;
            }
            // Not held while Python code runs.
            let next = self.rest().pop_front();
            let Some((future, outcome)) = next else { break };
            // Whatever becomes of one, the others are handed over.
            guarded(py, || {
                deliver(py, future.bind(py), outcome);
                Ok(())
            })
            .unwrap_or_else(|error| error.write_unraisable(py, None));
        }
        guarded(py, || {
            log::flush(py);
            Ok(())
        })
    }
}

impl Bridge {
    fn new(queue: Arc<Queue>, pid: u32) -> Self {
        Self {
            queue,
            rest: Mutex::default(),
            pid,
            #[cfg(unix)]
            socket: None,
        }
    }

    fn rest(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn deliver(py: Python<'_>, future: &Bound<'_, PyAny>, outcome: Outcome) {
    // A future that is done was cancelled: nobody waits.
    if future
        .call_method0(intern!(py, "done"))
        .is_ok_and(|done| done.is_truthy().unwrap_or(true))
    {
        return;
    }
    let set = match guarded(py, || outcome(py)) {
        Ok(value) => future.call_method1(intern!(py, "set_result"), (value,)),
        Err(error) => future.call_method1(intern!(py, "set_exception"), (error.into_value(py),)),
    };
    if let Err(error) = set {
        error.write_unraisable(py, Some(future));
    }
}

/// A call under way in the background.
#[pyclass(module = "edgequake_python._eq_core", frozen)]
pub(super) struct Pending {
    future: Mutex<Option<Py<PyAny>>>,
    task: tokio::task::AbortHandle,
}

#[pymethods]
impl Pending {
    /// The asyncio future that its result will be set on; None once it was aborted.
    #[getter]
    fn future(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let future = self.future.lock().unwrap_or_else(PoisonError::into_inner);
        future.as_ref().map(|future| future.clone_ref(py))
    }

    /// Stops the call; its connection is closed. The future is let go: it holds what went wrong, that holds the frame
    /// which waited, and the frame holds this.
    fn abort(&self) {
        self.task.abort();
        self.__clear__();
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.future.try_lock() {
            Ok(future) => future.as_ref().map_or(Ok(()), |future| visit.call(future)),
            Err(_) => Ok(()),
        }
    }

    fn __clear__(&self) {
        let future = self.future.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Not within the lock: it may be the last reference, and Python code run.
        drop(future);
    }
}

/// Runs `work` in the background and sets what it leads to on a new future of the running loop.
pub(super) fn spawn<F>(py: Python<'_>, work: F) -> PyResult<Pending>
where
    F: Future<Output = Outcome> + Send + 'static,
{
    let event_loop = running_loop(py)?;
    let queue = queue(py, &event_loop)?;
    let future = event_loop.call_method0(intern!(py, "create_future"))?.unbind();
    let background = runtime::current()
        .and_then(runtime::Runtimes::background)
        .map_err(|error| error::raise(py, &error))?;
    let answer = Answer {
        queue,
        future: Some(future.clone_ref(py)),
    };
    let task = background.spawn(async move {
        let mut answer = answer;
        let outcome = work.await;
        answer.give(outcome);
    });
    Ok(Pending {
        future: Mutex::new(Some(future)),
        task: task.abort_handle(),
    })
}

/// Sees to it that a future gets an answer even when its task panics.
struct Answer {
    queue: Arc<Queue>,
    future: Option<Py<PyAny>>,
}

impl Answer {
    fn give(&mut self, outcome: Outcome) {
        if let Some(future) = self.future.take() {
            self.queue.push(future, outcome);
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let defect = guard::current();
            self.give(Box::new(move |py| Err(error::raise(py, &defect))));
        }
    }
}

fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static GET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let get = GET.get_or_try_init(py, || {
        Ok::<_, PyErr>(py.import("asyncio")?.getattr("get_running_loop")?.unbind())
    })?;
    get.bind(py).call0()
}

fn queue(py: Python<'_>, event_loop: &Bound<'_, PyAny>) -> PyResult<Arc<Queue>> {
    let name = intern!(py, "_edgequake_bridge");
    if let Ok(known) = event_loop.getattr(name)
        && let Ok(bridge) = known.cast::<Bridge>()
        && bridge.get().pid == std::process::id()
    {
        return Ok(Arc::clone(&bridge.get().queue));
    }
    let bridge = connect(py, event_loop)?;
    event_loop.setattr(name, &bridge)?;
    Ok(Arc::clone(&bridge.get().queue))
}

fn connect<'py>(py: Python<'py>, event_loop: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Bridge>> {
    let pid = std::process::id();
    #[cfg(unix)]
    {
        use std::os::fd::AsRawFd;
        let (reader, writer) = std::os::unix::net::UnixStream::pair()?;
        reader.set_nonblocking(true)?;
        writer.set_nonblocking(true)?;
        let descriptor = reader.as_raw_fd();
        let queue = Arc::new(Queue {
            waiting: Mutex::default(),
            wake: Wake::Socket(writer),
        });
        let bridge = Bound::new(
            py,
            Bridge {
                socket: Some(reader),
                ..Bridge::new(queue, pid)
            },
        )?;
        if event_loop
            .call_method1("add_reader", (descriptor, bridge.getattr("drain")?))
            .is_ok()
        {
            return Ok(bridge);
        }
    }
    let call = OnceLock::new();
    let queue = Arc::new(Queue {
        waiting: Mutex::default(),
        wake: Wake::Call(call),
    });
    let bridge = Bound::new(py, Bridge::new(queue, pid))?;
    if let Wake::Call(call) = &bridge.get().queue.wake {
        let _ = call.set(CallSoon {
            event_loop: event_loop.clone().unbind(),
            drain: bridge.getattr("drain")?.unbind(),
        });
    }
    Ok(bridge)
}
