//! Answers out of a store: JSON that was written from an object of ours becomes that object again, without validation.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::guard::guarded;
use super::to_python;
use crate::types::{ChatResponse, EmbeddingResponse};

/// The response object that `json` was dumped from. `operation` is `chat` or `embed`. A `ValueError` for anything else.
#[pyfunction]
pub(super) fn revive<'py>(py: Python<'py>, operation: &str, json: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let refuse = |error: serde_json::Error| PyValueError::new_err(format!("not a stored answer: {error}"));
    let nothing = py.None().into_bound(py);
    guarded(py, || match operation {
        "chat" => {
            let answer: ChatResponse = serde_json::from_slice(json).map_err(refuse)?;
            to_python::chat(py, to_python::load(py)?, &answer, &nothing)
        }
        "embed" => {
            let answer: EmbeddingResponse = serde_json::from_slice(json).map_err(refuse)?;
            to_python::embed(py, to_python::load(py)?, &answer, &nothing)
        }
        _ => Err(PyValueError::new_err(format!(
            "no stored answers of {operation:?}"
        ))),
    })
}
