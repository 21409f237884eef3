//! Callables and credential objects of the caller's that give out tokens. They run on a thread of Python's own: the event
//! loop goes on, no Rust frame stands on that thread's stack should the interpreter end meanwhile, and whatever they wait
//! for, they cannot be waiting for us.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::auth::token::{Fetched, Token, TokenSource};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::transport::Connection;

/// The module that knows the kinds of credentials Python has.
const CREDENTIALS: &str = "edgequake_python._credentials";

/// Somebody in Python who gives out tokens.
struct Callable {
    /// What asks for a token: no arguments, called in the context of the call.
    ask: Arc<Py<PyAny>>,
    identity: String,
    /// The option it was given as, for messages.
    option: String,
}

/// The option `name`, given as something that is not a plain value.
///
/// # Errors
/// `BadRequest` when nothing in Python's layer knows what to do with it.
pub(super) fn source(name: &str, value: &Bound<'_, PyAny>) -> Result<Arc<dyn TokenSource>> {
    make(value.py(), "source", name, (name, value))
}

/// What the machine offers for a cloud, asked through Python's libraries. `details` goes there as JSON text.
///
/// # Errors
/// `BadRequest` for a cloud that Python's layer does not know.
pub(super) fn default_source(py: Python<'_>, kind: &str, details: &Value) -> Result<Arc<dyn TokenSource>> {
    make(py, "default_source", kind, (kind, details.to_string()))
}

/// Makes a source by a function of Python's layer, which returns what to call and who it is.
fn make<'py>(
    py: Python<'py>,
    function: &str,
    name: &str,
    arguments: impl pyo3::call::PyCallArgs<'py>,
) -> Result<Arc<dyn TokenSource>> {
    let made = || -> PyResult<(Py<PyAny>, String)> {
        py.import(CREDENTIALS)?
            .getattr(function)?
            .call1(arguments)?
            .extract()
    };
    let (ask, identity) = made().map_err(|error| {
        // What it says is ours: the value itself is never shown.
        let why = error.value(py).to_string();
        Error::bad_request(format!("{name} {why}"))
    })?;
    Ok(Arc::new(Callable {
        ask: Arc::new(ask),
        identity,
        option: name.to_owned(),
    }))
}

impl TokenSource for Callable {
    fn identity(&self) -> &str {
        &self.identity
    }

    fn fetch<'a>(&'a self, _: &'a Connection) -> Fetched<'a> {
        Box::pin(async move {
            let (sender, answer) = oneshot::channel();
            let receipt = Receipt(Mutex::new(Some(sender)));
            let ask = Arc::clone(&self.ask);
            // The GIL is waited for where waiting holds nobody up.
            let started = tokio::task::spawn_blocking(move || {
                Python::try_attach(|py| -> PyResult<()> {
                    let details = PyDict::new(py);
                    details.set_item("ask", ask.bind(py))?;
                    details.set_item("receipt", Bound::new(py, receipt)?)?;
                    py.import(CREDENTIALS)?
                        .getattr("start")?
                        .call((), Some(&details))
                        .map(drop)
                })
            });
            match started.await {
                Ok(Some(Ok(()))) => {}
                Ok(Some(Err(_))) | Err(_) => {
                    return Err(failed(&self.option, "could not be called on a thread"));
                }
                Ok(None) => return Err(ending()),
            }
            match answer.await {
                Ok(Ok(token)) => Ok(token),
                Ok(Err(why)) => Err(failed(&self.option, &why)),
                Err(_) => Err(failed(&self.option, "gave no answer")),
            }
        })
    }
}

fn failed(option: &str, why: &str) -> Error {
    Error::new(ErrorKind::Authentication, format!("{option} {why}")).with_status(401)
}

fn ending() -> Error {
    Error::new(ErrorKind::ApiConnection, "the interpreter is ending")
}

/// Where an answer is handed in, once.
#[pyclass(module = "edgequake_python._eq_core", frozen)]
pub(super) struct Receipt(Mutex<Option<oneshot::Sender<std::result::Result<Token, String>>>>);

impl Receipt {
    fn hand_in(&self, answer: std::result::Result<Token, String>) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Nobody may be waiting any more.
        if let Some(sender) = sender {
            let _ = sender.send(answer);
        }
    }
}

#[pymethods]
impl Receipt {
    /// The secrets by name, and for how many seconds they last (None: ask again every time).
    fn give(&self, parts: Vec<(String, String)>, lifetime: Option<f64>) {
        let parts = parts
            .into_iter()
            .map(|(name, secret)| (name, Secret::new(&secret)))
            .collect();
        let lifetime =
            lifetime.map(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX));
        self.hand_in(Ok(Token::of_parts(parts, lifetime)));
    }

    /// Why there is no token; it holds nothing secret.
    fn fail(&self, why: String) {
        self.hand_in(Err(why));
    }
}
