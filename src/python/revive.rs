//! Answers out of a store: JSON that was written from an object of ours becomes that object again, without validation.
//!
//! What is stored is one line of JSON that says what it is, and then the answer; `caching/entries.py` writes it.

use std::borrow::Cow;
use std::fmt;

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::guard::guarded;
use super::to_python::{self, Name, Plain};
use crate::types::{ChatResponse, EmbeddingResponse};

/// What is known beside an answer.
#[derive(Default)]
struct Head<'de, 'py> {
    timestamp: f64,
    kind: Cow<'de, str>,
    of: Option<Cow<'de, str>>,
    hidden: Option<Bound<'py, PyDict>>,
}

/// Reads a `Head`, what is hidden as a dict at once.
struct HeadReader<'py>(Python<'py>);

impl<'de, 'py> Visitor<'de> for HeadReader<'py> {
    type Value = Head<'de, 'py>;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("what is known beside an answer")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut head = Head::default();
        while let Some(name) = entries.next_key_seed(Name)? {
            match &*name {
                "timestamp" => head.timestamp = entries.next_value()?,
                "kind" => head.kind = entries.next_value_seed(Name)?,
                "of" => head.of = Some(entries.next_value_seed(Name)?),
                "hidden" => head.hidden = entries.next_value_seed(Plain(self.0))?.cast_into().ok(),
                _ => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(head)
    }
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
        let mut reader = serde_json::Deserializer::from_slice(head);
        let head = reader.deserialize_map(HeadReader(py)).map_err(refuse)?;
        if head.kind.is_empty() {
            return Err(PyValueError::new_err("not a stored answer"));
        }
        if since.is_some_and(|since| head.timestamp < since) {
            return Ok(None);
        }
        let hidden = head.hidden.unwrap_or_else(|| PyDict::new(py));
        if let Some(key) = key {
            hidden.set_item(intern!(py, "cache_hit"), true)?;
            hidden.set_item(intern!(py, "cache_key"), key)?;
        }
        let class = head
            .of
            .as_deref()
            .map(|of| of.rsplit_once(':').map_or(of, |(_, name)| name));
        let nothing = py.None().into_bound(py);
        let answer = match (&*head.kind, class) {
            ("model", Some("ModelResponse")) => {
                let classes = to_python::load(py)?;
                match to_python::stored_chat(py, classes, body, &nothing) {
                    Ok(answer) => answer,
                    Err(_) => {
                        let answer: ChatResponse = serde_json::from_slice(body).map_err(refuse)?;
                        to_python::chat(py, classes, &answer, &nothing)?
                    }
                }
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
        let of = head.of.map(Cow::into_owned);
        Ok(Some((head.kind.into_owned(), of, hidden, answer, length + 1)))
    })
}

type Revived<'py> = (
    String,
    Option<String>,
    Bound<'py, PyDict>,
    Bound<'py, PyAny>,
    usize,
);
