//! From answers to Python objects, built directly: what was parsed here is not validated again there.

mod chat;
mod chunk;
mod classes;
mod embed;
mod endpoint;
mod parts;
mod stored;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyString};
use serde_json::{Number, Value};

use crate::types::Extra;

pub(super) use chat::chat;
pub(super) use chunk::ChunkBuilder;
pub(super) use classes::load;
pub(super) use embed::embed;
pub(super) use endpoint::{endpoint, piece};
pub(super) use stored::{Name, Plain, stored_chat};

/// JSON as Python's own types.
pub(super) fn json<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
        Value::Number(number) => self::number(py, number)?,
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(json(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(map) => object(py, map)?.into_any(),
    })
}

fn number<'py>(py: Python<'py>, number: &Number) -> PyResult<Bound<'py, PyAny>> {
    if let Some(whole) = number.as_i64() {
        return Ok(PyInt::new(py, whole).into_any());
    }
    if let Some(whole) = number.as_u64() {
        return Ok(PyInt::new(py, whole).into_any());
    }
    Ok(PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any())
}

/// A JSON object as a dict.
pub(super) fn object<'py>(py: Python<'py>, map: &Extra) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in map {
        dict.set_item(name, json(py, value)?)?;
    }
    Ok(dict)
}

/// Text or None.
fn optional<'py>(py: Python<'py>, text: Option<&str>) -> Bound<'py, PyAny> {
    text.map_or_else(
        || py.None().into_bound(py),
        |text| PyString::new(py, text).into_any(),
    )
}

/// Token counts on their own, for errors.
pub(super) fn usage<'py>(py: Python<'py>, usage: &crate::types::Usage) -> PyResult<Bound<'py, PyAny>> {
    parts::usage(py, load(py)?, Some(usage))
}
