//! Handlers of the program's: who answers in the place of the network (tests), and who looks at requests on their way.
//! They run on threads of Python's own, as callables that give out tokens do, and for the same reasons.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tokio::sync::{mpsc, oneshot};

use super::meta::header_dict;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Asked, Handled, Handler, Handling, Tape};

/// The module that calls them.
const HANDLERS: &str = "edgequake_python._handlers";

/// A callable of the program's.
#[derive(Debug)]
pub(super) struct Callable {
    pub(super) ask: Arc<Py<PyAny>>,
    /// The function of Python's layer that starts it.
    pub(super) start: &'static str,
}

impl Handler for Callable {
    fn handle(&self, asked: Asked) -> Handling<'_> {
        Box::pin(async move {
            let (sender, answer) = oneshot::channel();
            let reply = Reply {
                answer: Mutex::new(Some(sender)),
                pieces: Mutex::new(None),
            };
            let (ask, start) = (Arc::clone(&self.ask), self.start);
            let started = tokio::task::spawn_blocking(move || {
                Python::try_attach(|py| -> PyResult<()> {
                    let asked = Bound::new(py, PyAsked { asked })?;
                    let reply = Bound::new(py, reply)?;
                    py.import(HANDLERS)?
                        .getattr(start)?
                        .call1((ask.bind(py), asked, reply))
                        .map(drop)
                })
            });
            let gone = |why: &str| Error::new(ErrorKind::ApiConnection, why);
            match started.await {
                Ok(Some(Ok(()))) => {}
                Ok(Some(Err(error))) => {
                    return Err(thrown(Python::attach(|py| error.into_value(py).into_any())));
                }
                Ok(None) | Err(_) => return Err(gone("the interpreter is ending")),
            }
            answer
                .await
                .unwrap_or_else(|_| Err(gone("the handler gave no answer")))
        })
    }
}

/// What a handler threw, to be thrown at whoever made the call.
fn thrown(exception: Py<PyAny>) -> Error {
    Error::new(ErrorKind::Internal, "a handler of requests failed").caused_by(Arc::new(exception))
}

/// A request as it is sent.
#[pyclass(name = "Asked", module = "edgequake_python._eq_core", frozen)]
pub(super) struct PyAsked {
    pub(super) asked: Asked,
}

#[pymethods]
impl PyAsked {
    #[getter]
    fn method(&self) -> &str {
        self.asked.method.as_str()
    }

    /// Where to; `shown` leaves out what is secret.
    fn url(&self, shown: bool) -> String {
        if shown {
            self.asked.shown_url()
        } else {
            self.asked.url.to_string()
        }
    }

    /// Headers, names in lower case; `shown` leaves out what is secret.
    fn headers<'py>(&self, py: Python<'py>, shown: bool) -> PyResult<Bound<'py, PyDict>> {
        if shown {
            header_dict(py, &self.asked.shown_headers(), "")
        } else {
            header_dict(py, &self.asked.headers, "")
        }
    }

    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.asked.body)
    }

    /// A text without what is secret about the request.
    fn blotted(&self, text: String) -> String {
        self.asked.blotted(text)
    }
}

/// Where an answer is handed in: at once or piece by piece.
#[pyclass(module = "edgequake_python._eq_core", frozen)]
pub(super) struct Reply {
    answer: Mutex<Option<oneshot::Sender<Result<Handled>>>>,
    pieces: Mutex<Option<mpsc::Sender<Result<Bytes>>>>,
}

impl Reply {
    fn hand_in(&self, answer: Result<Handled>) {
        let sender = self.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Nobody may be waiting any more.
        if let Some(sender) = sender {
            let _ = sender.send(answer);
        }
    }

    fn send(&self, py: Python<'_>, piece: Result<Bytes>) -> bool {
        let sender = self.pieces.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sender.is_some_and(|sender| py.detach(|| sender.blocking_send(piece).is_ok()))
    }
}

#[pymethods]
impl Reply {
    /// Begins an answer.
    fn begin(&self, status: u16, headers: Vec<(String, String)>) -> PyResult<()> {
        let wrong = |what: &str| PyValueError::new_err(format!("{what} is nothing that HTTP can say"));
        let status = StatusCode::from_u16(status).map_err(|_| wrong("the status"))?;
        let mut held = HeaderMap::new();
        for (name, value) in headers {
            let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("a header's name"))?;
            let value = HeaderValue::from_str(&value).map_err(|_| wrong("a header's value"))?;
            held.append(known, value);
        }
        let (sender, body) = mpsc::channel(1);
        *self.pieces.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        self.hand_in(Ok(Handled::Answer {
            status,
            headers: held,
            body,
        }));
        Ok(())
    }

    /// The next piece of the body, when the one before it was read; False when nobody reads.
    fn piece(&self, py: Python<'_>, bytes: &[u8]) -> bool {
        self.send(py, Ok(Bytes::copy_from_slice(bytes)))
    }

    /// The body is over.
    fn end(&self) {
        *self.pieces.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The connection breaks, or cannot be made.
    fn cut(&self, py: Python<'_>, kind: &str, why: String) {
        let kind = match kind {
            "Timeout" => ErrorKind::Timeout,
            _ => ErrorKind::ApiConnection,
        };
        let error = Error::new(kind, why);
        let error = if kind == ErrorKind::Timeout {
            error.with_status(408)
        } else {
            error
        };
        self.give_up(py, error);
    }

    /// What the handler threw is thrown at whoever made the call.
    fn fail(&self, py: Python<'_>, exception: Py<PyAny>) {
        self.give_up(py, thrown(exception));
    }

    /// The request goes on its way; its answer is put on the tape, if there is one.
    #[pyo3(name = "pass_on", signature = (tape=None))]
    fn pass_on(&self, tape: Option<Py<PyTape>>) {
        let tape = tape.map(|tape| Arc::clone(&tape.get().kept) as Arc<dyn Tape>);
        self.hand_in(Ok(Handled::Pass(tape)));
    }
}

impl Reply {
    fn give_up(&self, py: Python<'_>, error: Error) {
        let begun = self
            .pieces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some();
        if begun {
            self.send(py, Err(error));
            self.end();
        } else {
            self.hand_in(Err(error));
        }
    }
}

/// An answer as it came.
#[pyclass(name = "Tape", module = "edgequake_python._eq_core", frozen)]
pub(super) struct PyTape {
    kept: Arc<Kept>,
}

#[derive(Debug, Default)]
struct Kept(Mutex<Recorded>);

#[derive(Debug, Default)]
struct Recorded {
    status: u16,
    headers: HeaderMap,
    pieces: Vec<Bytes>,
}

impl Tape for Kept {
    fn begun(&self, status: StatusCode, headers: &HeaderMap) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.status = status.as_u16();
        kept.headers = headers.clone();
    }

    fn piece(&self, bytes: &Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.pieces.push(bytes.clone());
    }
}

#[pymethods]
impl PyTape {
    #[new]
    fn new() -> Self {
        Self { kept: Arc::default() }
    }

    /// The status; 0 when no answer came.
    #[getter]
    fn status(&self) -> u16 {
        self.kept.0.lock().unwrap_or_else(PoisonError::into_inner).status
    }

    /// The headers, names in lower case.
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = self
            .kept
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .headers
            .clone();
        header_dict(py, &headers, "")
    }

    /// The pieces of the body that came.
    fn pieces<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        let kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.pieces.iter().map(|piece| PyBytes::new(py, piece)).collect()
    }
}
