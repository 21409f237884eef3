//! An embedding answer as `EmbeddingResponse`; its entries are plain dicts, as LiteLLM's are.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use super::classes::{Classes, list};
use super::{json, object, optional, parts};
use crate::types::{EmbeddingResponse, Vector};

/// Builds the answer; `meta` is what is known beside it.
pub(in crate::python) fn embed<'py>(
    py: Python<'py>,
    classes: &Classes,
    answer: &EmbeddingResponse,
    meta: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let data = list(py);
    for embedding in &answer.data {
        let entry = PyDict::new(py);
        let vector = match &embedding.embedding {
            Vector::Floats(floats) => PyList::new(py, floats)?.into_any(),
            Vector::Base64(text) => PyString::new(py, text).into_any(),
        };
        entry.set_item(intern!(py, "embedding"), vector)?;
        entry.set_item(intern!(py, "index"), embedding.index)?;
        entry.set_item(intern!(py, "object"), intern!(py, "embedding"))?;
        for (name, value) in embedding.extra.iter().filter(|(name, _)| *name != "object") {
            entry.set_item(name, json(py, value)?)?;
        }
        data.append(entry)?;
    }
    let fields = classes.embedding_response.fields(py)?;
    fields.set_item(intern!(py, "model"), optional(py, answer.model.as_deref()))?;
    fields.set_item(intern!(py, "data"), data)?;
    fields.set_item(intern!(py, "object"), intern!(py, "list"))?;
    fields.set_item(
        intern!(py, "usage"),
        parts::usage(py, classes, answer.usage.as_ref())?,
    )?;
    let extra = object(py, &answer.extra)?;
    if extra.contains(intern!(py, "object"))? {
        extra.del_item(intern!(py, "object"))?;
    }
    classes.embedding_response.instance(py, fields, extra, Some(meta))
}
