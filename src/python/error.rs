//! From [`Error`] to the Python exception of that name.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::to_python;
use crate::error::Error;

/// The exception; made by the package's own factory, which holds the classes.
pub(super) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    build(py, error).unwrap_or_else(|failure| failure)
}

fn build(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    if let Some(thrown) = error.cause().and_then(|cause| cause.downcast_ref::<Py<PyAny>>()) {
        return Ok(PyErr::from_value(thrown.bind(py).clone()));
    }
    let factory = py
        .import("edgequake_python._errors_from_core")?
        .getattr("from_core")?;
    let headers: Vec<(String, String)> = error
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    let details = PyDict::new(py);
    if let Some(partial) = error.partial() {
        details.set_item("partial", &partial.text)?;
        if let Some(usage) = &partial.usage {
            details.set_item("usage", to_python::usage(py, usage)?)?;
        }
    }
    if !error.dropped_params().is_empty() {
        details.set_item("dropped", error.dropped_params())?;
    }
    details.set_item("attempts", error.attempts().max(1))?;
    if !error.url().is_empty() {
        details.set_item("url", error.url())?;
    }
    let arguments = (
        error.kind().class_name(),
        error.status(),
        error.message(),
        error.provider(),
        error.model(),
        error.body().map(|body| PyBytes::new(py, body)),
        headers,
    );
    Ok(PyErr::from_value(factory.call(arguments, Some(&details))?))
}
