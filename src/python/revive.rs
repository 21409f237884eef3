//! Answers out of a store: JSON that was written from an object of ours becomes that object again, without validation.
//!
//! What is stored is one line of JSON that says what it is, and then the answer; `caching/entries.py` writes it.

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde::Deserialize;
use serde_json::Value;

use super::guard::guarded;
use super::to_python;
use crate::types::{ChatResponse, EmbeddingResponse, Extra};

/// What is known beside an answer.
#[derive(Deserialize)]
struct Head {
    timestamp: f64,
    kind: String,
    of: Option<String>,
    #[serde(default)]
    hidden: Option<Extra>,
}

/// A stored answer: its kind, its class, what is known beside it, and the object itself or None for a class that Python
/// makes; then where its JSON begins. None for one from before `since`, in seconds since 1970. Chat answers and
/// embeddings get the `hidden` dict, with `key`, as their `_hidden_params`. A `ValueError` for what is no stored answer.
#[pyfunction]
#[pyo3(signature = (packed, key=None, since=None))]
pub(super) fn revive<'py>(
    py: Python<'py>,
    packed: &[u8],
    key: Option<&Bound<'py, PyString>>,
    since: Option<f64>,
) -> PyResult<Option<Revived<'py>>> {
    guarded(py, || {
        let refuse =
            |error: serde_json::Error| PyValueError::new_err(format!("not a stored answer: {error}"));
        let length =
            memchr::memchr(b'\n', packed).ok_or_else(|| PyValueError::new_err("not a stored answer"))?;
        let (head, body) = packed.split_at(length);
        let body = body.get(1..).unwrap_or_default();
        let head: Head = serde_json::from_slice(head).map_err(refuse)?;
        if since.is_some_and(|since| head.timestamp < since) {
            return Ok(None);
        }
        let hidden = PyDict::new(py);
        for (name, value) in head.hidden.iter().flatten() {
            hidden.set_item(PyString::intern(py, name), to_python::json(py, value)?)?;
        }
        if let Some(key) = key {
            hidden.set_item(intern!(py, "cache_hit"), true)?;
            hidden.set_item(intern!(py, "cache_key"), key)?;
        }
        let class = head
            .of
            .as_deref()
            .map(|of| of.rsplit_once(':').map_or(of, |(_, name)| name));
        let nothing = py.None().into_bound(py);
        let answer = match (head.kind.as_str(), class) {
            ("model", Some("ModelResponse")) => {
                let answer: ChatResponse = serde_json::from_slice(body).map_err(refuse)?;
                to_python::chat(py, to_python::load(py)?, &answer, &nothing)?
            }
            ("model", Some("EmbeddingResponse")) => {
                let answer: EmbeddingResponse = serde_json::from_slice(body).map_err(refuse)?;
                to_python::embed(py, to_python::load(py)?, &answer, &nothing)?
            }
            ("model", _) => nothing,
            _ => to_python::json(py, &serde_json::from_slice::<Value>(body).map_err(refuse)?)?,
        };
        if let Ok(private) = answer.getattr(intern!(py, "__pydantic_private__")) {
            private.set_item(intern!(py, "_hidden_params"), &hidden)?;
        }
        Ok(Some((head.kind, head.of, hidden, answer, length + 1)))
    })
}

type Revived<'py> = (
    String,
    Option<String>,
    Bound<'py, PyDict>,
    Bound<'py, PyAny>,
    usize,
);
