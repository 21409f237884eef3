//! Chunks as `ModelResponseStream`. A stream makes thousands, so what is the same in all of them is made once.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use serde_json::Value;

use super::chat::{new_id, now, reason, role};
use super::classes::Classes;
use super::{json, object, parts};
use crate::types::{ChatChunk, ChunkChoice, Delta};

/// Builds the chunks of one stream.
pub(in crate::python) struct ChunkBuilder {
    meta: Py<PyAny>,
    id: Shared,
    model: Shared,
    fingerprint: Shared,
    created: i64,
}

/// The last text and its Python object.
#[derive(Default)]
struct Shared(Option<(String, Py<PyString>)>);

impl Shared {
    fn get<'py>(&mut self, py: Python<'py>, text: &str) -> Bound<'py, PyString> {
        match &self.0 {
            Some((known, object)) if known == text => object.bind(py).clone(),
            _ => {
                let object = PyString::new(py, text);
                self.0 = Some((text.to_owned(), object.clone().unbind()));
                object
            }
        }
    }
    fn optional<'py>(&mut self, py: Python<'py>, text: Option<&str>) -> Bound<'py, PyAny> {
        text.map_or_else(|| py.None().into_bound(py), |text| self.get(py, text).into_any())
    }
}

impl ChunkBuilder {
    /// For a stream about which `meta` is known.
    pub(in crate::python) fn new(meta: Py<PyAny>) -> Self {
        Self {
            meta,
            id: Shared::default(),
            model: Shared::default(),
            fingerprint: Shared::default(),
            created: now(),
        }
    }

    /// Builds one chunk.
    pub(in crate::python) fn chunk<'py>(
        &mut self,
        py: Python<'py>,
        classes: &Classes,
        chunk: &ChatChunk,
    ) -> PyResult<Bound<'py, PyAny>> {
        let choices = match chunk.choices.as_slice() {
            [only] => PyList::new(py, [choice(py, classes, only)?])?,
            many => {
                let choices = PyList::empty(py);
                for item in many {
                    choices.append(choice(py, classes, item)?)?;
                }
                choices
            }
        };
        let fields = classes.chunk.fields(py)?;
        match chunk.id.as_deref() {
            Some(id) => fields.set_item(intern!(py, "id"), self.id.get(py, id))?,
            None => {
                let id = self.id.0.as_ref().map_or_else(new_id, |(id, _)| id.clone());
                fields.set_item(intern!(py, "id"), self.id.get(py, &id))?;
            }
        }
        fields.set_item(intern!(py, "created"), chunk.created.unwrap_or(self.created))?;
        fields.set_item(
            intern!(py, "model"),
            self.model.optional(py, chunk.model.as_deref()),
        )?;
        fields.set_item(intern!(py, "object"), intern!(py, "chat.completion.chunk"))?;
        fields.set_item(
            intern!(py, "system_fingerprint"),
            self.fingerprint.optional(py, chunk.system_fingerprint.as_deref()),
        )?;
        fields.set_item(intern!(py, "choices"), choices)?;
        let extra = object(py, &chunk.extra)?;
        if chunk.usage.is_some() {
            extra.set_item(
                intern!(py, "usage"),
                parts::usage(py, classes, chunk.usage.as_ref())?,
            )?;
        }
        classes
            .chunk
            .instance(py, fields, extra, Some(self.meta.bind(py)))
    }
}

fn choice<'py>(py: Python<'py>, classes: &Classes, choice: &ChunkChoice) -> PyResult<Bound<'py, PyAny>> {
    let fields = classes.streaming_choices.fields(py)?;
    if choice.finish_reason.is_some() {
        fields.set_item(
            intern!(py, "finish_reason"),
            reason(py, choice.finish_reason.as_deref()),
        )?;
    }
    fields.set_item(intern!(py, "index"), choice.index)?;
    fields.set_item(intern!(py, "delta"), delta(py, classes, &choice.delta)?)?;
    if choice.logprobs.is_some() {
        fields.set_item(
            intern!(py, "logprobs"),
            parts::logprobs(py, classes, choice.logprobs.as_ref())?,
        )?;
    }
    let extra = PyDict::new(py);
    for (name, value) in &choice.extra {
        if !value.is_null() {
            extra.set_item(name, json(py, value)?)?;
        }
    }
    classes.streaming_choices.instance(py, fields, extra, None)
}

fn delta<'py>(py: Python<'py>, classes: &Classes, delta: &Delta) -> PyResult<Bound<'py, PyAny>> {
    let fields = classes.delta.fields(py)?;
    if delta.content.is_some() {
        fields.set_item(
            intern!(py, "content"),
            parts::content(py, delta.content.as_ref())?,
        )?;
    }
    if let Some(given) = &delta.role {
        fields.set_item(intern!(py, "role"), role(py, given))?;
    }
    if !delta.tool_calls.is_empty() {
        fields.set_item(
            intern!(py, "tool_calls"),
            parts::tool_call_deltas(py, classes, &delta.tool_calls)?,
        )?;
    }
    if delta.function_call.is_some() {
        fields.set_item(
            intern!(py, "function_call"),
            parts::function_call(py, classes, delta.function_call.as_ref())?,
        )?;
    }
    let extra = PyDict::new(py);
    for (name, value) in &delta.extra {
        match (name.as_str(), value) {
            // Declared, or absent when there are none.
            ("audio", Value::Null) => {}
            ("audio", given) => {
                fields.set_item(name, parts::validated(py, &classes.audio, given.clone())?)?
            }
            (
                "reasoning_content"
                | "thinking_blocks"
                | "reasoning_items"
                | "annotations"
                | "images"
                | "provider_specific_fields",
                Value::Null,
            ) => {}
            (_, given) => extra.set_item(name, json(py, given)?)?,
        }
    }
    classes.delta.instance(py, fields, extra, None)
}
