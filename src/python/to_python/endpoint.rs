//! Answers of the operations beside chat as Python's own types; the package makes its classes of them.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::json;
use crate::types::{EndpointAnswer, Piece};

/// A dict or a list, a text, or bytes.
pub(in crate::python) fn endpoint<'py>(
    py: Python<'py>,
    answer: &EndpointAnswer,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match answer {
        EndpointAnswer::Json(value) => json(py, value)?,
        EndpointAnswer::Text(text) => PyString::new(py, text).into_any(),
        EndpointAnswer::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
    })
}

/// A dict, or bytes.
pub(in crate::python) fn piece<'py>(py: Python<'py>, piece: &Piece) -> PyResult<Bound<'py, PyAny>> {
    match piece {
        Piece::Event(value) => json(py, value),
        Piece::Bytes(bytes) => Ok(PyBytes::new(py, bytes).into_any()),
    }
}
