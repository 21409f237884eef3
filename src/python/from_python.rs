//! From Python objects to JSON. Nothing is changed in what the caller gave; what JSON cannot hold is refused with the
//! place where it stands.

use std::sync::Arc;

use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMapping, PyMemoryView,
    PySet, PyString, PyTuple,
};
use serde_json::{Map, Number, Value};

use crate::error::{Error, Result};

/// Deeper than any message; a structure that contains itself ends here.
const DEEPEST: usize = 200;
/// More than any conversation; an iterator that goes on is taken to have no end.
const MOST: usize = 5_000_000;
/// After so many items of an iterator somebody may have pressed Ctrl-C: not every iterator runs Python.
const LOOK: usize = 1024;

/// Turns `object` into JSON; `name` is what error messages call it.
pub(super) fn to_json(object: &Bound<'_, PyAny>, name: &str) -> Result<Value> {
    convert(object, 0).map_err(|refusal| refusal.at(name))
}

/// Why something is refused, and where below the named object it stands (innermost step first).
struct Refusal {
    why: String,
    steps: Vec<String>,
    /// What is no failure but the wish to stop: `KeyboardInterrupt`, `SystemExit`.
    stopped: Option<Py<PyAny>>,
}

impl Refusal {
    fn new(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            steps: Vec::new(),
            stopped: None,
        }
    }
    /// Code of the caller's, run to look into what was given, threw something.
    fn thrown(py: Python<'_>, what: &str, error: PyErr) -> Self {
        let refusal = Self::new(format!("{what}: {error}"));
        let stopped = (!error.is_instance_of::<PyException>(py)).then(|| error.into_value(py).into_any());
        Self { stopped, ..refusal }
    }
    fn below(mut self, step: String) -> Self {
        self.steps.push(step);
        self
    }
    fn at(self, name: &str) -> Error {
        let path: String = self.steps.iter().rev().map(String::as_str).collect();
        let error = Error::bad_request(format!("{name}{} {}", shortened(path), self.why));
        match self.stopped {
            Some(stopped) => error.caused_by(Arc::new(stopped)),
            None => error,
        }
    }
}

/// A path that a message can hold: of a deep one its beginning.
fn shortened(path: String) -> String {
    const LONGEST: usize = 200;
    if path.chars().count() <= LONGEST {
        return path;
    }
    path.chars().take(LONGEST).chain("...".chars()).collect()
}

type Converted = std::result::Result<Value, Refusal>;

fn convert(object: &Bound<'_, PyAny>, depth: usize) -> Converted {
    if depth > DEEPEST {
        return Err(Refusal::new("is nested too deeply, or contains itself"));
    }
    if let Ok(text) = object.cast::<PyString>() {
        return self::text(text).map(Value::String);
    }
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        let length = dict.len();
        let mut map = Map::with_capacity(length);
        let mut pairs = dict.iter();
        for _ in 0..length {
            // What is looked into may run code of the caller's; the iterator panics at a dict that changed.
            if dict.len() != length {
                return Err(Refusal::new("changed while it was read"));
            }
            let Some((name, value)) = pairs.next() else { break };
            entry(&mut map, &name, &value, depth)?;
        }
        return Ok(Value::Object(map));
    }
    if let Ok(list) = object.cast::<PyList>() {
        return items(list.iter(), list.len(), depth);
    }
    if let Ok(flag) = object.cast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if let Ok(number) = object.cast::<PyInt>() {
        let whole = number
            .extract::<i64>()
            .map(Number::from)
            .or_else(|_| number.extract::<u64>().map(Number::from));
        return whole
            .map(Value::Number)
            .map_err(|_| Refusal::new("is an integer of more than 64 bits"));
    }
    if let Ok(number) = object.cast::<PyFloat>() {
        let value = number.value();
        return Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| Refusal::new(format!("is {value}, which JSON cannot hold")));
    }
    if let Ok(tuple) = object.cast::<PyTuple>() {
        return items(tuple.iter(), tuple.len(), depth);
    }
    uncommon(object, depth)
}

/// Everything that is not one of JSON's own types.
fn uncommon(object: &Bound<'_, PyAny>, depth: usize) -> Converted {
    let py = object.py();
    let called = |result: PyResult<Bound<'_, PyAny>>| match result {
        Ok(value) => convert(&value, depth + 1),
        Err(error) => Err(Refusal::thrown(py, "cannot be written as JSON", error)),
    };
    let refuse = || {
        let kind = object
            .get_type()
            .name()
            .map(|name| name.to_string())
            .unwrap_or_default();
        Err(Refusal::new(format!(
            "is a {kind}, which cannot be written as JSON"
        )))
    };
    if object.is_instance_of::<PyBytes>()
        || object.is_instance_of::<PyByteArray>()
        || object.is_instance_of::<PyMemoryView>()
        || object.is_instance_of::<pyo3::types::PyType>()
    {
        return refuse();
    }
    // pydantic models, our own response classes among them.
    if let Ok(dump) = object.getattr(intern!(py, "model_dump")) {
        let mode = PyDict::new(py);
        if mode.set_item(intern!(py, "mode"), intern!(py, "json")).is_err() {
            return refuse();
        }
        return called(match dump.call((), Some(&mode)) {
            Err(error) if error.is_instance_of::<PyTypeError>(py) => dump.call0(),
            result => result,
        });
    }
    if let Ok(mapping) = object.cast::<PyMapping>() {
        let mut map = Map::new();
        let pairs = mapping
            .items()
            .map_err(|error| Refusal::thrown(py, "cannot be read", error))?;
        for pair in pairs.iter() {
            let (name, value) = pair
                .extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()
                .map_err(|error| Refusal::thrown(py, "cannot be read", error))?;
            entry(&mut map, &name, &value, depth)?;
        }
        return Ok(Value::Object(map));
    }
    // numpy arrays and scalars.
    if let Ok(to_list) = object.getattr(intern!(py, "tolist")) {
        return called(to_list.call0());
    }
    // A plain enumeration stands for its value.
    if object.hasattr(intern!(py, "__members__")).unwrap_or(false) || is_enum(object) {
        return called(object.getattr(intern!(py, "value")));
    }
    // A set has no order, so the same input would not give the same bytes.
    if object.is_instance_of::<PySet>() || object.is_instance_of::<PyFrozenSet>() {
        return refuse();
    }
    match object.try_iter() {
        Ok(iterator) => {
            let mut values = Vec::new();
            for item in iterator {
                let item = item.map_err(|error| Refusal::thrown(py, "cannot be read", error))?;
                if values.len() == MOST {
                    return Err(Refusal::new(format!("has more than {MOST} items, or no end")));
                }
                if values.len() % LOOK == LOOK - 1 {
                    py.check_signals()
                        .map_err(|error| Refusal::thrown(py, "cannot be read", error))?;
                }
                values.push(
                    convert(&item, depth + 1)
                        .map_err(|refusal| refusal.below(format!("[{}]", values.len())))?,
                );
            }
            Ok(Value::Array(values))
        }
        Err(_) => refuse(),
    }
}

fn is_enum(object: &Bound<'_, PyAny>) -> bool {
    let py = object.py();
    let members = object.get_type().getattr(intern!(py, "__members__"));
    members.is_ok() && object.hasattr(intern!(py, "value")).unwrap_or(false)
}

fn items<'py>(iterator: impl Iterator<Item = Bound<'py, PyAny>>, length: usize, depth: usize) -> Converted {
    let mut values = Vec::with_capacity(length);
    for (index, item) in iterator.enumerate() {
        values.push(convert(&item, depth + 1).map_err(|refusal| refusal.below(format!("[{index}]")))?);
    }
    Ok(Value::Array(values))
}

fn entry(
    map: &mut Map<String, Value>,
    name: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
    depth: usize,
) -> std::result::Result<(), Refusal> {
    let name = key(name)?;
    let value = convert(value, depth + 1).map_err(|refusal| refusal.below(format!(".{name}")))?;
    map.insert(name, value);
    Ok(())
}

/// A key; numbers are spelt out as Python's `json` does (`logit_bias={50256: -100}`).
fn key(name: &Bound<'_, PyAny>) -> std::result::Result<String, Refusal> {
    if let Ok(name) = name.cast::<PyString>() {
        return text(name);
    }
    if name.is_instance_of::<PyInt>() && !name.is_instance_of::<PyBool>() {
        return name
            .str()
            .map(|name| name.to_string())
            .map_err(|_| Refusal::new("has a key that cannot be read"));
    }
    Err(Refusal::new("has a key that is not a string"))
}

/// Python strings may hold lone surrogates, which no UTF-8 text can.
fn text(text: &Bound<'_, PyString>) -> std::result::Result<String, Refusal> {
    text.to_cow()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Refusal::new("holds a lone surrogate, which UTF-8 cannot"))
}
